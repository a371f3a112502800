/* SPDX-License-Identifier: Apache-2.0 */
/* Tariff files: what is read of them, and the exact text of what is wrong with them. The table is
 * tariff_errors.txt; with AMPACITY_UPDATE=FILE set, it is written anew to FILE. */
#include "golden.h"

#include "model/portfolio.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 16384 };

static const char head[] =
    "ampacity: 1\n"
    "time: {from: 2023-08-01T05:00:00Z, to: 2023-08-02T05:00:00Z, step: 1 h}\n";

/* A reading of one tariff, or of the text of a supply. */
typedef struct {
    golden_folder *folder;
    amp_diagnostics *diagnostics;
    amp_portfolio *portfolio;
    amp_status status;
} reading;

static reading read_site(const char *tariff, const char *supply, const char *rest)
{
    char yaml[TEXT_BYTES];
    reading r = {.folder = golden_folder_new(), .diagnostics = amp_diagnostics_new()};
    assert_non_null(r.diagnostics);
    (void)golden_write(r.folder, "tariffs/t.yaml", tariff);
    (void)snprintf(yaml, sizeof yaml,
                   "%ssites:\n  - id: a\n    time_zone: America/Chicago\n"
                   "    grid: {import_limit: 9 MW}\n    supply: {energy_price: 40 USD/MWh, %s}\n%s",
                   head, supply, rest);
    r.status = amp_portfolio_load(golden_write(r.folder, "p.yaml", yaml), NULL, r.diagnostics,
                                  &r.portfolio);
    return r;
}

static void close_reading(reading *r)
{
    amp_portfolio_free(r->portfolio);
    amp_diagnostics_free(r->diagnostics);
    golden_folder_free(r->folder);
}

/* The findings, without the folder. */
static void print_findings(const reading *r, FILE *out)
{
    golden_capture text;
    golden_capture_open(&text);
    for (size_t i = 0; i < amp_diagnostics_count(r->diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(r->diagnostics, i), false, text.file);
    const char *folder = golden_path(r->folder, "");
    const size_t length = strlen(folder);
    for (const char *at = golden_capture_text(&text); *at != '\0';) {
        if (strncmp(at, folder, length) == 0)
            at += length + (at[length] == '/' ? 1 : 0);
        else
            (void)fputc(*at++, out);
    }
    golden_capture_free(&text);
    if (r->status == AMP_OK && amp_diagnostics_count(r->diagnostics) == 0)
        (void)fputs("ok\n", out);
}

/* ---- findings ---- */

/* The part of the table after "=== " up to the next; NULL past the last. */
static const char *next_case(const char *at, char *text, size_t size)
{
    at = strstr(at, "=== ");
    if (at == NULL)
        return NULL;
    const char *next = strstr(at + 4, "\n=== ");
    const size_t length = next != NULL ? (size_t)(next - at) + 1 : strlen(at);
    assert_true(length < size);
    (void)snprintf(text, size, "%.*s", (int)length, at);
    return at + length;
}

/* A case is its name, the file, ">>>" and what is printed; "supply: " at the start of the file is
 * more of the portfolio's supply, "rest: " more of its site. */
static void run_case(const char *text, FILE *out)
{
    char name[160];
    char tariff[TEXT_BYTES];
    char supply[160] = "tariff: tariffs/t.yaml";
    char rest[400] = "";
    const char *body = strchr(text, '\n') + 1;
    const char *mark = strstr(text, ">>>\n");
    assert_non_null(mark);
    (void)snprintf(name, sizeof name, "%.*s", (int)(body - text), text);
    (void)snprintf(tariff, sizeof tariff, "%.*s", (int)(mark - body), body);
    char *at = tariff;
    if (strncmp(at, "supply: ", 8) == 0) {
        (void)snprintf(supply, sizeof supply, "%.*s", (int)strcspn(at + 8, "\n"), at + 8);
        at += strcspn(at, "\n") + 1;
    }
    if (strncmp(at, "rest: ", 6) == 0) {
        (void)snprintf(rest, sizeof rest, "    %.*s\n", (int)strcspn(at + 6, "\n"), at + 6);
        at += strcspn(at, "\n") + 1;
    }
    reading r = read_site(at, supply, rest);
    (void)fprintf(out, "%s%.*s>>>\n", name, (int)(mark - body), body);
    print_findings(&r, out);
    close_reading(&r);
}

static void test_findings(void **state)
{
    (void)state;
    char path[1024];
    char text[TEXT_BYTES];
    golden_folder *folder = golden_folder_new();
    golden_capture printed;
    size_t count = 0;
    assert_non_null(getenv("AMPACITY_SOURCE_ROOT"));
    (void)snprintf(path, sizeof path, "%s/tests/model/tariff_errors.txt",
                   getenv("AMPACITY_SOURCE_ROOT"));
    const char *table = golden_read(folder, path);
    golden_capture_open(&printed);
    for (const char *at = table; (at = next_case(at, text, sizeof text)) != NULL; count++)
        run_case(text, printed.file);
    const char *got = golden_capture_text(&printed);
    const char *update = getenv("AMPACITY_UPDATE");
    FILE *file = update != NULL ? fopen(update, "w") : NULL;
    if (file != NULL) {
        (void)fputs(got, file);
        (void)fclose(file);
    }
    assert_golden(got, table);
    assert_true(count >= 20);
    golden_capture_free(&printed);
    golden_folder_free(folder);
}

/* ---- values ---- */

static void test_values(void **state)
{
    (void)state;
    reading r = read_site("tariff: 1\n"
                          "name: Mine\n"
                          "demand:\n"
                          "  - {id: d, charge: 120 USD/kW/year, months: [12, 1], days: weekends,\n"
                          "     hours: [[0, 6.5], [22, 24]], peak_so_far: 3 MW,\n"
                          "     minimum: {contracted: 8 MW}}\n"
                          "coincident:\n"
                          "  - {id: c, charge: 11 USD/kW/month, intervals: [2023-08-01T21:00Z]}\n"
                          "fixed: [{id: f, power: 2 MW, price: 24 USD/MW/day}]\n",
                          "tariff: tariffs/t.yaml", "");
    assert_int_equal(r.status, AMP_OK);
    const amp_tariff *tariff = &r.portfolio->site[0].supply.tariff;
    const amp_tariff_demand *demand = &tariff->demand[0];
    assert_true(tariff->is_set);
    assert_string_equal(tariff->name, "Mine");
    assert_near(demand->demand.charge_usd_per_kw_month.number, 10.0, 1e-12);
    assert_int_equal(demand->window.months, 0x801);
    assert_int_equal(demand->window.days, AMP_DAYS_WEEKENDS);
    assert_int_equal(demand->window.hours_count, 2);
    assert_int_equal(demand->window.hours[0].to_s, 23400);
    assert_int_equal(demand->window.hours[1].from_s, 79200);
    assert_near(demand->minimum.share.number, 1.0, 0.0);
    /* The horizon begins on the 1st of August in Chicago. */
    assert_int_equal(demand->demand.so_far[0].year, 2023);
    assert_int_equal(demand->demand.so_far[0].month, 8);
    assert_near(tariff->coincident[0].charge_usd_per_kw_year.number, 132.0, 1e-12);
    assert_int_equal(tariff->coincident[0].peaks, 1);
    assert_int_equal(tariff->coincident[0].interval_s, 3600);
    assert_near(tariff->fixed[0].price_usd_per_mw_day.number, 24.0, 1e-12);
    close_reading(&r);
}

/* A file without a name is called by that of the file; a byte order mark is no text. */
static void test_name_of_the_file(void **state)
{
    (void)state;
    reading r = read_site("\xEF\xBB\xBFtariff: 1\n", "tariff: tariffs/t.yaml", "");
    assert_int_equal(r.status, AMP_OK);
    assert_string_equal(r.portfolio->site[0].supply.tariff.name, "t.yaml");
    close_reading(&r);
}

static void test_examples_of_the_page_are_accepted(void **state)
{
    (void)state;
    char path[1024];
    char text[TEXT_BYTES];
    golden_folder *folder = golden_folder_new();
    size_t count = 0;
    (void)snprintf(path, sizeof path, "%s/docs/tariffs.md", getenv("AMPACITY_SOURCE_ROOT"));
    for (const char *at = golden_read(folder, path); (at = strstr(at, "\n```yaml\n")) != NULL;
         count++) {
        at += strlen("\n```yaml\n");
        (void)snprintf(text, sizeof text, "%.*s", (int)(strstr(at, "```\n") - at), at);
        reading r = read_site(text, "tariff: tariffs/t.yaml", "");
        print_findings(&r, stderr);
        assert_int_equal(r.status, AMP_OK);
        close_reading(&r);
    }
    golden_folder_free(folder);
    assert_true(count >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_findings),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_name_of_the_file),
        cmocka_unit_test(test_examples_of_the_page_are_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
