/* SPDX-License-Identifier: Apache-2.0 */
/* Clauses of leases: schedules made by hand, settled against money worked out by hand. */
#include "dispatch/lease.h"
#include "dispatch/validate.h"

#include "study.h"

#include <string.h>

enum { HOURS = 4, TEXT_BYTES = 4096 };

/* Four of the 744 hours of January. The fee of 10 MW for them: 10,000 kW x 186 x 4 / 744 = 10,000
 * USD. An hour's import costs the price and the adder of 4: 44, 64, -16 and 104, 196 together. */
static const char head[] = "ampacity: 1\n"
                           "time: {from: 2025-01-01T00:00Z, to: 2025-01-01T04:00Z, step: 1 h}\n"
                           "series:\n"
                           "  price: {file: series.csv, column: price}\n"
                           "  pue: {file: series.csv, column: pue}\n"
                           "  want: {file: series.csv, column: want}\n"
                           "  cp: {file: series.csv, column: cp}\n"
                           "sites:\n"
                           "  - id: one\n"
                           "    grid: {import_limit: 100 MW}\n";
static const char series[] = "time,price [USD/MWh],pue [1],want [MW],cp [1]\n"
                             "2025-01-01T00:00:00Z,40,1.2,8,0\n"
                             "2025-01-01T01:00:00Z,60,1.2,8,0.5\n"
                             "2025-01-01T02:00:00Z,-20,1.4,4,0.25\n"
                             "2025-01-01T03:00:00Z,100,1.2,0,0\n";

/* One contract and one schedule. What is left out is nothing, or PUE 1.3, all of 10 MW wanted and
 * served, an adder of 4 USD/MWh and a penalty of 1000 USD/MWh. */
typedef struct {
    const char *clauses;
    const char *supply;
    const char *pue;
    const char *load;
    const char *penalty;
    bool has_load; /* load_mw says what is served */
    double load_mw[HOURS];
    double other_mw[HOURS];
    double charge_mw[HOURS];
    double import_mw[HOURS];
    amp_lease_bill want; /* fee, net, counted hours and what is served are not looked at */
} contract;

/* Everything that a schedule has, 0. */
typedef struct {
    double number[10][HOURS];
    double *load[2];
    double *tier[2];
    amp_schedule schedule;
} plan;

static void lay_out(plan *p, const contract *c)
{
    p->load[0] = p->number[0];
    p->load[1] = p->number[1];
    p->tier[0] = p->number[2];
    p->tier[1] = p->number[3];
    for (size_t t = 0; t < HOURS; t++) {
        p->load[0][t] = c->has_load ? c->load_mw[t] : 13.0;
        p->load[1][t] = c->other_mw[t];
        p->number[4][t] = c->charge_mw[t];
        p->number[5][t] = c->import_mw[t];
    }
    p->schedule = (amp_schedule){.interval_count = HOURS,
                                 .load_count = 2,
                                 .import_mw = p->number[5],
                                 .block_mw = p->number[6],
                                 .export_mw = p->number[6],
                                 .charge_mw = p->number[4],
                                 .discharge_mw = p->number[6],
                                 .soc_mwh = p->number[7],
                                 .internal_price_usd_per_mwh = p->number[8],
                                 .stored_usd_per_mwh = p->number[9],
                                 .load_mw = p->load,
                                 .tier_mw = p->tier};
}

static const char *or_else(const char *text, const char *other)
{
    return text != NULL ? text : other;
}

static study open_contract(const contract *c)
{
    char yaml[TEXT_BYTES];
    (void)snprintf(yaml, sizeof yaml,
                   "%s    supply: {energy_price: price, adder: %s}\n"
                   "    halls:\n"
                   "      - {id: h, it_power: 10 MW, pue: %s, lease: {load: %s, fee: 186 "
                   "USD/kW/month%s%s}}\n"
                   "      - {id: other, it_power: 90 MW, pue: 1.25, inference: {demand: 8 MW, "
                   "value: 100 USD/MWh}}\n",
                   head, or_else(c->supply, "4 USD/MWh"), or_else(c->pue, "1.3"),
                   or_else(c->load, "100 %"), or_else(c->penalty, ", penalty: 1000 USD/MWh"),
                   or_else(c->clauses, ""));
    return study_open(yaml, series);
}

static void check_lines(const amp_accounts *a, const amp_lease_bill *bill, bool is_hard)
{
    assert_near(a->revenue_usd.lease, is_hard ? 0.0 : bill->energy_usd, 1e-9);
    assert_near(a->fixed_usd.energy_sold, is_hard ? bill->energy_usd : 0.0, 1e-9);
    assert_near(a->fixed_usd.lease_fee, bill->fee_usd, 1e-9);
    assert_near(a->fixed_usd.energy_reimbursed, bill->reimbursed_usd, 1e-9);
    assert_near(a->fixed_usd.demand_reimbursed, bill->demand_usd, 1e-9);
    assert_near(a->fixed_usd.minimum_take, bill->take_usd, 1e-9);
    assert_near(a->fixed_usd.service_credits, -bill->credit_usd, 1e-9);
    assert_near(a->fixed_usd.penalty_replaced, bill->replaced_usd, 1e-9);
}

static void check_contract(const contract *c)
{
    study s = open_contract(c);
    const amp_site_problem problem = study_problem(&s, 0);
    plan p = {0};

    lay_out(&p, c);
    assert_int_equal(problem.lease_count, 1);
    assert_int_equal(problem.lease[0].month_count, 1);
    const amp_lease_bill bill = amp_lease_settle(&problem, &p.schedule, 0, 0);
    assert_near(bill.fee_usd, 10000.0, 1e-9);
    assert_near(bill.reimbursed_usd, c->want.reimbursed_usd, 1e-9);
    assert_near(bill.energy_usd, c->want.energy_usd, 1e-9);
    assert_near(bill.demand_usd, c->want.demand_usd, 1e-6);
    assert_near(bill.take_mwh, c->want.take_mwh, 1e-9);
    assert_near(bill.take_usd, c->want.take_usd, 1e-9);
    assert_near(bill.availability, c->want.availability, 1e-12);
    assert_near(bill.credit, c->want.credit, 1e-12);
    assert_near(bill.credit_usd, c->want.credit * 10000.0, 1e-9);
    assert_near(bill.penalty_usd, c->want.penalty_usd, 1e-9);
    assert_near(bill.replaced_usd, c->want.replaced_usd, 1e-9);
    assert_near(bill.net_usd,
                10000.0 + c->want.reimbursed_usd + c->want.energy_usd + c->want.demand_usd +
                    c->want.take_usd - c->want.credit * 10000.0 - c->want.penalty_usd,
                1e-6);
    const amp_accounts a = amp_accounts_settle(&problem, &p.schedule);
    check_lines(&a, &bill, c->penalty != NULL);
    study_close(&s);
}

#define CHECK_ALL(cases)                                          \
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases)[0]; i++) \
    check_contract(&(cases)[i])

/* ---- energy ---- */

static void test_energy_is_passed_through_up_to_a_pue(void **state)
{
    static const contract cases[] = {
        /* 13 MW x 196 */
        {.want = {.reimbursed_usd = 2548.0, .availability = 1.0}},
        {.clauses = ", energy: included", .want = {.availability = 1.0}},
        /* 12.5 MW x 196 */
        {.clauses = ", pue_cap: 1.25", .want = {.reimbursed_usd = 2450.0, .availability = 1.0}},
        {.clauses = ", pue_cap: 1.3", .want = {.reimbursed_usd = 2548.0, .availability = 1.0}},
        /* 50 MWh for 40 of IT are 1.25: an hour above it is made up for by the others.
         * 12 x 44 + 12 x 64 - 14 x 16 + 12 x 104 */
        {.clauses = ", pue_cap: 1.25",
         .pue = "pue",
         .has_load = true,
         .load_mw = {12, 12, 14, 12},
         .want = {.reimbursed_usd = 2320.0, .availability = 1.0}},
        /* 48 of the 50 MWh */
        {.clauses = ", pue_cap: 1.2",
         .pue = "pue",
         .has_load = true,
         .load_mw = {12, 12, 14, 12},
         .want = {.reimbursed_usd = 2320.0 * 0.96, .availability = 1.0}},
        /* Nothing is served, and a penalty due: 40 MWh x 1000 */
        {.clauses = ", pue_cap: 1.2",
         .has_load = true,
         .want = {.availability = 0.0, .penalty_usd = 40000.0}},
    };
    (void)state;
    CHECK_ALL(cases);
}

static void test_energy_at_a_fixed_price(void **state)
{
    static const contract cases[] = {
        /* 40 MWh of IT, or 52 at the bus */
        {.clauses = ", energy: fixed, energy_price: 62 USD/MWh",
         .want = {.energy_usd = 2480.0, .availability = 1.0}},
        {.clauses = ", energy: fixed, energy_price: 50 USD/MWh, energy_per: bus",
         .want = {.energy_usd = 2600.0, .availability = 1.0}},
        /* A load that must be served earns the same, outside the objective. */
        {.clauses = ", energy: fixed, energy_price: 62 USD/MWh",
         .penalty = "",
         .want = {.energy_usd = 2480.0, .availability = 1.0}},
        /* 30 MWh of IT; 10 not served */
        {.clauses = ", energy: fixed, energy_price: 62 USD/MWh",
         .has_load = true,
         .load_mw = {13, 13, 0, 13},
         .want = {.energy_usd = 1860.0, .availability = 0.75, .penalty_usd = 10000.0}},
    };
    (void)state;
    CHECK_ALL(cases);
}

/* What a MWh earns is in the objective where dispatch may choose: at an IT price of 62 and a PUE of
 * 1.3, (1000 + 62) / 1.3 at the bus. */
static void test_a_fixed_price_is_part_of_what_serving_is_worth(void **state)
{
    const contract c = {.clauses = ", energy: fixed, energy_price: 62 USD/MWh"};
    (void)state;
    study s = open_contract(&c);
    const amp_site_problem problem = study_problem(&s, 0);
    amp_answer *answer = study_answer(&s, NULL);
    assert_near(amp_column_at(problem.tier[0].value_usd_per_mwh, 0), 1062.0 / 1.3, 1e-9);
    assert_near(amp_column_at(problem.load[0].penalty_usd_per_mwh, 0), 1000.0 / 1.3, 1e-9);
    /* 40 x 62 - 13 x 196, and inference of 8 MW where import costs less than 100 / 1.25 = 80: at
     * 44, 64 and -16, 24 x 100 - 10 x 92 */
    assert_near(answer->objective_usd, 2480.0 - 2548.0 + 2400.0 - 920.0, 1e-6);
    assert_near(answer->site[0].accounts.revenue_usd.lease, 2480.0, 1e-9);
    amp_answer_free(answer);
    study_close(&s);
}

/* 8, 8, 4 and 0 MW are wanted, 20 MWh; 80 % of 10 MW are 32 MWh. At a PUE of 1.25 the mean price of
 * a MWh of IT is 196 / 4 x 1.25 = 61.25 USD. */
static void test_minimum_take_is_of_what_was_wanted(void **state)
{
#define TAKE .pue = "1.25", .load = "want", .has_load = true
    static const contract cases[] = {
        {.clauses = ", minimum_take: 80 %",
         TAKE,
         .load_mw = {10, 10, 5, 0},
         .want =
             {.reimbursed_usd = 1000.0, .take_mwh = 12.0, .take_usd = 735.0, .availability = 1.0}},
        {.clauses = ", minimum_take: 80 %, pue_cap: 1.2",
         TAKE,
         .load_mw = {10, 10, 5, 0},
         .want =
             {.reimbursed_usd = 960.0, .take_mwh = 12.0, .take_usd = 705.6, .availability = 1.0}},
        /* 22.4 and 16 MWh */
        {.clauses = ", minimum_take: 80 %, contracted: 7 MW",
         TAKE,
         .load_mw = {10, 10, 5, 0},
         .want =
             {.reimbursed_usd = 1000.0, .take_mwh = 2.4, .take_usd = 147.0, .availability = 1.0}},
        {.clauses = ", minimum_take: 80 %, contracted: 50 %",
         TAKE,
         .load_mw = {10, 10, 5, 0},
         .want = {.reimbursed_usd = 1000.0, .availability = 1.0}},
        {.clauses = ", minimum_take: 80 %, energy: fixed, energy_price: 70 USD/MWh",
         TAKE,
         .load_mw = {10, 10, 5, 0},
         .want = {.energy_usd = 1400.0, .take_mwh = 12.0, .take_usd = 840.0, .availability = 1.0}},
        {.clauses = ", minimum_take: 80 %, energy: fixed, energy_price: 70 USD/MWh, energy_per: "
                    "bus",
         TAKE,
         .load_mw = {10, 10, 5, 0},
         .want = {.energy_usd = 1750.0, .take_mwh = 12.0, .take_usd = 1050.0, .availability = 1.0}},
        /* What the site does not serve, 4 MWh of IT, the tenant does not pay. */
        {.clauses = ", minimum_take: 80 %",
         TAKE,
         .load_mw = {5, 10, 5, 0},
         .want = {.reimbursed_usd = 780.0,
                  .take_mwh = 12.0,
                  .take_usd = 735.0,
                  .availability = 0.75,
                  .penalty_usd = 4000.0}},
        /* Prices of -20, 0, -80 and 40: nothing is paid to a tenant who takes less. */
        {.clauses = ", minimum_take: 80 %",
         .supply = "-60 USD/MWh",
         TAKE,
         .load_mw = {10, 10, 5, 0},
         .want = {.reimbursed_usd = -600.0, .take_mwh = 12.0, .availability = 1.0}},
    };
#undef TAKE
    (void)state;
    CHECK_ALL(cases);
}

/* ---- peaks ---- */

/* The tenant draws 13 MW. In the second hour the site draws 40 MW, of which it is 0.325; in the
 * third 52 MW, of which 12 come from the battery: 0.25. Both import 40 MW. */
#define DRAWN                                                                      \
    .other_mw = {13, 19.5, 26, 7}, .charge_mw = {4, 7.5, 13, 0}, .has_load = true, \
    .load_mw = {13, 13, 13, 13}

static void test_peaks_are_paid_by_share_of_what_is_drawn(void **state)
{
#define CHARGE "4 USD/MWh, demand_charge: 6 USD/kW/month"
    static const contract cases[] = {
        {.supply = CHARGE,
         DRAWN,
         .import_mw = {30, 40, 40, 20},
         .want = {.reimbursed_usd = 2548.0, .availability = 1.0}},
        {.clauses = ", demand_charges: tenant",
         .supply = CHARGE,
         DRAWN,
         .import_mw = {30, 40, 40, 20},
         .want = {.reimbursed_usd = 2548.0, .demand_usd = 240000.0, .availability = 1.0}},
        {.clauses = ", demand_charges: share",
         .supply = CHARGE,
         DRAWN,
         .import_mw = {30, 40, 40, 20},
         .want = {.reimbursed_usd = 2548.0, .demand_usd = 69000.0, .availability = 1.0}},
        {.clauses = ", demand_charges: share",
         .supply = CHARGE,
         DRAWN,
         .import_mw = {30, 40, 39.99999, 20},
         .want = {.reimbursed_usd = 2548.0, .demand_usd = 69000.0, .availability = 1.0}},
        {.clauses = ", demand_charges: share",
         .supply = CHARGE,
         DRAWN,
         .import_mw = {30, 40, 39.99, 20},
         .want = {.reimbursed_usd = 2548.0, .demand_usd = 78000.0, .availability = 1.0}},
        /* The month's peak was before: 50 MW are billed. */
        {.clauses = ", demand_charges: share",
         .supply = "4 USD/MWh, demand_charge: {charge: 6 USD/kW/month, peak_so_far: 50 MW}",
         DRAWN,
         .import_mw = {30, 40, 40, 20},
         .want = {.reimbursed_usd = 2548.0, .demand_usd = 86250.0, .availability = 1.0}},
        /* Nothing is imported, and the tenant is all that draws. */
        {.clauses = ", demand_charges: share",
         .supply = "4 USD/MWh, demand_charge: {charge: 6 USD/kW/month, peak_so_far: 50 MW}",
         .want = {.reimbursed_usd = 2548.0, .demand_usd = 300000.0, .availability = 1.0}},
        /* Nothing draws: no share can be found. */
        {.clauses = ", demand_charges: share, energy: included",
         .supply = "4 USD/MWh, demand_charge: {charge: 6 USD/kW/month, peak_so_far: 50 MW}",
         .load = "0 %",
         .has_load = true,
         .want = {.availability = 1.0}},
    };
#undef CHARGE
    (void)state;
    CHECK_ALL(cases);
}

/* 24,000 USD/MW in a year over four hours: 6000 x 0.5 = 3000 USD/MWh in the second hour, 1500 in
 * the third. It is no energy that is passed through. */
static void test_coincident_peaks_are_paid_by_share(void **state)
{
#define CHARGE "4 USD/MWh, coincident_peak: {charge: 24 USD/kW/year, peaks: 4, probability: cp}"
    static const contract cases[] = {
        {.supply = CHARGE,
         DRAWN,
         .import_mw = {30, 40, 40, 20},
         .want = {.reimbursed_usd = 2548.0, .availability = 1.0}},
        /* 120,000 x 0.325 + 60,000 x 0.25 */
        {.clauses = ", demand_charges: share",
         .supply = CHARGE,
         DRAWN,
         .import_mw = {30, 40, 40, 20},
         .want = {.reimbursed_usd = 2548.0, .demand_usd = 54000.0, .availability = 1.0}},
        {.clauses = ", demand_charges: tenant",
         .supply = CHARGE,
         DRAWN,
         .import_mw = {30, 40, 40, 20},
         .want = {.reimbursed_usd = 2548.0, .demand_usd = 180000.0, .availability = 1.0}},
    };
#undef CHARGE
    (void)state;
    CHECK_ALL(cases);
}

/* ---- service credits ---- */

#define TIERS                                                                                     \
    ", energy: included, availability: 99.99 %, service_credits: [[99.9 %, 10 %], [50 %, 25 %], " \
    "[0 %, 50 %]]"
#define SERVED(...) .has_load = true, .load_mw = {__VA_ARGS__}

static void test_credits_follow_the_availability(void **state)
{
    static const contract cases[] = {
        {.clauses = TIERS, .want = {.availability = 1.0}},
        /* 1 % of an hour's 10 MWh of IT */
        {.clauses = TIERS,
         SERVED(13, 12.87, 13, 13),
         .want = {.availability = 0.75, .credit = 0.25, .replaced_usd = 100.0}},
        {.clauses = TIERS ", availability_by: energy",
         SERVED(13, 12.87, 13, 13),
         .want = {.availability = 0.9975, .credit = 0.25, .replaced_usd = 100.0}},
        {.clauses = TIERS ", availability_by: energy",
         SERVED(13, 12.987, 13, 13),
         .want = {.availability = 0.99975, .credit = 0.1, .replaced_usd = 10.0}},
        {.clauses = TIERS,
         SERVED(13, 0, 0, 13),
         .want = {.availability = 0.5, .credit = 0.25, .replaced_usd = 20000.0}},
        {.clauses = TIERS,
         SERVED(13, 0, 0, 0),
         .want = {.availability = 0.25, .credit = 0.5, .replaced_usd = 30000.0}},
        {.clauses = TIERS ", credit_cap: 20 %",
         SERVED(13, 0, 0, 0),
         .want = {.availability = 0.25, .credit = 0.2, .replaced_usd = 30000.0}},
        /* Rounding is no outage. */
        {.clauses = TIERS,
         SERVED(13, 12.999999, 13, 13),
         .want = {.availability = 1.0, .replaced_usd = 1e-3 / 1.3}},
        /* A promise that is just kept. */
        {.clauses = ", energy: included, availability: 75 %, service_credits: [[0 %, 50 %]]",
         SERVED(13, 0, 13, 13),
         .want = {.availability = 0.75, .replaced_usd = 10000.0}},
        {.clauses = ", energy: included, service_credits: [[75 %, 0 %], [0 %, 50 %]]",
         SERVED(13, 0, 13, 13),
         .want = {.availability = 0.75, .replaced_usd = 10000.0}},
        {.clauses = ", energy: included, service_credits: [[0 %, 15 %]]",
         SERVED(13, 0, 13, 13),
         .want = {.availability = 0.75, .credit = 0.15, .replaced_usd = 10000.0}},
        /* Without credits the penalty is due. */
        {.clauses = ", energy: included, availability: 99.99 %",
         SERVED(13, 0, 13, 13),
         .want = {.availability = 0.75, .penalty_usd = 10000.0}},
        /* A load that must be served reaches its promise. */
        {.clauses = TIERS, .penalty = "", .want = {.availability = 1.0}},
        /* Nothing is wanted in the last hour. */
        {.clauses = TIERS,
         .pue = "1.25",
         .load = "want",
         SERVED(10, 10, 5, 0),
         .want = {.availability = 1.0}},
    };
    (void)state;
    CHECK_ALL(cases);
}

/* A day's fee for an hour, say, and a tenth of the fee here. */
static void test_credits_by_the_hour(void **state)
{
#define HOURLY ", energy: included, credit_per_hour: 10 %"
    static const contract cases[] = {
        {.clauses = HOURLY, .want = {.availability = 1.0}},
        {.clauses = HOURLY,
         SERVED(13, 0, 12, 13),
         .want = {.availability = 0.5, .credit = 0.2, .replaced_usd = 10000.0 + 1000.0 / 1.3}},
        /* An hour and a thirteenth */
        {.clauses = HOURLY ", availability_by: energy",
         SERVED(13, 0, 12, 13),
         .want = {.availability = 1.0 - 14.0 / 52.0,
                  .credit = 1.4 / 13.0,
                  .replaced_usd = 10000.0 + 1000.0 / 1.3}},
        /* 5 % of four hours are allowed: 1.8 of the two count. */
        {.clauses = HOURLY ", availability: 95 %",
         SERVED(13, 0, 0, 13),
         .want = {.availability = 0.5, .credit = 0.18, .replaced_usd = 20000.0}},
        /* And an hour of maintenance besides */
        {.clauses = HOURLY ", availability: 95 %, maintenance: 186 h",
         SERVED(13, 0, 0, 13),
         .want = {.availability = 0.75, .credit = 0.08, .replaced_usd = 20000.0}},
        {.clauses = HOURLY ", availability: 75 %",
         SERVED(13, 0, 13, 13),
         .want = {.availability = 0.75, .replaced_usd = 10000.0}},
        {.clauses = HOURLY ", credit_cap: 15 %",
         SERVED(13, 0, 0, 13),
         .want = {.availability = 0.5, .credit = 0.15, .replaced_usd = 20000.0}},
    };
#undef HOURLY
    (void)state;
    CHECK_ALL(cases);
}

static void test_exclusions_and_maintenance_do_not_count(void **state)
{
#define OUT "2025-01-01T01:00Z"
#define END "2025-01-01T02:00Z"
    static const contract cases[] = {
        {.clauses = TIERS ", exclusions: [{from: " OUT ", to: " END "}]",
         SERVED(13, 0, 13, 13),
         .want = {.availability = 1.0, .replaced_usd = 10000.0}},
        /* Of three hours one is missed. */
        {.clauses = TIERS ", exclusions: [{from: " OUT ", to: " END "}]",
         SERVED(13, 0, 0, 13),
         .want = {.availability = 2.0 / 3.0, .credit = 0.25, .replaced_usd = 20000.0}},
        {.clauses = TIERS ", availability_by: energy, exclusions: [{from: " OUT ", to: " END "}]",
         SERVED(13, 0, 6.5, 13),
         .want = {.availability = 25.0 / 30.0, .credit = 0.25, .replaced_usd = 15000.0}},
        /* No hour starts in it. */
        {.clauses = TIERS ", exclusions: [{from: 2025-01-01T00:30Z, to: " OUT "}]",
         SERVED(13, 0, 13, 13),
         .want = {.availability = 0.75, .credit = 0.25, .replaced_usd = 10000.0}},
        {.clauses = TIERS ", exclusions: [{from: 2024-01-01, to: " OUT "}, {from: " OUT
                          ", to: 2026-01-01}]",
         SERVED(0, 0, 0, 0),
         .want = {.availability = 1.0, .replaced_usd = 40000.0}},
        /* 186 of 744 hours: one of the four. */
        {.clauses = TIERS ", maintenance: 186 h",
         SERVED(13, 0, 13, 13),
         .want = {.availability = 1.0, .replaced_usd = 10000.0}},
        {.clauses = TIERS ", maintenance: 186 h",
         SERVED(13, 0, 0, 13),
         .want = {.availability = 0.75, .credit = 0.25, .replaced_usd = 20000.0}},
        /* 15 of 40 MWh are 1.5 hours, of which one is allowed. */
        {.clauses = TIERS ", maintenance: 186 h, availability_by: energy",
         SERVED(13, 0, 6.5, 13),
         .want = {.availability = 0.875, .credit = 0.25, .replaced_usd = 15000.0}},
    };
    (void)state;
    CHECK_ALL(cases);
}

/* ---- months ---- */

/* An empty schedule of any length in which the last @p missed hours of [first, end) are not served.
 */
static amp_schedule empty_schedule(study *s, const amp_site_problem *problem, size_t end,
                                   size_t missed)
{
    const size_t count = problem->interval_count;
    double *nothing = AMP_ARENA_NEW(s->arena, double, count);
    double **load = AMP_ARENA_NEW(s->arena, double *, 1);
    double *load_mw = AMP_ARENA_NEW(s->arena, double, count);
    assert_non_null(nothing);
    assert_non_null(load);
    assert_non_null(load_mw);
    load[0] = load_mw;
    for (size_t t = 0; t < count; t++)
        load_mw[t] = t >= end - missed && t < end ? 0.0 : 10.0;
    return (amp_schedule){.interval_count = count,
                          .load_count = 1,
                          .import_mw = nothing,
                          .block_mw = nothing,
                          .export_mw = nothing,
                          .charge_mw = nothing,
                          .discharge_mw = nothing,
                          .soc_mwh = nothing,
                          .internal_price_usd_per_mwh = nothing,
                          .stored_usd_per_mwh = nothing,
                          .load_mw = load};
}

#define LEASED(from, to, zone, clauses)                                                         \
    "ampacity: 1\ntime: {from: " from ", to: " to ", step: 1 h}\n"                              \
    "sites:\n  - id: one\n    time_zone: " zone "\n    grid: {import_limit: 100 MW}\n"          \
    "    supply: {energy_price: 40 USD/MWh}\n"                                                  \
    "    halls: [{id: h, it_power: 10 MW, pue: 1, lease: {load: 100 %, fee: 130 USD/kW/month, " \
    "penalty: 1000 USD/MWh" clauses "}}]\n"

/* March 2025 has 743 hours in Chicago. Ten may be missed; of the twelve that are two count. */
static void test_a_month_whose_clock_changes_has_its_own_hours(void **state)
{
    (void)state;
    study s = study_open(LEASED("2025-03-01T06:00Z", "2025-04-01T05:00Z", "America/Chicago",
                                ", maintenance: 10 h, service_credits: [[99.8 %, 0 %], [99 %, 10 "
                                "%], [0 %, 30 %]]"),
                         NULL);
    const amp_site_problem problem = study_problem(&s, 0);
    assert_int_equal(problem.interval_count, 743);
    const amp_schedule schedule = empty_schedule(&s, &problem, 500, 12);
    const amp_lease_bill bill = amp_lease_settle(&problem, &schedule, 0, 0);
    assert_int_equal(problem.lease[0].month_count, 1);
    assert_near(problem.lease[0].month[0].share, 1.0, 0.0);
    assert_near(bill.counted_h, 743.0, 0.0);
    assert_near(bill.outage_h, 12.0, 0.0);
    assert_near(bill.availability, 1.0 - 2.0 / 743.0, 1e-15);
    assert_near(bill.credit_usd, 130000.0, 1e-6);
    assert_near(bill.replaced_usd, 120000.0, 1e-6);
    assert_near(bill.reimbursed_usd, 731.0 * 400.0, 1e-6);
    study_close(&s);
}

/* Months are judged apart, each by the part of it that the horizon holds: the last 10 hours of
 * October, which has 745 in Chicago, and 14 of November, which has 721. */
static void test_months_are_settled_apart(void **state)
{
    (void)state;
    study s = study_open(LEASED("2025-10-31T19:00Z", "2025-11-01T19:00Z", "America/Chicago",
                                ", service_credits: [[90 %, 0 %], [0 %, 30 %]]"),
                         NULL);
    const amp_site_problem problem = study_problem(&s, 0);
    const amp_schedule schedule = empty_schedule(&s, &problem, 12, 4);
    const amp_lease_bill october = amp_lease_settle(&problem, &schedule, 0, 0);
    const amp_lease_bill november = amp_lease_settle(&problem, &schedule, 0, 1);
    assert_int_equal(problem.lease[0].month_count, 2);
    assert_int_equal(problem.lease[0].month[1].year, 2025);
    assert_int_equal(problem.lease[0].month[1].month, 11);
    assert_int_equal(problem.lease[0].month[1].first, 10);
    assert_near(october.fee_usd, 1300000.0 * 10.0 / 744.0, 1e-6);
    assert_near(november.fee_usd, 1300000.0 * 14.0 / 721.0, 1e-6);
    assert_near(october.availability, 0.8, 1e-15);
    assert_near(november.availability, 1.0 - 2.0 / 14.0, 1e-15);
    assert_near(october.credit_usd, 390000.0 * 10.0 / 744.0, 1e-6);
    assert_near(november.credit_usd, 390000.0 * 14.0 / 721.0, 1e-6);
    study_close(&s);
}

/* Midnight in Kolkata is at 18:30 UTC. The second hour belongs to January, in which it starts, but
 * half of its fee to February, which has no hour of its own. */
static void test_a_month_without_an_interval_has_its_fee(void **state)
{
    (void)state;
    study s = study_open(LEASED("2025-01-31T17:00Z", "2025-01-31T19:00Z", "Asia/Kolkata",
                                ", minimum_take: 90 %, demand_charges: share, service_credits: "
                                "[[0 %, 30 %]]"),
                         NULL);
    const amp_site_problem problem = study_problem(&s, 0);
    const amp_schedule schedule = empty_schedule(&s, &problem, 2, 1);
    const amp_lease_bill january = amp_lease_settle(&problem, &schedule, 0, 0);
    const amp_lease_bill february = amp_lease_settle(&problem, &schedule, 0, 1);
    assert_int_equal(problem.lease[0].month_count, 2);
    assert_near(january.fee_usd, 1300000.0 * 1.5 / 744.0, 1e-6);
    assert_near(january.availability, 0.5, 1e-15);
    assert_near(february.fee_usd, 1300000.0 * 0.5 / 672.0, 1e-6);
    assert_near(february.net_usd, 1300000.0 * 0.5 / 672.0, 1e-6);
    assert_near(february.availability, 1.0, 0.0);
    study_close(&s);
}

/* ---- the penalty that guides dispatch ---- */

/* 10 MW for 1,300,000 USD in the 744 hours of January. */
static void test_a_penalty_below_the_credits_is_named(void **state)
{
#define JANUARY(clauses) LEASED("2025-01-01", "2025-02-01", "UTC", clauses)
#define SAID                                                                \
    "warning penalty-below-credits at 8, sites[0].halls[0].lease.penalty: " \
    "the penalty is below what service_credits cost: "
    static const struct {
        const char *yaml;
        const char *want;
    } cases[] = {
        /* 1 % of 744 hours are 74.4 MWh for 130,000 USD, or 1747; 5 % are 372 MWh for 650,000, or
         * 1747 as well. */
        {JANUARY(", service_credits: [[99 %, 0 %], [95 %, 10 %], [0 %, 50 %]]"),
         SAID "74.4 MWh not served in 2025-01 bring a credit of 130000 USD, 1747 USD/MWh | "
              "write 'penalty: 1750 USD/MWh', or dispatch may cut load for less than the credits "
              "cost\n"},
        /* The second tier is the dearer one: 780,000 / 372 */
        {JANUARY(", service_credits: [[99 %, 0 %], [95 %, 10 %], [0 %, 60 %]]"),
         SAID "372 MWh not served in 2025-01 bring a credit of 780000 USD, 2097 USD/MWh | "
              "write 'penalty: 2100 USD/MWh', or dispatch may cut load for less than the credits "
              "cost\n"},
        /* No outage is allowed: the first hour costs all of it. */
        {JANUARY(", service_credits: [[0 %, 50 %]]"),
         SAID "10 MWh not served in 2025-01 bring a credit of 650000 USD, 65000 USD/MWh | "
              "write 'penalty: 65000 USD/MWh', or dispatch may cut load for less than the credits "
              "cost\n"},
        /* 20 hours are allowed, and a cap holds: 65,000 / 200 = 325 */
        {JANUARY(", maintenance: 20 h, credit_cap: 5 %, service_credits: [[0 %, 50 %]]"), ""},
        {JANUARY(", service_credits: [[95 %, 0 %], [0 %, 10 %]]"), ""},
        {JANUARY(", availability: 99.99 %"), ""},
        /* A day's fee, 1,300,000 / 30, for the 10 MWh of an hour */
        {JANUARY(", credit_per_hour: 3.3333333333 %, availability: 99.9 %"),
         "warning penalty-below-credits at 8, sites[0].halls[0].lease.penalty: the penalty is "
         "below "
         "what credits by the hour cost: 10 MWh not served in 2025-01 beyond the promise bring a "
         "credit of 43333 USD, 4333 USD/MWh | write 'penalty: 4340 USD/MWh', or dispatch may cut "
         "load for less than the credits cost\n"},
        {JANUARY(", credit_per_hour: 0.7 %"), ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        study s = study_open(cases[i].yaml, NULL);
        (void)study_problem(&s, 0);
        assert_golden(study_findings(&s), cases[i].want);
        study_close(&s);
    }
}

/* ---- the validator ---- */

/* Lines settled by other clauses than those of the file. */
static void test_the_validator_settles_every_line_anew(void **state)
{
    static const contract c = {.clauses = ", pue_cap: 1.25, demand_charges: share, minimum_take: "
                                          "100 %, contracted: 20 MW, service_credits: [[0 %, 30 "
                                          "%]]",
                               .supply = "4 USD/MWh, demand_charge: 6 USD/kW/month",
                               .penalty = ", penalty: 9000 USD/MWh"};
    (void)state;
    study s = open_contract(&c);
    amp_answer *answer = study_answer(&s, NULL);
    amp_site_answer *site = &answer->site[0];
    const amp_settled_schedule settled = {.portfolio = s.portfolio,
                                          .site = 0,
                                          .market = s.market,
                                          .order = &site->problem,
                                          .schedule = &site->schedule,
                                          .accounts = &site->accounts};
    assert_int_equal(amp_schedule_validate(&settled, s.diagnostics, NULL), AMP_OK);
    amp_lease other = s.portfolio->site[0].hall[0].lease;
    amp_lease_terms terms = site->problem.lease[0];
    other.pue_cap.number = 1.2;
    other.minimum_take.number = 0.9;
    other.demand_charges = AMP_LEASE_DEMAND_SITE;
    terms.clause = &other;
    site->problem.lease = &terms;
    assert_int_equal(amp_schedule_validate(&settled, s.diagnostics, NULL), AMP_INTERNAL);
    /* 12.5 x 196 and 12 x 196; 40 and 32 MWh beyond the 40 wanted; 6000 USD for each of the 13 MW
     * that the site imports for the tenant alone. */
    assert_non_null(strstr(study_findings(&s),
                           "site 'one': reimbursed_usd of the lease of hall 'h' in 2025-01 is "
                           "2352, but the schedule gives 2450 | \n"));
    assert_non_null(strstr(study_findings(&s),
                           "site 'one': take_mwh of the lease of hall 'h' in 2025-01 is 32, but "
                           "the schedule gives 40 | \n"));
    assert_non_null(strstr(study_findings(&s),
                           "site 'one': demand_usd of the lease of hall 'h' in 2025-01 is 0, but "
                           "the schedule gives 78000 | \n"));
    amp_answer_free(answer);
    study_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_energy_is_passed_through_up_to_a_pue),
        cmocka_unit_test(test_energy_at_a_fixed_price),
        cmocka_unit_test(test_a_fixed_price_is_part_of_what_serving_is_worth),
        cmocka_unit_test(test_minimum_take_is_of_what_was_wanted),
        cmocka_unit_test(test_peaks_are_paid_by_share_of_what_is_drawn),
        cmocka_unit_test(test_coincident_peaks_are_paid_by_share),
        cmocka_unit_test(test_credits_follow_the_availability),
        cmocka_unit_test(test_credits_by_the_hour),
        cmocka_unit_test(test_exclusions_and_maintenance_do_not_count),
        cmocka_unit_test(test_a_month_whose_clock_changes_has_its_own_hours),
        cmocka_unit_test(test_months_are_settled_apart),
        cmocka_unit_test(test_a_month_without_an_interval_has_its_fee),
        cmocka_unit_test(test_a_penalty_below_the_credits_is_named),
        cmocka_unit_test(test_the_validator_settles_every_line_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
