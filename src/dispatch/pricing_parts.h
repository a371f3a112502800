/* SPDX-License-Identifier: Apache-2.0 */
/** @file pricing_parts.h  What the files of pricing share; private to them. */
#ifndef AMP_DISPATCH_PRICING_PARTS_H
#define AMP_DISPATCH_PRICING_PARTS_H

#include "dispatch/clearing.h"
#include "dispatch/connection.h"
#include "dispatch/pricing.h"
#include "dispatch/solver.h"

/* Instead of an index. */
#define AMP_NO_PEAK UINT32_MAX
#define AMP_NO_SLOT UINT32_MAX

/* What a MWh of a source counts for one budget. */
typedef struct {
    size_t account;
    amp_column weight;
} amp_charge;

/* A source whose energy some budget counts. */
typedef struct {
    uint32_t source;
    const amp_charge *charge; /* one for each budget that holds it */
    size_t charge_count;
    double *power_mw; /* [T] what it may give */
    double *cost_usd; /* [T] USD per MWh, the prices of its budgets included */
    double *given_mw; /* [T] in the last call's point */
    double *left_mw;  /* [T] what it leaves to the source after it that shares its power, or NULL */
} amp_priced_source;

struct amp_pricing {
    const amp_site_problem *problem;
    amp_site_problem seen; /**< what the solver works on */
    amp_solver *solver;
    amp_merit *merit; /**< of `seen` */
    amp_merit_list list;
    amp_merit_scan *scan;
    amp_tier *tier;            /**< the problem's, then one a job */
    amp_source *source;        /**< the problem's, with the columns of `priced` */
    amp_priced_source *priced; /**< [priced_count] */
    size_t priced_count;
    amp_charge *charge;   /**< of all of `priced`, one after the other */
    uint32_t *slot;       /**< [source_count] index into priced, or AMP_NO_SLOT */
    double *memory;       /**< all columns below */
    double *within_mw;    /**< [T] import that no peak charges for */
    double *beyond_usd;   /**< [T] price of import beyond that */
    double *must_mw;      /**< [T] */
    double *stored_usd;   /**< [T] of the last call: worth of a MWh at the end of each interval */
    double *job_power_mw; /**< [job_count][T] at the bus */
    double *job_value;    /**< [job_count][T] USD per MWh at the bus */
    double *import_mw;    /**< [T] of the last call's point, where peaks are metered; else NULL */
    double *job_used_mw;  /**< [job_count][T] at the bus, of the last call's point */
    uint32_t *binding;    /**< [T] the peak that within_mw is of, or AMP_NO_PEAK */
    uint32_t *by_worth;   /**< [job_count] scratch: jobs of a hall, dearest first */
    double *worth;        /**< [job_count] value less price, USD per IT MWh */
    size_t watched_first; /**< intervals [watched_first, watched_end) */
    size_t watched_end;
    size_t peak_first; /**< peaks of the block at hand lie within [peak_first, peak_end) */
    size_t peak_end;
    struct amp_metering *metering; /**< NULL where each interval is metered by itself */
    double *held_usd;      /**< [T] price of the energy behind a MW that the battery holds, per
                                hour; NULL where no reserve wants any. pricing_stored.c */
    double *mean_held_usd; /**< [T] over the calls, the last ones counting more */
    double *mean_net_mw;   /**< [T] the same of the battery's output */
    double *plan_mw;       /**< [T] what the battery holds in the last dispatch */
    double *plan_mwh;      /**< [T] and what is stored for it */
    double *best_plan_mw;  /**< [T] what it held on the best path, */
    double *mean_plan_mw;  /**< [T] and on average */
    double *worth_usd;     /**< [T][reserve_count] what the solver takes energy to be worth for */
    double *worth_mwh;     /**< [T][reserve_count] being stored */
    double *kept_usd;      /**< the same, while a call is made for the bound alone */
    double *kept_mwh;
    amp_stored_worth seen_worth; /**< what the solver sees of them */
    double best_usd;             /**< of the best path */
    size_t follows;              /**< calls that were followed */
    bool is_all_priced;          /**< the next call is for the bound */
    double path_usd; /**< what the last call's path earns, with reserves that it backs */
    amp_solution solution;
};

/** Whether agreements stand beside peaks. */
static inline bool amp_pricing_has_within(const amp_pricing *pricing)
{
    return pricing->seen.within_mw.value != NULL;
}

/** The connection of interval @p t within the peaks of the query. */
static inline amp_connection amp_pricing_connection(const amp_pricing *pricing, size_t t)
{
    const amp_site_problem *p = pricing->problem;
    return (amp_connection){
        .export_mw = amp_column_at(p->export_limit_mw, t),
        .export_usd = amp_column_at(p->export_price_usd_per_mwh, t),
        .import_mw = amp_column_at(p->import_limit_mw, t),
        .market_usd = amp_column_at(p->import_price_usd_per_mwh, t),
        .block_mw = amp_column_at(p->block_mw, t),
        .block_usd = amp_column_at(p->block_price_usd_per_mwh, t),
        .within_mw = pricing->within_mw[t],
        .beyond_usd = pricing->beyond_usd[t],
    };
}

static inline bool amp_job_is_active(const amp_job *job, size_t t)
{
    return t >= job->first && t < job->end;
}

static inline bool amp_is_watched(const amp_pricing *pricing, size_t t)
{
    return t >= pricing->watched_first && t < pricing->watched_end;
}

/* pricing.c: one call of the solver. False where there is no schedule. */
bool amp_pricing_relax(amp_pricing *pricing);

/* pricing_query.c: what the solver sees. */

/** Whether some interval has an agreement without resale. */
bool amp_pricing_has_agreement(const amp_site_problem *problem);

/** Makes `seen` and the arrays behind it, taken before. */
void amp_pricing_make_seen(amp_pricing *pricing);

/** Columns for a query. */
void amp_pricing_set_query(amp_pricing *pricing, const amp_query *query);

/** Columns for the last dispatch: flows as they are, nothing priced but overruns of peaks. */
void amp_pricing_set_flows(amp_pricing *pricing, const double *peak_mw, double *const *flow_mw);

/* pricing_stored.c: reserves with energy behind them. */

/** Takes memory, where it is needed; false without any. */
bool amp_pricing_take_stored(amp_pricing *pricing);
void amp_pricing_free_stored(amp_pricing *pricing);
void amp_pricing_see_stored(amp_pricing *pricing);

/** Prices of the rows, from stored_usd. */
void amp_pricing_price_rows(amp_pricing *pricing);

/** Price of the row of interval @p t for a MWh that is stored; 0 without rows. */
double amp_pricing_row_usd(const amp_pricing *pricing, size_t t);

/** Notes what the battery could hold in interval @p t, whose list is at hand. */
void amp_pricing_note_held(amp_pricing *pricing, size_t t, double net_mw);

/** Makes the battery hold what it held on average, or lets it be. */
void amp_pricing_set_plan(amp_pricing *pricing, bool is_on);

/** What interval @p t earns per hour at this output and stored energy; builds its list. */
double amp_pricing_held_usd(amp_pricing *pricing, size_t t, double net_mw, double soc_mwh);

/* pricing_cut.c and pricing_point.c: what one interval adds. */

/** One interval of a call: either one price of import rules it, or its merit list is built. */
typedef struct {
    size_t t;
    bool is_ruled;
    double price;            /* the next three where it is ruled */
    double need_mw;          /* import when the battery rests, within the step that rules */
    double profit_usd_per_h; /* then */
} amp_interval_view;

/** The view of interval @p t, @p i in the scan at hand. */
amp_interval_view amp_pricing_view(amp_pricing *pricing, size_t t, size_t i);

/** @param stored_usd worth of a MWh that is stored in the interval */
void amp_cut_add(amp_pricing *pricing, const amp_interval_view *view, double stored_usd,
                 amp_cut *cut);
/** What a MW more of import adds to interval @p t where the bus pays @p price and the last MW of
 *  import costs @p last_usd. */
double amp_cut_import_usd_per_mwh(const amp_pricing *pricing, size_t t, double price,
                                  double last_usd);

/** Of the prices that clear, the one at which the battery is worth least. */
double amp_cut_resting_price(amp_battery_bids bids, amp_price_range range);

void amp_point_add(amp_pricing *pricing, const amp_interval_view *view, amp_point *point);

#endif
