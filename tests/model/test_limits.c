/* SPDX-License-Identifier: Apache-2.0 */
/* Limits over many intervals: what is read of them. */
#include "golden.h"

#include "model/portfolio.h"

enum { TEXT_BYTES = 4096 };

/* A portfolio of one site with @p rest. */
typedef struct {
    golden_folder *folder;
    amp_diagnostics *diagnostics;
    amp_portfolio *portfolio;
} reading;

static reading read_site(const char *rest)
{
    char yaml[TEXT_BYTES];
    reading r = {.folder = golden_folder_new(), .diagnostics = amp_diagnostics_new()};
    assert_non_null(r.diagnostics);
    (void)snprintf(yaml, sizeof yaml,
                   "ampacity: 1\ntime: {from: 2025-01-01, to: 2025-01-02, step: 1 h}\n"
                   "sites:\n  - id: a\n    supply: {energy_price: 40 USD/MWh}\n%s",
                   rest);
    assert_int_equal(amp_portfolio_load(golden_write(r.folder, "p.yaml", yaml), NULL, r.diagnostics,
                                        &r.portfolio),
                     AMP_OK);
    return r;
}

static void close_reading(reading *r)
{
    amp_portfolio_free(r->portfolio);
    amp_diagnostics_free(r->diagnostics);
    golden_folder_free(r->folder);
}

static void test_flexible_lease(void **state)
{
    (void)state;
    reading r =
        read_site("    grid: {import_limit: 9 MW}\n"
                  "    halls:\n"
                  "      - {id: h, it_power: 5 MW, pue: 1.2, lease: {load: 4 MW,\n"
                  "         flexible: {share: 25 %, hours: 90 min, per: year, credit: 60 USD/MWh,\n"
                  "                    notice: 30 min}}}\n"
                  "      - {id: i, it_power: 5 MW, pue: 1.2, lease: {load: 4 MW,\n"
                  "         flexible: {share: 100 %, energy: 2 GWh}}}\n"
                  "      - {id: j, it_power: 5 MW, pue: 1.2, lease: {load: 4 MW}}\n");
    const amp_hall *hall = r.portfolio->site[0].hall;
    const amp_flexible *one = &hall[0].lease.flexible;
    const amp_flexible *two = &hall[1].lease.flexible;

    assert_true(one->is_set);
    assert_near(one->share.number, 0.25, 1e-15);
    assert_near(one->hours_h.number, 1.5, 1e-12);
    assert_false(one->energy_mwh.is_set);
    assert_int_equal(one->per, AMP_PER_YEAR);
    assert_near(one->credit_usd_per_mwh.number, 60.0, 1e-12);
    assert_near(two->share.number, 1.0, 1e-15);
    assert_false(two->hours_h.is_set);
    assert_near(two->energy_mwh.number, 2000.0, 1e-9);
    assert_int_equal(two->per, AMP_PER_HORIZON);
    assert_near(two->credit_usd_per_mwh.number, 0.0, 0.0);
    assert_false(hall[2].lease.flexible.is_set);
    assert_int_equal(r.portfolio->without_effect_count, 1); /* notice */
    close_reading(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flexible_lease),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
