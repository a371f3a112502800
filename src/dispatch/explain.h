/* SPDX-License-Identifier: Apache-2.0 */
/** @file explain.h  Why a site does what it does: the numbers behind one interval, a month and the
 *  horizon. */
#ifndef AMP_DISPATCH_EXPLAIN_H
#define AMP_DISPATCH_EXPLAIN_H

#include "dispatch/answer.h"
#include "dispatch/lease.h"
#include "dispatch/margins.h"
#include "dispatch/months.h"

/** Why something takes or gives no more than it does. */
typedef enum {
    AMP_HELD_BY_NOTHING,    /**< it takes all that it can */
    AMP_HELD_ABSENT,        /**< it can take nothing: nothing is there, or wanted */
    AMP_HELD_BY_PRICE,      /**< a use that is worth less than the bus pays elsewhere, or a supply
                                 that costs more */
    AMP_HELD_BY_CONNECTION, /**< it is worth more than import costs, but import is at its limit */
    AMP_HELD_BY_PEAK,       /**< the same, but more import would raise a peak */
    AMP_HELD_AT_MARGIN,     /**< it is the last one: the next MW is worth what it costs */
    AMP_HELD_BY_JOB,        /**< the job's energy is worth more at other times */
    AMP_HELD_BY_HALL,       /**< the hall that jobs share is full */
    AMP_HELD_BY_BUDGET,     /**< the source's budget is worth more at other times */
    AMP_HELD_BY_CUT         /**< its tenant is credited for load that is cut */
} amp_held;

typedef enum {
    AMP_USE_TIER,
    AMP_USE_HARD,
    AMP_USE_JOB,
    AMP_USE_CAPPED, /**< GPUs whose power may be capped, all of their tiers together */
    AMP_USE_EXPORT
} amp_use_kind;

/** One use of the interval. MW and USD/MWh at the bus. */
typedef struct {
    amp_use_kind kind;
    const char *id;    /**< of the fleet, hall or job; "export" */
    const char *owner; /**< a job's hall, else NULL */
    uint32_t step;     /**< of how many tiers of the same load this is which, from 1 */
    uint32_t step_count;
    double value_usd_per_mwh; /**< with the penalty that it avoids; HUGE_VAL for a hard load; of a
                                   job after the price of its energy; under a cap of the next MW, or
                                   of the last one at full power */
    double gross_usd_per_mwh; /**< of a job before that price, of mining before what its starts
                                 cost; else the same */
    double took_mw;
    double could_mw;
    double must_mw;          /**< under a cap: what its smallest cap or its floor draws */
    double throughput;       /**< under a cap: share of full throughput */
    double least_throughput; /**< what must_mw gives */
    amp_held held;
} amp_explained_use;

typedef enum {
    AMP_SUPPLY_IMPORT,
    AMP_SUPPLY_BLOCK,
    AMP_SUPPLY_SOURCE,
    AMP_SUPPLY_CUT,     /**< load that is cut for a credit */
    AMP_SUPPLY_UNSERVED /**< load that may be cut, not served at its penalty */
} amp_supply_kind;

typedef struct {
    amp_supply_kind kind;
    const char *id; /**< of the generator or the hall; "import", "agreement" */
    double cost_usd_per_mwh;
    double gave_mw;
    double could_mw;
    amp_held held;
} amp_explained_supply;

/** Machines that run where a MWh costs more than it mines, or stand still where it mines more,
 *  because starting them costs; over all intervals around this one in which they do. */
typedef struct {
    const char *id;
    bool keeps_running; /**< else stands still */
    double mw;          /**< at the bus, in this interval, of the lowest mode */
    double
        gain_usd_per_mwh; /**< what a MWh mines, less the internal price; below 0 where it runs */
    double hours;         /**< of the stretch */
    double stretch_mw;    /**< that do so all along; the two sums are theirs */
    double stretch_usd;   /**< what the other choice would save, or earn */
    double start_usd;     /**< and what it would cost to start them */
} amp_explained_start;

typedef enum {
    AMP_BATTERY_FULL_POWER, /**< charges or discharges as fast as it can */
    AMP_BATTERY_FILLED,     /**< charges until it is full */
    AMP_BATTERY_EMPTIED,    /**< discharges until it is at its minimum */
    AMP_BATTERY_PARTLY,     /**< at part of its power: the next MW is not worth its bid */
    AMP_BATTERY_WAITS,      /**< idle, the price is between its bids */
    AMP_BATTERY_AT_LIMIT    /**< idle, full or empty, while the price is at or beyond its bid */
} amp_battery_state;

typedef struct {
    bool is_present;
    amp_battery_state state;
    double stored_usd_per_mwh; /**< worth of a MWh stored */
    double buy_usd_per_mwh;    /**< at the bus: it charges below, */
    double sell_usd_per_mwh;   /**< and discharges above */
    double charge_mw;
    double discharge_mw;
    double charge_limit_mw;
    double discharge_limit_mw;
    double before_mwh;
    double after_mwh;
    double minimum_mwh;
    double maximum_mwh;
} amp_explained_battery;

/** What one more MWh at the bus would be used for. */
typedef enum {
    AMP_SETTER_NOTHING, /**< nothing: it could not be used */
    AMP_SETTER_IMPORT,  /**< less import */
    AMP_SETTER_BLOCK,   /**< less of an agreement */
    AMP_SETTER_EXPORT,
    AMP_SETTER_SOURCE, /**< less generation */
    AMP_SETTER_USE,
    AMP_SETTER_BATTERY
} amp_setter;

/** What one product of reserve holds, and who backs it. MW. */
typedef struct {
    const char *id;
    double price_usd_per_mwh; /**< for a MW and hour of holding it */
    double limit_mw;
    double held_mw;
    double mining_mw;
    double inference_mw;
    double battery_mw;
    double
        shed_usd_per_mwh; /**< value of the load that would be shed first; NaN where none backs */
} amp_explained_reserve;

/** One interval. */
typedef struct {
    double price_usd_per_mwh; /**< internal price */
    amp_setter setter;
    const char *setter_id; /**< of the generator or use, else "" */
    double import_mw;
    double import_limit_mw;
    double import_usd_per_mwh;    /**< of the last MW */
    const amp_peak *peak;         /**< the one that import is up against, NULL for none */
    const amp_explained_use *use; /**< dearest first */
    size_t use_count;
    const amp_explained_supply *supply; /**< cheapest first */
    size_t supply_count;
    amp_explained_battery battery;
    const amp_explained_reserve *reserve;
    size_t reserve_count;
    const amp_explained_start *start;
    size_t start_count;
} amp_explained_interval;

typedef enum {
    AMP_GAIN_LOAD,
    AMP_GAIN_EXPORT,
    AMP_GAIN_SOURCE,
    AMP_GAIN_CUT, /**< load that is cut for a credit */
    AMP_GAIN_BATTERY,
    AMP_GAIN_RESERVE
} amp_gain_kind;

/** What one use or supply earned in some intervals. */
typedef struct {
    amp_gain_kind kind;
    const char *id;
    double energy_mwh;   /**< taken or given; of the battery, discharged */
    double possible_mwh; /**< wanted, or what could be given; NaN where that says nothing */
    double money_usd;    /**< of a load what it pays, of export what it is paid; of a generator its
                              cost and of the battery its wear, both negative */
    double avoided_usd;  /**< penalties that a load would cost if it were not served */
    double bought_usd;   /**< its energy at the internal price; negative for what supply sold. What
                              is left is money + avoided - bought */
} amp_explained_gain;

/** Intervals [first, end). */
typedef struct {
    size_t first;
    size_t end;
    const amp_explained_gain *gain;
    size_t gain_count;
    double hours;
    double connection_hours; /**< in which import was at its limit */
    double peak_hours;       /**< in which import was held at a peak that is billed */
    double price_mean_usd_per_mwh;
} amp_explained_span;

typedef struct {
    const char *id;
    double billed_mw;
    double start_mw;
    double charge_usd_per_mw;
    double worth_usd_per_mw; /**< of a MW more, its charge not paid */
    double hours;            /**< in which import is at what is billed */
    bool is_connection;      /**< the connection lets no more in than what is billed */
    size_t first;
    size_t end;
} amp_explained_peak;

typedef struct {
    const char *id;
    const char *hall;
    double energy_mwh;
    double served_mwh;
    double worth_usd_per_mwh; /**< value and penalty avoided, of IT energy */
    double price_usd_per_mwh; /**< what one more MWh of the job would be worth */
} amp_explained_job;

/** One budget. Its unit is that of amp_budget. */
typedef struct {
    const char *id;
    const char *unit;
    double limit;
    double used;
    double price_usd; /**< what one more unit would be worth */
} amp_explained_budget;

/** What one lease comes to over the horizon. */
typedef struct {
    const char *hall;
    const char *tenant;   /**< NULL when not given */
    bool has_clauses;     /**< beyond a fee and energy passed through */
    amp_lease_bill sum;   /**< over its months; shares are 0 */
    double wanted_it_mwh; /**< what the tenant let the site cut taken off */
    double bought_usd;    /**< its energy at the internal price */
} amp_explained_lease;

/** One degree (K) of outdoor temperature. marginal, more: one less; less: what one more loses. */
typedef struct {
    bool is_present; /**< some hall has a PUE curve */
    amp_margin margin;
    double saved_mwh; /**< of cooling, by one degree less, with IT power as scheduled */
} amp_explained_cooling;

typedef struct {
    amp_arena *arena;
    const amp_site *site;
    const amp_site_problem *problem;
    bool has_at;
    size_t at;
    amp_month month; /**< that holds `at` */
    amp_explained_interval interval;
    amp_explained_span month_span; /**< with has_at */
    amp_explained_span whole_span;
    amp_explained_peak *peak;
    size_t peak_count;
    amp_explained_job *job;
    size_t job_count;
    amp_explained_budget *budget;
    size_t budget_count;
    const amp_explained_lease *lease; /**< [problem->lease_count] */
    amp_margins margins;
    amp_explained_cooling cooling;
} amp_explanation;

typedef struct {
    const amp_portfolio *portfolio;
    size_t site; /**< index into portfolio->site */
    amp_market *market;
    const amp_site_answer *answer; /**< feasible; must outlive the explanation */
    const amp_host *host;          /**< may be NULL */
    void (*progress)(void *context, size_t done, size_t total); /**< may be NULL */
    void *progress_context;
    bool has_at;
    size_t at; /**< interval */
} amp_explain_request;

/**
 * Explains one site of an answer: reads its schedule, and solves the site again for each margin.
 *
 * @param out freed by amp_explanation_free()
 * @return AMP_OK, AMP_NOMEM, AMP_INTERNAL, or what compiling the site at another temperature says
 */
amp_status amp_explain(const amp_explain_request *request, amp_explanation **out);
void amp_explanation_free(amp_explanation *explanation);

/** What each lease comes to, in @p arena; NULL without memory. */
const amp_explained_lease *amp_explain_leases(const amp_site_problem *problem,
                                              const amp_schedule *schedule, amp_arena *arena);

/** What each product holds in interval @p t, in @p arena; NULL without memory. */
const amp_explained_reserve *amp_explain_reserves(const amp_site_problem *problem,
                                                  const amp_schedule *schedule, size_t t,
                                                  amp_arena *arena);

#endif
