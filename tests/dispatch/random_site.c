/* SPDX-License-Identifier: Apache-2.0 */
#include "random_site.h"

#include "market/synthetic.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

/* What one site is drawn from. A site on a grain has numbers that tie with each other. */
typedef struct {
    amp_random random;
    amp_arena *arena;
    amp_site_problem *problem;
    double grain; /* 0: numbers are not rounded */
    double level_usd_per_mwh;
    bool is_dense; /* many small tiers */
    bool is_deep;  /* a battery of many intervals' energy */
    bool has_memory;
} dice;

/* A draw: 0 with a chance of `zero`, else uniform in [low, high], constant in time or not. */
typedef struct {
    double low, high, zero, varies;
} range;

static double chance(dice *d)
{
    return amp_random_uniform(&d->random);
}

static bool happens(dice *d, double probability)
{
    return chance(d) < probability;
}

static size_t pick(dice *d, size_t count)
{
    return (size_t)(chance(d) * (double)count);
}

static double uniform(dice *d, double low, double high)
{
    const double x = low + (high - low) * chance(d);
    return d->grain > 0.0 ? round(x / d->grain) * d->grain : x;
}

static double draw(dice *d, const range *r)
{
    if (happens(d, r->zero))
        return 0.0;
    return uniform(d, r->low, r->high);
}

static double *room(dice *d, size_t count)
{
    double *numbers = AMP_ARENA_NEW(d->arena, double, count);
    d->has_memory = d->has_memory && numbers != NULL;
    return numbers;
}

static amp_column constant(dice *d, double number)
{
    double *one = room(d, 1);
    if (one != NULL)
        *one = number;
    return (amp_column){.value = one, .stride = 0};
}

static amp_column draw_column(dice *d, const range *r)
{
    const size_t count = d->problem->interval_count;
    if (!happens(d, r->varies))
        return constant(d, draw(d, r));
    double *numbers = room(d, count);
    for (size_t t = 0; numbers != NULL && t < count; t++)
        numbers[t] = draw(d, r);
    return (amp_column){.value = numbers, .stride = 1};
}

/* a + factor b, interval by interval, not below `floor`, not above `ceiling`. */
typedef struct {
    double factor, floor, ceiling;
} combination;

static amp_column combined(dice *d, amp_column a, amp_column b, combination how)
{
    const size_t count = d->problem->interval_count;
    double *numbers = room(d, count);
    if (!d->has_memory || a.value == NULL || b.value == NULL)
        return (amp_column){.value = numbers, .stride = 1};
    for (size_t t = 0; t < count; t++) {
        const double x = amp_column_at(a, t) + how.factor * amp_column_at(b, t);
        numbers[t] = fmax(how.floor, fmin(how.ceiling, x));
    }
    return (amp_column){.value = numbers, .stride = 1};
}

static amp_column smaller(dice *d, amp_column a, amp_column b)
{
    const size_t count = d->problem->interval_count;
    double *numbers = room(d, count);
    for (size_t t = 0; d->has_memory && t < count; t++)
        numbers[t] = fmin(amp_column_at(a, t), amp_column_at(b, t));
    return (amp_column){.value = numbers, .stride = 1};
}

static double draw_price(dice *d, double negative, double spike)
{
    if (happens(d, spike))
        return uniform(d, 200.0, 4000.0);
    if (happens(d, negative))
        return uniform(d, -80.0, 0.0);
    return uniform(d, 0.0, 2.0 * d->level_usd_per_mwh);
}

static amp_column draw_prices(dice *d)
{
    static const double negative_share[] = {0.0, 0.1, 0.5, 0.95};
    const double negative = negative_share[pick(d, 4)];
    const double spike = happens(d, 0.3) ? 0.1 : 0.0;
    const size_t count = d->problem->interval_count;
    if (happens(d, 0.08))
        return constant(d, draw_price(d, negative, spike));
    double *numbers = room(d, count);
    for (size_t t = 0; numbers != NULL && t < count; t++)
        numbers[t] = t > 0 && happens(d, 0.15) ? numbers[t - 1] : draw_price(d, negative, spike);
    return (amp_column){.value = numbers, .stride = 1};
}

/* Limits that availability takes down now and then. */
static amp_column draw_limit(dice *d, const range *r)
{
    const size_t count = d->problem->interval_count;
    const double full = draw(d, r);
    if (!happens(d, 0.3))
        return constant(d, full);
    static const double share[] = {1.0, 1.0, 1.0, 0.5, 0.9, 0.0};
    double *numbers = room(d, count);
    for (size_t t = 0; numbers != NULL && t < count; t++)
        numbers[t] = full * share[pick(d, sizeof share / sizeof share[0])];
    return (amp_column){.value = numbers, .stride = 1};
}

static void draw_connection(dice *d)
{
    amp_site_problem *p = d->problem;
    static const range import_size[] = {{0.0, 0.0, 1.0, 0.0},
                                        {1.0, 30.0, 0.0, 0.0},
                                        {20.0, 200.0, 0.0, 0.0},
                                        {20.0, 200.0, 0.0, 0.0}};
    static const range export_size = {1.0, 100.0, 0.5, 0.0};
    static const range adder = {0.0, 10.0, 0.5, 0.2};
    static const range block = {1.0, 60.0, 0.6, 0.3};
    p->import_limit_mw = draw_limit(d, &import_size[pick(d, 4)]);
    p->export_limit_mw = draw_limit(d, &export_size);
    const amp_column energy = draw_prices(d);
    const amp_column add = draw_column(d, &adder);
    const combination sum = {.factor = 1.0, .floor = -HUGE_VAL, .ceiling = HUGE_VAL};
    p->import_price_usd_per_mwh = combined(d, energy, add, sum);
    p->block_price_usd_per_mwh = add;
    p->block_mw = smaller(d, draw_column(d, &block), p->import_limit_mw);
    const range spread = {0.0, 20.0, 0.3, 0.5};
    const combination below = {.factor = -1.0, .floor = -HUGE_VAL, .ceiling = HUGE_VAL};
    switch (pick(d, 5)) {
    case 0:
        p->export_price_usd_per_mwh = energy;
        break;
    case 1: /* energy sells for more than it costs */
        p->export_price_usd_per_mwh =
            combined(d, p->import_price_usd_per_mwh, draw_column(d, &spread), sum);
        break;
    case 2:
        p->export_price_usd_per_mwh = draw_prices(d);
        break;
    default:
        p->export_price_usd_per_mwh = combined(d, energy, draw_column(d, &spread), below);
        break;
    }
}

static void draw_mining(dice *d, amp_load *load, amp_tier *tier)
{
    static const range power = {0.5, 60.0, 0.1, 0.2};
    static const range small_power = {0.2, 4.0, 0.05, 0.0};
    const range value = {0.0, 2.5 * d->level_usd_per_mwh, 0.02, 0.3};
    load->tier_count = 1 + (uint32_t)pick(d, 2);
    load->demand_mw = constant(d, 0.0);
    amp_column worth = draw_column(d, &value);
    for (uint32_t k = 0; k < load->tier_count; k++) {
        const range step = {0.0, 20.0, 0.3, 0.0};
        const combination lower = {.factor = -1.0, .floor = -HUGE_VAL, .ceiling = HUGE_VAL};
        const combination add = {.factor = 1.0, .floor = 0.0, .ceiling = HUGE_VAL};
        tier[k].power_mw = draw_limit(d, d->is_dense ? &small_power : &power);
        tier[k].value_usd_per_mwh = worth;
        load->demand_mw = combined(d, load->demand_mw, tier[k].power_mw, add);
        worth = combined(d, worth, draw_column(d, &step), lower);
    }
    load->capacity_mw = load->demand_mw;
    load->penalty_usd_per_mwh = constant(d, 0.0);
    load->it_per_mwh = constant(d, 0.0);
}

static void draw_lease(dice *d, amp_load *load, amp_tier *tier)
{
    static const range penalty = {500.0, 9000.0, 0.03, 0.1};
    const range demand = {0.0, happens(d, 0.15) ? 40.0 : 10.0, 0.1, 0.4};
    const range spare = {0.0, 10.0, 0.3, 0.0};
    const combination add = {.factor = 1.0, .floor = 0.0, .ceiling = HUGE_VAL};
    load->demand_mw = draw_column(d, &demand);
    load->capacity_mw = combined(d, load->demand_mw, draw_column(d, &spare), add);
    load->is_hard = happens(d, 0.4);
    load->it_per_mwh = constant(d, 1.0 / 1.25);
    if (load->is_hard) {
        load->penalty_usd_per_mwh = constant(d, 0.0);
        d->problem->must_mw = combined(d, d->problem->must_mw, load->demand_mw, add);
        return;
    }
    if (happens(d, 0.1))
        load->capacity_mw = draw_limit(d, &(range){0.0, 40.0, 0.0, 0.0});
    load->tier_count = 1;
    load->penalty_usd_per_mwh = draw_column(d, &penalty);
    tier->value_usd_per_mwh = load->penalty_usd_per_mwh;
    tier->power_mw = smaller(d, load->demand_mw, load->capacity_mw);
}

static void draw_inference(dice *d, amp_load *load, amp_tier *tier)
{
    static const range demand = {0.0, 50.0, 0.05, 0.8};
    static const range penalty = {100.0, 5000.0, 0.6, 0.1};
    static const range capacity = {5.0, 60.0, 0.05, 0.0};
    const range value = {0.0, 4.0 * d->level_usd_per_mwh, 0.0, 0.2};
    load->demand_mw = draw_column(d, &demand);
    load->capacity_mw = draw_limit(d, &capacity);
    load->penalty_usd_per_mwh = draw_column(d, &penalty);
    load->it_per_mwh = constant(d, 1.0 / 1.2);
    load->tier_count = 1 + (uint32_t)pick(d, 3);
    const amp_column nothing = constant(d, 0.0);
    amp_column worth = draw_column(d, &value);
    amp_column below = nothing; /* what cheaper tiers stand on */
    for (uint32_t k = 0; k < load->tier_count; k++) {
        const range step = {0.0, 60.0, 0.2, 0.0};
        const combination lower = {.factor = -1.0, .floor = -HUGE_VAL, .ceiling = HUGE_VAL};
        const combination sum = {.factor = 1.0, .floor = -HUGE_VAL, .ceiling = HUGE_VAL};
        const combination share = {.factor = (double)(k + 1) / (double)load->tier_count,
                                   .floor = 0.0,
                                   .ceiling = HUGE_VAL};
        const amp_column top =
            smaller(d, combined(d, nothing, load->demand_mw, share), load->capacity_mw);
        tier[k].power_mw = combined(d, top, below, (combination){-1.0, 0.0, HUGE_VAL});
        tier[k].value_usd_per_mwh = combined(d, worth, load->penalty_usd_per_mwh, sum);
        below = top;
        worth = combined(d, worth, draw_column(d, &step), lower);
    }
}

enum { LOADS_MAX = 4, DENSE_LOADS = 24, TIERS_PER_LOAD_MAX = 3, ID_SIZE = 32 };

static const char *load_id(dice *d, size_t i)
{
    char *id = AMP_ARENA_NEW(d->arena, char, ID_SIZE);
    d->has_memory = d->has_memory && id != NULL;
    if (id != NULL)
        (void)snprintf(id, ID_SIZE, "load%zu", i);
    return id;
}

static void draw_loads(dice *d)
{
    amp_site_problem *p = d->problem;
    amp_load *load = AMP_ARENA_NEW(d->arena, amp_load, DENSE_LOADS);
    amp_tier *tier = AMP_ARENA_NEW(d->arena, amp_tier, (size_t)DENSE_LOADS * TIERS_PER_LOAD_MAX);
    d->has_memory = d->has_memory && load != NULL && tier != NULL;
    p->must_mw = constant(d, 0.0);
    if (!d->has_memory)
        return;
    p->load = load;
    p->tier = tier;
    p->load_count = d->is_dense ? DENSE_LOADS : pick(d, LOADS_MAX + 1);
    for (size_t i = 0; i < p->load_count; i++) {
        const size_t kind = d->is_dense ? AMP_LOAD_MINING : pick(d, 3);
        load[i].id = load_id(d, i);
        load[i].asset = (uint32_t)i;
        load[i].kind = (amp_load_kind)kind;
        load[i].first_tier = (uint32_t)p->tier_count;
        if (kind == AMP_LOAD_MINING)
            draw_mining(d, &load[i], tier + p->tier_count);
        else if (kind == AMP_LOAD_LEASE)
            draw_lease(d, &load[i], tier + p->tier_count);
        else
            draw_inference(d, &load[i], tier + p->tier_count);
        for (uint32_t k = 0; k < load[i].tier_count; k++)
            tier[p->tier_count + k].load = (uint32_t)i;
        p->tier_count += load[i].tier_count;
    }
}

static void draw_sources(dice *d)
{
    static const char *const name[] = {"gas", "sun"};
    static const range power = {0.5, 50.0, 0.1, 0.3};
    amp_site_problem *p = d->problem;
    amp_source *source = AMP_ARENA_NEW(d->arena, amp_source, 2);
    d->has_memory = d->has_memory && source != NULL;
    if (source == NULL)
        return;
    p->source = source;
    p->source_count = pick(d, 3);
    for (size_t i = 0; i < p->source_count; i++) {
        const range cost = {0.0, 2.0 * d->level_usd_per_mwh, 0.3, 0.3};
        source[i] = (amp_source){.asset = (uint32_t)i,
                                 .id = name[i],
                                 .power_mw = draw_limit(d, &power),
                                 .cost_usd_per_mwh = draw_column(d, &cost)};
    }
}

static double draw_efficiency(dice *d)
{
    static const double usual[] = {1.0, 0.95, 0.93, 0.9};
    return happens(d, 0.7) ? usual[pick(d, 4)] : 0.3 + 0.7 * chance(d);
}

static double draw_energy_mwh(dice *d)
{
    if (d->is_deep)
        return uniform(d, 500.0, 5000.0);
    return happens(d, 0.1) ? 0.0 : happens(d, 0.2) ? uniform(d, 0.0, 2.0) : uniform(d, 1.0, 150.0);
}

/* Mostly none; else a little, or as much as half in each interval, so that what is stored at the
 * start has decayed by many powers of two at the end. */
static double draw_retention(dice *d)
{
    if (happens(d, 0.75))
        return 1.0;
    return happens(d, 0.5) ? 1.0 - 0.02 * chance(d) : 0.5 + 0.5 * chance(d);
}

/* A level between both ends, often one of them. */
static double draw_level(dice *d, double low, double high)
{
    const double u = chance(d);
    return u < 0.25 ? low : u < 0.5 ? high : fmin(high, low + (high - low) * chance(d));
}

static void draw_final(dice *d, amp_storage *s)
{
    const double u = chance(d);
    s->final = u < 0.4 ? AMP_FINAL_FREE : u < 0.7 ? AMP_FINAL_EXACT : AMP_FINAL_MINIMUM;
    if (s->final == AMP_FINAL_FREE)
        s->terminal_value_usd_per_mwh = happens(d, 0.5) ? 0.0 : uniform(d, 0.0, 100.0);
    else /* mostly near the start, which most sites can reach */
        s->final_mwh =
            happens(d, 0.6) ? s->initial_mwh : draw_level(d, s->minimum_mwh, s->maximum_mwh);
}

static void draw_storage(dice *d)
{
    amp_storage *s = &d->problem->storage;
    static const range power = {0.5, 60.0, 0.06, 0.0};
    const amp_column none = constant(d, 0.0);
    *s = (amp_storage){.charge_limit_mw = none,
                       .discharge_limit_mw = none,
                       .charge_efficiency = 1.0,
                       .discharge_efficiency = 1.0,
                       .retention = 1.0};
    s->is_present = !happens(d, 0.1);
    if (!s->is_present)
        return;
    const double energy_mwh = draw_energy_mwh(d);
    s->charge_limit_mw = draw_limit(d, &power);
    s->discharge_limit_mw = happens(d, 0.5) ? s->charge_limit_mw : draw_limit(d, &power);
    s->charge_efficiency = draw_efficiency(d);
    s->discharge_efficiency = draw_efficiency(d);
    s->minimum_mwh = happens(d, 0.6) ? 0.0 : 0.3 * energy_mwh * chance(d);
    s->maximum_mwh = happens(d, 0.7) ? energy_mwh : energy_mwh * (0.6 + 0.4 * chance(d));
    s->initial_mwh = draw_level(d, s->minimum_mwh, s->maximum_mwh);
    s->retention = draw_retention(d);
    s->wear_usd_per_mwh = happens(d, 0.4) ? 0.0 : uniform(d, 0.0, 25.0);
    draw_final(d, s);
}

static void draw_site(dice *d, size_t intervals_min, size_t intervals_max)
{
    static const int64_t step_s[] = {300, 900, 1800, 3600};
    amp_site_problem *p = d->problem;
    const size_t few = intervals_max < 4 ? intervals_max : 4;
    p->site_id = "site";
    p->interval_count = intervals_min;
    if (intervals_min > 1) /* a long one */
        p->interval_count += pick(d, intervals_max - intervals_min + 1);
    else
        p->interval_count += happens(d, 0.3) ? pick(d, few) : pick(d, intervals_max);
    d->is_dense = intervals_min > 1 && happens(d, 0.4);
    d->is_deep = intervals_min > 1 && happens(d, 0.4);
    p->step_s = step_s[pick(d, 4)];
    p->interval_h = (double)p->step_s / 3600.0;
    d->grain = happens(d, 0.5) ? 0.0 : happens(d, 0.5) ? 5.0 : 1.0;
    d->level_usd_per_mwh = happens(d, 0.5) ? 40.0 : 40.0 + 60.0 * chance(d);
    draw_connection(d);
    draw_loads(d);
    draw_sources(d);
    draw_storage(d);
}

static random_site *new_site(uint64_t seed, size_t intervals_min, size_t intervals_max)
{
    amp_arena *arena = amp_arena_new((size_t)16 << 20);
    random_site *site = arena == NULL ? NULL : AMP_ARENA_NEW(arena, random_site, 1);
    if (site == NULL) {
        amp_arena_free(arena);
        return NULL;
    }
    site->arena = arena;
    site->seed = seed;
    dice d = {.random = amp_random_seeded(seed),
              .arena = arena,
              .problem = &site->problem,
              .has_memory = true};
    draw_site(&d, intervals_min, intervals_max);
    if (d.has_memory)
        return site;
    amp_arena_free(arena);
    return NULL;
}

random_site *random_site_new(uint64_t seed, size_t intervals_max)
{
    return new_site(seed, 1, intervals_max);
}

random_site *random_site_new_long(uint64_t seed, size_t intervals_min, size_t intervals_max)
{
    return new_site(seed, intervals_min, intervals_max);
}

void random_site_free(random_site *site)
{
    if (site != NULL)
        amp_arena_free(site->arena);
}

amp_site_problem random_site_without_storage(const amp_site_problem *problem)
{
    amp_site_problem bare = *problem;
    bare.storage.is_present = false;
    return bare;
}

static amp_column shifted(amp_column column, size_t first)
{
    return (amp_column){.value = column.value + first * column.stride, .stride = column.stride};
}

bool random_site_window(const amp_site_problem *problem, size_t first, amp_arena *arena,
                        amp_site_problem *out)
{
    amp_site_problem p = *problem;
    amp_load *load = AMP_ARENA_NEW(arena, amp_load, p.load_count);
    amp_tier *tier = AMP_ARENA_NEW(arena, amp_tier, p.tier_count);
    amp_source *source = AMP_ARENA_NEW(arena, amp_source, p.source_count);
    if (load == NULL || tier == NULL || source == NULL)
        return false;
    amp_column *const plain[] = {&p.import_limit_mw,
                                 &p.import_price_usd_per_mwh,
                                 &p.block_mw,
                                 &p.block_price_usd_per_mwh,
                                 &p.export_limit_mw,
                                 &p.export_price_usd_per_mwh,
                                 &p.must_mw,
                                 &p.storage.charge_limit_mw,
                                 &p.storage.discharge_limit_mw};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        *plain[i] = shifted(*plain[i], first);
    for (size_t i = 0; i < p.load_count; i++) {
        load[i] = problem->load[i];
        load[i].demand_mw = shifted(load[i].demand_mw, first);
        load[i].capacity_mw = shifted(load[i].capacity_mw, first);
        load[i].penalty_usd_per_mwh = shifted(load[i].penalty_usd_per_mwh, first);
        load[i].it_per_mwh = shifted(load[i].it_per_mwh, first);
    }
    for (size_t i = 0; i < p.tier_count; i++) {
        tier[i] = problem->tier[i];
        tier[i].power_mw = shifted(tier[i].power_mw, first);
        tier[i].value_usd_per_mwh = shifted(tier[i].value_usd_per_mwh, first);
    }
    for (size_t i = 0; i < p.source_count; i++) {
        source[i] = problem->source[i];
        source[i].power_mw = shifted(source[i].power_mw, first);
        source[i].cost_usd_per_mwh = shifted(source[i].cost_usd_per_mwh, first);
    }
    p.load = load;
    p.tier = tier;
    p.source = source;
    *out = p;
    return true;
}

static void dump_column(FILE *out, const char *name, amp_column column, size_t count)
{
    (void)fprintf(out, "    .%s = {", name);
    const size_t shown = column.stride == 0 ? 1 : count;
    for (size_t t = 0; t < shown; t++)
        (void)fprintf(out, "%s%.17g", t == 0 ? "" : ", ", column.value[t * column.stride]);
    (void)fprintf(out, "}, /* stride %zu */\n", column.stride);
}

static void dump_loads(const amp_site_problem *p, FILE *out)
{
    const size_t count = p->interval_count;
    for (size_t i = 0; i < p->load_count; i++) {
        const amp_load *load = &p->load[i];
        (void)fprintf(out, "  load[%zu] = { .kind = %d, .is_hard = %d, tiers %u..+%u,\n", i,
                      (int)load->kind, load->is_hard, load->first_tier, load->tier_count);
        dump_column(out, "demand_mw", load->demand_mw, count);
        dump_column(out, "capacity_mw", load->capacity_mw, count);
        dump_column(out, "penalty_usd_per_mwh", load->penalty_usd_per_mwh, count);
    }
    for (size_t i = 0; i < p->tier_count; i++) {
        (void)fprintf(out, "  tier[%zu] = { .load = %u,\n", i, p->tier[i].load);
        dump_column(out, "power_mw", p->tier[i].power_mw, count);
        dump_column(out, "value_usd_per_mwh", p->tier[i].value_usd_per_mwh, count);
    }
    for (size_t i = 0; i < p->source_count; i++) {
        (void)fprintf(out, "  source[%zu] = {\n", i);
        dump_column(out, "power_mw", p->source[i].power_mw, count);
        dump_column(out, "cost_usd_per_mwh", p->source[i].cost_usd_per_mwh, count);
    }
}

static void dump_storage(const amp_site_problem *p, FILE *out)
{
    static const char *const final_name[] = {"AMP_FINAL_FREE", "AMP_FINAL_EXACT",
                                             "AMP_FINAL_MINIMUM"};
    const amp_storage *s = &p->storage;
    if (!s->is_present) {
        (void)fprintf(out, "  .storage = { .is_present = false }\n");
        return;
    }
    (void)fprintf(out,
                  "  .storage = { .is_present = true,\n"
                  "    .charge_efficiency = %.17g, .discharge_efficiency = %.17g,\n"
                  "    .minimum_mwh = %.17g, .maximum_mwh = %.17g, .initial_mwh = %.17g,\n"
                  "    .final = %s, .final_mwh = %.17g, .wear_usd_per_mwh = %.17g,\n"
                  "    .terminal_value_usd_per_mwh = %.17g, .retention = %.17g,\n",
                  s->charge_efficiency, s->discharge_efficiency, s->minimum_mwh, s->maximum_mwh,
                  s->initial_mwh, final_name[s->final], s->final_mwh, s->wear_usd_per_mwh,
                  s->terminal_value_usd_per_mwh, s->retention);
    dump_column(out, "charge_limit_mw", s->charge_limit_mw, p->interval_count);
    dump_column(out, "discharge_limit_mw", s->discharge_limit_mw, p->interval_count);
}

void random_site_dump(const amp_site_problem *problem, FILE *out)
{
    const size_t count = problem->interval_count;
    (void)fprintf(out, "{ .interval_count = %zu, .interval_h = %.17g, .step_s = %lld,\n", count,
                  problem->interval_h, (long long)problem->step_s);
    dump_column(out, "import_limit_mw", problem->import_limit_mw, count);
    dump_column(out, "import_price_usd_per_mwh", problem->import_price_usd_per_mwh, count);
    dump_column(out, "block_mw", problem->block_mw, count);
    dump_column(out, "block_price_usd_per_mwh", problem->block_price_usd_per_mwh, count);
    dump_column(out, "export_limit_mw", problem->export_limit_mw, count);
    dump_column(out, "export_price_usd_per_mwh", problem->export_price_usd_per_mwh, count);
    dump_column(out, "must_mw", problem->must_mw, count);
    dump_loads(problem, out);
    dump_storage(problem, out);
    (void)fprintf(out, "}\n");
}

void random_site_complain(const random_site *site, const char *format, va_list arguments)
{
    (void)fprintf(stderr, "site %llu: ", (unsigned long long)site->seed);
    (void)vfprintf(stderr, format, arguments);
    (void)fprintf(stderr, "\n  alone: AMPACITY_SEED=%llu AMPACITY_RANDOM_SITES=1\n",
                  (unsigned long long)site->seed);
    if (site->problem.interval_count <= 24)
        random_site_dump(&site->problem, stderr);
}

/* The number in the environment variable @p name, or @p fallback. */
static uint64_t from_environment(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);
    char *end = NULL;
    if (text == NULL || *text == '\0')
        return fallback;
    const unsigned long long number = strtoull(text, &end, 10);
    return *end == '\0' ? number : fallback;
}

uint64_t random_site_base_seed(void)
{
    return from_environment("AMPACITY_SEED", 20250801);
}

size_t random_site_intervals(size_t fallback)
{
    return (size_t)from_environment("AMPACITY_RANDOM_INTERVALS", fallback);
}

/* Under a sanitizer the LP code is many times slower, and a tenth of the sites shows what it can.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define AMP_TESTS_ARE_SLOW 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define AMP_TESTS_ARE_SLOW 1
#endif

size_t random_site_count(size_t fallback)
{
#ifdef AMP_TESTS_ARE_SLOW
    fallback /= 10;
#endif
    return (size_t)from_environment("AMPACITY_RANDOM_SITES", fallback);
}
