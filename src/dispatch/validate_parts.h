/* SPDX-License-Identifier: Apache-2.0 */
/** @file validate_parts.h  Private to the validator: its state, and findings by kind. */
#ifndef AMP_DISPATCH_VALIDATE_PARTS_H
#define AMP_DISPATCH_VALIDATE_PARTS_H

#include "base/calendar.h"
#include "dispatch/lease.h"
#include "dispatch/validate.h"

/**
 * What can be wrong in an interval. Columns: NAME, what its size measures (enum measure in
 * validate.c: the member of amp_violation and the tolerance), text; "%s" stands for the name of
 * what breaks it.
 */
#define AMP_VALIDATE_LIST(X)                                                  \
    X(BALANCE, BALANCE_MW, "what comes to %s differs from what leaves it")    \
    X(IMPORT, LIMIT_MW, "%s is above the import limit")                       \
    X(BLOCK, LIMIT_MW, "%s is above what the agreements cover")               \
    X(BLOCK_IMPORT, LIMIT_MW, "%s is above all import")                       \
    X(EXPORT, LIMIT_MW, "%s is above the export limit")                       \
    X(SOURCE, LIMIT_MW, "generator '%s' is above its power")                  \
    X(CHARGE, LIMIT_MW, "%s is above the charging limit")                     \
    X(DISCHARGE, LIMIT_MW, "%s is above the discharging limit")               \
    X(FLEET, LIMIT_MW, "fleet '%s' is above its power")                       \
    X(RUNNING, LIMIT_MW, "fleet '%s' takes what its running machines cannot") \
    X(HALL, LIMIT_MW, "hall '%s' is above its power")                         \
    X(DEMAND, LIMIT_MW, "hall '%s' is given more than is wanted")             \
    X(HARD, LIMIT_MW, "hall '%s' is not given what its lease must have")      \
    X(CUT, LIMIT_MW, "hall '%s' is cut by more than its lease allows")        \
    X(WORKLOAD, LIMIT_MW, "workload '%s' is given more than full power")      \
    X(FLOOR, LIMIT_MW, "workload '%s' is capped below its floor")             \
    X(JOB, LIMIT_MW, "job '%s' is above its power")                           \
    X(JOB_WINDOW, LIMIT_MW, "job '%s' runs outside its release and deadline") \
    X(JOBS, LIMIT_MW, "what hall '%s' takes differs from what its jobs take") \
    X(JOB_ENERGY, JOB_MWH, "job '%s' is given more than its energy")          \
    X(BUDGET, BUDGET_UNITS, "more is drawn on budget '%s' than it holds")     \
    X(RESERVE, LIMIT_MW, "reserve '%s' is above its limit")                   \
    X(RESERVE_LOADS, LIMIT_MW, "%s hold more reserve than they take")         \
    X(RESERVE_POWER, LIMIT_MW, "%s holds more reserve than it could give")    \
    X(RESERVE_ENERGY, SOC_MWH, "%s is too low for the reserve it holds")      \
    X(NEGATIVE, LIMIT_MW, "%s is below zero")                                 \
    X(SOC_STEP, SOC_MWH, "%s does not follow from charge and discharge")      \
    X(SOC_LOW, SOC_MWH, "%s is below minimum_soc")                            \
    X(SOC_HIGH, SOC_MWH, "%s is above maximum_soc")                           \
    X(SOC_FINAL, SOC_MWH, "%s is not what final_soc asks for")                \
    X(BATTERY_MODES, MODES_MW, "%s charges and discharges at once")           \
    X(GRID_MODES, MODES_MW, "%s imports and exports at once")

typedef enum {
#define X(name, measure, text) AMP_VALIDATE_##name,
    AMP_VALIDATE_LIST(X)
#undef X
        AMP_VALIDATE_KINDS
} amp_validate_kind;

/** One kind of violation, over all intervals. */
typedef struct {
    size_t count; /**< intervals, of each asset anew; 0 when there is none */
    size_t first;
    double first_size; /**< MW, MWh or the unit of a budget */
    double worst;
    const char *name; /**< of what breaks it in `first` */
} amp_validate_finding;

/** What a lease comes to in a local month, worked out anew. */
typedef struct {
    size_t lease; /**< index into amp_site_problem.lease */
    const char *hall;
    int year;
    int month;
    amp_lease_bill bill;
} amp_validate_lease_line;

/** The check of one schedule. */
typedef struct {
    const amp_portfolio *portfolio;
    const amp_site *site;
    amp_market *market;
    const amp_site_problem *order;
    const amp_schedule *schedule;
    size_t count;
    double interval_h;
    double tolerance_mw;
    double tolerance_mwh;     /**< of what is stored */
    double tolerance_job_mwh; /**< of what a job is given */
    amp_status status;        /**< AMP_NOMEM once a column could not be had */
    double *surplus_mw;       /**< [count] what comes to the bus less what leaves it */
    double *limit_mw;         /**< [count] scratch */
    double *other_mw;         /**< [count] scratch */
    double *firm_mw;          /**< [count] what floors of inference keep from being shed */
    amp_validate_finding finding[AMP_VALIDATE_KINDS];
    amp_accounts anew; /**< added up from the model */
    double flow_usd;   /**< all money that flows, without signs */
    double flow_mwh;
    amp_validate_lease_line *lease_line; /**< by lease and month; freed with the check */
    size_t lease_line_count;
} amp_validation;

/** Notes that interval @p t is @p size off, MW or MWh, when that is more than rounding. @p name is
 *  kept. */
void amp_validate_note(amp_validation *v, amp_validate_kind kind, size_t t, double size,
                       const char *name);

/** Notes where @p power_mw ([count]) is below zero, or above @p limit_mw. */
void amp_validate_powers(amp_validation *v, amp_validate_kind kind, const double *power_mw,
                         const double *limit_mw, const char *name);

/** Adds to the money and the energy that flow. @return what was added */
double amp_validate_earn(amp_validation *v, double usd);
double amp_validate_deliver(amp_validation *v, double mwh);

/** number x availability in every interval, into @p limit_mw ([count]). */
void amp_validate_power_limits(amp_validation *v, const amp_value *value,
                               const amp_availability *availability, double *limit_mw);

/** The column of @p value; a column of zeros, and status AMP_NOMEM, when it cannot be had. */
amp_column amp_validate_column(amp_validation *v, const amp_value *value);
amp_column amp_validate_share(amp_validation *v, const amp_value *value, bool *is_share);
amp_column amp_validate_availability(amp_validation *v, const amp_availability *availability);

/** A value that never varies. */
double amp_validate_constant(amp_validation *v, const amp_value *value);

/** The most that a fleet can take at the bus, into @p limit_mw ([count]). */
void amp_validate_fleet_limits(amp_validation *v, const amp_fleet *fleet, double *limit_mw);

/** Checks load @p i and the battery; what they take and give is counted in surplus_mw. */
void amp_validate_load(amp_validation *v, size_t i);
void amp_validate_battery(amp_validation *v);

/** PUE of a hall in every interval, into @p pue ([count]). */
void amp_validate_pue(amp_validation *v, const amp_pue *value, double *pue);

/** Checks load @p i, GPUs whose power may be capped: their power, their floor, and what throughput
 *  earns by the curve. */
void amp_validate_capped(amp_validation *v, size_t i);

/** A fleet whose starts cost something. */
typedef struct {
    const amp_fleet *fleet;
    const double *lowest_mw; /**< [count] what its first tier takes: all machines that run */
    double lowest_w;         /**< of a machine in the mode with least power that is of use */
    double highest_w;        /**< in the one with most */
    double highest_th_per_s;
} amp_validate_fleet;

bool amp_validate_has_starts(const amp_fleet *fleet);

/** Machines that run in interval @p t. */
double amp_validate_running(amp_validation *v, const amp_validate_fleet *f, size_t t);

/** Checks that a fleet takes what its running machines can, and counts its starts. */
void amp_validate_starts(amp_validation *v, const amp_validate_fleet *f, const double *load_mw);

/** Checks load @p i, a hall with jobs: their power, window and energy, and that the hall takes what
 *  they do. Adds what they earn, and what they are short of, to anew. */
void amp_validate_training(amp_validation *v, size_t i);

/** Checks that no budget is drawn on for more than it holds. */
void amp_validate_budgets(amp_validation *v);

/** Checks what is held of reserves, and adds what they earn to anew. */
void amp_validate_reserves(amp_validation *v);

/** Adds the demand charge of each local month to anew, from the import of the schedule, and what
 *  is due on the highest import of some hours. */
void amp_validate_demand_charge(amp_validation *v);

/** Mean import of the metering interval that starts with interval @p t, over the part of it that
 * the horizon holds and no change of the clock cuts off. @return the interval after it */
size_t amp_validate_metered(const amp_validation *v, amp_calendar *calendar, int64_t metering_s,
                            size_t t, double *mean_mw);

/** Adds what all import is expected to be charged for the system's peaks to anew. */
void amp_validate_coincident_peak(amp_validation *v);

/** Opens the calendar of the site where it has a tariff, for amp_validate_tariff_price(); NULL
 *  otherwise. Closed by the caller. */
amp_calendar *amp_validate_tariff_open(amp_validation *v);

/** What the tariff adds to the price of a MWh imported in interval @p t; 0 without @p calendar. */
double amp_validate_tariff_price(amp_validation *v, amp_calendar *calendar, size_t t);

/** Adds all else that the tariff charges to anew: demand, system peaks, taxes by use, fixed. */
void amp_validate_tariff(amp_validation *v);

/** Adds up what agreements come to into anew. */
void amp_validate_fixed(amp_validation *v);

/** Adds up what each lease comes to by local month into anew, and keeps the lines. */
void amp_validate_leases(amp_validation *v);

/** Compares the lines that were kept with those of lease.h; reports each number that differs. */
void amp_validate_lease_lines(const amp_validation *v, amp_diagnostics *diagnostics, bool *differs);

/** Compares @p accounts with anew; reports each number that differs. @return the worst in USD. */
double amp_validate_accounts(const amp_validation *v, const amp_accounts *accounts,
                             amp_diagnostics *diagnostics, bool *differs);

#endif
