/* SPDX-License-Identifier: Apache-2.0 */
/** @file portfolio.h  The portfolio as its file says it: read once, checked, immutable afterwards.
 */
#ifndef AMP_MODEL_PORTFOLIO_H
#define AMP_MODEL_PORTFOLIO_H

#include "base/arena.h"
#include "base/diagnostic.h"
#include "base/quantity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    AMP_NONE = -1,        /**< "no index" in every int32_t index below */
    AMP_CURRENCY_USD = 0, /**< index of USD, which is always the first currency */
    AMP_INTERVALS_MAX = 20000000
};

/** No power (MW), energy (MWh), price or value (USD/MWh), nor any other number of the file but a
 *  difficulty, is meant to be larger. Prices far above it would pass for forbidden in the solver.
 */
#define AMP_NUMBER_MAX 1e9

/** What a number may be, in the unit of its key; shares are fractions of 1. */
typedef struct {
    double minimum;
    double maximum;
    bool is_above; /**< the minimum itself is out */
    bool is_below; /**< the maximum itself is out */
} amp_bounds;

static inline bool amp_bounds_hold(const amp_bounds *bounds, double number)
{
    const bool is_high_enough =
        bounds->is_above ? number > bounds->minimum : number >= bounds->minimum;
    const bool is_low_enough =
        bounds->is_below ? number < bounds->maximum : number <= bounds->maximum;
    return is_high_enough && is_low_enough;
}

/**
 * A number that may vary in time: a quantity, or the name of a series.
 *
 * A constant is `number`, in the unit of its key (MW, USD/MWh, a share of 1, ...) and in the money
 * of `currency`. A series is `series`; market/ delivers it in the unit of the key. A key that the
 * file leaves out has is_set false and `number` its default.
 */
typedef struct {
    bool is_set;
    bool is_share;    /**< constant written as a share where MW was possible too (load, demand) */
    bool takes_share; /**< a series in [1] or [%] is allowed beside the key's own unit */
    int32_t series;   /**< index into amp_portfolio.series, or AMP_NONE */
    int32_t currency; /**< index into amp_portfolio.currencies; AMP_CURRENCY_USD without money */
    double number;
    amp_unit unit;     /**< of the key */
    amp_bounds bounds; /**< of the key: every constant and every row of a series keeps them */
    amp_place place;   /**< of the scalar in the file; of the parent mapping for a default */
    const char *key;   /**< dotted path, "sites[0].supply.adder"; lives as long as the portfolio */
} amp_value;

/** What holds from a date on. Before the first date the value is 0 (energised) or 1 (availability).
 */
typedef struct {
    int64_t from_unix_s;
    amp_value value;
} amp_step;

/** Dated steps with increasing dates; count 0 when the key is absent. */
typedef struct {
    const amp_step *step;
    size_t count;
} amp_steps;

/** `availability`: a share of 0..1, a series of shares, or dated shares; by default 1. When steps
 *  are given, value is not used. */
typedef struct {
    amp_value value;
    amp_steps steps;
} amp_availability;

typedef enum { AMP_GAPS_ERROR, AMP_GAPS_HOLD, AMP_GAPS_INTERPOLATE } amp_gaps;

/** One declared series. */
typedef struct {
    const char *id;
    const char *file; /**< as written, relative to the portfolio's folder */
    const char *path; /**< folder of the portfolio joined with file */
    const char *column;
    amp_gaps gaps;
    amp_place place; /**< of the id */
    amp_place file_place;
    amp_place column_place;
} amp_series_decl;

/** One currency: USD per unit of it. currencies[0] is USD with rate 1. */
typedef struct {
    char code[4];
    amp_value rate_usd;
} amp_currency;

/** [from, to) cut into intervals of one length; at least one. */
typedef struct {
    int64_t from_unix_s;
    int64_t to_unix_s;
    int64_t step_s;
    size_t interval_count;
    double interval_h;
    amp_place place;
} amp_horizon;

/** How mining revenue is known: exactly one of hashprice, or price with difficulty. */
typedef struct {
    bool is_set;
    amp_value hashprice_usd_per_ph_day;
    amp_value price_usd_per_btc;
    amp_value difficulty;
    amp_value fees_btc_per_block; /**< default 0 */
    amp_value height;         /**< a series of block heights, or not set: then the anchor holds */
    int64_t height_at_unix_s; /**< anchor: default 2024-04-20T00:09:27Z */
    int64_t height_block;     /**< block at the anchor: default 840000; 600 s a block */
    amp_place place;
} amp_bitcoin;

/** The connection, at the meter. The tighter of limit and energised holds, times availability. */
typedef struct {
    amp_value import_limit_mw; /**< not set: what is energised */
    amp_value export_limit_mw; /**< default 0 */
    amp_steps energised_mw;
    amp_availability availability;
    amp_place place;
} amp_grid;

/** A purchase agreement. */
typedef struct {
    amp_value power_mw;
    amp_value price_usd_per_mwh;
    bool resale; /**< true: settled financially; false: up to power_mw of import costs only the
                    adder */
    amp_place place;
} amp_block;

/** Import that was metered in a month before the horizon began. */
typedef struct {
    int32_t year;
    int32_t month; /**< 1 .. 12 */
    amp_value power_mw;
    amp_place place;
} amp_peak_so_far;

/** `demand_charge`: on the local month's highest metered import. */
typedef struct {
    bool is_set;
    amp_value charge_usd_per_kw_month; /**< may be a series: of a month its first number counts */
    const amp_peak_so_far *so_far;     /**< at most one a month, in their order */
    size_t so_far_count;
    bool prorate;       /**< a month that the horizon holds in part is charged by its hours */
    int64_t metering_s; /**< over which the meter averages; 0, or less than the step: the step. Else
                             a multiple of the step that divides the day */
    amp_place place;
} amp_demand_charge;

/** `coincident_peak`: on the import in the system's peak intervals of a year. */
typedef struct {
    bool is_set;
    amp_value charge_usd_per_kw_year;
    int64_t peaks;         /**< intervals of a year that count */
    amp_value probability; /**< that an interval is one of them, 0 .. 1 */
    amp_place place;
} amp_coincident_peak;

typedef enum { AMP_DAYS_ALL, AMP_DAYS_WEEKDAYS, AMP_DAYS_WEEKENDS } amp_days;

/** Part of a local day: [from, to), in seconds since 00:00 by the clock on the wall. */
typedef struct {
    int32_t from_s;
    int32_t to_s;
} amp_hours;

/** When a line of a tariff holds, by the site's local time. An interval belongs to the month, day
 *  and hour in which it starts; the repeated hour of a clock change counts like any other. */
typedef struct {
    uint32_t months; /**< bit m - 1 is month m; 0: all */
    amp_days days;
    const amp_hours *hours; /**< in any order; an hour counts once however often it is named */
    size_t hours_count;     /**< 0: all */
} amp_tariff_window;

enum { AMP_MONTH_BITS = 0xFFF, AMP_TARIFF_CHARGES_MAX = 16, AMP_LOOK_BACK_MAX = 60 };

/** `minimum`: a demand charge is due on no less than contracted x share x ramp. */
typedef struct {
    bool is_set;
    amp_value contracted_mw; /**< constants only, here and below */
    amp_value share;         /**< default 1 */
    amp_steps ramp; /**< share of contracted that counts in months that begin on the date or later;
                         0 before the first. None: all of it always */
    amp_place place;
} amp_tariff_minimum;

/** `ratchet`: a charge is due on no less than a share of the demand of some months before. */
typedef struct {
    amp_value share;
    uint32_t months;            /**< whose demand counts: bit m - 1 is month m; 0: all */
    amp_value look_back_months; /**< how many months before the billed one count; whole */
    amp_place place;
} amp_tariff_ratchet;

/** `tiers`: demand above a size has a charge of its own. */
typedef struct {
    amp_value above_mw;
    amp_value charge_usd_per_kw_month; /**< no lower than that of what is below */
    amp_place place;
} amp_tariff_tier;

/** One demand charge: on the highest metered import in its window of each local month. */
typedef struct {
    const char *id;
    amp_demand_charge demand; /**< charge, peak_so_far, prorate and metering, which is the same for
                                   all charges of a tariff; is_set is not used */
    amp_tariff_window window;
    amp_tariff_minimum minimum;
    const amp_tariff_ratchet *ratchet;
    size_t ratchet_count;
    const amp_tariff_tier *tier; /**< rising sizes */
    size_t tier_count;
    amp_place place;
} amp_tariff_demand;

/** What a MWh imported in the window costs besides energy price and adder. */
typedef struct {
    const char *id;
    amp_value price_usd_per_mwh;
    amp_tariff_window window;
    amp_place place;
} amp_tariff_energy;

/** A charge on the mean import in the system's peaks: expected, or in intervals that are known. */
typedef struct {
    const char *id;
    amp_value charge_usd_per_kw_year;
    int64_t peaks;         /**< by which the charge is divided; default the number of instants */
    amp_value probability; /**< that an interval of the horizon is one of them */
    const int64_t *instant_unix_s; /**< [instant_count] starts of the known ones, rising */
    size_t instant_count;          /**< 0: probability */
    int64_t interval_s;            /**< length of each known one; 0: the step */
    amp_place place;
} amp_tariff_coincident;

typedef enum { AMP_TAXED_ALL, AMP_TAXED_MINING, AMP_TAXED_COMPUTE } amp_taxed;

/** A tax on power: on what is imported, or at the bus on what one use takes. */
typedef struct {
    const char *id;
    amp_taxed use;
    amp_value rate_usd_per_mwh;
    amp_place place;
} amp_tariff_tax;

/** What is due whatever is dispatched: a sum a month, or an obligation in MW times days. */
typedef struct {
    const char *id;
    amp_value charge_usd_per_month;
    amp_value power_mw;
    amp_value price_usd_per_mw_day; /**< for each local day, whether it has 23, 24 or 25 hours */
    amp_value price_usd_per_kw_month;
    uint32_t months; /**< in which it is due: bit m - 1 is month m; 0: all */
    amp_place place;
} amp_tariff_fixed;

/** A tariff: a file of its own, read anew for each site that names it. */
typedef struct {
    bool is_set;
    const char *path; /**< as opened; also the file of all places below */
    const char *text; /**< its bytes, for excerpts */
    size_t text_length;
    const char *name;
    const amp_tariff_demand *demand;
    size_t demand_count;
    const amp_tariff_energy *energy;
    size_t energy_count;
    const amp_tariff_coincident *coincident;
    size_t coincident_count;
    const amp_tariff_tax *tax;
    size_t tax_count;
    const amp_tariff_fixed *fixed;
    size_t fixed_count;
} amp_tariff;

typedef struct {
    amp_value energy_price_usd_per_mwh;
    amp_value adder_usd_per_mwh;
    amp_value export_price_usd_per_mwh;
    amp_demand_charge demand_charge;
    amp_coincident_peak coincident_peak;
    amp_tariff tariff; /**< beside no demand_charge and no coincident_peak */
    const amp_block *block;
    size_t block_count;
    amp_place place;
} amp_supply;

typedef enum {
    AMP_FINAL_FREE,    /**< what is stored is worth terminal_value */
    AMP_FINAL_EXACT,   /**< exactly final_soc */
    AMP_FINAL_MINIMUM, /**< at least final_soc */
} amp_final;

/** Shares are of energy_mwh; powers and wear are at the bus. Constants only: their series is
 *  AMP_NONE, but the currency of a money value may have any rate that is constant. */
typedef struct {
    bool is_set;
    amp_value charge_power_mw;
    amp_value discharge_power_mw;
    amp_value energy_mwh;
    amp_value charge_efficiency;
    amp_value discharge_efficiency;
    amp_value minimum_soc;
    amp_value maximum_soc;
    amp_value initial_soc;
    amp_value final_soc; /**< meaningful unless final is AMP_FINAL_FREE */
    amp_final final;
    amp_value wear_usd_per_mwh;
    amp_value terminal_value_usd_per_mwh;
    amp_value self_discharge_per_day; /**< share of the stored energy lost in 24 h */
    amp_availability availability;    /**< derates both powers */
    amp_place place;
} amp_battery;

/** What a limit on energy, hours or emissions is for. */
typedef enum {
    AMP_PER_HORIZON, /**< the whole horizon, whatever its length */
    AMP_PER_YEAR     /**< a local year: the horizon gets the share of its years that it holds */
} amp_per;

/** Limits that are not set do not hold; of several the tightest does. All are constants. */
typedef struct {
    const char *id;
    amp_value power_mw;
    amp_value cost_usd_per_mwh;
    amp_availability availability;
    amp_value energy_limit_mwh;
    amp_value hours_h;       /**< at full power; power_mw is a constant beside it */
    amp_value fuel_limit_gj; /**< heat of the fuel; both or none of the two are set */
    amp_value heat_rate_gj_per_mwh;
    amp_per per; /**< of the limits above */
    amp_value emission_t_per_mwh;
    amp_place place;
} amp_generator;

/** `emissions`: of all generators of a site together. */
typedef struct {
    bool is_set;
    amp_value limit_t;
    amp_per per;
    amp_place place;
} amp_emissions;

/** Who may back reserves. */
enum {
    AMP_RESERVE_MINING = 1,
    AMP_RESERVE_BATTERY = 2,
    AMP_RESERVE_INFERENCE = 4,
    AMP_RESERVES_MAX = 16 /**< products of a site */
};

/** A product of reserve: power held ready to be given back. */
typedef struct {
    const char *id;
    amp_value price_usd_per_mw_h; /**< for each MW and hour of holding it */
    amp_value limit_mw;
    amp_value duration_h; /**< constant */
    uint32_t from;        /**< AMP_RESERVE_ bits; the same for all products of a site */
    amp_place place;
} amp_reserve_product;

/** A power mode of a machine, beside the normal one. */
typedef struct {
    const char *id;
    amp_value hashrate_th_per_s; /**< of one machine, > 0; constants only */
    amp_value efficiency_j_per_th;
    amp_place place;
} amp_mining_mode;

/** A fleet of like machines. Its power is machines x hashrate x efficiency, at the machines, in the
 *  normal mode; with other modes it can do what their upper hull can (docs/model.md). */
typedef struct {
    const char *id;
    amp_value machines;
    amp_value hashrate_th_per_s; /**< of one machine */
    amp_value efficiency_j_per_th;
    amp_value pool_fee; /**< share */
    amp_value overhead; /**< the site's share per MWh of the machines */
    const amp_mining_mode *mode;
    size_t mode_count;
    amp_value restart_min;     /**< at full power without hashing after each start */
    amp_value wear_usd_per_mw; /**< of machines started; constants only, as the next */
    amp_value initial_running; /**< share of the machines that run before the horizon */
    amp_availability availability;
    amp_place place;
} amp_fleet;

/** A point of a PUE curve. */
typedef struct {
    double outdoor_degc;
    double pue;
} amp_pue_point;

/** PUE as a number or series, or as a curve over the outdoor temperature (linear between points
 *  with rising temperature, constant outside). */
typedef struct {
    amp_value value;   /**< used when point_count is 0 */
    amp_value outdoor; /**< degC, used with the curve */
    const amp_pue_point *point;
    size_t point_count;
} amp_pue;

typedef enum { AMP_LEASE_PASS_THROUGH, AMP_LEASE_INCLUDED, AMP_LEASE_FIXED } amp_lease_energy;

/** What a MWh of energy_price is: of IT, or at the bus with what cooling takes. */
typedef enum { AMP_LEASE_PER_IT, AMP_LEASE_PER_BUS } amp_lease_energy_per;

/** Who pays what is due on the site's peaks, its own and the system's. */
typedef enum {
    AMP_LEASE_DEMAND_SITE,
    AMP_LEASE_DEMAND_TENANT,
    AMP_LEASE_DEMAND_SHARE
} amp_lease_demand;

/** What counts as not available: an interval that is not served in full, or the part of the energy
 *  that is not. */
typedef enum { AMP_LEASE_BY_TIME, AMP_LEASE_BY_ENERGY } amp_lease_availability_by;

/** One tier of service credits. */
typedef struct {
    double availability; /**< from this share of the month up, to the tier before */
    double credit;       /**< share of the month's fee */
} amp_service_credit;

/** Time that availability does not count: intervals that start in [from, to). */
typedef struct {
    int64_t from_unix_s;
    int64_t to_unix_s;
    amp_place place;
} amp_exclusion;

/** What a tenant lets the site cut of its load. */
typedef struct {
    bool is_set;
    amp_value share;              /**< of the load, > 0; constants only but for the credit */
    amp_value hours_h;            /**< full-power equivalents; it or energy_mwh or both are set */
    amp_value energy_mwh;         /**< IT energy */
    amp_per per;                  /**< of both */
    amp_value credit_usd_per_mwh; /**< paid to the tenant per IT MWh cut, default 0 */
    amp_place place;
} amp_flexible;

/** A tenant's contract for a hall. docs/leases.md has the formula of every clause. */
typedef struct {
    bool is_set;
    const char *tenant;                 /**< NULL when not given */
    amp_value load;                     /**< MW of IT power, or a share of it_power */
    amp_value fee_usd_per_kw_month;     /**< per kW of it_power, outside the objective */
    amp_value penalty_usd_per_mwh;      /**< per unserved IT MWh; not set: the load is hard */
    amp_lease_energy energy;            /**< who pays for it */
    amp_value energy_price_usd_per_mwh; /**< set beside AMP_LEASE_FIXED alone */
    amp_lease_energy_per energy_per;    /**< of energy_price_usd_per_mwh */
    amp_value pue_cap;                  /**< not set: none. Constants, here and below */
    amp_lease_demand demand_charges;
    amp_value minimum_take;  /**< share of what is contracted; not set: none */
    amp_value contracted_mw; /**< of IT power, or a share of it_power; not set: it_power */
    amp_value availability;  /**< promised; not set: what the first credit says, or none */
    amp_lease_availability_by availability_by;
    const amp_service_credit *credit; /**< availability falls to 0, credits rise */
    size_t credit_count;              /**< 0: none */
    amp_value credit_per_hour;        /**< share of the month's fee for an hour below what is
                                           promised; not set: none. Beside no credits */
    amp_value credit_cap;             /**< share of the month's fee */
    const amp_exclusion *exclusion;
    size_t exclusion_count;
    amp_value maintenance_h; /**< of a local month; of one held in part by its hours */
    amp_flexible flexible;
    amp_place place;
} amp_lease;

/** The availability from which a month brings no credit; 0 where nothing is promised. */
double amp_lease_promise(const amp_lease *lease);

/** Whether it says more than a load, a fee and that energy is passed through or included. */
bool amp_lease_has_clauses(const amp_lease *lease);

/** Whether the site credits the tenant for what it does not serve, so that the penalty is not due.
 */
bool amp_lease_has_credits(const amp_lease *lease);

/** A power cap of GPUs that was measured: what they draw, and what they do. */
typedef struct {
    double power;      /**< MW of a GPU, or a share of full power */
    double throughput; /**< in any unit */
} amp_cap_point;

/** Throughput by power cap. Both rise from point to point; the last is full power. */
typedef struct {
    const amp_cap_point *point; /**< two at least */
    size_t count;               /**< 0: not given */
    bool is_share;              /**< powers are shares of full power */
    amp_place place;
} amp_cap_curve;

/** How far GPUs may be capped. */
typedef struct {
    amp_cap_curve curve;   /**< not given: power is throughput, and nothing must run */
    amp_value floor;       /**< least share of full throughput; a constant. Default 0 */
    const char *flex_tier; /**< whose floor `floor` is; NULL: its own */
    bool is_pausable;      /**< off is possible; else what the smallest cap draws must run */
} amp_caps;

/** A class of service: the least throughput that its workloads are promised. */
typedef struct {
    const char *id;
    amp_value floor; /**< share of full throughput; a constant */
    amp_place place;
} amp_flex_tier;

typedef enum { AMP_WORKLOAD_INFERENCE, AMP_WORKLOAD_TRAINING } amp_workload_use;

/** Work that runs on GPUs of a hall all the time, at full power or below. */
typedef struct {
    const char *id;
    amp_workload_use use; /**< row of the accounts that it belongs to */
    amp_value gpus;       /**< constants only, here and below; not set: full_power_mw */
    amp_value full_power_mw;
    amp_value value_usd_per_mwh; /**< of IT energy at full power; may be a series */
    amp_caps caps;               /**< its curve is always given */
    amp_place place;
} amp_workload;

/** IT power of a workload that nobody caps: GPUs times the last power of the curve, or as given. */
static inline double amp_workload_full_mw(const amp_workload *workload)
{
    const amp_cap_curve *curve = &workload->caps.curve;
    return workload->gpus.is_set ? workload->gpus.number * curve->point[curve->count - 1].power
                                 : workload->full_power_mw.number;
}

/** One step of the value of inference. */
typedef struct {
    double share; /**< cumulative, of the interval's demand; rising, the last one is 1 */
    amp_value value_usd_per_mwh;
} amp_inference_step;

typedef struct {
    bool is_set;
    amp_value demand; /**< MW of IT power, or a share of it_power */
    const amp_inference_step *step;
    size_t step_count;
    amp_value penalty_usd_per_mwh; /**< per unserved IT MWh, default 0 */
    amp_caps caps; /**< with a curve MWh of demand, value and penalty are of work: IT energy that it
                        takes at full power */
    amp_place place;
} amp_inference;

/** A training job: IT energy between its release and its deadline. */
typedef struct {
    const char *id;
    amp_value energy_mwh; /**< constants only, here and below */
    amp_value power_mw;
    int64_t release_unix_s;      /**< the horizon's start unless given */
    int64_t deadline_unix_s;     /**< the horizon's end unless given */
    amp_value value_usd_per_mwh; /**< of IT energy served */
    amp_value penalty_usd;       /**< for the whole job; due by the share of energy not served */
    amp_place place;
} amp_training_job;

/** An AI data hall with exactly one of lease, inference, jobs and workloads. */
typedef struct {
    const char *id;
    amp_value it_power_mw;
    amp_pue pue;
    amp_availability availability;
    amp_lease lease;
    amp_inference inference;
    const amp_training_job *job;
    size_t job_count;
    const amp_workload *workload;
    size_t workload_count;
    const amp_flex_tier *flex_tier;
    size_t flex_tier_count;
    amp_place place;
} amp_hall;

typedef struct {
    const char *id;
    const char *country;   /**< ISO 3166 alpha-2; NULL when not given */
    const char *time_zone; /**< IANA; "UTC" when not given */
    amp_grid grid;
    amp_supply supply;
    amp_battery battery;
    const amp_generator *generator;
    size_t generator_count;
    amp_emissions emissions;
    const amp_reserve_product *reserve;
    size_t reserve_count;
    const amp_fleet *fleet;
    size_t fleet_count;
    const amp_hall *hall;
    size_t hall_count;
    amp_place place;
} amp_site;

/** A key that was read and checked, but changes nothing yet. */
typedef struct {
    const char *key; /**< dotted path */
    amp_place place; /**< of the key */
} amp_mention;

/** Everything below lives as long as the portfolio and never changes: safe from any thread. */
typedef struct amp_portfolio {
    amp_arena *arena;
    const char *path;   /**< as given */
    const char *folder; /**< where series files are looked for */
    const char *name;
    amp_horizon horizon;
    const amp_series_decl *series;
    size_t series_count;
    const amp_currency *currency;
    size_t currency_count;
    amp_bitcoin bitcoin;
    const amp_site *site;
    size_t site_count;
    const amp_value *const *use; /**< every amp_value above whose series is not AMP_NONE */
    size_t use_count;
    const amp_mention *without_effect; /**< keys of kept sites that `check` names */
    size_t without_effect_count;
    const char
        *text; /**< the file's bytes without a byte order mark, for excerpts; NUL-terminated */
    size_t text_length;
} amp_portfolio;

/** What may be chosen without changing the file. Zero-initialise for "as the file says". */
typedef struct {
    const char *from; /**< RFC 3339 or date; NULL keeps the file's horizon start */
    const char *to;
    const char *site; /**< id of the only site to keep; NULL keeps all */
} amp_portfolio_options;

/**
 * Reads and checks a portfolio file. All findings of one reading are collected.
 *
 * @param path        the YAML file
 * @param options     NULL for none. from and to must lie on the file's steps and inside its horizon
 * @param diagnostics not NULL; receives errors and warnings
 * @param out         receives the portfolio, owned by the caller, when there was no error
 * @return AMP_OK, or amp_diagnostics_status(). A wrong option gives AMP_ARGUMENT and a finding.
 */
amp_status amp_portfolio_load(const char *path, const amp_portfolio_options *options,
                              amp_diagnostics *diagnostics, amp_portfolio **out);

/** The same from bytes in memory; @p path is used for messages and to find series files. */
amp_status amp_portfolio_parse(const char *text, size_t length, const char *path,
                               const amp_portfolio_options *options, amp_diagnostics *diagnostics,
                               amp_portfolio **out);
void amp_portfolio_free(amp_portfolio *portfolio);

/** Reports a finding about @p value at its place with its key and the line of the file. */
amp_status amp_portfolio_report(const amp_portfolio *portfolio, amp_diagnostics *diagnostics,
                                amp_code code, const amp_value *value, const char *advice,
                                const char *format, ...) __attribute__((format(printf, 6, 7)));

/** The same for a place that is no value. @p key may be NULL. */
amp_status amp_portfolio_report_at(const amp_portfolio *portfolio, amp_diagnostics *diagnostics,
                                   const amp_finding *finding, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** How far a key of the file format is built. */
typedef enum {
    AMP_KEY_BUILT,
    AMP_KEY_REFUSED,       /**< giving it is KEY_UNSUPPORTED */
    AMP_KEY_WITHOUT_EFFECT /**< read, checked, and named by `check` */
} amp_key_support;

/** One key of the file format, from the table that also drives the reader. For the reference in
 *  docs/ and its test. */
typedef struct {
    const char *section;  /**< "sites[].battery" */
    const char *name;     /**< "wear" */
    const char *type;     /**< in words: "quantity or series", "text", "list" */
    const char *unit;     /**< "USD/MWh", "" without one */
    const char *fallback; /**< the default in words, "" when required */
    const char *help;
    amp_key_support support;
} amp_key_row;
const amp_key_row *amp_key_row_get(size_t i); /**< NULL past the end */

#endif
