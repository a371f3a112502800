/* SPDX-License-Identifier: Apache-2.0 */
/** @file lp_model.h  The relaxed problem of one site, interval by interval; private to dispatch. */
#ifndef AMP_DISPATCH_LP_MODEL_H
#define AMP_DISPATCH_LP_MODEL_H

#include "base/arena.h"
#include "dispatch/problem.h"

/** Rows of one interval. The demand row of load i is AMP_LP_ROW_DEMAND + i; then come the rows of
 *  peaks, those of halls by the index of their load (what jobs share of a hall, or what is cut and
 *  what is not served share of a lease), those of reserves: the limit of each product, then
 *  what loads, the battery's power and its energy can hold; those of starts and of modes. */
enum {
    AMP_LP_ROW_BALANCE,
    AMP_LP_ROW_SOC,
    AMP_LP_ROW_BATTERY_MODE, /**< charge or discharge */
    AMP_LP_ROW_GRID_MODE,    /**< all import within its limit; import or export */
    AMP_LP_ROW_BLOCK_MODE,   /**< block or export */
    AMP_LP_ROW_DEMAND
};

/** Columns of one interval that every site may have; then sources, tiers, unserved loads, jobs,
 *  what loads, then what the battery holds of each product of reserve, and machines started. */
enum {
    AMP_LP_IMPORT, /**< bought at the energy price and the adder: import without block */
    AMP_LP_BLOCK,
    AMP_LP_EXPORT,
    AMP_LP_CHARGE,
    AMP_LP_DISCHARGE,
    AMP_LP_STORED, /**< at the end of the interval */
    AMP_LP_SOURCE
};

/** Where the row of an entry stands. */
typedef enum {
    AMP_LP_HERE,    /**< in the interval of the column */
    AMP_LP_METERED, /**< in the interval with which its metering interval starts */
    AMP_LP_NEXT,    /**< in the interval after it: stored energy, and what runs, is carried there */
    AMP_LP_JOB,     /**< in none: `row` is a job, whose row spans intervals */
    AMP_LP_BUDGET   /**< in none: `row` is a budget */
} amp_lp_where;

/** One coefficient. */
typedef struct {
    uint32_t row;
    amp_lp_where where;
    double coefficient;
} amp_lp_entry;

/** One column of one interval. cost is that of a problem that minimises. */
typedef struct {
    uint32_t flow; /**< index into amp_lp_site.flow_name */
    double lower;
    double upper; /**< may be HUGE_VAL */
    double cost;
    const amp_lp_entry *entry;
    uint32_t entry_count;
} amp_lp_column;

/** One row of one interval. */
typedef struct {
    uint32_t row;  /**< index into amp_lp_site.row_name */
    bool is_equal; /**< else at most */
    double rhs;
} amp_lp_row;

/** All of one interval, in room that amp_lp_interval_new() made. */
typedef struct {
    amp_lp_column *column;
    size_t column_count;
    amp_lp_row *row;
    size_t row_count;
    amp_lp_entry *entry; /**< of the columns, one after the other */
    size_t entry_count;
} amp_lp_interval;

/** A column of no single interval: a peak, which stands with `coefficient` for each interval in
 *  row `row` of each metering interval that counts for it; the energy that a job is not given,
 * which stands in the row of job `row`; or what a peak is billed on, and that above a size, which
 * stand in rows of bills alone. Peaks may stand in those too. */
typedef struct {
    const char *name;
    double lower;
    double upper;
    double cost;
    size_t index;         /**< of amp_lp_span_count() */
    const amp_peak *peak; /**< NULL for all others */
    bool is_job;
    uint32_t row;
    double coefficient;
} amp_lp_span;

/** The row of a job: `coefficient` times its flow in each of [first, end), plus what it is not
 *  given, equals rhs. */
typedef struct {
    const char *name;
    const char *unserved_name;
    uint32_t flow;
    size_t first;
    size_t end;
    double coefficient;
    double rhs;
} amp_lp_job_row;

/** The row of a budget: h weight times the flow of each of its sources, where there is one, is at
 *  most rhs. */
typedef struct {
    const char *name;
    const amp_budget *budget;
    double rhs;
} amp_lp_budget_row;

/** The row of a bill: share D - B <= 0 of a look, B - U <= above of a tier. */
typedef struct {
    const char *name;
    size_t span[2]; /**< columns, indices of amp_lp_span_count() */
    double coefficient[2];
    double rhs;
} amp_lp_bill_row;

/** One site with the names of its columns and rows, "pecos.import." and so on: letters, digits,
 *  dots and underscores, unique in the file, short enough for every reader of such files. */
typedef struct {
    const amp_site_problem *problem;
    const char **flow_name;
    const char **row_name;
    const char **peak_name;     /**< [peak_count] whole names of columns: "pecos.peak.202308" */
    const char **job_name;      /**< [job_count] whole names of rows: "pecos.job.llm" */
    const char **unserved_name; /**< [job_count] whole names of columns: "pecos.unserved.llm" */
    const char **billed_name;   /**< [amp_lp_billed_count()] whole names of columns: what a peak is
                                     billed on, "pecos.billed.202308", then its tiers */
    const char **bill_name;     /**< [amp_lp_bill_row_count()] whole names of rows */
    const char **budget_name;   /**< [budget_count] whole names of rows: "pecos.budget.fuel" */
    size_t flow_count;          /**< columns of an interval at most */
    size_t row_count;           /**< rows of an interval at most */
} amp_lp_site;

/** Index of the first flow and the first row of each kind whose number depends on the site. Rows of
 *  starts are followed by one for each tier, of which higher modes of a fleet that has starts use
 *  theirs. */
uint32_t amp_lp_first_job_flow(const amp_site_problem *problem);
uint32_t amp_lp_first_start_flow(const amp_site_problem *problem);
uint32_t amp_lp_first_peak_row(const amp_site_problem *problem);
uint32_t amp_lp_first_hall_row(const amp_site_problem *problem);
uint32_t amp_lp_first_reserve_flow(const amp_site_problem *problem);
uint32_t amp_lp_first_reserve_row(const amp_site_problem *problem);

/** Rows of reserves beside the limit of each product. */
enum { AMP_LP_RESERVE_LOADS, AMP_LP_RESERVE_POWER, AMP_LP_RESERVE_ENERGY, AMP_LP_RESERVE_ROWS };
uint32_t amp_lp_first_start_row(const amp_site_problem *problem);
uint32_t amp_lp_first_mode_row(const amp_site_problem *problem);

/** Names everything. Arrays live in @p arena. AMP_OK or AMP_NOMEM. */
amp_status amp_lp_sites_name(const amp_site_problem *problem, size_t problem_count,
                             amp_arena *arena, amp_lp_site *out);

/** Makes room in @p arena for an interval of any of the sites. AMP_OK or AMP_NOMEM. */
amp_status amp_lp_interval_new(const amp_lp_site *site, size_t site_count, amp_arena *arena,
                               amp_lp_interval *out);

/** Columns of interval @p t in the order of their flows, and rows in theirs. A flow that is fixed
 *  at 0 has no column, but import always has. */
void amp_lp_interval_fill(const amp_lp_site *site, size_t t, amp_lp_interval *out);

/** Whether agreements cover import in interval @p t: then AMP_LP_BLOCK has a column. */
bool amp_lp_has_block(const amp_lp_site *site, size_t t);

/** Columns of no single interval: the peaks, then what jobs are not given.
 *  Then what peaks are billed on.
 *  @return whether there is one at index @p i of amp_lp_span_count(): a job without energy has none
 */
bool amp_lp_span_at(const amp_lp_site *site, size_t i, amp_lp_span *out);
size_t amp_lp_span_count(const amp_lp_site *site);

/** Columns and rows of what is billed: billing.h; 0 without ratchets and tiers. */
size_t amp_lp_billed_count(const amp_site_problem *problem);
size_t amp_lp_bill_row_count(const amp_site_problem *problem);
amp_lp_bill_row amp_lp_bill_row_at(const amp_lp_site *site, size_t i);

/** The peak that column @p i of them is of; @p tier out: 0 for what is billed, else the tier from 1
 *  on. */
size_t amp_lp_billed_of(const amp_site_problem *problem, size_t i, size_t *tier);

/** The same for row @p i: a look, or a tier (then @p look is look_count + the tier from 0 on). */
size_t amp_lp_bill_of(const amp_site_problem *problem, size_t i, size_t *look);

/** The row of job @p j. @return whether there is one: a job without energy has none. */
bool amp_lp_job_row_at(const amp_lp_site *site, size_t j, amp_lp_job_row *out);

/** The row of budget @p i. @return whether there is one: a budget whose sources never give any, or
 *  that counts nothing of it, has none. */
bool amp_lp_budget_row_at(const amp_lp_site *site, size_t i, amp_lp_budget_row *out);

/** Coefficient of source budget->source[k] in interval @p t; 0 where it has no column. */
double amp_lp_budget_coefficient(const amp_site_problem *problem, const amp_budget *budget,
                                 size_t k, size_t t);

#endif
