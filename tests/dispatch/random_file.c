/* SPDX-License-Identifier: Apache-2.0 */
#include "random_file.h"

#include "base/time.h"
#include "market/synthetic.h"
#include "random_tariff.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

enum { PATH_BYTES = 4096 };

/* One file under way. */
typedef struct {
    amp_random random;
    amp_random limits;  /* draws of budgets, so that they leave all others as they are */
    amp_random clauses; /* draws of its own: what others draw does not depend on leases' clauses */
    bool is_metered;    /* over several steps: no reserves then */
    bool is_stored;     /* reserves have energy behind them: no starts then */
    amp_random reserve_random; /* of what came later, so that older draws stay */
    amp_random caps;           /* for power caps, which must not disturb what else is drawn */
    bool has_tariff;
    const char *folder; /* of the tariff: the portfolio may be read elsewhere */
    amp_random starts;  /* of what starts cost, apart: other draws stay as they are */
    FILE *out;
    FILE *nowhere;
    int64_t from_s, to_s, step_s;
} writer;

static double chance(writer *w)
{
    return amp_random_uniform(&w->random);
}

static bool happens(writer *w, double probability)
{
    return chance(w) < probability;
}

static size_t pick(writer *w, size_t count)
{
    return (size_t)(chance(w) * (double)count);
}

/* Uniform, rounded to a tenth: readable, and tied now and then. */
static double some(writer *w, double low, double high)
{
    return round((low + (high - low) * chance(w)) * 10.0) / 10.0;
}

static void put(writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(writer *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is, one line above */
    (void)vfprintf(w->out, format, arguments);
    va_end(arguments);
}

static void put_time(writer *w, const char *before, int64_t unix_s, const char *after)
{
    char text[AMP_TIME_TEXT_BYTES];
    put(w, "%s%s%s", before, amp_time_format(unix_s, text), after);
}

/* The same for power caps. */
static double cap_some(writer *w, double low, double high)
{
    return round((low + (high - low) * amp_random_uniform(&w->caps)) * 10.0) / 10.0;
}

static bool cap_happens(writer *w, double probability)
{
    return amp_random_uniform(&w->caps) < probability;
}

/* ---- the series ---- */

static void put_rows(writer *w, int64_t row_s)
{
    put(w, "time,lmp [USD/MWh],resale [USD/MWh],hash [USD/PH/day],dry [degC],chat [MW],"
           "share [1],up [%%],gas [EUR/MWh],tip [block],worth [USD/MWh]\n");
    const int64_t first_s = w->from_s - w->from_s % row_s;
    for (int64_t t = first_s; t < w->to_s + row_s; t += row_s) {
        const double lmp = happens(w, 0.3) ? some(w, -60.0, 0.0) : some(w, 0.0, 120.0);
        put_time(w, "", t, "");
        put(w, ",%.1f,%.1f,%.1f,%.1f,%.1f,%.2f,%.0f,%.1f,%.0f", lmp,
            happens(w, 0.5) ? lmp : some(w, -40.0, 160.0), some(w, 30.0, 90.0),
            some(w, -25.0, 45.0), some(w, 0.0, 40.0), chance(w), happens(w, 0.2) ? 0.0 : 100.0,
            some(w, 10.0, 120.0), 840000.0 + floor((double)(t - first_s) / 600.0));
        put(w, ",%.1f\n", cap_some(w, 0.0, 200.0));
    }
}

/* ---- reserves ---- */

static double some_reserve(writer *w, double low, double high)
{
    return round((low + (high - low) * amp_random_uniform(&w->reserve_random)) * 10.0) / 10.0;
}

static void put_reserves(writer *w)
{
    static const char *const from[] = {"[mining]", "[mining, inference]", "[inference, mining]",
                                       "[mining, battery, inference]", "[battery]"};
    const size_t who = (size_t)(amp_random_uniform(&w->reserve_random) * 5.0);
    if (amp_random_uniform(&w->reserve_random) < 0.5 || w->is_metered)
        return;
    const bool has_duration = amp_random_uniform(&w->reserve_random) < 0.6;
    w->is_stored = who >= 3 && has_duration;
    put(w, "    reserves:\n");
    for (size_t r = 0; r < 2; r++)
        put(w, "      - {id: r%zu, price: %.1f %s/MW/h, limit: %.1f MW, duration: %s, from: %s}\n",
            r, some_reserve(w, -2.0, 40.0), r == 0 ? "USD" : "EUR", some_reserve(w, 0.0, 40.0),
            who < 3 || has_duration ? "2 h" : "0 h", from[who]);
}

/* ---- the portfolio ---- */

static void put_head(writer *w)
{
    put(w, "ampacity: 1\nname: Random\ncurrency: USD\n");
    put_time(w, "time: {from: ", w->from_s, "");
    put_time(w, ", to: ", w->to_s, "");
    put(w, ", step: %lld min}\n", (long long)(w->step_s / 60));
    put(w, "currencies: {EUR: 1.1 USD/EUR, NOK: 0.095 USD/NOK}\nseries:\n");
    static const char *const name[] = {"lmp",   "resale", "hash", "dry", "chat",
                                       "share", "up",     "gas",  "tip", "worth"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++)
        put(w, "  %s: {file: series.csv, column: %s}\n", name[i], name[i]);
    switch (pick(w, 3)) {
    case 0:
        put(w, "bitcoin: {hashprice: hash}\n");
        break;
    case 1:
        put(w, "bitcoin: {price: 64000 USD/BTC, difficulty: 8.3e13, fees: 0.1 BTC/block}\n");
        break;
    default:
        put(w, "bitcoin: {price: 60000 EUR/BTC, difficulty: 9e13, height: tip}\n");
        break;
    }
}

static const char *availability(writer *w)
{
    static const char *const text[] = {
        "", "", "", ", availability: up", ", availability: 90 %", ", availability: share"};
    return text[pick(w, sizeof text / sizeof text[0])];
}

static void put_connection(writer *w)
{
    static const char *const zone[] = {"America/Chicago", "Asia/Kolkata", "Europe/Oslo", "UTC"};
    put(w, "sites:\n  - id: site\n    country: NO\n    time_zone: %s\n    grid: {",
        zone[pick(w, 4)]);
    const bool has_steps = happens(w, 0.3);
    if (!has_steps || happens(w, 0.7))
        put(w, "import_limit: %.1f MW, ", happens(w, 0.9) ? some(w, 20.0, 200.0) : 0.0);
    put(w, "export_limit: %.1f MW", happens(w, 0.5) ? 0.0 : some(w, 5.0, 100.0));
    if (has_steps) {
        put_time(w, ", energised: [{from: ", w->from_s - 3600, "");
        put(w, ", power: %.1f MW}", some(w, 30.0, 100.0));
        put_time(w, ", {from: ", w->from_s + (w->to_s - w->from_s) / 2 / 60 * 60, "");
        put(w, ", power: %.1f MW}]", some(w, 80.0, 200.0));
    }
    put(w, "%s}\n", availability(w));
}

/* In half of them over several steps: with draws of its own, so that all else stays as it was. */
static void put_metering(writer *w, bool has_agreement)
{
    static const int64_t steps[] = {1, 2, 3, 4, 6};
    amp_random random = amp_random_seeded((uint64_t)(w->from_s ^ w->to_s) ^ 0x3c6ef372U);
    const int64_t metered = steps[(size_t)(amp_random_uniform(&random) * 5.0)];
    if (amp_random_uniform(&random) < 0.5 && !has_agreement) {
        put(w, ", metering: %lld min", (long long)(metered * w->step_s / 60));
        w->is_metered = metered > 1;
    }
    put(w, "}");
}

static void put_supply(writer *w)
{
    static const char *const adder[] = {"0 USD/MWh", "4.5 USD/MWh", "30 NOK/MWh"};
    put(w, "    supply: {energy_price: lmp, adder: %s", adder[pick(w, 3)]);
    put(w, ", export_price: %s", happens(w, 0.5) ? "resale" : "lmp");
    const bool has_charge = happens(w, 0.5);
    const bool has_agreement = happens(w, 0.4);
    if (has_agreement) {
        put(w, ", blocks: [{power: %.1f MW, price: 38 USD/MWh, resale: true}", some(w, 1.0, 50.0));
        put(w, ", {power: %.1f MW, price: 41 EUR/MWh, resale: false}",
            has_charge ? 20.0 : some(w, 1.0, 50.0)); /* what is drawn after it stays as it was */
        put(w, "]");
    }
    FILE *const out = w->out;
    if (w->has_tariff) {
        put(w, ", tariff: %s/tariff.yaml", w->folder);
        w->out = w->nowhere; /* a tariff holds what stands there: its draws are for nothing */
    }
    if (has_charge) {
        put(w, ", demand_charge: {charge: %.2f USD/kW/month, prorate: %s, peak_so_far: %.1f MW",
            some(w, 0.0, 9.0), happens(w, 0.5) ? "true" : "false",
            happens(w, 0.5) ? 0.0 : some(w, 1.0, 90.0));
        put_metering(w, has_agreement);
    }
    if (happens(w, 0.3))
        put(w, ", coincident_peak: {charge: %.1f USD/kW/year, peaks: 400, probability: share}",
            some(w, 1.0, 60.0));
    w->out = out;
    put(w, "}\n");
}

static void put_final(writer *w)
{
    switch (pick(w, 4)) {
    case 0:
        put(w, ", final_soc: 50 %%");
        break;
    case 1:
        put(w, ", final_soc: {minimum: 45 %%}");
        break;
    case 2:
        put(w, ", terminal_value: %.1f USD/MWh", some(w, 0.0, 90.0));
        break;
    default:
        break;
    }
}

static void put_battery(writer *w)
{
    if (happens(w, 0.1))
        return;
    put(w, "    battery: {power: %.1f MW, energy: %.1f MWh", some(w, 1.0, 60.0),
        some(w, 1.0, 150.0));
    if (happens(w, 0.3))
        put(w, ", charge_power: %.1f MW", some(w, 0.0, 40.0));
    if (happens(w, 0.8))
        put(w, ", charge_efficiency: 95 %%, discharge_efficiency: %.1f %%", some(w, 60.0, 100.0));
    if (happens(w, 0.8))
        put(w, ", initial_soc: 50 %%, minimum_soc: %.1f %%", some(w, 0.0, 45.0));
    if (happens(w, 0.5))
        put(w, ", maximum_soc: %.1f %%", some(w, 55.0, 100.0));
    if (happens(w, 0.6))
        put(w, ", wear: %.1f USD/MWh", some(w, 0.0, 12.0));
    if (happens(w, 0.2))
        put(w, ", self_discharge: 2 %%/day");
    put_final(w);
    put(w, "%s}\n", availability(w));
}

/* A number that only limits draw. */
static double limit(writer *w, double low, double high)
{
    return round((low + (high - low) * amp_random_uniform(&w->limits)) * 10.0) / 10.0;
}

static bool is_limited(writer *w, double probability)
{
    return amp_random_uniform(&w->limits) < probability;
}

/* What a generator may give in all, and what counts for the site's emissions. */
static void put_limits(writer *w)
{
    const bool has_energy = is_limited(w, 0.5);
    const bool has_fuel = is_limited(w, 0.3);
    if (has_energy)
        put(w, ", energy_limit: %.1f MWh", limit(w, 0.0, 300.0));
    if (has_fuel)
        put(w, ", fuel_limit: %.1f GJ, heat_rate: %.1f GJ/MWh", limit(w, 0.0, 3000.0),
            limit(w, 6.0, 12.0));
    if ((has_energy || has_fuel) && is_limited(w, 0.2))
        put(w, ", per: horizon");
    if (is_limited(w, 0.6))
        put(w, ", emission: %.1f t/MWh", limit(w, 0.1, 1.0));
}

static void put_generators(writer *w)
{
    if (happens(w, 0.4))
        return;
    put(w, "    generators:\n      - {id: gas, power: %.1f MW, cost: gas%s", some(w, 1.0, 50.0),
        availability(w));
    put_limits(w);
    put(w, "}\n      - {id: sun, power: %.1f MW, cost: 0 USD/MWh, availability: share",
        some(w, 1.0, 50.0));
    put_limits(w);
    put(w, "}\n");
    if (is_limited(w, 0.4))
        put(w,
            "      - {id: coal, power: %.1f MW, cost: 30 USD/MWh, emission: 1 t/MWh}\n"
            "    emissions: {limit: %.1f t}\n",
            limit(w, 0.0, 40.0), limit(w, 0.0, 200.0));
}

/* Any points at all: on the hull, below it, and one on another. */
static void put_modes(writer *w)
{
    const size_t count = pick(w, 4);
    for (size_t i = 0; i < count; i++)
        put(w, "%s{id: m%zu, hashrate: %.0f TH/s, efficiency: %.1f J/TH}",
            i == 0 ? ", modes: [" : ", ", i, happens(w, 0.2) ? 200.0 : some(w, 50.0, 300.0),
            happens(w, 0.2) ? 17.5 : some(w, 10.0, 30.0));
    put(w, count > 0 ? "]" : "");
}

/* What starting costs: shorter and longer than a step, wear in another currency, cold machines. */
static void put_starts(writer *w)
{
    const double kind = amp_random_uniform(&w->starts);
    const double size = amp_random_uniform(&w->starts);
    if (kind < 0.4 || w->is_stored)
        return;
    put(w, kind < 0.8 ? ", restart: %.1f min" : ", wear: %.2f EUR/MW", 90.0 * size * size);
    if (kind < 0.6)
        put(w, ", wear: %.2f USD/MW", 20.0 * amp_random_uniform(&w->starts));
    if (amp_random_uniform(&w->starts) < 0.5)
        put(w, ", initial_running: %.1f %%", 100.0 * amp_random_uniform(&w->starts));
}

static void put_mining(writer *w)
{
    if (happens(w, 0.3))
        return;
    put(w,
        "    mining:\n      - {id: s21, machines: %.0f, hashrate: 200 TH/s, efficiency: %.1f "
        "J/TH, pool_fee: 1 %%, overhead: 3 %%%s",
        some(w, 100.0, 20000.0), happens(w, 0.3) ? 17.5 : some(w, 12.0, 20.0), availability(w));
    put_modes(w);
    put_starts(w);
    put(w, "}\n");
    put(w, "      - {id: old, machines: %.0f, hashrate: 100 TH/s, efficiency: %.1f J/TH",
        some(w, 0.0, 20000.0), some(w, 25.0, 40.0));
    put_starts(w);
    put(w, "}\n");
}

static const char *pue(writer *w)
{
    static const char *const text[] = {
        "1.25", "{outdoor: dry, curve: [[-10, 1.12], [20, 1.18], [40, 1.34]]}",
        "{outdoor: dry, curve: [[15, 1.2]]}"};
    return text[pick(w, 3)];
}

/* A piece of text by chance, from the clauses' own draws. */
static void put_one_of(writer *w, size_t count, const char *const *text)
{
    const size_t i = (size_t)(amp_random_uniform(&w->clauses) * (double)count);
    put(w, "%s", text[i]);
}

#define PUT_ONE_OF(w, ...)                                                       \
    put_one_of((w), sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), \
               (const char *const[]){__VA_ARGS__})

/* Times that availability does not count, in the horizon and across its ends. */
static void put_exclusions(writer *w)
{
    const int64_t length_s = w->to_s - w->from_s;
    const double at = amp_random_uniform(&w->clauses);
    put_time(w, ", exclusions: [{from: ", w->from_s + (int64_t)((at - 0.2) * (double)length_s), "");
    put_time(w, ", to: ", w->from_s + (int64_t)((at + 0.3) * (double)length_s) + 1, "}]");
}

static void put_credits(writer *w)
{
    PUT_ONE_OF(w, ", availability: 99.99 %, service_credits: [[99.9 %, 10 %], [0 %, 25 %]]",
               ", service_credits: [[99 %, 0 %], [90 %, 5 %], [50 %, 40 %], [0 %, 100 %]]",
               ", service_credits: [[0 %, 15 %]]",
               ", availability: 80 %, service_credits: [[80 %, 0 %], [0 %, 60 %]]",
               ", availability: 95 %, credit_per_hour: 3.33 %", ", credit_per_hour: 20 %");
    PUT_ONE_OF(w, "", "", ", credit_cap: 30 %", ", credit_cap: 0 %");
    PUT_ONE_OF(w, "", "", ", availability_by: energy", ", availability_by: time");
    PUT_ONE_OF(w, "", "", ", maintenance: 1 h", ", maintenance: 300 h");
    if (amp_random_uniform(&w->clauses) < 0.4)
        put_exclusions(w);
}

static void put_clauses(writer *w)
{
    const double energy = amp_random_uniform(&w->clauses);
    if (energy < 0.3)
        PUT_ONE_OF(w, ", energy: fixed, energy_price: 62 USD/MWh",
                   ", energy: fixed, energy_price: gas, energy_per: bus",
                   ", energy: fixed, energy_price: 500 NOK/MWh, energy_per: it");
    else if (energy < 0.5)
        put(w, ", energy: included");
    else
        PUT_ONE_OF(w, "", ", pue_cap: 1.2", ", energy: pass_through, pue_cap: 1.15");
    if (energy < 0.3 || energy >= 0.5)
        PUT_ONE_OF(w, "", "", ", minimum_take: 90 %", ", minimum_take: 100 %, contracted: 95 %",
                   ", minimum_take: 40 %, contracted: chat");
    PUT_ONE_OF(w, "", ", demand_charges: share", ", demand_charges: share",
               ", demand_charges: site");
    if (amp_random_uniform(&w->clauses) < 0.6)
        put_credits(w);
    else
        PUT_ONE_OF(w, "", ", tenant: someone, availability: 99.9 %");
}

/* A lease of which some may be cut. */
static void put_flexible(writer *w)
{
    static const char *const load[] = {"85 %", "share", "6 MW"};
    if (is_limited(w, 0.5))
        return;
    const bool has_hours = is_limited(w, 0.7);
    put(w, "      - {id: bent, it_power: %.1f MW, pue: 1.25, lease: {load: %s", limit(w, 6.0, 20.0),
        load[(size_t)(3.0 * amp_random_uniform(&w->limits))]);
    if (is_limited(w, 0.7))
        put(w, ", penalty: %.1f USD/MWh", limit(w, 20.0, 900.0));
    if (is_limited(w, 0.3))
        put(w, ", fee: 90 USD/kW/month, service_credits: [[99 %%, 5 %%], [0 %%, 60 %%]]");
    put(w, ", flexible: {share: %.1f %%", is_limited(w, 0.2) ? 100.0 : limit(w, 1.0, 100.0));
    if (has_hours)
        put(w, ", hours: %.1f h", limit(w, 0.0, 30.0));
    if (!has_hours || is_limited(w, 0.2))
        put(w, ", energy: %.1f MWh", limit(w, 0.0, 200.0));
    if (is_limited(w, 0.7))
        put(w, ", credit: %.1f EUR/MWh", limit(w, 0.0, 90.0));
    put(w, "}}}\n");
}

static void put_lease(writer *w)
{
    static const char *const load[] = {"85 %", "share", "6 MW"};
    put(w,
        "      - {id: leased, it_power: %.1f MW, pue: %s, lease: {load: %s, fee: 130 "
        "USD/kW/month",
        some(w, 6.0, 40.0), pue(w), load[pick(w, 3)]);
    put_clauses(w);
    if (happens(w, 0.8))
        put(w, ", penalty: %.1f USD/MWh}%s}\n", some(w, 500.0, 4000.0), availability(w));
    else
        put(w, "}}\n");
    if (amp_random_uniform(&w->clauses) < 0.7)
        return;
    put(w, "      - {id: second, it_power: 9 MW, pue: 1.3, lease: {load: share, fee: 90 "
           "USD/kW/month, penalty: 60 EUR/MWh");
    put_clauses(w);
    put(w, "}}\n");
}

/* ---- power caps: draws of their own ---- */

/* Points on the hull and below it; powers in watts, or as shares that end at 100 %. */
static void put_curve(writer *w, bool in_watts)
{
    const size_t count = 2 + (size_t)(amp_random_uniform(&w->caps) * 5.0);
    double power[8], throughput[8];
    for (size_t i = 0; i < count; i++) {
        power[i] = (i == 0 ? cap_some(w, 1.0, 150.0) : power[i - 1]) + cap_some(w, 0.1, 120.0);
        throughput[i] = (i == 0 ? 0.0 : throughput[i - 1]) + cap_some(w, 0.1, 50.0);
    }
    put(w, ", curve: [");
    for (size_t i = 0; i < count; i++)
        if (in_watts)
            put(w, "%s[%.1f W, %.1f]", i == 0 ? "" : ", ", power[i], throughput[i]);
        else
            put(w, "%s[%.15g %%, %.1f]", i == 0 ? "" : ", ", power[i] / power[count - 1] * 100.0,
                throughput[i]);
    put(w, "]");
    if (cap_happens(w, 0.3))
        put(w, ", pausable: true");
    if (cap_happens(w, 0.4))
        put(w, ", floor: %.1f %%", cap_happens(w, 0.1) ? 100.0 : cap_some(w, 0.0, 100.0));
    else if (cap_happens(w, 0.5))
        put(w, ", flex_tier: flex_%d", cap_happens(w, 0.5) ? 1 : 2);
}

static void put_flex_tiers(writer *w)
{
    put(w, ", flex_tiers: [{id: flex_1, floor: 90 %%}, {id: flex_2, floor: 50 %%}]");
}

static void put_workloads(writer *w)
{
    static const char *const values[] = {"worth", "150 USD/MWh", "0 USD/MWh", "90 EUR/MWh"};
    const size_t count = 1 + (size_t)(amp_random_uniform(&w->caps) * 4.0);
    put(w, "      - {id: gpus, it_power: 20 MW, pue: %s", cap_happens(w, 0.5) ? "1.25" : "1");
    put_flex_tiers(w);
    put(w, "%s, workloads: [", cap_happens(w, 0.3) ? ", availability: share" : "");
    for (size_t k = 0; k < count; k++) {
        const bool in_watts = cap_happens(w, 0.5);
        put(w, "%s{id: w%zu, use: %s", k == 0 ? "" : ", ", k,
            cap_happens(w, 0.5) ? "training" : "inference");
        put(w, in_watts ? ", gpus: %.0f" : ", power: %.1f MW",
            in_watts ? cap_some(w, 1.0, 5000.0) : cap_some(w, 0.1, 4.0));
        put(w, ", value: %s", values[(size_t)(amp_random_uniform(&w->caps) * 3.999)]);
        put_curve(w, in_watts);
        put(w, "}");
    }
    put(w, "]}\n");
}

static void put_inference(writer *w)
{
    put(w,
        "      - {id: serving, it_power: %.1f MW, pue: %s, inference: {demand: %s, value: "
        "[[%.1f %%, %.1f USD/MWh], [100 %%, %.1f EUR/MWh]]",
        some(w, 5.0, 40.0), pue(w), happens(w, 0.5) ? "chat" : "share", some(w, 20.0, 80.0),
        some(w, 150.0, 450.0), some(w, 0.0, 130.0));
    if (happens(w, 0.5))
        put(w, ", penalty: %.1f USD/MWh", some(w, 10.0, 900.0));
    const bool has_curve = cap_happens(w, 0.4);
    if (has_curve)
        put_curve(w, cap_happens(w, 0.5));
    put(w, "}%s", availability(w));
    if (has_curve)
        put_flex_tiers(w);
    put(w, "}\n");
}

/* Jobs whose windows lie in the horizon, beyond it and across its ends. */
static void put_jobs(writer *w)
{
    const int64_t length_s = w->to_s - w->from_s;
    put(w, "      - {id: training, it_power: %.1f MW, pue: %s, jobs: [", some(w, 3.0, 20.0),
        pue(w));
    for (size_t j = 0, count = 1 + pick(w, 3); j < count; j++) {
        const int64_t release_s =
            w->from_s + (int64_t)(some(w, -0.3, 0.8) * (double)length_s) / 60 * 60;
        const int64_t deadline_s =
            release_s + 60 + (int64_t)(some(w, 0.1, 1.0) * (double)length_s) / 60 * 60;
        put(w,
            "%s{id: j%zu, energy: %.2f MWh, power: %.1f MW, value: %.1f USD/MWh, penalty: %.0f EUR",
            j == 0 ? "" : ", ", j, some(w, 0.1, 60.0), some(w, 0.5, 15.0), some(w, 0.0, 300.0),
            happens(w, 0.5) ? 0.0 : some(w, 10.0, 5000.0));
        put_time(w, ", release: ", release_s, "");
        put_time(w, ", deadline: ", deadline_s, "}");
    }
    put(w, "]%s}\n", availability(w));
}

static void put_halls(writer *w)
{
    const bool has_lease = happens(w, 0.5);
    const bool has_inference = happens(w, 0.6);
    const bool has_jobs = happens(w, 0.5);
    const bool has_workloads = cap_happens(w, 0.3);
    if (!has_lease && !has_inference && !has_jobs && !has_workloads)
        return;
    put(w, "    halls:\n");
    if (has_lease) {
        put_lease(w);
        put_flexible(w);
    }
    if (has_inference)
        put_inference(w);
    if (has_jobs)
        put_jobs(w);
    if (has_workloads)
        put_workloads(w);
}

static void put_portfolio(writer *w)
{
    put_head(w);
    put_connection(w);
    put_supply(w);
    put_battery(w);
    put_generators(w);
    put_reserves(w);
    put_mining(w);
    put_halls(w);
}

/* Writes one file of the folder. */
static bool write_file(writer *w, const char *folder, const char *name, int64_t row_s)
{
    char path[PATH_BYTES];
    const int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return false;
    w->out = fopen(path, "w");
    if (w->out == NULL)
        return false;
    if (row_s > 0)
        put_rows(w, row_s);
    else
        put_portfolio(w);
    const bool is_written = ferror(w->out) == 0;
    return fclose(w->out) == 0 && is_written;
}

bool random_file_write(uint64_t seed, const char *folder)
{
    /* Around the American and European changes of the clock of 2024, and the turn of a month. */
    static const int64_t starts_s[] = {1710028800, 1711843200, 1709164800, 1719705600};
    static const int64_t steps_s[] = {300, 900, 1800, 3600};
    static const int64_t rows_s[] = {900, 1800, 3600};
    static const uint64_t clauses = 0x6C65617365ULL;
    writer w = {.random = amp_random_seeded(seed),
                .limits = amp_random_seeded(seed ^ 0x85ebca6bU),
                .clauses = amp_random_seeded(seed ^ clauses),
                .reserve_random = amp_random_seeded(seed ^ 0x94d049bbU),
                .caps = amp_random_seeded(seed ^ 0x67707573U),

                .starts = amp_random_seeded(seed ^ 0x165667b1U)};
    w.step_s = steps_s[pick(&w, 4)];
    w.from_s = starts_s[pick(&w, 4)] + 3600 * (int64_t)pick(&w, 24);
    w.to_s = w.from_s + w.step_s * (int64_t)(1 + pick(&w, 36));
    const int64_t row_s = rows_s[pick(&w, 3)];
    w.has_tariff = random_tariff_is_used(seed);
    w.folder = folder;
    w.nowhere = fopen("/dev/null", "w");
    const bool is_written =
        w.nowhere != NULL && random_tariff_write(seed, folder, w.from_s, w.step_s) &&
        write_file(&w, folder, "portfolio.yaml", 0) && write_file(&w, folder, "series.csv", row_s);
    if (w.nowhere != NULL)
        (void)fclose(w.nowhere);
    return is_written;
}
