/* SPDX-License-Identifier: Apache-2.0 */
/* Linked with --wrap: each allocation while a portfolio is read is made to fail in turn. */
#include "golden.h"
#include "refusal.h"

#include "model/portfolio.h"

#include <stdlib.h>
#include <string.h>

/* Ids, keys and a name that is looked for among the series; so many sites need several blocks. */
static void write_portfolio(const char *price, FILE *out)
{
    (void)fputs("ampacity: 1\n"
                "time: {from: 2023-08-01, to: 2023-08-02, step: 1 h}\n"
                "series: {lmp: {file: prices.csv, column: a}}\n"
                "currencies: {NOK: 0.1 USD/NOK}\n"
                "sites:\n",
                out);
    for (int i = 0; i < 20; i++) {
        (void)fprintf(out,
                      "  - {id: s%d, grid: {import_limit: 5 MW}, supply: {energy_price: %s},\n"
                      "     battery: {power: 1 MW, energy: 2 MWh}}\n",
                      i, price);
    }
    (void)fputs(
        "  - id: bill\n"
        "    time_zone: America/Chicago\n"
        "    grid: {import_limit: 5 MW}\n"
        "    supply: {energy_price: 9 USD/MWh,\n"
        "             demand_charge: {charge: 4 USD/kW/month, peak_so_far: 2 MW},\n"
        "             coincident_peak: {charge: 4 USD/kW/year, peaks: 4, probability: 1 %}}\n"
        "    halls: [{id: h, it_power: 1 MW, pue: 1, jobs: [{id: j, energy: 1 MWh, power: 1 "
        "MW}]},\n"
        "            {id: g, it_power: 1 MW, pue: 1, flex_tiers: [{id: f, floor: 9 %}], "
        "workloads:\n"
        "             [{id: w, use: training, power: 1 MW, value: 9 USD/MWh, flex_tier: f,\n"
        "               curve: [[25 %, 23 %], [100 %, 100 %]]}]}]\n",
        out);
}

/* Reads the file with the @p refused-th allocation of @p count failing. @return the status. */
static amp_status read_file(const char *path, const char *site, size_t refused, size_t *count)
{
    const amp_portfolio_options options = {.site = site};
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *portfolio = NULL;
    assert_non_null(diagnostics);
    refusal_start(refused, refused);
    const amp_status status = amp_portfolio_load(path, &options, diagnostics, &portfolio);
    *count = refusal_stop();
    assert_int_equal(status == AMP_OK, portfolio != NULL);
    assert_true(status == AMP_OK || amp_diagnostics_error_count(diagnostics) > 0);
    amp_portfolio_free(portfolio);
    amp_diagnostics_free(diagnostics);
    return status;
}

/* What fails is out of memory, or does without advice; it is never taken for something else. */
static void refuse_each(const char *price, const char *site, amp_status wanted)
{
    golden_folder *folder = golden_folder_new();
    golden_capture text;
    golden_capture_open(&text);
    write_portfolio(price, text.file);
    const char *path = golden_write(folder, "p.yaml", golden_capture_text(&text));
    size_t count = 0;
    size_t ignored = 0;
    assert_int_equal(read_file(path, site, SIZE_MAX, &count), wanted);
    size_t failed_count = 0;
    for (size_t i = 0; i < count; i++) {
        const amp_status status = read_file(path, site, i, &ignored);
        assert_true(status == wanted || status == AMP_NOMEM || status == AMP_IO);
        failed_count += status != wanted ? 1U : 0U;
    }
    assert_true(failed_count >= 4);
    golden_capture_free(&text);
    golden_folder_free(folder);
}

static void test_reading_without_memory(void **state)
{
    (void)state;
    refuse_each("lmp", NULL, AMP_OK);
    refuse_each("lpm", NULL, AMP_PARSE);
    refuse_each("30 NOK/MWh", "s21", AMP_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
