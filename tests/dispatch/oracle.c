/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle.h"

#include <Clp_C_Interface.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* Columns of one interval; sources and tiers follow. */
enum { BLOCK, MARKET, EXPORT, CHARGE, DISCHARGE, SOC, FIRST_SOURCE };
/* Rows of one interval. */
enum { BALANCE, STORED, GRID, AGREED, MODES, ROWS };
enum { ENTRIES_MAX = 3 }; /* of one column */

struct oracle {
    const amp_site_problem *problem;
    Clp_Simplex *model;
    int width; /* columns of one interval */
    int column_count, row_count;
    double penalty_usd;  /* of demand that nobody serves: a constant of the objective */
    double *upper;       /* of each column, as the relaxation has it */
    double *revenue_usd; /* of a MW in each column, without penalties */
    double *reduced_usd; /* scratch */
};

/* What a column is worth and where it stands. */
typedef struct {
    double lower, upper, cost;
    int count;
    int row[ENTRIES_MAX];
    double value[ENTRIES_MAX];
} lp_column;

static double at(amp_column column, size_t t)
{
    return amp_column_at(column, t);
}

static void put(lp_column *column, int row, double value)
{
    column->row[column->count] = row;
    column->value[column->count] = value;
    column->count++;
}

static double ratio(double a, double b)
{
    return b > 0.0 ? a / b : 0.0;
}

static lp_column soc_column(const amp_site_problem *p, size_t t)
{
    const amp_storage *s = &p->storage;
    lp_column c = {.lower = 0.0};
    const int row = (int)t * ROWS;
    put(&c, row + STORED, 1.0);
    if (t + 1 < p->interval_count)
        put(&c, row + ROWS + STORED, -s->retention);
    if (!s->is_present)
        return c;
    c.lower = s->minimum_mwh;
    c.upper = s->maximum_mwh;
    if (t + 1 < p->interval_count)
        return c;
    if (s->final != AMP_FINAL_FREE)
        c.lower = fmax(c.lower, s->final_mwh);
    if (s->final == AMP_FINAL_EXACT)
        c.upper = s->final_mwh;
    c.cost = -s->terminal_value_usd_per_mwh;
    return c;
}

static lp_column flow_column(const amp_site_problem *p, size_t t, int flow)
{
    const amp_storage *s = &p->storage;
    const double h = p->interval_h;
    const int row = (int)t * ROWS;
    const double import_mw = at(p->import_limit_mw, t);
    const double block_mw = at(p->block_mw, t);
    const double export_mw = at(p->export_limit_mw, t);
    const double charge_mw = s->is_present ? at(s->charge_limit_mw, t) : 0.0;
    const double discharge_mw = s->is_present ? at(s->discharge_limit_mw, t) : 0.0;
    lp_column c = {.lower = 0.0};
    switch (flow) {
    case BLOCK:
        c.upper = block_mw;
        c.cost = h * at(p->block_price_usd_per_mwh, t);
        put(&c, row + BALANCE, 1.0);
        put(&c, row + GRID, 1.0);
        put(&c, row + AGREED, 1.0);
        break;
    case MARKET:
        c.upper = import_mw;
        c.cost = h * at(p->import_price_usd_per_mwh, t);
        put(&c, row + BALANCE, 1.0);
        put(&c, row + GRID, 1.0);
        break;
    case EXPORT:
        c.upper = export_mw;
        c.cost = -h * at(p->export_price_usd_per_mwh, t);
        put(&c, row + BALANCE, -1.0);
        put(&c, row + GRID, ratio(import_mw, export_mw));
        put(&c, row + AGREED, ratio(block_mw, export_mw));
        break;
    case CHARGE:
        c.upper = charge_mw;
        c.cost = s->is_present ? h * s->wear_usd_per_mwh : 0.0;
        put(&c, row + BALANCE, -1.0);
        put(&c, row + STORED, s->is_present ? -h * s->charge_efficiency : 0.0);
        put(&c, row + MODES, 1.0);
        break;
    default: /* DISCHARGE */
        c.upper = discharge_mw;
        c.cost = s->is_present ? h * s->wear_usd_per_mwh : 0.0;
        put(&c, row + BALANCE, 1.0);
        put(&c, row + STORED, s->is_present ? h / s->discharge_efficiency : 0.0);
        put(&c, row + MODES, ratio(charge_mw, discharge_mw));
        break;
    }
    return c;
}

static lp_column asset_column(const amp_site_problem *p, size_t t, size_t asset)
{
    const int row = (int)t * ROWS;
    lp_column c = {.lower = 0.0};
    if (asset < p->source_count) {
        c.upper = at(p->source[asset].power_mw, t);
        c.cost = p->interval_h * at(p->source[asset].cost_usd_per_mwh, t);
        put(&c, row + BALANCE, 1.0);
        return c;
    }
    const amp_tier *tier = &p->tier[asset - p->source_count];
    c.upper = at(tier->power_mw, t);
    c.cost = -p->interval_h * at(tier->value_usd_per_mwh, t);
    put(&c, row + BALANCE, -1.0);
    return c;
}

/* What column @p c earns without penalties: a tier's value less the penalty that it avoids. */
static double earned_usd(const amp_site_problem *p, size_t t, size_t asset, double cost)
{
    if (asset < p->source_count)
        return -cost;
    const amp_tier *tier = &p->tier[asset - p->source_count];
    return -cost - p->interval_h * at(p->load[tier->load].penalty_usd_per_mwh, t);
}

static double penalty_usd(const amp_site_problem *p)
{
    double sum_usd = 0.0;
    for (size_t i = 0; i < p->load_count; i++) {
        const amp_load *load = &p->load[i];
        for (size_t t = 0; load->capping != NULL && t < p->interval_count; t++)
            sum_usd -= p->interval_h * at(load->capping->base_usd_per_h, t);
        if (load->is_hard)
            continue;
        for (size_t t = 0; t < p->interval_count; t++)
            sum_usd += p->interval_h * at(load->penalty_usd_per_mwh, t) *
                       at(load->flexible_mw.value == NULL ? load->demand_mw : load->firm_mw, t);
    }
    return sum_usd;
}

/* Arrays in the shape that CLP loads. */
typedef struct {
    CoinBigIndex *start;
    int *row;
    double *value, *lower, *cost, *row_lower, *row_upper;
} lp_arrays;

static void fill_columns(oracle *judge, lp_arrays *lp)
{
    const amp_site_problem *p = judge->problem;
    CoinBigIndex entry = 0;
    int j = 0;
    for (size_t t = 0; t < p->interval_count; t++) {
        for (int k = 0; k < judge->width; k++, j++) {
            const size_t asset = (size_t)(k - FIRST_SOURCE);
            const lp_column c = k < SOC    ? flow_column(p, t, k)
                                : k == SOC ? soc_column(p, t)
                                           : asset_column(p, t, asset);
            judge->upper[j] = c.upper;
            judge->revenue_usd[j] = k < FIRST_SOURCE ? -c.cost : earned_usd(p, t, asset, c.cost);
            lp->lower[j] = c.lower;
            lp->cost[j] = c.cost;
            lp->start[j] = entry;
            for (int e = 0; e < c.count; e++, entry++) {
                lp->row[entry] = c.row[e];
                lp->value[entry] = c.value[e];
            }
        }
    }
    lp->start[j] = entry;
}

static void fill_rows(const amp_site_problem *p, lp_arrays *lp)
{
    const amp_storage *s = &p->storage;
    for (size_t t = 0; t < p->interval_count; t++) {
        double *lower = lp->row_lower + t * ROWS;
        double *upper = lp->row_upper + t * ROWS;
        lower[BALANCE] = upper[BALANCE] = at(p->must_mw, t);
        lower[STORED] = upper[STORED] =
            t == 0 && s->is_present ? s->retention * s->initial_mwh : 0.0;
        lower[GRID] = lower[AGREED] = lower[MODES] = -DBL_MAX;
        upper[GRID] = at(p->import_limit_mw, t);
        upper[AGREED] = at(p->block_mw, t);
        upper[MODES] = s->is_present ? at(s->charge_limit_mw, t) : 0.0;
        /* Without charging there is no mode to share; the column's own limit holds. */
    }
}

static void *numbers(size_t count, size_t size)
{
    return calloc(count + 1, size);
}

static void load_model(oracle *judge, lp_arrays *lp)
{
    fill_columns(judge, lp);
    fill_rows(judge->problem, lp);
    Clp_setLogLevel(judge->model, 0);
    Clp_loadProblem(judge->model, judge->column_count, judge->row_count, lp->start, lp->row,
                    lp->value, lp->lower, judge->upper, lp->cost, lp->row_lower, lp->row_upper);
    Clp_scaling(judge->model, 0);
    Clp_setPerturbation(judge->model, 102);
    Clp_setPrimalTolerance(judge->model, 1e-9);
    Clp_setDualTolerance(judge->model, 1e-9);
}

/* ---- peaks and jobs ---- */

static size_t coupling_columns(const amp_site_problem *p)
{
    size_t count = p->peak_count;
    for (size_t k = 0; k < p->peak_count && p->billing != NULL; k++)
        count += 1 + p->billing[k].tier_count;
    for (size_t j = 0; j < p->job_count; j++)
        count += p->job[j].end - p->job[j].first;
    return count + (2 * p->reserve_count + p->restart_count) * p->interval_count;
}

static size_t coupling_rows(const amp_site_problem *p)
{
    size_t count = p->job_count + p->load_count * p->interval_count;
    for (size_t k = 0; k < p->peak_count; k++)
        count += p->peak[k].end - p->peak[k].first;
    for (size_t k = 0; k < p->peak_count && p->billing != NULL; k++)
        count += p->billing[k].look_count + p->billing[k].tier_count;
    for (size_t i = 0; i < p->source_count; i++)
        count += p->source[i].shared_mw.value != NULL ? p->interval_count : 0;
    for (size_t i = 0; i < p->restart_count; i++)
        count += p->load[p->restart[i].load].tier_count * p->interval_count;
    return count + p->budget_count + (3 + p->reserve_count) * p->interval_count;
}

static void add_column(oracle *judge, lp_column c, double earned_usd)
{
    const CoinBigIndex start[2] = {0, c.count};
    Clp_addColumns(judge->model, 1, &c.lower, &c.upper, &c.cost, start, c.row, c.value);
    judge->upper[judge->column_count] = c.upper;
    judge->revenue_usd[judge->column_count++] = earned_usd;
}

static int add_row(oracle *judge, int count, const int *column, const double *value, double upper)
{
    const CoinBigIndex start[2] = {0, count};
    const double none = -DBL_MAX;
    Clp_addRows(judge->model, 1, &none, &upper, start, column, value);
    return judge->row_count++;
}

enum { ORACLE_METERED_MAX = 64 };

/* The imports of a metering interval of @p count steps add up to no more than count D. */
static void add_metered(oracle *judge, size_t first, size_t count, int d)
{
    int column[2 * ORACLE_METERED_MAX + 1];
    double value[2 * ORACLE_METERED_MAX + 1];
    for (size_t i = 0; i < count; i++) {
        column[2 * i] = (int)(first + i) * judge->width + BLOCK;
        column[2 * i + 1] = (int)(first + i) * judge->width + MARKET;
        value[2 * i] = 1.0;
        value[2 * i + 1] = 1.0;
    }
    column[2 * count] = d;
    value[2 * count] = -(double)count;
    (void)add_row(judge, 2 * (int)count + 1, column, value, 0.0);
}

static void add_charged(oracle *judge, double lower, double upper, double usd_per_mw)
{
    add_column(judge, (lp_column){.lower = lower, .upper = upper, .cost = usd_per_mw}, -usd_per_mw);
}

/* Beyond every limit of a connection. */
static double most_import_mw(const amp_site_problem *p)
{
    double most_mw = 0.0;
    for (size_t t = 0; t < p->interval_count; t++)
        most_mw = fmax(most_mw, at(p->import_limit_mw, t));
    for (size_t k = 0; k < p->peak_count; k++)
        most_mw = fmax(most_mw, p->peak[k].start_mw);
    return most_mw;
}

/* B at least the shares that it looks at, U at least what of B is above a size. */
static void add_bill(oracle *judge, size_t k, int first_peak)
{
    const amp_site_problem *p = judge->problem;
    const amp_billing *billing = &p->billing[k];
    const double most_mw = most_import_mw(p);
    const int billed = judge->column_count;
    add_charged(judge, p->peak[k].start_mw, most_mw, p->peak[k].charge_usd_per_mw);
    for (size_t i = 0; i < billing->look_count; i++) {
        const int column[] = {first_peak + (int)billing->look[i].peak, billed};
        const double value[] = {billing->look[i].share, -1.0};
        (void)add_row(judge, 2, column, value, 0.0);
    }
    for (size_t i = 0; i < billing->tier_count; i++) {
        const int column[] = {billed, judge->column_count};
        const double value[] = {1.0, -1.0};
        add_charged(judge, 0.0, most_mw, billing->tier[i].more_usd_per_mw);
        (void)add_row(judge, 2, column, value, billing->tier[i].above_mw);
    }
}

/* Mean import <= D in every metering interval of the peak. */
static void add_peak(oracle *judge, size_t k)
{
    const amp_site_problem *p = judge->problem;
    const amp_peak *peak = &p->peak[k];
    const bool is_looked_at = p->billing != NULL && p->billing[k].look_count > 0;
    const int d = judge->column_count;
    add_charged(judge, is_looked_at ? 0.0 : peak->start_mw, most_import_mw(p),
                is_looked_at ? 0.0 : peak->charge_usd_per_mw);
    for (size_t t = peak->first, end; t < peak->end; t = end) {
        for (end = t + 1; p->metered_end != NULL && end < p->metered_end[t];)
            end++;
        if (peak->counts == NULL || peak->counts[t - peak->first] != 0)
            add_metered(judge, t, end - t, d);
    }
}

/* IT power of a job, what it takes from the bus, from its hall and from its energy. */
static void add_job(oracle *judge, const amp_job *job, int hall_row)
{
    const amp_site_problem *p = judge->problem;
    const double h = p->interval_h;
    const int energy_row = add_row(judge, 0, NULL, NULL, job->energy_mwh);
    const double avoided = job->energy_mwh > 0.0 ? job->penalty_usd / job->energy_mwh : 0.0;
    for (size_t t = job->first; t < job->end; t++) {
        const double it_per_mwh = at(p->load[job->load].it_per_mwh, t);
        lp_column c = {.upper = job->power_mw, .cost = -h * (job->value_usd_per_mwh + avoided)};
        put(&c, (int)t * ROWS + BALANCE, -1.0 / it_per_mwh);
        put(&c, hall_row + (int)t, 1.0 / it_per_mwh);
        put(&c, energy_row, h);
        add_column(judge, c, h * job->value_usd_per_mwh);
    }
    judge->penalty_usd += job->penalty_usd;
}

static bool add_budget(oracle *judge, const amp_budget *budget)
{
    const amp_site_problem *p = judge->problem;
    const size_t entries = budget->source_count * p->interval_count;
    int *column = calloc(entries + 1, sizeof *column);
    double *value = calloc(entries + 1, sizeof *value);
    const bool has_memory = column != NULL && value != NULL;
    size_t count = 0;
    for (size_t i = 0; has_memory && i < budget->source_count; i++) {
        for (size_t t = 0; t < p->interval_count; t++) {
            column[count] = (int)t * judge->width + FIRST_SOURCE + (int)budget->source[i];
            value[count++] = p->interval_h * amp_column_at(budget->weight[i], t);
        }
    }
    if (has_memory)
        (void)add_row(judge, (int)count, column, value, budget->limit);
    free(column);
    free(value);
    return has_memory;
}

/* ---- reserves ---- */

static bool backs(const amp_site_problem *p, size_t tier)
{
    const amp_load_kind kind = p->load[p->tier[tier].load].kind;
    return (kind == AMP_LOAD_MINING && (p->reserve_from & AMP_RESERVE_MINING) != 0) ||
           (kind == AMP_LOAD_INFERENCE && (p->reserve_from & AMP_RESERVE_INFERENCE) != 0);
}

/* What loads (first column) and the battery (second) hold of a product: at most its limit. */
static void add_reserve_columns(oracle *judge, size_t t, int capability_row, int energy_row)
{
    const amp_site_problem *p = judge->problem;
    const amp_storage *s = &p->storage;
    const bool has_battery = s->is_present && (p->reserve_from & AMP_RESERVE_BATTERY) != 0;
    for (size_t r = 0; r < p->reserve_count; r++) {
        const amp_reserve *reserve = &p->reserve[r];
        const double usd = p->interval_h * at(reserve->price_usd_per_mwh, t);
        const double limit_mw = at(reserve->limit_mw, t);
        const int limit_row = add_row(judge, 0, NULL, NULL, limit_mw);
        lp_column loads = {.upper = limit_mw, .cost = -usd};
        put(&loads, limit_row, 1.0);
        put(&loads, capability_row, 1.0);
        add_column(judge, loads, usd);
        lp_column battery = {.upper = has_battery ? limit_mw : 0.0, .cost = -usd};
        put(&battery, limit_row, 1.0);
        put(&battery, capability_row + 1, 1.0);
        put(&battery, energy_row,
            has_battery ? reserve->duration_h / s->discharge_efficiency : 0.0);
        add_column(judge, battery, usd);
    }
}

static bool add_reserves(oracle *judge)
{
    const amp_site_problem *p = judge->problem;
    const amp_storage *s = &p->storage;
    int *column = calloc(p->tier_count + 1, sizeof *column);
    double *value = calloc(p->tier_count + 1, sizeof *value);
    const bool has_memory = column != NULL && value != NULL;
    for (size_t t = 0; has_memory && t < p->interval_count && p->reserve_count > 0; t++) {
        const int first = (int)t * judge->width;
        const int flows[] = {first + DISCHARGE, first + CHARGE};
        const double net[] = {1.0, -1.0};
        const int stored = first + SOC;
        const double minus = -1.0;
        int count = 0;
        for (size_t k = 0; k < p->tier_count; k++) {
            if (!backs(p, k))
                continue;
            column[count] = first + FIRST_SOURCE + (int)(p->source_count + k);
            value[count++] = -1.0;
        }
        const int row = add_row(judge, count, column, value, 0.0);
        (void)add_row(judge, 2, flows, net, s->is_present ? at(s->discharge_limit_mw, t) : 0.0);
        const int energy =
            add_row(judge, 1, &stored, &minus, s->is_present ? -s->minimum_mwh : 0.0);
        add_reserve_columns(judge, t, row, energy);
    }
    free(column);
    free(value);
    return has_memory;
}

/* What two sources may give together. */
static void add_shared(oracle *judge, size_t source)
{
    const amp_site_problem *p = judge->problem;
    static const double value[] = {1.0, 1.0};
    for (size_t t = 0; t < p->interval_count; t++) {
        const int own = (int)t * judge->width + FIRST_SOURCE + (int)source;
        const int column[] = {own - 1, own};
        (void)add_row(judge, 2, column, value, at(p->source[source].shared_mw, t));
    }
}

static int tier_column(const oracle *judge, size_t t, uint32_t tier)
{
    return (int)t * judge->width + FIRST_SOURCE + (int)(judge->problem->source_count + tier);
}

/* What runs more than before has started. */
static void add_starts(oracle *judge, const amp_restart *restart)
{
    const amp_site_problem *p = judge->problem;
    const uint32_t tier = p->load[restart->load].first_tier;
    double most_mw = 0.0;
    for (size_t t = 0; t < p->interval_count; t++)
        most_mw = fmax(most_mw, at(restart->running_per_mw, t) * at(p->tier[tier].power_mw, t));
    for (size_t t = 0; t < p->interval_count; t++) {
        const double cost = restart->wear_usd_per_mw + at(restart->lost_usd_per_mw, t);
        const int started = judge->column_count;
        add_column(judge, (lp_column){.upper = most_mw, .cost = cost}, -cost);
        const int column[] = {started, tier_column(judge, t, tier),
                              t == 0 ? 0 : tier_column(judge, t - 1, tier)};
        const double value[] = {-1.0, at(restart->running_per_mw, t),
                                t == 0 ? 0.0 : -at(restart->running_per_mw, t - 1)};
        (void)add_row(judge, t == 0 ? 2 : 3, column, value, t == 0 ? restart->initial_mw : 0.0);
    }
}

/* A machine in a higher mode is one that runs. */
static void add_modes(oracle *judge, const amp_load *fleet)
{
    const amp_site_problem *p = judge->problem;
    for (uint32_t k = 1; k < fleet->tier_count; k++) {
        for (size_t t = 0; t < p->interval_count; t++) {
            const double lowest_mw = at(p->tier[fleet->first_tier].power_mw, t);
            const double share = at(p->tier[fleet->first_tier + k].power_mw, t);
            const int column[] = {tier_column(judge, t, fleet->first_tier + k),
                                  tier_column(judge, t, fleet->first_tier)};
            const double value[] = {lowest_mw, -share};
            if (lowest_mw > 0.0)
                (void)add_row(judge, 2, column, value, 0.0);
        }
    }
}

static void add_restarts(oracle *judge)
{
    const amp_site_problem *p = judge->problem;
    for (size_t i = 0; i < p->restart_count; i++) {
        add_starts(judge, &p->restart[i]);
        add_modes(judge, &p->load[p->restart[i].load]);
    }
}

static bool add_couplings(oracle *judge)
{
    const amp_site_problem *p = judge->problem;
    bool has_memory = true;
    add_restarts(judge);
    for (size_t i = 0; i < p->budget_count; i++)
        has_memory = add_budget(judge, &p->budget[i]) && has_memory;
    const int first_peak = judge->column_count;
    for (size_t i = 0; i < p->source_count; i++)
        if (p->source[i].shared_mw.value != NULL)
            add_shared(judge, i);
    for (size_t k = 0; k < p->peak_count; k++)
        add_peak(judge, k);
    for (size_t k = 0; k < p->peak_count && p->billing != NULL; k++)
        if (p->billing[k].look_count > 0)
            add_bill(judge, k, first_peak);
    for (uint32_t i = 0; i < p->load_count && p->job_count > 0; i++) {
        const int hall_row = judge->row_count;
        for (size_t t = 0; t < p->interval_count; t++)
            (void)add_row(judge, 0, NULL, NULL, at(p->load[i].capacity_mw, t));
        for (size_t j = 0; j < p->job_count; j++)
            if (p->job[j].load == i)
                add_job(judge, &p->job[j], hall_row);
    }
    return add_reserves(judge) && has_memory;
}

/* ---- making one ---- */

oracle *oracle_new(const amp_site_problem *problem)
{
    oracle *judge = calloc(1, sizeof *judge);
    if (judge == NULL)
        return NULL;
    judge->problem = problem;
    judge->width = FIRST_SOURCE + (int)(problem->source_count + problem->tier_count);
    judge->column_count = (int)problem->interval_count * judge->width;
    judge->row_count = (int)problem->interval_count * ROWS;
    judge->penalty_usd = penalty_usd(problem);
    const size_t columns = (size_t)judge->column_count + coupling_columns(problem);
    const size_t rows = (size_t)judge->row_count + coupling_rows(problem);
    judge->upper = numbers(columns, sizeof *judge->upper);
    judge->revenue_usd = numbers(columns, sizeof *judge->revenue_usd);
    judge->reduced_usd = numbers(columns > rows ? columns : rows, sizeof *judge->reduced_usd);
    judge->model = Clp_newModel();
    lp_arrays lp = {
        .start = numbers(columns, sizeof *lp.start),
        .row = numbers(columns * ENTRIES_MAX, sizeof *lp.row),
        .value = numbers(columns * ENTRIES_MAX, sizeof *lp.value),
        .lower = numbers(columns, sizeof *lp.lower),
        .cost = numbers(columns, sizeof *lp.cost),
        .row_lower = numbers(rows, sizeof *lp.row_lower),
        .row_upper = numbers(rows, sizeof *lp.row_upper),
    };
    bool has_memory = judge->upper != NULL && judge->revenue_usd != NULL &&
                      judge->reduced_usd != NULL && judge->model != NULL && lp.start != NULL &&
                      lp.row != NULL && lp.value != NULL && lp.lower != NULL && lp.cost != NULL &&
                      lp.row_lower != NULL && lp.row_upper != NULL;
    if (has_memory) {
        load_model(judge, &lp);
        has_memory = add_couplings(judge);
    }
    free(lp.start);
    free(lp.row);
    free(lp.value);
    free(lp.lower);
    free(lp.cost);
    free(lp.row_lower);
    free(lp.row_upper);
    if (has_memory)
        return judge;
    oracle_free(judge);
    return NULL;
}

void oracle_free(oracle *judge)
{
    if (judge == NULL)
        return;
    if (judge->model != NULL)
        Clp_deleteModel(judge->model);
    free(judge->upper);
    free(judge->revenue_usd);
    free(judge->reduced_usd);
    free(judge);
}

static double excess(double x, double lower, double upper)
{
    return fmax(0.0, fmax(lower - x, x - upper));
}

/* Worst violation of CLP's point, rows recomputed from the matrix. */
static double worst_violation(Clp_Simplex *model, double *activity)
{
    const CoinBigIndex *start = Clp_getVectorStarts(model);
    const int *length = Clp_getVectorLengths(model);
    const int *row = Clp_getIndices(model);
    const double *value = Clp_getElements(model);
    const double *x = Clp_primalColumnSolution(model);
    double worst = 0.0;
    for (int i = 0; i < Clp_numberRows(model); i++)
        activity[i] = 0.0;
    for (int j = 0; j < Clp_numberColumns(model); j++) {
        worst = fmax(worst, excess(x[j], Clp_columnLower(model)[j], Clp_columnUpper(model)[j]));
        for (CoinBigIndex e = start[j]; e < start[j] + length[j]; e++)
            activity[row[e]] += value[e] * x[j];
    }
    for (int i = 0; i < Clp_numberRows(model); i++)
        worst = fmax(worst, excess(activity[i], Clp_rowLower(model)[i], Clp_rowUpper(model)[i]));
    return worst;
}

/* Value of the dual function at CLP's row duals: a lower bound of the minimum, whatever they are
 * (a dual with a sign that its row forbids counts as 0). Every column has finite bounds. */
static double dual_value(Clp_Simplex *model, double *reduced)
{
    const CoinBigIndex *start = Clp_getVectorStarts(model);
    const int *length = Clp_getVectorLengths(model);
    const int *row = Clp_getIndices(model);
    const double *value = Clp_getElements(model);
    const double *dual = Clp_dualRowSolution(model);
    const double *row_lower = Clp_rowLower(model);
    double sum = 0.0;
    for (int i = 0; i < Clp_numberRows(model); i++) {
        const bool is_one_sided = row_lower[i] < -1e100;
        if (!is_one_sided || dual[i] < 0.0)
            sum += dual[i] * Clp_rowUpper(model)[i];
    }
    for (int j = 0; j < Clp_numberColumns(model); j++) {
        reduced[j] = Clp_objective(model)[j];
        for (CoinBigIndex e = start[j]; e < start[j] + length[j]; e++) {
            const double y = dual[row[e]];
            if (row_lower[row[e]] >= -1e100 || y < 0.0)
                reduced[j] -= y * value[e];
        }
        const double bound =
            reduced[j] > 0.0 ? Clp_columnLower(model)[j] : Clp_columnUpper(model)[j];
        sum += reduced[j] * bound;
    }
    return sum;
}

static oracle_answer read_answer(oracle *judge)
{
    Clp_Simplex *model = judge->model;
    const double *x = Clp_primalColumnSolution(model);
    oracle_answer answer = {.is_feasible = true, .value_usd = -judge->penalty_usd};
    for (int j = 0; j < judge->column_count; j++) {
        answer.value_usd -= Clp_objective(model)[j] * x[j];
        answer.turnover_usd += fabs(judge->revenue_usd[j] * x[j]);
    }
    answer.violation = worst_violation(model, judge->reduced_usd);
    answer.bound_usd = -judge->penalty_usd - dual_value(model, judge->reduced_usd);
    return answer;
}

oracle_answer oracle_solve(oracle *judge)
{
    int status = Clp_dual(judge->model, 0);
    if (status != 0)
        status = Clp_primal(judge->model, 0);
    if (status != 0)
        return (oracle_answer){.is_feasible = false};
    return read_answer(judge);
}

static void set_upper(oracle *judge, size_t t, int column, bool allowed)
{
    const size_t j = t * (size_t)judge->width + (size_t)column;
    Clp_columnLower(judge->model)[j] = 0.0;
    Clp_columnUpper(judge->model)[j] = allowed ? judge->upper[j] : 0.0;
}

void oracle_allow(oracle *judge, size_t t, oracle_modes modes)
{
    set_upper(judge, t, BLOCK, modes.import);
    set_upper(judge, t, MARKET, modes.import);
    set_upper(judge, t, EXPORT, modes.export);
    set_upper(judge, t, CHARGE, modes.charge);
    set_upper(judge, t, DISCHARGE, modes.discharge);
}

static void fix(oracle *judge, size_t t, int column, double mw)
{
    const size_t j = t * (size_t)judge->width + (size_t)column;
    Clp_columnLower(judge->model)[j] = mw;
    Clp_columnUpper(judge->model)[j] = mw;
}

void oracle_fix_net(oracle *judge, size_t t, double net_mw)
{
    fix(judge, t, CHARGE, fmax(0.0, -net_mw));
    fix(judge, t, DISCHARGE, fmax(0.0, net_mw));
}

static void set_side(oracle *judge, size_t row, double side)
{
    Clp_rowLower(judge->model)[row] = side;
    Clp_rowUpper(judge->model)[row] = side;
}

void oracle_add_supply(oracle *judge, size_t t, double mw)
{
    set_side(judge, t * ROWS + BALANCE, at(judge->problem->must_mw, t) - mw);
}

void oracle_add_stored(oracle *judge, size_t t, double mwh)
{
    const amp_storage *s = &judge->problem->storage;
    const double start_mwh = t == 0 && s->is_present ? s->retention * s->initial_mwh : 0.0;
    set_side(judge, t * ROWS + STORED, start_mwh + mwh);
}
