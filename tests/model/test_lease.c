/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of the clauses of a lease. */
#include "golden.h"

#include "model/portfolio.h"

#include <string.h>

static const char text[] =
    "ampacity: 1\n"
    "time: {from: 2023-08-01T05:00:00Z, to: 2023-08-02T05:00:00Z, step: 1 h}\n"
    "sites:\n"
    "  - id: a\n"
    "    grid: {import_limit: 9 MW}\n"
    "    supply: {energy_price: 40 USD/MWh}\n"
    "    halls:\n"
    "      - {id: all, it_power: 2 MW, pue: 1.2, lease: {tenant: acme, load: 1 MW, fee: 100 "
    "USD/kW/month, pue_cap: 1.25, demand_charges: share, minimum_take: 80 %, contracted: 90 %, "
    "availability: 99.99 %, availability_by: energy, service_credits: [[99.9 %, 10 %], [99 %, 25 "
    "%], [0 %, 50 %]], credit_cap: 30 %, maintenance: 90 min, exclusions: [{from: "
    "2023-08-01T05:00Z, to: 2023-08-01T09:00Z}, {from: 2023-09-01, to: 2023-09-02}]}}\n"
    "      - {id: fixed, it_power: 2 MW, pue: 1.2, lease: {load: 1 MW, fee: 9 USD/kW/month, "
    "energy: "
    "fixed, energy_price: 6 USD/kWh, energy_per: bus, service_credits: [[98 %, 0 %], [0 %, 5 "
    "%]]}}\n"
    "      - {id: tiers, it_power: 2 MW, pue: 1.2, lease: {load: 1 MW, fee: 9 USD/kW/month, "
    "energy: "
    "included, service_credits: [[0 %, 5 %]]}}\n"
    "      - {id: plain, it_power: 2 MW, pue: 1.2, lease: {load: 1 MW}}\n";

static amp_portfolio *parse(void)
{
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *p = NULL;
    assert_non_null(diagnostics);
    const amp_status status =
        amp_portfolio_parse(text, strlen(text), "p.yaml", NULL, diagnostics, &p);
    for (size_t i = 0; i < amp_diagnostics_count(diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(diagnostics, i), false, stderr);
    assert_int_equal(status, AMP_OK);
    assert_int_equal(amp_diagnostics_count(diagnostics), 0);
    amp_diagnostics_free(diagnostics);
    return p;
}

static void test_every_clause_is_read(void **state)
{
    (void)state;
    amp_portfolio *p = parse();
    const amp_lease *lease = &p->site[0].hall[0].lease;
    assert_int_equal(p->without_effect_count, 0);
    assert_string_equal(lease->tenant, "acme");
    assert_int_equal(lease->energy, AMP_LEASE_PASS_THROUGH);
    assert_near(lease->pue_cap.number, 1.25, 0.0);
    assert_int_equal(lease->demand_charges, AMP_LEASE_DEMAND_SHARE);
    assert_near(lease->minimum_take.number, 0.8, 1e-15);
    assert_near(lease->contracted_mw.number, 0.9, 1e-15);
    assert_true(lease->contracted_mw.is_share);
    assert_near(amp_lease_promise(lease), 0.9999, 1e-15);
    assert_int_equal(lease->availability_by, AMP_LEASE_BY_ENERGY);
    assert_int_equal(lease->credit_count, 3);
    assert_near(lease->credit[1].availability, 0.99, 1e-15);
    assert_near(lease->credit[1].credit, 0.25, 1e-15);
    assert_near(lease->credit_cap.number, 0.3, 1e-15);
    assert_near(lease->maintenance_h.number, 1.5, 1e-15);
    assert_int_equal(lease->exclusion_count, 2);
    assert_int_equal(lease->exclusion[0].to_unix_s - lease->exclusion[0].from_unix_s, 4 * 3600);
    assert_int_equal(lease->exclusion[1].from_unix_s, 1693526400);
    amp_portfolio_free(p);
}

static void test_a_fixed_price(void **state)
{
    (void)state;
    amp_portfolio *p = parse();
    const amp_lease *lease = &p->site[0].hall[1].lease;
    assert_int_equal(lease->energy, AMP_LEASE_FIXED);
    assert_near(lease->energy_price_usd_per_mwh.number, 6000.0, 1e-9);
    assert_int_equal(lease->energy_per, AMP_LEASE_PER_BUS);
    amp_portfolio_free(p);
}

static void test_what_is_promised(void **state)
{
    static const double promised[] = {0.9999, 0.98, 1.0, 0.0};
    (void)state;
    amp_portfolio *p = parse();
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++)
        assert_near(amp_lease_promise(&p->site[0].hall[i].lease), promised[i], 1e-15);
    amp_portfolio_free(p);
}

static void test_what_a_lease_without_clauses_says(void **state)
{
    (void)state;
    amp_portfolio *p = parse();
    const amp_lease *lease = &p->site[0].hall[3].lease;
    assert_null(lease->tenant);
    assert_int_equal(lease->energy, AMP_LEASE_PASS_THROUGH);
    assert_int_equal(lease->energy_per, AMP_LEASE_PER_IT);
    assert_false(lease->pue_cap.is_set);
    assert_int_equal(lease->demand_charges, AMP_LEASE_DEMAND_SITE);
    assert_false(lease->minimum_take.is_set);
    assert_false(lease->contracted_mw.is_set);
    assert_false(lease->availability.is_set);
    assert_int_equal(lease->availability_by, AMP_LEASE_BY_TIME);
    assert_int_equal(lease->credit_count, 0);
    assert_near(lease->credit_cap.number, 1.0, 0.0);
    assert_near(lease->maintenance_h.number, 0.0, 0.0);
    assert_int_equal(lease->exclusion_count, 0);
    amp_portfolio_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_clause_is_read),
        cmocka_unit_test(test_a_fixed_price),
        cmocka_unit_test(test_what_is_promised),
        cmocka_unit_test(test_what_a_lease_without_clauses_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
