/* SPDX-License-Identifier: Apache-2.0 */
#include "random_flexible.h"

#include "market/synthetic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 6, BUDGETS = 2 };

static const double zero = 0.0;

struct random_flexible {
    amp_load *load;
    amp_tier *tier;
    amp_source *source;
    double *number; /* COLUMNS of them */
    double it_per_mwh, penalty, credit;
    uint32_t cut;
    amp_column weight[BUDGETS];
};

static double between(amp_random *random, double low, double high)
{
    return low + (high - low) * amp_random_uniform(random);
}

static amp_column column_of(const double *number)
{
    return (amp_column){number, 1};
}

/* Copies of the problem's arrays with room for one more, or two sources. */
static bool take_memory(const amp_site_problem *p, random_flexible *f)
{
    f->load = calloc(p->load_count + 1, sizeof *f->load);
    f->tier = calloc(p->tier_count + 1, sizeof *f->tier);
    f->source = calloc(p->source_count + 2, sizeof *f->source);
    f->number = calloc(COLUMNS * p->interval_count, sizeof *f->number);
    if (f->load == NULL || f->tier == NULL || f->source == NULL || f->number == NULL)
        return false;
    if (p->load_count > 0)
        memcpy(f->load, p->load, p->load_count * sizeof *f->load);
    if (p->tier_count > 0)
        memcpy(f->tier, p->tier, p->tier_count * sizeof *f->tier);
    if (p->source_count > 0)
        memcpy(f->source, p->source, p->source_count * sizeof *f->source);
    return true;
}

/* By interval: the whole demand, what is flexible of it, the rest, what the hall can take. */
typedef struct {
    double *demand_mw, *flexible_mw, *firm_mw, *tier_mw, *must_mw, *hours;
} columns;

static columns draw_columns(amp_random *random, const amp_site_problem *p, random_flexible *f,
                            bool is_hard)
{
    const size_t n = p->interval_count;
    const columns c = {f->number,         f->number + n,     f->number + 2 * n,
                       f->number + 3 * n, f->number + 4 * n, f->number + 5 * n};
    const double share = amp_random_uniform(random) < 0.2 ? 1.0 : between(random, 0.05, 1.0);
    const double most_mw = between(random, 0.0, 25.0);
    const double capacity_mw = amp_random_uniform(random) < 0.3 ? 0.8 * most_mw : most_mw;
    for (size_t t = 0; t < n; t++) {
        const double wanted_mw =
            amp_random_uniform(random) < 0.1 ? 0.0 : between(random, 0.3, 1.0) * most_mw;
        const double firm_mw = (1.0 - share) * wanted_mw;
        c.demand_mw[t] = wanted_mw;
        c.tier_mw[t] = fmin(firm_mw, capacity_mw);
        c.flexible_mw[t] =
            is_hard ? share * wanted_mw : fmin(wanted_mw, capacity_mw) - c.tier_mw[t];
        c.firm_mw[t] = wanted_mw - c.flexible_mw[t];
        c.must_mw[t] = amp_column_at(p->must_mw, t) + (is_hard ? wanted_mw : c.flexible_mw[t]);
        c.hours[t] = share * wanted_mw > 0.0 ? 1.0 / (share * wanted_mw) : 0.0;
    }
    return c;
}

static void add_budgets(amp_random *random, amp_site_problem *p, amp_budget *budget,
                        random_flexible *f)
{
    const bool has_hours = amp_random_uniform(random) < 0.6;
    const bool has_energy = !has_hours || amp_random_uniform(random) < 0.2;
    for (size_t i = 0; i < BUDGETS; i++) {
        if (i == 0 ? !has_hours : !has_energy)
            continue;
        double most = 0.0;
        for (size_t t = 0; t < p->interval_count; t++)
            most += amp_column_at(f->weight[i], t) * p->interval_h *
                    amp_column_at(f->source[f->cut].power_mw, t);
        budget[p->budget_count++] = (amp_budget){
            .kind = i == 0 ? AMP_BUDGET_HOURS : AMP_BUDGET_ENERGY,
            .id = "flexible",
            .source = &f->cut,
            .weight = &f->weight[i],
            .source_count = 1,
            .limit = most * (amp_random_uniform(random) < 0.1 ? 0.0 : between(random, 0.0, 1.1)),
        };
    }
    p->budget = budget;
}

static void add_sources(amp_site_problem *p, random_flexible *f, const columns *c, bool is_hard)
{
    f->cut = (uint32_t)p->source_count;
    f->source[p->source_count++] = (amp_source){.kind = AMP_SOURCE_CUT,
                                                .asset = (uint32_t)p->load_count,
                                                .id = "flexible",
                                                .power_mw = column_of(c->flexible_mw),
                                                .cost_usd_per_mwh = {&f->credit, 0}};
    if (!is_hard)
        f->source[p->source_count++] = (amp_source){.kind = AMP_SOURCE_UNSERVED,
                                                    .asset = (uint32_t)p->load_count,
                                                    .id = "flexible",
                                                    .power_mw = column_of(c->flexible_mw),
                                                    .cost_usd_per_mwh = {&f->penalty, 0},
                                                    .shared_mw = column_of(c->flexible_mw)};
    p->source = f->source;
}

static void add_load(amp_site_problem *p, random_flexible *f, const columns *c, bool is_hard)
{
    amp_load *load = &f->load[p->load_count];
    *load = (amp_load){.kind = AMP_LOAD_LEASE,
                       .id = "flexible",
                       .is_hard = is_hard,
                       .demand_mw = column_of(c->demand_mw),
                       .capacity_mw = column_of(c->demand_mw),
                       .penalty_usd_per_mwh = {is_hard ? &zero : &f->penalty, 0},
                       .it_per_mwh = {&f->it_per_mwh, 0},
                       .first_tier = (uint32_t)p->tier_count,
                       .cut = f->cut + 1};
    if (!is_hard) {
        load->flexible_mw = column_of(c->flexible_mw);
        load->firm_mw = column_of(c->firm_mw);
        load->tier_count = 1;
        f->tier[p->tier_count++] = (amp_tier){.power_mw = column_of(c->tier_mw),
                                              .value_usd_per_mwh = {&f->penalty, 0},
                                              .load = (uint32_t)p->load_count};
    }
    p->tier = f->tier;
    p->load = f->load;
    p->load_count++;
    p->must_mw = column_of(c->must_mw);
}

bool random_flexible_add(uint64_t seed, amp_site_problem *problem, amp_budget *budget,
                         random_flexible **out)
{
    amp_random random = amp_random_seeded(seed ^ 0x27d4eb2fU);
    if (amp_random_uniform(&random) < 0.5)
        return true;
    random_flexible *f = calloc(1, sizeof *f);
    *out = f;
    if (f == NULL || !take_memory(problem, f))
        return false;
    const bool is_hard = amp_random_uniform(&random) < 0.5;
    const columns c = draw_columns(&random, problem, f, is_hard);
    f->it_per_mwh = 1.0 / between(&random, 1.0, 1.5);
    f->penalty = between(&random, 20.0, 2000.0);
    f->credit = amp_random_uniform(&random) < 0.2 ? 0.0 : round(between(&random, 0.0, 300.0));
    f->weight[0] = column_of(c.hours);
    f->weight[1] = (amp_column){&f->it_per_mwh, 0};
    add_sources(problem, f, &c, is_hard);
    add_load(problem, f, &c, is_hard);
    add_budgets(&random, problem, budget, f);
    return true;
}

void random_flexible_free(random_flexible *flexible)
{
    if (flexible == NULL)
        return;
    free(flexible->load);
    free(flexible->tier);
    free(flexible->source);
    free(flexible->number);
    free(flexible);
}
