/* SPDX-License-Identifier: Apache-2.0 */
/* Leases of which some may be cut: from the file to the bill, against numbers by hand. */
#include "dispatch/explain.h"
#include "dispatch/validate.h"

#include "study.h"

#include <math.h>
#include <stdlib.h>

enum { TEXT_BYTES = 2048 };

/* 16 MW of IT at a PUE of 1.25 are 20 MW at the bus; a quarter of them is 5 MW. */
typedef struct {
    const char *lease;    /* keys of the lease */
    const char *flexible; /* keys of `flexible` beside its share */
    const char *tariff;   /* its text; NULL: none */
    double import_mw[2];
    double lease_mw[2];
    double cut_mw[2];
    double penalty_usd, tax_usd, fixed_usd;
    double objective_usd;
    double used;
    double low_usd, high_usd; /* the price lies between W(x+1) - W(x) and W(x) - W(x-1) */
} flexible_case;

static study open_case(const flexible_case *c)
{
    char yaml[TEXT_BYTES];
    char key[TEXT_BYTES / 2] = "";
    golden_folder *folder = golden_folder_new();
    if (c->tariff != NULL)
        (void)snprintf(key, sizeof key, ", tariff: %s",
                       golden_write(folder, "tariff.yaml", c->tariff));
    (void)snprintf(yaml, sizeof yaml,
                   "ampacity: 1\n"
                   "time: {from: 2025-01-01, to: 2025-01-01T02:00:00Z, step: 1 h}\n"
                   "series: {price: {file: series.csv, column: price}}\n"
                   "sites:\n"
                   "  - id: one\n"
                   "    grid: {import_limit: 20 MW}\n"
                   "    supply: {energy_price: price%s}\n"
                   "    halls:\n"
                   "      - {id: h, it_power: 16 MW, pue: 1.25, lease: {load: 16 MW%s,\n"
                   "         flexible: {share: 25 %%%s}}}\n",
                   key, c->lease, c->flexible);
    study s = study_open(
        yaml, "time,price [USD/MWh]\n2025-01-01T00:00:00Z,80\n2025-01-01T01:00:00Z,200\n");
    golden_folder_free(folder);
    return s;
}

static void check_valid(study *s, const amp_site_answer *site)
{
    const amp_settled_schedule settled = {.portfolio = s->portfolio,
                                          .market = s->market,
                                          .order = &site->problem,
                                          .schedule = &site->schedule,
                                          .accounts = &site->accounts};
    if (amp_schedule_validate(&settled, s->diagnostics, NULL) != AMP_OK)
        fail_msg("%s", study_findings(s));
}

static void check_accounts(const flexible_case *c, const amp_accounts *a)
{
    const double cut_mwh = c->cut_mw[0] + c->cut_mw[1];
    const double served_mwh = c->lease_mw[0] + c->lease_mw[1];
    assert_near(a->cost_usd.penalty, c->penalty_usd, 1e-2);
    assert_near(a->cost_usd.tax, c->tax_usd, 1e-2);
    assert_near(a->fixed_usd.tariff, c->fixed_usd, 1e-2);
    assert_near(a->cut_it_mwh, cut_mwh * 0.8, 1e-4);
    assert_near(a->energy_mwh.lease, served_mwh, 1e-4);
    assert_near(a->it_mwh.lease, served_mwh * 0.8, 1e-4);
    assert_near(a->unserved_it_mwh, (40.0 - served_mwh - cut_mwh) * 0.8, 1e-4);
    assert_near(a->energy_mwh.generation, 0.0, 0.0);
    assert_near(a->cost_usd.generation, 0.0, 0.0);
}

static void check_case(const flexible_case *c)
{
    study s = open_case(c);
    amp_answer *answer = study_answer(&s, NULL);
    const amp_site_answer *one = &answer->site[0];
    const amp_budget_bill bill = amp_accounts_budget(&one->problem, &one->schedule, 0);

    assert_true(answer->is_feasible);
    assert_near(one->objective_usd, c->objective_usd, 1e-2);
    assert_true(one->bound_usd >= c->objective_usd - 1e-6);
    assert_true(one->bound_usd <= c->objective_usd + 1e-2);
    for (size_t t = 0; t < 2; t++) {
        assert_near(one->schedule.import_mw[t], c->import_mw[t], 1e-4);
        assert_near(one->schedule.load_mw[0][t], c->lease_mw[t], 1e-4);
        assert_near(one->schedule.source_mw[0][t], c->cut_mw[t], 1e-4);
    }
    check_accounts(c, &one->accounts);
    check_valid(&s, one);
    assert_near(bill.used, c->used, 1e-4);
    assert_true(bill.price_usd >= c->low_usd - 1e-2);
    assert_true(bill.price_usd <= c->high_usd + 1e-2);
    amp_answer_free(answer);
    study_close(&s);
}

/* Energy alone costs 20 x (80 + 200) = 5600 USD. A credit of 60 USD per IT MWh is 48 at the bus: a
 * MWh that is cut saves 200 - 48 = 152 USD in the second hour and 80 - 48 = 32 in the first. */
static void test_hard_lease_is_cut_where_energy_is_dear(void **state)
{
    static const char tax[] = "tariff: 1\ntax: [{id: t, use: compute, rate: 8 USD/MWh}]\n";
    static const flexible_case cases[] = {
        /* An hour is 5 MWh: 760 USD in the second hour, 160 in the first. */
        {"",
         ", hours: 1 h, credit: 60 USD/MWh",
         NULL,
         {20, 15},
         {20, 15},
         {0, 5},
         240,
         0,
         0,
         -4840,
         1,
         160,
         760},
        {"",
         ", hours: 30 min, credit: 60 USD/MWh",
         NULL,
         {20, 17.5},
         {20, 17.5},
         {0, 2.5},
         120,
         0,
         0,
         -5220,
         0.5,
         760,
         760},
        {"",
         ", hours: 1.5 h, credit: 60 USD/MWh, notice: 30 min",
         NULL,
         {17.5, 15},
         {17.5, 15},
         {2.5, 5},
         360,
         0,
         0,
         -4760,
         1.5,
         160,
         160},
        /* 4,380 h a year are 1 h of two. */
        {"",
         ", hours: 4380 h, per: year, credit: 60 USD/MWh",
         NULL,
         {20, 15},
         {20, 15},
         {0, 5},
         240,
         0,
         0,
         -4840,
         1,
         160,
         760},
        /* 3.2 MWh of IT are 4 at the bus, 152 x 1.25 = 190 USD for each of IT. */
        {"",
         ", energy: 3.2 MWh, credit: 60 USD/MWh",
         NULL,
         {20, 16},
         {20, 16},
         {0, 4},
         192,
         0,
         0,
         -4992,
         3.2,
         190,
         190},
        {"",
         ", hours: 2 h, energy: 3.2 MWh, credit: 60 USD/MWh",
         NULL,
         {20, 16},
         {20, 16},
         {0, 4},
         192,
         0,
         0,
         -4992,
         0.8,
         0,
         0},
        /* For nothing all of it is cut; for more than energy costs nothing is. */
        {"", ", hours: 3 h", NULL, {15, 15}, {15, 15}, {5, 5}, 0, 0, 0, -4200, 2, 0, 0},
        {"",
         ", hours: 3 h, credit: 260 USD/MWh",
         NULL,
         {20, 20},
         {20, 20},
         {0, 0},
         0,
         0,
         0,
         -5600,
         0,
         0,
         0},
        /* 8 USD/MWh of tax, due on 40 MWh whatever happens, are saved for each MWh that is cut. */
        {"",
         ", hours: 1 h, credit: 60 USD/MWh",
         tax,
         {20, 15},
         {20, 15},
         {0, 5},
         240,
         -40,
         -320,
         -4800,
         1,
         200,
         800},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(&cases[i]);
}

/* The penalty of 120 USD per IT MWh is 96 at the bus: in the second hour nothing is served. Of what
 * may be cut 5 MWh cost 48 instead of 96: 240 USD saved, in the first hour 32 x 5 = 160. */
static void test_cut_supplies_nobody_else(void **state)
{
    static const char tax[] = "tariff: 1\ntax: [{id: t, use: compute, rate: 8 USD/MWh}]\n";
    static const flexible_case cases[] = {
        {", penalty: 120 USD/MWh",
         ", hours: 1 h, credit: 60 USD/MWh",
         NULL,
         {20, 0},
         {20, 0},
         {0, 5},
         15 * 96 + 5 * 48,
         0,
         0,
         -1600 - 1440 - 240,
         1,
         160,
         240},
        {", penalty: 120 USD/MWh",
         ", hours: 3 h, credit: 60 USD/MWh",
         NULL,
         {15, 0},
         {15, 0},
         {5, 5},
         15 * 96 + 10 * 48,
         0,
         0,
         -1200 - 1440 - 480,
         2,
         0,
         0},
        /* A credit above the penalty is not taken: 200 x 0.8 = 160 at the bus. */
        {", penalty: 120 USD/MWh",
         ", hours: 3 h, credit: 200 USD/MWh",
         NULL,
         {20, 0},
         {20, 0},
         {0, 0},
         20 * 96,
         0,
         0,
         -1600 - 1920,
         0,
         0,
         0},
        /* Tax on the 5 MW that may be cut is due anyway, 80 USD; 15 x 8 are paid on the rest of the
         * first hour, and 5 x 8 saved in the second. */
        {", penalty: 120 USD/MWh",
         ", hours: 1 h, credit: 60 USD/MWh",
         tax,
         {20, 0},
         {20, 0},
         {0, 5},
         15 * 96 + 5 * 48,
         80,
         -80,
         -1600 - 1440 - 240 - 80,
         1,
         200,
         240},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(&cases[i]);
}

static amp_explained_supply supply_of(const amp_explained_interval *interval, amp_supply_kind kind)
{
    for (size_t i = 0; i < interval->supply_count; i++)
        if (interval->supply[i].kind == kind)
            return interval->supply[i];
    fail_msg("no such supply");
    return (amp_explained_supply){0};
}

static void test_cut_is_explained(void **state)
{
    static const flexible_case c = {.lease = "", .flexible = ", hours: 1 h, credit: 60 USD/MWh"};
    (void)state;
    study s = open_case(&c);
    amp_answer *answer = study_answer(&s, NULL);
    amp_explanation *explanation = NULL;
    const amp_explain_request request = {.portfolio = s.portfolio,
                                         .market = s.market,
                                         .answer = &answer->site[0],
                                         .has_at = true,
                                         .at = 1};
    assert_int_equal(amp_explain(&request, &explanation), AMP_OK);
    const amp_explained_interval *interval = &explanation->interval;
    const amp_explained_supply cut = supply_of(interval, AMP_SUPPLY_CUT);

    assert_string_equal(cut.id, "h");
    assert_near(cut.cost_usd_per_mwh, 48.0, 1e-9);
    assert_near(cut.gave_mw, 5.0, 1e-4);
    assert_int_equal(interval->use_count, 1);
    assert_near(interval->use[0].took_mw, 15.0, 1e-4);
    assert_near(interval->use[0].could_mw, 20.0, 1e-9);
    assert_int_equal(interval->use[0].held, AMP_HELD_BY_CUT);
    assert_int_equal(explanation->budget_count, 1);
    assert_string_equal(explanation->budget[0].unit, "h");
    amp_explanation_free(explanation);
    amp_answer_free(answer);
    study_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hard_lease_is_cut_where_energy_is_dear),
        cmocka_unit_test(test_cut_supplies_nobody_else),
        cmocka_unit_test(test_cut_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
