/* SPDX-License-Identifier: Apache-2.0 */
/* A portfolio with every key, value by value; defaults; options. */
#include "golden.h"

#include "base/quantity.h"
#include "base/text.h"
#include "model/portfolio.h"

#include <string.h>

/* Every key that is built, and every one that is read without effect. */
static const char full[] =
    "ampacity: 1\n"
    "name: One hybrid site\n"
    "currency: USD\n"
    "time: {from: 2023-08-01T05:00:00Z, to: 2023-09-01T05:00Z, step: 5 min}\n"
    "series:\n"
    "  lmp: {file: prices.csv, column: lz_west}\n"
    "  hashprice: {file: sub/bitcoin.csv.gz, column: hashprice, gaps: hold}\n"
    "  outdoor: {file: /data/weather.csv, column: dry_bulb, gaps: interpolate}\n"
    "  chat: {file: chat.csv, column: load, gaps: error}\n"
    "  fx: {file: fx.csv, column: nok}\n"
    "currencies: {NOK: fx, EUR: 1.25 USD/EUR}\n"
    "bitcoin: {hashprice: hashprice}\n"
    "sites:\n"
    "  - id: pecos\n"
    "    country: US\n"
    "    time_zone: America/Chicago\n"
    "    grid:\n"
    "      import_limit: 200 MW\n"
    "      export_limit: 30000 kW\n"
    "      energised: [{from: 2021-01-01, power: 150 MW}, {from: 2022-01-01, power: 0.2 GW}]\n"
    "      availability: [{from: 2023-08-05, share: 50 %}, {from: 2023-08-06, share: 1}]\n"
    "    supply:\n"
    "      energy_price: lmp\n"
    "      adder: 4.5 USD/MWh\n"
    "      export_price: 380 NOK/MWh\n"
    "      blocks:\n"
    "        - {power: 100 MW, price: 38 USD/MWh, resale: true}\n"
    "        - {power: chat, price: 40 EUR/MWh, resale: false}\n"
    "    battery: {power: 50 MW, charge_power: 40 MW, energy: 100 MWh, charge_efficiency: 95 %,\n"
    "              discharge_efficiency: 0.96, initial_soc: 50 %, final_soc: {minimum: 40 %},\n"
    "              minimum_soc: 10 %, maximum_soc: 90 %, wear: 6 EUR/MWh, terminal_value: 0 "
    "USD/MWh,\n"
    "              self_discharge: 2 %/day, availability: 98 %}\n"
    "    generators:\n"
    "      - {id: gas, power: 40 MW, cost: 0.062 USD/kWh, start_cost: 0 USD, minimum: 0 %}\n"
    "      - {id: sun, power: 30 MW, cost: 0 USD/MWh, availability: chat}\n"
    "    mining:\n"
    "      - {id: s21, machines: 20000, hashrate: 0.2 PH/s, efficiency: 17.5 J/TH, pool_fee: 1 %,\n"
    "         overhead: 3 %, restart: 0.2 h, wear: 0.5 EUR/MW, availability: 99 %, modes: [\n"
    "         {id: low, hashrate: 150 TH/s, efficiency: 15 J/TH},\n"
    "         {id: high, hashrate: 0.23 PH/s, efficiency: 20 J/TH}]}\n"
    "    halls:\n"
    "      - {id: leased, it_power: 60 MW, redundancy: N+1,\n"
    "         pue: {outdoor: outdoor, curve: [[-10, 1.12], [20 degC, 1.18], [40, 1.34]]},\n"
    "         lease: {tenant: hyperscaler, load: 85 %, fee: 130 USD/kW/month,\n"
    "                 energy: included, availability: 99.99 %, penalty: 4000 USD/MWh}}\n"
    "      - {id: serving, it_power: 40 MW, pue: 1.25, availability: chat,\n"
    "         inference: {demand: chat, value: [[60 %, 420 USD/MWh], [100 %, lmp]],\n"
    "                     penalty: 5 USD/MWh, movable: true, residency: [US, NO]}}\n"
    "  - id: odda\n"
    "    country: NO\n"
    "    time_zone: Europe/Oslo\n"
    "    grid: {import_limit: lmp}\n"
    "    supply:\n"
    "      energy_price: 400 NOK/MWh\n"
    "      demand_charge: {charge: 40 EUR/kW/month, prorate: true, metering: 1 min,\n"
    "                      peak_so_far: [{month: 2023-07, power: 3 MW}, {month: 2023-08, power: 4 "
    "MW}]}\n"
    "      coincident_peak: {charge: 60 USD/kW/year, peaks: 4, probability: chat}\n"
    "    halls:\n"
    "      - {id: one, it_power: 5 MW, pue: chat, lease: {load: 4 MW}}\n"
    "      - {id: two, it_power: 5 MW, pue: 1, inference: {demand: 0.5, value: 9 USD/MWh}}\n"
    "      - id: three\n"
    "        it_power: 30 MW\n"
    "        pue: 1.2\n"
    "        jobs:\n"
    "          - {id: llm, energy: 4 GWh, power: 20 MW, release: 2023-08-03, deadline: "
    "2023-08-20,\n"
    "             value: 260 USD/MWh, penalty: 90000 EUR}\n"
    "          - {id: tail, energy: 10 MWh, power: 500 kW}\n";

/* Everything that may be left out, left out. */
static const char least[] =
    "ampacity: 1\n"
    "time: {from: 2023-08-01, to: 2023-08-02, step: 1 h}\n"
    "bitcoin: {price: 100000 USD/BTC, difficulty: 1e14}\n"
    "sites:\n"
    "  - id: a\n"
    "    grid: {import_limit: 5 MW}\n"
    "    supply: {energy_price: 30 USD/MWh}\n"
    "    battery: {power: 1 MW, energy: 2 MWh, minimum_soc: 20 %}\n"
    "    mining: [{id: f, machines: 1, hashrate: 1 TH/s, efficiency: 20 J/TH}]\n"
    "    halls: [{id: h, it_power: 1 MW, pue: 1, lease: {load: 1 MW}}]\n";

static amp_portfolio *parse_with(const char *text, const char *path,
                                 const amp_portfolio_options *options)
{
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *portfolio = NULL;
    assert_non_null(diagnostics);
    const amp_status status =
        amp_portfolio_parse(text, strlen(text), path, options, diagnostics, &portfolio);
    for (size_t i = 0; i < amp_diagnostics_count(diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(diagnostics, i), false, stderr);
    assert_int_equal(amp_diagnostics_count(diagnostics), 0);
    assert_int_equal(status, AMP_OK);
    amp_diagnostics_free(diagnostics);
    return portfolio;
}

static amp_portfolio *parse(const char *text)
{
    return parse_with(text, "folder/p.yaml", NULL);
}

static void check_constant(const amp_value *value, double number, const char *unit, const char *key)
{
    amp_unit wanted = {.factor = 0.0};
    assert_int_equal(amp_unit_parse(unit, strlen(unit), &wanted, NULL), AMP_OK);
    assert_true(value->is_set);
    assert_int_equal(value->series, AMP_NONE);
    assert_near(value->number, number, 1e-15 * (1.0 + number));
    assert_true(amp_dimension_same(&value->unit.dimension, &wanted.dimension));
    assert_near(value->unit.factor, wanted.factor, 0.0);
    assert_string_equal(value->key, key);
    assert_true(value->place.line > 0);
}

static void check_series(const amp_portfolio *portfolio, const amp_value *value, const char *id,
                         const char *key)
{
    assert_true(value->is_set);
    assert_true(value->series >= 0);
    assert_string_equal(portfolio->series[value->series].id, id);
    assert_string_equal(value->key, key);
}

static void check_default(const amp_value *value, double number, const char *key)
{
    assert_false(value->is_set);
    assert_int_equal(value->series, AMP_NONE);
    assert_int_equal(value->currency, AMP_CURRENCY_USD);
    assert_near(value->number, number, 0.0);
    assert_string_equal(value->key, key);
}

/* ---- every key ---- */

static void test_top_of_the_file(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    assert_string_equal(p->path, "folder/p.yaml");
    assert_string_equal(p->folder, "folder");
    assert_string_equal(p->name, "One hybrid site");
    assert_string_equal(p->text, full);
    assert_int_equal(p->text_length, sizeof full - 1);
    /* date -u -d 2023-08-01T05:00:00Z +%s; 31 days of 288 steps */
    assert_int_equal(p->horizon.from_unix_s, 1690866000);
    assert_int_equal(p->horizon.to_unix_s, 1690866000 + 31 * 86400);
    assert_int_equal(p->horizon.step_s, 300);
    assert_int_equal(p->horizon.interval_count, 31 * 288);
    assert_near(p->horizon.interval_h, 1.0 / 12.0, 0.0);
    assert_int_equal(p->horizon.place.line, 4);
    assert_int_equal(p->site_count, 2);
    amp_portfolio_free(p);
}

static void test_series_declarations(void **state)
{
    (void)state;
    static const struct {
        const char *id, *file, *path, *column;
        amp_gaps gaps;
    } wanted[] = {
        {"lmp", "prices.csv", "folder/prices.csv", "lz_west", AMP_GAPS_ERROR},
        {"hashprice", "sub/bitcoin.csv.gz", "folder/sub/bitcoin.csv.gz", "hashprice",
         AMP_GAPS_HOLD},
        {"outdoor", "/data/weather.csv", "/data/weather.csv", "dry_bulb", AMP_GAPS_INTERPOLATE},
        {"chat", "chat.csv", "folder/chat.csv", "load", AMP_GAPS_ERROR},
        {"fx", "fx.csv", "folder/fx.csv", "nok", AMP_GAPS_ERROR},
    };
    amp_portfolio *p = parse(full);
    assert_int_equal(p->series_count, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < p->series_count; i++) {
        assert_string_equal(p->series[i].id, wanted[i].id);
        assert_string_equal(p->series[i].file, wanted[i].file);
        assert_string_equal(p->series[i].path, wanted[i].path);
        assert_string_equal(p->series[i].column, wanted[i].column);
        assert_int_equal(p->series[i].gaps, wanted[i].gaps);
    }
    assert_int_equal(p->series[0].place.line, 6);
    assert_int_equal(p->series[0].place.column, 3);
    assert_int_equal(p->series[0].place.length, 3);
    assert_int_equal(p->series[0].file_place.column, 15);
    assert_int_equal(p->series[0].column_place.column, 35);
    amp_portfolio_free(p);
}

static void test_currencies(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    assert_int_equal(p->currency_count, 3);
    assert_string_equal(p->currency[0].code, "USD");
    assert_near(p->currency[0].rate_usd.number, 1.0, 0.0);
    assert_int_equal(p->currency[0].rate_usd.series, AMP_NONE);
    assert_string_equal(p->currency[1].code, "NOK");
    check_series(p, &p->currency[1].rate_usd, "fx", "currencies.NOK");
    assert_string_equal(p->currency[1].rate_usd.unit.per_currency, "NOK");
    assert_string_equal(p->currency[2].code, "EUR");
    check_constant(&p->currency[2].rate_usd, 1.25, "USD/EUR", "currencies.EUR");
    assert_int_equal(p->site[0].supply.export_price_usd_per_mwh.currency, 1);
    assert_int_equal(p->site[0].battery.wear_usd_per_mwh.currency, 2);
    assert_int_equal(p->site[0].supply.adder_usd_per_mwh.currency, AMP_CURRENCY_USD);
    amp_portfolio_free(p);
}

static void test_grid(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    const amp_site *s = &p->site[0];
    assert_string_equal(s->id, "pecos");
    assert_string_equal(s->country, "US");
    assert_string_equal(s->time_zone, "America/Chicago");
    assert_int_equal(s->place.line, 14);
    check_constant(&s->grid.import_limit_mw, 200, "MW", "sites[0].grid.import_limit");
    check_constant(&s->grid.export_limit_mw, 30, "MW", "sites[0].grid.export_limit");
    assert_int_equal(s->grid.energised_mw.count, 2);
    assert_int_equal(s->grid.energised_mw.step[0].from_unix_s, 1609459200); /* 2021-01-01 */
    check_constant(&s->grid.energised_mw.step[0].value, 150, "MW",
                   "sites[0].grid.energised[0].power");
    check_constant(&s->grid.energised_mw.step[1].value, 200, "MW",
                   "sites[0].grid.energised[1].power");
    assert_int_equal(s->grid.availability.steps.count, 2);
    check_constant(&s->grid.availability.steps.step[0].value, 0.5, "1",
                   "sites[0].grid.availability[0].share");
    check_constant(&s->grid.availability.steps.step[1].value, 1, "1",
                   "sites[0].grid.availability[1].share");
    check_default(&s->grid.availability.value, 1.0, "sites[0].grid.availability");
    check_series(p, &p->site[1].grid.import_limit_mw, "lmp", "sites[1].grid.import_limit");
    amp_portfolio_free(p);
}

static void test_supply(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    const amp_supply *s = &p->site[0].supply;
    check_series(p, &s->energy_price_usd_per_mwh, "lmp", "sites[0].supply.energy_price");
    assert_int_equal(s->energy_price_usd_per_mwh.place.line, 23);
    assert_int_equal(s->energy_price_usd_per_mwh.place.column, 21);
    assert_int_equal(s->energy_price_usd_per_mwh.place.length, 3);
    check_constant(&s->adder_usd_per_mwh, 4.5, "USD/MWh", "sites[0].supply.adder");
    check_constant(&s->export_price_usd_per_mwh, 380, "USD/MWh", "sites[0].supply.export_price");
    assert_int_equal(s->block_count, 2);
    check_constant(&s->block[0].power_mw, 100, "MW", "sites[0].supply.blocks[0].power");
    check_constant(&s->block[0].price_usd_per_mwh, 38, "USD/MWh",
                   "sites[0].supply.blocks[0].price");
    assert_true(s->block[0].resale);
    check_series(p, &s->block[1].power_mw, "chat", "sites[0].supply.blocks[1].power");
    assert_int_equal(s->block[1].price_usd_per_mwh.currency, 2);
    assert_false(s->block[1].resale);
    amp_portfolio_free(p);
}

static void test_demand_charge(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    const amp_demand_charge *d = &p->site[1].supply.demand_charge;
    const char *so_far = "sites[1].supply.demand_charge.peak_so_far";
    char key[64];
    assert_true(d->is_set);
    check_constant(&d->charge_usd_per_kw_month, 40, "USD/kW/month",
                   "sites[1].supply.demand_charge.charge");
    assert_int_equal(d->charge_usd_per_kw_month.currency, 2);
    assert_true(d->prorate);
    assert_int_equal(d->metering_s, 60);
    assert_int_equal(d->so_far_count, 2);
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(key, sizeof key, "%s[%zu].power", so_far, i);
        assert_int_equal(d->so_far[i].year, 2023);
        assert_int_equal(d->so_far[i].month, 7 + i);
        check_constant(&d->so_far[i].power_mw, 3.0 + (double)i, "MW", key);
    }
    assert_false(p->site[0].supply.demand_charge.is_set);
    check_default(&p->site[0].supply.demand_charge.charge_usd_per_kw_month, 0,
                  "sites[0].supply.demand_charge.charge");
    amp_portfolio_free(p);
}

/* One quantity: a charge, and the peak of the month in which the file's horizon begins. */
static void test_demand_charge_in_short(void **state)
{
    static const struct {
        const char *zone, *charge;
        int year, month; /* of 2023-01-01T04:00Z there; no peak so far without a year */
        double usd_per_kw_month;
    } cases[] = {
        {"UTC", "4.2 USD/kW/month", 0, 0, 4.2},
        {"UTC", "50.4 USD/kW/year", 0, 0, 4.2},
        {"UTC", "{charge: 4.2 USD/kW/month, peak_so_far: 7 MW}", 2023, 1, 4.2},
        {"America/Chicago", "{charge: 4.2 USD/kW/month, peak_so_far: 7 MW}", 2022, 12, 4.2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        (void)snprintf(text, sizeof text,
                       "ampacity: 1\n"
                       "time: {from: 2023-01-01T04:00Z, to: 2023-03-01T04:00Z, step: 1 h}\n"
                       "sites:\n"
                       "  - id: a\n"
                       "    time_zone: %s\n"
                       "    grid: {import_limit: 0 MW}\n"
                       "    supply: {demand_charge: %s}\n",
                       cases[i].zone, cases[i].charge);
        const amp_portfolio_options later = {.from = "2023-02-03"};
        amp_portfolio *p = parse_with(text, "p.yaml", &later);
        const amp_demand_charge *d = &p->site[0].supply.demand_charge;
        assert_true(d->is_set);
        assert_int_equal(d->place.line, 7);
        assert_near(d->charge_usd_per_kw_month.number, cases[i].usd_per_kw_month, 1e-14);
        assert_false(d->prorate);
        assert_int_equal(d->metering_s, 0);
        assert_int_equal(d->so_far_count, cases[i].year != 0);
        if (cases[i].year != 0) {
            assert_int_equal(d->so_far[0].year, cases[i].year);
            assert_int_equal(d->so_far[0].month, cases[i].month);
            check_constant(&d->so_far[0].power_mw, 7, "MW",
                           "sites[0].supply.demand_charge.peak_so_far");
        }
        amp_portfolio_free(p);
    }
}

static void test_coincident_peak(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    const amp_coincident_peak *c = &p->site[1].supply.coincident_peak;
    assert_true(c->is_set);
    check_constant(&c->charge_usd_per_kw_year, 60, "USD/kW/year",
                   "sites[1].supply.coincident_peak.charge");
    assert_int_equal(c->peaks, 4);
    check_series(p, &c->probability, "chat", "sites[1].supply.coincident_peak.probability");
    assert_false(p->site[0].supply.coincident_peak.is_set);
    amp_portfolio_free(p);
}

static void test_jobs(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    const amp_hall *h = &p->site[1].hall[2];
    assert_false(h->lease.is_set);
    assert_false(h->inference.is_set);
    assert_int_equal(h->job_count, 2);
    const amp_training_job *job = &h->job[0];
    assert_string_equal(job->id, "llm");
    check_constant(&job->energy_mwh, 4000, "MWh", "sites[1].halls[2].jobs[0].energy");
    check_constant(&job->power_mw, 20, "MW", "sites[1].halls[2].jobs[0].power");
    /* date -u -d 2023-08-03 +%s */
    assert_int_equal(job->release_unix_s, 1691020800);
    assert_int_equal(job->deadline_unix_s, 1691020800 + 17 * 86400);
    check_constant(&job->value_usd_per_mwh, 260, "USD/MWh", "sites[1].halls[2].jobs[0].value");
    check_constant(&job->penalty_usd, 90000, "USD", "sites[1].halls[2].jobs[0].penalty");
    assert_int_equal(job->penalty_usd.currency, 2);
    job = &h->job[1];
    assert_string_equal(job->id, "tail");
    check_constant(&job->power_mw, 0.5, "MW", "sites[1].halls[2].jobs[1].power");
    assert_int_equal(job->release_unix_s, p->horizon.from_unix_s);
    assert_int_equal(job->deadline_unix_s, p->horizon.to_unix_s);
    check_default(&job->value_usd_per_mwh, 0, "sites[1].halls[2].jobs[1].value");
    check_default(&job->penalty_usd, 0, "sites[1].halls[2].jobs[1].penalty");
    amp_portfolio_free(p);
}

static void test_battery(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    const amp_battery *b = &p->site[0].battery;
    const char *at = "sites[0].battery.";
    assert_true(b->is_set);
    const struct {
        const amp_value *value;
        double number;
        const char *unit, *key;
    } wanted[] = {
        {&b->charge_power_mw, 40, "MW", "charge_power"},
        {&b->discharge_power_mw, 50, "MW", "power"},
        {&b->energy_mwh, 100, "MWh", "energy"},
        {&b->charge_efficiency, 0.95, "1", "charge_efficiency"},
        {&b->discharge_efficiency, 0.96, "1", "discharge_efficiency"},
        {&b->minimum_soc, 0.1, "1", "minimum_soc"},
        {&b->maximum_soc, 0.9, "1", "maximum_soc"},
        {&b->initial_soc, 0.5, "1", "initial_soc"},
        {&b->final_soc, 0.4, "1", "final_soc.minimum"},
        {&b->wear_usd_per_mwh, 6, "USD/MWh", "wear"},
        {&b->terminal_value_usd_per_mwh, 0, "USD/MWh", "terminal_value"},
        {&b->self_discharge_per_day, 0.02, "1/day", "self_discharge"},
        {&b->availability.value, 0.98, "1", "availability"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        char key[64];
        (void)snprintf(key, sizeof key, "%s%s", at, wanted[i].key);
        check_constant(wanted[i].value, wanted[i].number, wanted[i].unit, key);
    }
    assert_int_equal(b->final, AMP_FINAL_MINIMUM);
    amp_portfolio_free(p);
}

static void test_generators_and_mining(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    const amp_site *s = &p->site[0];
    assert_int_equal(s->generator_count, 2);
    assert_string_equal(s->generator[0].id, "gas");
    check_constant(&s->generator[0].power_mw, 40, "MW", "sites[0].generators[0].power");
    check_constant(&s->generator[0].cost_usd_per_mwh, 62, "USD/MWh", "sites[0].generators[0].cost");
    check_default(&s->generator[0].availability.value, 1, "sites[0].generators[0].availability");
    assert_string_equal(s->generator[1].id, "sun");
    check_constant(&s->generator[1].cost_usd_per_mwh, 0, "USD/MWh", "sites[0].generators[1].cost");
    check_series(p, &s->generator[1].availability.value, "chat",
                 "sites[0].generators[1].availability");

    assert_int_equal(s->fleet_count, 1);
    const amp_fleet *f = &s->fleet[0];
    assert_string_equal(f->id, "s21");
    check_constant(&f->machines, 20000, "1", "sites[0].mining[0].machines");
    check_constant(&f->hashrate_th_per_s, 200, "TH/s", "sites[0].mining[0].hashrate");
    check_constant(&f->efficiency_j_per_th, 17.5, "J/TH", "sites[0].mining[0].efficiency");
    check_constant(&f->pool_fee, 0.01, "1", "sites[0].mining[0].pool_fee");
    check_constant(&f->overhead, 0.03, "1", "sites[0].mining[0].overhead");
    check_constant(&f->availability.value, 0.99, "1", "sites[0].mining[0].availability");
    check_constant(&f->restart_min, 12, "min", "sites[0].mining[0].restart");
    check_constant(&f->wear_usd_per_mw, 0.5, "EUR/MW", "sites[0].mining[0].wear");
    check_default(&f->initial_running, 1, "sites[0].mining[0].initial_running");
    assert_int_equal(f->mode_count, 2);
    assert_string_equal(f->mode[0].id, "low");
    check_constant(&f->mode[0].hashrate_th_per_s, 150, "TH/s",
                   "sites[0].mining[0].modes[0].hashrate");
    check_constant(&f->mode[0].efficiency_j_per_th, 15, "J/TH",
                   "sites[0].mining[0].modes[0].efficiency");
    check_constant(&f->mode[1].hashrate_th_per_s, 230, "TH/s",
                   "sites[0].mining[0].modes[1].hashrate");
    assert_true(p->bitcoin.is_set);
    check_series(p, &p->bitcoin.hashprice_usd_per_ph_day, "hashprice", "bitcoin.hashprice");
    amp_portfolio_free(p);
}

static void test_leased_hall(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    assert_int_equal(p->site[0].hall_count, 2);
    const amp_hall *h = &p->site[0].hall[0];
    assert_string_equal(h->id, "leased");
    check_constant(&h->it_power_mw, 60, "MW", "sites[0].halls[0].it_power");
    check_series(p, &h->pue.outdoor, "outdoor", "sites[0].halls[0].pue.outdoor");
    assert_int_equal(h->pue.point_count, 3);
    static const amp_pue_point points[] = {{-10, 1.12}, {20, 1.18}, {40, 1.34}};
    for (size_t i = 0; i < 3; i++) {
        assert_near(h->pue.point[i].outdoor_degc, points[i].outdoor_degc, 0.0);
        assert_near(h->pue.point[i].pue, points[i].pue, 0.0);
    }
    assert_true(h->lease.is_set);
    assert_false(h->inference.is_set);
    check_constant(&h->lease.load, 0.85, "MW", "sites[0].halls[0].lease.load");
    assert_true(h->lease.load.is_share);
    assert_true(h->lease.load.takes_share);
    check_constant(&h->lease.fee_usd_per_kw_month, 130, "USD/kW/month",
                   "sites[0].halls[0].lease.fee");
    check_constant(&h->lease.penalty_usd_per_mwh, 4000, "USD/MWh",
                   "sites[0].halls[0].lease.penalty");
    assert_int_equal(h->lease.energy, AMP_LEASE_INCLUDED);

    const amp_hall *other = &p->site[1].hall[0];
    check_series(p, &other->pue.value, "chat", "sites[1].halls[0].pue");
    assert_int_equal(other->pue.point_count, 0);
    check_constant(&other->lease.load, 4, "MW", "sites[1].halls[0].lease.load");
    assert_false(other->lease.load.is_share);
    assert_false(other->lease.penalty_usd_per_mwh.is_set);
    amp_portfolio_free(p);
}

static void test_inference(void **state)
{
    (void)state;
    amp_portfolio *p = parse(full);
    const amp_hall *h = &p->site[0].hall[1];
    assert_true(h->inference.is_set);
    assert_false(h->lease.is_set);
    check_constant(&h->pue.value, 1.25, "1", "sites[0].halls[1].pue");
    check_series(p, &h->availability.value, "chat", "sites[0].halls[1].availability");
    check_series(p, &h->inference.demand, "chat", "sites[0].halls[1].inference.demand");
    assert_true(h->inference.demand.takes_share);
    assert_int_equal(h->inference.step_count, 2);
    assert_near(h->inference.step[0].share, 0.6, 0.0);
    check_constant(&h->inference.step[0].value_usd_per_mwh, 420, "USD/MWh",
                   "sites[0].halls[1].inference.value[0][1]");
    assert_near(h->inference.step[1].share, 1.0, 0.0);
    check_series(p, &h->inference.step[1].value_usd_per_mwh, "lmp",
                 "sites[0].halls[1].inference.value[1][1]");
    check_constant(&h->inference.penalty_usd_per_mwh, 5, "USD/MWh",
                   "sites[0].halls[1].inference.penalty");

    const amp_inference *other = &p->site[1].hall[1].inference;
    check_constant(&other->demand, 0.5, "MW", "sites[1].halls[1].inference.demand");
    assert_true(other->demand.is_share);
    assert_int_equal(other->step_count, 1);
    assert_near(other->step[0].share, 1.0, 0.0);
    check_constant(&other->step[0].value_usd_per_mwh, 9, "USD/MWh",
                   "sites[1].halls[1].inference.value");
    amp_portfolio_free(p);
}

static void test_keys_without_effect_are_listed(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "sites[0].halls[0].redundancy",
        "sites[0].halls[1].inference.movable",
        "sites[0].halls[1].inference.residency",
    };
    amp_portfolio *p = parse(full);
    assert_int_equal(p->without_effect_count, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < p->without_effect_count; i++) {
        assert_string_equal(p->without_effect[i].key, wanted[i]);
        assert_true(p->without_effect[i].place.line > 38);
    }
    amp_portfolio_free(p);
}

static void test_all_values_that_name_series_are_in_use(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "currencies.NOK",
        "bitcoin.hashprice",
        "sites[0].supply.energy_price",
        "sites[0].supply.blocks[1].power",
        "sites[0].generators[1].availability",
        "sites[0].halls[0].pue.outdoor",
        "sites[0].halls[1].availability",
        "sites[0].halls[1].inference.demand",
        "sites[0].halls[1].inference.value[1][1]",
        "sites[1].grid.import_limit",
        "sites[1].supply.coincident_peak.probability",
        "sites[1].halls[0].pue",
    };
    amp_portfolio *p = parse(full);
    assert_int_equal(p->use_count, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < p->use_count; i++) {
        assert_string_equal(p->use[i]->key, wanted[i]);
        assert_true(p->use[i]->series >= 0);
        assert_true((size_t)p->use[i]->series < p->series_count);
    }
    /* The pointers lead into the portfolio itself, not to copies. */
    assert_ptr_equal(p->use[0], &p->currency[1].rate_usd);
    assert_ptr_equal(p->use[2], &p->site[0].supply.energy_price_usd_per_mwh);
    assert_ptr_equal(p->use[8], &p->site[0].hall[1].inference.step[1].value_usd_per_mwh);
    amp_portfolio_free(p);
}

/* ---- defaults ---- */

static void test_defaults(void **state)
{
    (void)state;
    amp_portfolio *p = parse_with(least, "p.yaml", NULL);
    const amp_site *s = &p->site[0];
    assert_string_equal(p->folder, ".");
    assert_string_equal(p->name, "p.yaml");
    assert_int_equal(p->currency_count, 1);
    assert_int_equal(p->use_count, 0);
    assert_null(s->country);
    assert_string_equal(s->time_zone, "UTC");
    check_default(&s->grid.export_limit_mw, 0, "sites[0].grid.export_limit");
    check_default(&s->supply.adder_usd_per_mwh, 0, "sites[0].supply.adder");
    check_default(&s->supply.export_price_usd_per_mwh, 0, "sites[0].supply.export_price");
    check_default(&s->battery.charge_efficiency, 1, "sites[0].battery.charge_efficiency");
    check_default(&s->battery.discharge_efficiency, 1, "sites[0].battery.discharge_efficiency");
    check_default(&s->battery.maximum_soc, 1, "sites[0].battery.maximum_soc");
    check_default(&s->battery.initial_soc, 0.2, "sites[0].battery.initial_soc");
    check_default(&s->battery.wear_usd_per_mwh, 0, "sites[0].battery.wear");
    check_default(&s->battery.terminal_value_usd_per_mwh, 0, "sites[0].battery.terminal_value");
    check_default(&s->battery.self_discharge_per_day, 0, "sites[0].battery.self_discharge");
    check_default(&s->battery.availability.value, 1, "sites[0].battery.availability");
    assert_int_equal(s->battery.final, AMP_FINAL_FREE);
    check_default(&s->fleet[0].pool_fee, 0, "sites[0].mining[0].pool_fee");
    check_default(&s->fleet[0].overhead, 0, "sites[0].mining[0].overhead");
    check_default(&s->hall[0].lease.fee_usd_per_kw_month, 0, "sites[0].halls[0].lease.fee");
    check_default(&s->hall[0].lease.penalty_usd_per_mwh, 0, "sites[0].halls[0].lease.penalty");
    assert_int_equal(s->hall[0].lease.energy, AMP_LEASE_PASS_THROUGH);
    /* A default points at the section that leaves the key out. */
    assert_int_equal(s->battery.wear_usd_per_mwh.place.line, 8);
    assert_int_equal(s->battery.wear_usd_per_mwh.place.column, 5);
    amp_portfolio_free(p);
}

static void test_sections_left_out_have_values_without_series(void **state)
{
    (void)state;
    amp_portfolio *p = parse("ampacity: 1\n"
                             "time: {from: 2023-08-01, to: 2023-08-02, step: 1 h}\n"
                             "sites: [{id: a, grid: {import_limit: 0 MW}}]\n");
    const amp_site *s = &p->site[0];
    assert_false(p->bitcoin.is_set);
    assert_false(s->battery.is_set);
    check_default(&s->supply.energy_price_usd_per_mwh, 0, "sites[0].supply.energy_price");
    check_default(&s->supply.adder_usd_per_mwh, 0, "sites[0].supply.adder");
    check_default(&s->battery.energy_mwh, 0, "sites[0].battery.energy");
    check_default(&p->bitcoin.fees_btc_per_block, 0, "bitcoin.fees");
    assert_int_equal(s->fleet_count + s->hall_count + s->generator_count, 0);
    amp_portfolio_free(p);
}

static void test_bitcoin_from_price_and_difficulty(void **state)
{
    (void)state;
    amp_portfolio *p = parse(least);
    assert_false(p->bitcoin.hashprice_usd_per_ph_day.is_set);
    check_constant(&p->bitcoin.price_usd_per_btc, 100000, "USD/BTC", "bitcoin.price");
    check_constant(&p->bitcoin.difficulty, 1e14, "1", "bitcoin.difficulty");
    check_default(&p->bitcoin.fees_btc_per_block, 0, "bitcoin.fees");
    assert_false(p->bitcoin.height.is_set);
    /* date -u -d 2024-04-20T00:09:27Z +%s */
    assert_int_equal(p->bitcoin.height_at_unix_s, 1713571767);
    assert_int_equal(p->bitcoin.height_block, 840000);
    amp_portfolio_free(p);
}

static void test_heights(void **state)
{
    (void)state;
    static const char rest[] =
        "ampacity: 1\n"
        "time: {from: 2023-08-01, to: 2023-08-02, step: 1 h}\n"
        "sites: [{id: a, grid: {import_limit: 0 MW}}]\n"
        "series: {tip: {file: tip.csv, column: height}}\n"
        "bitcoin: {price: 1 USD/BTC, difficulty: 1, fees: 20000000 sat/block, ";
    char text[1024];
    (void)snprintf(text, sizeof text, "%s%s", rest, "height: {at: 2020-01-01, block: 610682}}\n");
    amp_portfolio *p = parse(text);
    assert_int_equal(p->bitcoin.height_at_unix_s, 1577836800); /* 2020-01-01 */
    assert_int_equal(p->bitcoin.height_block, 610682);
    check_constant(&p->bitcoin.fees_btc_per_block, 0.2, "BTC/block", "bitcoin.fees");
    amp_portfolio_free(p);
    (void)snprintf(text, sizeof text, "%s%s", rest, "height: tip}\n");
    p = parse(text);
    check_series(p, &p->bitcoin.height, "tip", "bitcoin.height");
    amp_portfolio_free(p);
}

static void test_final_soc_is_exact_as_a_share(void **state)
{
    (void)state;
    amp_portfolio *p =
        parse("ampacity: 1\n"
              "time: {from: 2023-08-01, to: 2023-08-02, step: 1 h}\n"
              "sites: [{id: a, grid: {import_limit: 0 MW},\n"
              "  battery: {charge_power: 2 MW, discharge_power: 1 MW, energy: 4 MWh,\n"
              "            final_soc: 50 %}}]\n");
    const amp_battery *b = &p->site[0].battery;
    assert_int_equal(b->final, AMP_FINAL_EXACT);
    check_constant(&b->final_soc, 0.5, "1", "sites[0].battery.final_soc");
    check_constant(&b->charge_power_mw, 2, "MW", "sites[0].battery.charge_power");
    check_constant(&b->discharge_power_mw, 1, "MW", "sites[0].battery.discharge_power");
    amp_portfolio_free(p);
}

/* ---- options ---- */

static void test_options_narrow_the_horizon_and_keep_one_site(void **state)
{
    (void)state;
    const amp_portfolio_options options = {
        .from = "2023-08-02T05:00Z", .to = "2023-08-03T05:05:00Z", .site = "odda"};
    amp_portfolio *p = parse_with(full, "p.yaml", &options);
    assert_int_equal(p->horizon.from_unix_s, 1690866000 + 86400);
    assert_int_equal(p->horizon.to_unix_s, 1690866000 + 2 * 86400 + 300);
    assert_int_equal(p->horizon.interval_count, 289);
    assert_int_equal(p->site_count, 1);
    assert_string_equal(p->site[0].id, "odda");
    /* Only what odda and the top of the file use. */
    static const char *const wanted[] = {
        "currencies.NOK", "bitcoin.hashprice", "sites[1].grid.import_limit",
        "sites[1].supply.coincident_peak.probability", "sites[1].halls[0].pue"};
    assert_int_equal(p->use_count, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < p->use_count; i++)
        assert_string_equal(p->use[i]->key, wanted[i]);
    assert_int_equal(p->without_effect_count, 0);
    amp_portfolio_free(p);
}

static void test_wrong_options_are_arguments(void **state)
{
    (void)state;
    static const struct {
        amp_portfolio_options options;
        const char *printed;
    } cases[] = {
        {{.from = "yesterday"},
         "error: --from: 'yesterday' is not a time [time-invalid]\n"
         "  = write a time as 2023-08-01T05:00:00Z, or a day as 2023-08-01\n"},
        {{.from = "2023-07-31"},
         "error: --from: '2023-07-31' is outside the horizon of the file, 2023-08-01T05:00:00Z to "
         "2023-09-01T05:00:00Z [range]\n"},
        {{.to = "2023-08-02T05:02Z"},
         "error: --to: '2023-08-02T05:02Z' is not on a step: there is one every 300 s from "
         "2023-08-01T05:00:00Z [range]\n"},
        {{.from = "2023-08-03", .to = "2023-08-03"},
         "error: --from: it must be before the end of the horizon [limits-contradict]\n"},
        {{.site = "pecoss"},
         "error: --site: there is no site 'pecoss' [wrong-word]\n"
         "  = did you mean 'pecos'?\n"},
        {{.site = "x"},
         "error: --site: there is no site 'x' [wrong-word]\n"
         "  = the first of 2 is 'pecos'\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        amp_diagnostics *diagnostics = amp_diagnostics_new();
        amp_portfolio *portfolio = NULL;
        assert_int_equal(amp_portfolio_parse(full, sizeof full - 1, "p.yaml", &cases[i].options,
                                             diagnostics, &portfolio),
                         AMP_ARGUMENT);
        assert_null(portfolio);
        assert_int_equal(amp_diagnostics_count(diagnostics), 1);
        golden_capture capture;
        golden_capture_open(&capture);
        amp_diagnostic_print(amp_diagnostics_get(diagnostics, 0), false, capture.file);
        assert_golden(golden_capture_text(&capture), cases[i].printed);
        golden_capture_free(&capture);
        amp_diagnostics_free(diagnostics);
    }
}

/* ---- findings of others ---- */

static void test_reports_of_others_show_the_line(void **state)
{
    (void)state;
    amp_portfolio *p = parse_with(least, "p.yaml", NULL);
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_int_equal(amp_portfolio_report(p, diagnostics, AMP_CODE_SERIES_GAP,
                                          &p->site[0].supply.energy_price_usd_per_mwh, "wait",
                                          "%d rows", 3),
                     AMP_DATA);
    const amp_finding finding = {.severity = AMP_SEVERITY_WARNING,
                                 .code = AMP_CODE_EXPORT_ABOVE_IMPORT,
                                 .place = p->horizon.place};
    assert_int_equal(amp_portfolio_report_at(p, diagnostics, &finding, "at %s", "times"), AMP_OK);
    golden_capture capture;
    golden_capture_open(&capture);
    for (size_t i = 0; i < amp_diagnostics_count(diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(diagnostics, i), false, capture.file);
    assert_golden(golden_capture_text(&capture),
                  "p.yaml:7:28: error: 3 rows [series-gap]\n"
                  "    7 |     supply: {energy_price: 30 USD/MWh}\n"
                  "      |                            ^^^^^^^^^^ wait\n"
                  "p.yaml:2:1: warning: at times [export-above-import]\n"
                  "    2 | time: {from: 2023-08-01, to: 2023-08-02, step: 1 h}\n"
                  "      | ^^^^\n");
    golden_capture_free(&capture);
    amp_diagnostics_free(diagnostics);
    amp_portfolio_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_top_of_the_file),
        cmocka_unit_test(test_series_declarations),
        cmocka_unit_test(test_currencies),
        cmocka_unit_test(test_grid),
        cmocka_unit_test(test_supply),
        cmocka_unit_test(test_demand_charge),
        cmocka_unit_test(test_demand_charge_in_short),
        cmocka_unit_test(test_coincident_peak),
        cmocka_unit_test(test_jobs),
        cmocka_unit_test(test_battery),
        cmocka_unit_test(test_generators_and_mining),
        cmocka_unit_test(test_leased_hall),
        cmocka_unit_test(test_inference),
        cmocka_unit_test(test_keys_without_effect_are_listed),
        cmocka_unit_test(test_all_values_that_name_series_are_in_use),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_sections_left_out_have_values_without_series),
        cmocka_unit_test(test_bitcoin_from_price_and_difficulty),
        cmocka_unit_test(test_heights),
        cmocka_unit_test(test_final_soc_is_exact_as_a_share),
        cmocka_unit_test(test_options_narrow_the_horizon_and_keep_one_site),
        cmocka_unit_test(test_wrong_options_are_arguments),
        cmocka_unit_test(test_reports_of_others_show_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
