/* SPDX-License-Identifier: Apache-2.0 */
/** @file problem.h  One site as numbers: what the solver, the LP export and the accounts work on.
 */
#ifndef AMP_DISPATCH_PROBLEM_H
#define AMP_DISPATCH_PROBLEM_H

#include "dispatch/hull.h"
#include "market/market.h"

/** What a load is; decides the row of the accounts that it belongs to. */
typedef enum {
    AMP_LOAD_MINING,
    AMP_LOAD_LEASE,
    AMP_LOAD_INFERENCE,
    AMP_LOAD_TRAINING
} amp_load_kind;

/**
 * A slice of load with one value per MWh in each interval. MW and USD/MWh are at the bus: for a
 * hall, IT power times PUE and value divided by PUE; for a fleet, machine power times (1 +
 * overhead).
 */
typedef struct {
    amp_column power_mw;          /**< >= 0 */
    amp_column value_usd_per_mwh; /**< revenue plus the penalty that serving it avoids */
    uint32_t load;                /**< index into amp_site_problem.load */
} amp_tier;

/**
 * GPUs whose power may be capped: throughput is the upper hull of measured points. Work is IT
 * energy as it would take at full power; at a share x of full power MW are worth yield(x) / x of
 * it. What runs whatever is dispatched (the smallest cap, or what keeps the floor of throughput) is
 * part of must_mw of the site; each segment of the hull above it is a tier.
 */
typedef struct {
    int32_t workload; /**< index into amp_hall.workload; AMP_NONE: the hall's inference */
    const amp_hull_point *corner;   /**< [corner_count] shares of full power and of full throughput,
                                         both rising, from what must run to (1, 1) */
    size_t corner_count;            /**< 1 where it cannot be capped at all */
    amp_column full_mw;             /**< at the bus: of what works and is wanted, uncapped */
    amp_column must_mw;             /**< at the bus */
    amp_column penalty_usd_per_mwh; /**< at the bus, of work wanted and not done */
    amp_column base_usd_per_h;      /**< earned while only what must run runs, net of penalties and
                                         tax; tiers earn their value beyond it */
} amp_capping;

/** A fleet or a hall: what its tiers belong to. A hall with workloads is a load for each. */
typedef struct {
    amp_load_kind kind;
    uint32_t asset; /**< index into amp_site.fleet or amp_site.hall */
    const char *id;
    bool is_hard;         /**< a lease without penalty: demand_mw must be served; it has no tier */
    amp_column demand_mw; /**< wanted, at the bus; may exceed capacity_mw. Mining: its capacity */
    amp_column capacity_mw;         /**< what the fleet or hall can take, at the bus */
    amp_column penalty_usd_per_mwh; /**< per MWh at the bus of demand_mw not served */
    amp_column it_per_mwh;          /**< IT MWh per MWh at the bus (1 / PUE); 0 for mining */
    amp_column tax_usd_per_mwh;     /**< paid for each MWh at the bus that it takes, and taken off
                                         the value of its tiers; value NULL: nothing */
    const amp_capping *capping;     /**< NULL: what is served is power. Else penalty_usd_per_mwh
                                         is 0, penalties are in its base */
    uint32_t first_tier;            /**< its tiers lie side by side */
    uint32_t tier_count;
    amp_column flexible_mw; /**< a lease with a penalty: the part of demand_mw that may be cut,
                                 which is in must_mw; value NULL: none */
    amp_column firm_mw;     /**< then the rest of demand_mw, of which tiers hold what the hall can
                                 take */
    uint32_t cut;           /**< 1 + the source that cuts it; 0: none */
} amp_load;

/**
 * What it costs to start machines of a fleet: a load of kind AMP_LOAD_MINING whose first tier is
 * the lowest mode of all machines that run, and whose further tiers are higher modes of the same
 * machines. MW are at the machines, in their highest mode: "full power".
 */
typedef struct {
    uint32_t load;
    amp_column running_per_mw;  /**< machines that run for each MW at the bus of the first tier */
    amp_column lost_usd_per_mw; /**< hashing that a MW started in the interval does without */
    double wear_usd_per_mw;
    double initial_mw; /**< machines that run before interval 0 */
} amp_restart;

/** What a source is. Only generators generate: the others are load that is not served. */
typedef enum {
    AMP_SOURCE_GENERATOR,
    AMP_SOURCE_CUT,     /**< load that a tenant lets the site cut for a credit */
    AMP_SOURCE_UNSERVED /**< the same load, not served at the lease's penalty; it follows the cut */
} amp_source_kind;

/** A generator, or load that need not be served. */
typedef struct {
    amp_source_kind kind;
    uint32_t asset; /**< index into amp_site.generator; else into amp_site_problem.load */
    const char *id; /**< of the generator, or of the load */
    amp_column power_mw;
    amp_column cost_usd_per_mwh; /**< of load: credit or penalty, less the tax that is saved */
    amp_column shared_mw; /**< what it and the source before it may give together; value NULL:
                               they share nothing */
} amp_source;

/** What energy is worth for being stored at the end of each interval, beside what it can be used
 *  for: concave, so many MWh at one price, the next at a lower one. Interval t has parts
 *  [t * count, (t + 1) * count); parts without length say nothing. */
typedef struct {
    size_t count;
    const double *length_mwh;  /**< from the minimum on */
    const double *usd_per_mwh; /**< > 0, falling */
} amp_stored_worth;

/** The battery; docs/model.md says what each means. */
typedef struct {
    bool is_present;
    amp_column charge_limit_mw;    /**< at the bus, derated */
    amp_column discharge_limit_mw; /**< at the bus, derated */
    double charge_efficiency;
    double discharge_efficiency;
    double minimum_mwh;
    double maximum_mwh;
    double initial_mwh; /**< at the start of interval 0 */
    amp_final final;
    double final_mwh; /**< at the end of the last interval, unless final is AMP_FINAL_FREE */
    double wear_usd_per_mwh;
    double terminal_value_usd_per_mwh; /**< 0 unless final is AMP_FINAL_FREE */
    double retention; /**< share of the stored energy left after one interval, 0 < x <= 1 */
    amp_column held_usd_per_mwh; /**< price of a MW and hour that the battery holds of reserves,
                                      for the energy behind it; value NULL, as in all files: none.
                                      Only the coordination sets this and the next */
    const double *plan_mw;  /**< [T] of reserves that the battery must be able to give: its output
                                 leaves room for them; NULL: none */
    const double *plan_mwh; /**< [T] and what is stored above the minimum for them */
    const amp_stored_worth *stored; /**< worth of energy for being stored; NULL: none */
} amp_storage;

/** A charge on the highest import of some intervals: a demand charge on one local month, say. */
typedef struct {
    const char *id; /**< unique among the site's peaks: "202308" */
    size_t first;   /**< intervals [first, end) count; never empty */
    size_t end;
    double charge_usd_per_mw; /**< >= 0, for the whole period */
    double start_mw;          /**< the charge is due on no less than this */
    const uint8_t *counts;    /**< [end - first] 1 where the interval counts; NULL: all do. Metering
                                   intervals count or do not in whole */
} amp_peak;

/** A share of a peak that sets what is billed of this one or another. */
typedef struct {
    uint32_t peak;
    double share; /**< 0 < x <= 1 */
} amp_look;

/** What demand above a size is charged more than demand below it. */
typedef struct {
    double above_mw;
    double more_usd_per_mw; /**< > 0 */
} amp_demand_tier;

/** How a peak is billed where that is more than its charge on the larger of import and start: on
 *  the largest of start and the shares that it looks at, and dearer above some sizes. */
typedef struct {
    const amp_look *look; /**< the peak itself with a share of 1 first; those of other blocks: a
                               ratchet */
    size_t look_count;    /**< 0: import and start alone, no tiers */
    const amp_demand_tier *tier; /**< rising sizes */
    size_t tier_count;
    const char *start_by; /**< what start_mw is of, in words: "minimum"; NULL: nothing to say */
} amp_billing;

/** What a budget counts; decides its unit. */
typedef enum {
    AMP_BUDGET_ENERGY,   /**< MWh at the bus; of a lease, of IT */
    AMP_BUDGET_EMISSION, /**< t */
    AMP_BUDGET_HOURS     /**< hours at full power */
} amp_budget_kind;

/** What a part of a tariff's bill is due on. */
typedef enum {
    AMP_DUE_MARKET,     /**< import that no agreement covers */
    AMP_DUE_IMPORT,     /**< all import */
    AMP_DUE_COINCIDENT, /**< all import; of cost_usd.coincident_peak */
    AMP_DUE_LOADS,      /**< what mining, or what halls take at the bus */
    AMP_DUE_FIXED       /**< quantity, whatever is dispatched */
} amp_due;

/** A part of a tariff's bill; its prices are in those of the problem already. Peaks are no parts:
 *  they are amp_peak. */
typedef struct {
    const char *id;
    amp_due due;
    amp_taxed use;          /**< of AMP_DUE_LOADS: mining or compute */
    amp_column usd_per_mwh; /**< unless fixed */
    amp_column weight;      /**< units of the quantity for each MWh; value NULL: 1 */
    double rate_usd;        /**< USD for a unit of the quantity; NAN where it varies */
    double quantity;        /**< of AMP_DUE_FIXED */
    const char *unit;       /**< of the quantity: "MWh", "kW", "month", "MW-day" */
} amp_bill_part;

/** What sources may give over the horizon, weighted: a generator's permitted hours or fuel, the
 *  emissions of a site, what a tenant lets the site cut of its load (a source at the bus). */
typedef struct {
    amp_budget_kind kind;
    const char *id;
    const uint32_t *source;   /**< [source_count] indices into amp_site_problem.source */
    const amp_column *weight; /**< [source_count] >= 0, of the budget's unit for each MWh at the
                                   bus */
    size_t source_count;
    double limit; /**< >= 0 */
} amp_budget;

/** A product of reserve: power that the site holds ready to give back, paid for being held. */
typedef struct {
    const char *id;
    amp_column price_usd_per_mwh; /**< USD for each MW and hour of holding it */
    amp_column limit_mw;          /**< most that is taken */
    double duration_h;            /**< for which the battery's part must be stored */
} amp_reserve;

/** The part of the demand whose lack costs a load's penalty; the flexible rest has sources. */
static inline amp_column amp_load_firm_mw(const amp_load *load)
{
    return load->flexible_mw.value == NULL ? load->demand_mw : load->firm_mw;
}

/** What of a load is in must_mw, cut or not; value NULL: nothing. */
static inline amp_column amp_load_must_mw(const amp_load *load)
{
    if (load->capping != NULL)
        return load->capping->must_mw;
    return load->is_hard ? load->demand_mw : load->flexible_mw;
}

static inline bool amp_peak_counts(const amp_peak *peak, size_t t)
{
    return t >= peak->first && t < peak->end &&
           (peak->counts == NULL || peak->counts[t - peak->first] != 0);
}

/** Training: energy between a release and a deadline. Powers and energies are IT. */
typedef struct {
    const char *id;
    uint32_t load; /**< its hall: a load of kind AMP_LOAD_TRAINING, which has no tiers */
    size_t first;  /**< intervals [first, end), within the horizon; may be empty */
    size_t end;
    double power_mw;
    double energy_mwh;
    double value_usd_per_mwh; /**< of IT energy served, at most energy_mwh */
    double penalty_usd;       /**< of which the share of energy_mwh not served is due */
} amp_job;

/** A local month of a lease, or the part of it that the horizon holds. */
typedef struct {
    int32_t year;
    int32_t month; /**< 1 .. 12 */
    int64_t start_unix_s;
    int64_t end_unix_s; /**< start of the next */
    size_t first; /**< intervals that start in it: [first, end), empty where the horizon holds only
                       the end of one */
    size_t end;
    double share;   /**< of its time that the horizon holds */
    double fee_usd; /**< for that part */
} amp_lease_month;

/** What a lease is settled by, outside the objective; lease.h does it. */
typedef struct {
    uint32_t load;                 /**< of kind AMP_LOAD_LEASE */
    const amp_lease *clause;       /**< as the file says it; its money is in the columns below */
    amp_column energy_usd_per_mwh; /**< of AMP_LEASE_FIXED, at the bus; else value NULL */
    amp_column contracted_mw;      /**< IT, of a minimum take; else value NULL */
    const amp_lease_month *month;
    size_t month_count;
} amp_lease_terms;

/**
 * One site over one horizon. Columns belong to the market (or to whoever made them) and must
 * outlive the problem. In each interval of h hours, all at the bus:
 *
 *   import + discharge + sum generation = export + charge + must + sum tiers         (balance)
 *   0 <= block <= block_mw, market >= 0, import = block + market <= import_limit
 *   E' = retention E + charge_efficiency charge h - discharge h / discharge_efficiency  (soc)
 *   minimum <= E' <= maximum
 *
 * and maximise  sum h (value tiers - penalty demand + export_price export - import_price market
 * - block_price block - cost generation - wear (charge + discharge)) + terminal_value E_end
 * (value holds the penalty that serving avoids: a load earns value - penalty for what it takes and
 * pays penalty for the rest of its demand; one that may be capped earns h base besides).
 *
 * Peaks and jobs couple intervals; the solver of solve.h knows nothing of them, coordinate.h does:
 *   mean import <= D_p in every metering interval of peak p, D_p >= start, and charge_p D_p is
 * paid; where p looks at peaks j: B_p >= start, B_p >= share_pj D_j, and of each tier i U_pi >= B_p
 * - above_i; then D_p >= 0 is free, charge_p B_p + sum more_i U_pi is paid; sum h weight_s source_s
 * <= limit of each budget, weights by the interval; source_s + source_{s-1} <= shared_s where s
 * shares its power (load that is cut or not served); 0 <= x_j <= power_j in the job's window, sum h
 * x_j <= energy_j, the jobs of a hall together at most its capacity; x_j IT power, seen at the bus
 * as x_j / it_per_mwh.
 *
 * Reserves earn h price_r (a_r + b_r) for what loads (a) and the battery (b) hold in an interval:
 *   a_r + b_r <= limit_r, sum a_r <= the tiers of loads that reserve_from names,
 *   sum b_r <= discharge_limit - discharge + charge,
 *   sum duration_r b_r / discharge_efficiency <= E' - minimum;
 * b is 0 unless reserve_from names the battery.
 *
 * Restarts couple neighbouring intervals; restart_solve.h knows of them. With m = running_per_mw
 * times the fleet's first tier, and m of the interval before it, initial_mw before the first:
 *   started >= m - m_before, started >= 0, and (wear + lost) started is paid;
 *   tier_k / power_k <= tier_first / power_first for the fleet's further tiers.
 *
 * The relaxed problem (the bound) has the convex hull of one mode at a time:
 *   charge / charge_limit + discharge / discharge_limit <= 1,
 *   import / import_limit + export / export_limit <= 1 and block / block_mw + export / export_limit
 * <= 1. A limit of 0 fixes its flow at 0. `block_mw` is never above import_limit_mw.
 */
typedef struct {
    const char *site_id;
    size_t interval_count;
    double interval_h;
    int64_t from_unix_s;
    int64_t step_s;
    amp_column import_limit_mw;
    amp_column import_price_usd_per_mwh; /**< energy price + adder + coincident_usd_per_mwh */
    amp_column block_mw;                 /**< agreements without resale, summed */
    amp_column block_price_usd_per_mwh;  /**< the adder + coincident_usd_per_mwh */
    bool is_block_plain;  /**< the block is only a cheaper part of import: no mode row of its own */
    amp_column within_mw; /**< import up to here costs the above, all beyond it beyond_usd_per_mwh,
                               which is no less; value NULL: no such limit. For coordinate.h */
    amp_column beyond_usd_per_mwh;
    amp_column coincident_usd_per_mwh; /**< the part of both prices of import that coincident peaks
                                            are expected to charge; value NULL where none do */
    amp_column export_limit_mw;
    amp_column export_price_usd_per_mwh;
    amp_column must_mw; /**< sum of amp_load_must_mw() of all loads */
    const amp_load *load;
    size_t load_count;
    const amp_tier *tier;
    size_t tier_count;
    const amp_restart *restart; /**< in the order of their loads; at most one for each */
    size_t restart_count;
    const amp_source *source;
    size_t source_count;
    amp_storage storage;
    const amp_peak *peak; /**< in the order of their months; none overlaps two blocks */
    size_t peak_count;
    const amp_billing *billing; /**< [peak_count] of a tariff; NULL: no peak has any */
    const amp_job *job;
    size_t job_count;
    const amp_budget *budget; /**< a source may be in several */
    size_t budget_count;
    const amp_reserve *reserve;
    size_t reserve_count;
    uint32_t reserve_from;          /**< AMP_RESERVE_ bits */
    const amp_bill_part *bill_part; /**< of a tariff; none without one */
    size_t bill_part_count;
    const amp_lease_terms *lease; /**< in the order of the loads */
    size_t lease_count;
    const uint32_t *metered_end; /**< [interval_count] end of the metering interval that interval t
                                      lies in, none across months; NULL: each is one of its own */
    const size_t *block_first;   /**< [block_count] first interval of each local month; [0] is 0 */
    size_t block_count; /**< 0 where nothing couples months: no peaks, no jobs, no budgets */
} amp_site_problem;

/** End of the metering interval in which interval @p t lies. */
static inline size_t amp_metered_end(const amp_site_problem *problem, size_t t)
{
    return problem->metered_end == NULL ? t + 1 : problem->metered_end[t];
}

/** Its first interval. */
static inline size_t amp_metered_first(const amp_site_problem *problem, size_t t)
{
    const size_t end = amp_metered_end(problem, t);
    while (t > 0 && amp_metered_end(problem, t - 1) == end)
        t--;
    return t;
}

/** What source @p i can add in interval @p t to what those before it can give: its power, or what
 *  the one with which it shares leaves. */
static inline double amp_source_adds_mw(const amp_site_problem *problem, size_t i, size_t t)
{
    const amp_source *source = &problem->source[i];
    const double power_mw = amp_column_at(source->power_mw, t);
    if (source->shared_mw.value == NULL)
        return power_mw;
    const double left_mw =
        amp_column_at(source->shared_mw, t) - amp_column_at(source[-1].power_mw, t);
    return left_mw < 0.0 ? 0.0 : left_mw < power_mw ? left_mw : power_mw;
}

/** "MWh", "t", "h". Static text. */
const char *amp_budget_unit(amp_budget_kind kind);

/** Hours that budget @p i lasts when all its sources give the highest power of their horizon;
 *  infinite where they give none. */
double amp_budget_full_power_h(const amp_site_problem *problem, size_t i);

enum { AMP_TIERS_MAX = 1024, AMP_SOURCES_MAX = 256 };

/**
 * Compiles site @p site of a portfolio. Reports what only numbers can show: an export price above
 * the import price (a warning with the first interval), values of inference that rise, and more.
 *
 * @param market holds every column that the problem refers to and must outlive it
 * @param arena  receives the arrays of loads, tiers and sources
 */
amp_status amp_site_problem_build(const amp_portfolio *portfolio, size_t site, amp_market *market,
                                  amp_arena *arena, amp_diagnostics *diagnostics,
                                  amp_site_problem *out);

/**
 * Compiles every site of a portfolio. A site that has an error does not keep those after it from
 * being compiled: one run shows all findings. One thread at a time for each market.
 *
 * @param market      holds every column that the problems refer to and must outlive them
 * @param arena       receives the array and, site by site, what amp_site_problem_build() puts
 * there, also when there is an error; nothing is freed before the arena is
 * @param diagnostics may be NULL
 * @param out         [portfolio->site_count], in the order of the portfolio; lives in @p arena
 * @return AMP_OK, or the status of the first site that has an error; AMP_NOMEM. Each is reported.
 */
amp_status amp_site_problems_build(const amp_portfolio *portfolio, amp_market *market,
                                   amp_arena *arena, amp_diagnostics *diagnostics,
                                   amp_site_problem **out);

#endif
