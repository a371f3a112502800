/* SPDX-License-Identifier: Apache-2.0 */
/* Linked with --wrap, so that each allocation of the library can be made to fail in turn. */
#include "market_fixture.h"
#include "refusal.h"

#include <stdlib.h>

/* Loads the series of @p portfolio with allocation @p refused failing; @return whether it was
 * asked for. Whatever fails is said, and nothing is left behind. */
static bool load_refused(const amp_portfolio *portfolio, size_t refused, amp_status expected)
{
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    amp_market *market = NULL;
    refusal_start(refused, refused);
    const amp_status status = amp_market_load(portfolio, diagnostics, &market);
    const bool is_asked = refusal_stop() > refused;
    if (status != AMP_OK)
        assert_null(market);
    else
        assert_non_null(market);
    if (status != expected) {
        assert_true(is_asked);
        assert_int_equal(status, AMP_NOMEM);
        assert_true(amp_diagnostics_error_count(diagnostics) > 0);
    }
    amp_market_free(market);
    amp_diagnostics_free(diagnostics);
    return is_asked;
}

static void refuse_each(market_fixture *f, amp_status expected)
{
    size_t refused = 0;
    while (load_refused(f->portfolio, refused, expected))
        refused++;
    assert_true(refused > 5);
}

static void test_loading_says_that_memory_is_short(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "p.csv",
                 "time,price [USD/MWh]\n"
                 "2025-01-01T00:00Z,1\n2025-01-01T00:30Z,\n2025-01-01T01:00Z,2\n"
                 "2025-01-01T01:30Z,3\n");
    assert_golden(market_fixture_load(f, HEAD
                                      "series:\n"
                                      "  p: {file: p.csv, column: price, gaps: hold}\n" SITE GRID
                                      "    supply: {energy_price: p}\n"),
                  "");
    refuse_each(f, AMP_OK);
}

static void test_findings_survive_short_memory(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "p.csv", "time,price [USD/MWh]\n" HOURS("1", "2"));
    assert_golden(market_fixture_load(f, ONE_PRICE), "");
    golden_write(f->folder, "p.csv", "time,prices [USD/MWh]\n" HOURS("1", "2"));
    refuse_each(f, AMP_PARSE);
    golden_write(f->folder, "p.csv",
                 "time,price [USD/MWh]\n2025-01-01T00:00Z,1\n"
                 "2025-01-01T00:15Z,1\n2025-01-01T01:45Z,2\n");
    refuse_each(f, AMP_DATA);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, market_fixture_set_up, market_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_loading_says_that_memory_is_short),
        TEST(test_findings_survive_short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
