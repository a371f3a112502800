/* SPDX-License-Identifier: Apache-2.0 */
/* Linked with --wrap: each allocation while a portfolio is dispatched and written is made to fail
 * in turn. */
#include "dispatch/answer.h"
#include "dispatch/lp.h"

#include "refusal.h"
#include "study.h"

#include <stdlib.h>
#include <unistd.h>

/* A site with everything; the second one lacks power when its limit is low. */
#define PORTFOLIO(limit)                                                                       \
    "ampacity: 1\n"                                                                            \
    "time: {from: 2025-01-01, to: 2025-01-03, step: 1 h}\n"                                    \
    "bitcoin: {hashprice: 42 USD/PH/day}\n"                                                    \
    "series: {a: {file: series.csv, column: a}}\n"                                             \
    "sites:\n"                                                                                 \
    "  - id: one\n"                                                                            \
    "    country: US\n"                                                                        \
    "    time_zone: America/Chicago\n"                                                         \
    "    grid: {import_limit: 90 MW, export_limit: 20 MW, availability: 99 %}\n"               \
    "    supply: {energy_price: a, adder: 1 USD/MWh, export_price: a,\n"                       \
    "             blocks: [{power: 9 MW, price: 20 USD/MWh, resale: false}]}\n"                \
    "    battery: {power: 10 MW, energy: 20 MWh}\n"                                            \
    "    generators: [{id: gas, power: 5 MW, cost: 80 USD/MWh}]\n"                             \
    "    mining:\n"                                                                            \
    "      - {id: s21, machines: 20000, hashrate: 200 TH/s, efficiency: 17.5 J/TH}\n"          \
    "      - {id: s19, machines: 2000, hashrate: 100 TH/s, efficiency: 30 J/TH}\n"             \
    "    halls:\n"                                                                             \
    "      - {id: x, it_power: 5 MW, pue: 1.2,\n"                                              \
    "         lease: {load: 4 MW, fee: 1 USD/kW/month, penalty: 900 USD/MWh}}\n"               \
    "      - {id: y, it_power: 4 MW, pue: 1.25,\n"                                             \
    "         inference: {demand: 4 MW, value: [[100 %, 500 USD/MWh]]}}\n"                     \
    "  - id: two\n"                                                                            \
    "    country: US\n"                                                                        \
    "    time_zone: UTC\n"                                                                     \
    "    grid: {import_limit: " limit "}\n"                                                    \
    "    supply: {energy_price: a}\n"                                                          \
    "    halls:\n"                                                                             \
    "      - {id: x, it_power: 5 MW, pue: 1, lease: {load: 4 MW, fee: 1 USD/kW/month}}\n"      \
    "  - id: three\n"                                                                          \
    "    country: US\n"                                                                        \
    "    time_zone: UTC\n"                                                                     \
    "    grid: {import_limit: 9 MW}\n"                                                         \
    "    supply: {energy_price: a, demand_charge: 2 USD/kW/month}\n"                           \
    "    battery: {power: 1 MW, energy: 2 MWh}\n"                                              \
    "    halls:\n"                                                                             \
    "      - {id: x, it_power: 5 MW, pue: 1,\n"                                                \
    "         jobs: [{id: j, energy: 50 MWh, power: 4 MW, value: 90 USD/MWh}]}\n"              \
    "      - {id: g, it_power: 1 MW, pue: 1, flex_tiers: [{id: f, floor: 90 %}], workloads:\n" \
    "         [{id: w, use: training, power: 1 MW, value: 9 USD/MWh, flex_tier: f,\n"          \
    "           curve: [[25 %, 23 %], [100 %, 100 %]]}]}\n"

static const char *const prices = "time,a [USD/MWh]\n"
                                  "2025-01-01T00:00Z,30\n"
                                  "2025-01-02T00:00Z,100\n";

/* A new market, for its columns are made on first use; then everything with the @p refused-th
 * allocation of @p count failing. @return the first status that is not AMP_OK. */
static amp_status dispatch_and_write(study *s, size_t refused, size_t *count)
{
    const char *csv = golden_path(s->folder, "out.csv");
    const char *mps = golden_path(s->folder, "out.mps");
    amp_market *market = NULL;
    amp_answer *answer = NULL;
    amp_status status = amp_market_load(s->portfolio, s->diagnostics, &market);

    assert_int_equal(status, AMP_OK);
    refusal_start(refused, refused);
    status = amp_answer_make(s->portfolio, market, NULL, NULL, &answer);
    assert_int_equal(status == AMP_OK, answer != NULL);
    if (status == AMP_OK && answer->is_feasible)
        status = amp_answer_write_csv(answer, true, csv, NULL);
    if (status == AMP_OK)
        status = amp_lp_write(&answer->site[0].problem, 1, AMP_LP_MPS, mps, NULL);
    *count = refusal_stop();
    amp_answer_free(answer);
    amp_market_free(market);
    return status;
}

/* Nothing but a lack of memory is told, and no part of a file stays. */
static void refuse_each(const char *yaml)
{
    study s = study_open(yaml, prices);
    size_t count = 0;
    size_t ignored = 0;
    size_t failed_count = 0;

    assert_int_equal(dispatch_and_write(&s, SIZE_MAX, &count), AMP_OK);
    for (size_t i = 0; i < count; i++) {
        const amp_status status = dispatch_and_write(&s, i, &ignored);

        assert_true(status == AMP_OK || status == AMP_NOMEM);
        failed_count += status == AMP_NOMEM ? 1U : 0U;
    }
    assert_true(failed_count >= 10);
    assert_int_not_equal(access(golden_path(s.folder, "out.csv.partial-0"), F_OK), 0);
    assert_int_not_equal(access(golden_path(s.folder, "out.mps.partial-0"), F_OK), 0);
    study_close(&s);
}

static void test_dispatch_without_memory(void **state)
{
    (void)state;
    refuse_each(PORTFOLIO("5 MW"));
}

static void test_infeasible_without_memory(void **state)
{
    (void)state;
    refuse_each(PORTFOLIO("3 MW"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dispatch_without_memory),
        cmocka_unit_test(test_infeasible_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
