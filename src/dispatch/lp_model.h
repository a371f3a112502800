/* SPDX-License-Identifier: Apache-2.0 */
/** @file lp_model.h  The relaxed problem of one site, interval by interval; private to dispatch. */
#ifndef AMP_DISPATCH_LP_MODEL_H
#define AMP_DISPATCH_LP_MODEL_H

#include "base/arena.h"
#include "dispatch/problem.h"

/** Rows of one interval. The demand row of load i is AMP_LP_ROW_DEMAND + i. */
enum {
    AMP_LP_ROW_BALANCE,
    AMP_LP_ROW_SOC,
    AMP_LP_ROW_BATTERY_MODE, /**< charge or discharge */
    AMP_LP_ROW_GRID_MODE,    /**< all import within its limit; import or export */
    AMP_LP_ROW_BLOCK_MODE,   /**< block or export */
    AMP_LP_ROW_DEMAND
};

/** Columns of one interval that every site may have; then sources, tiers and unserved loads. */
enum {
    AMP_LP_IMPORT, /**< bought at the energy price and the adder: import without block */
    AMP_LP_BLOCK,
    AMP_LP_EXPORT,
    AMP_LP_CHARGE,
    AMP_LP_DISCHARGE,
    AMP_LP_STORED, /**< at the end of the interval */
    AMP_LP_SOURCE
};

/** One coefficient. */
typedef struct {
    uint32_t row;
    bool is_next; /**< the row is of the next interval: stored energy is carried there */
    double coefficient;
} amp_lp_entry;

enum { AMP_LP_ENTRIES_MAX = 3 };

/** One column of one interval. cost is that of a problem that minimises. */
typedef struct {
    uint32_t flow; /**< index into amp_lp_site.flow_name */
    double lower;
    double upper; /**< may be HUGE_VAL */
    double cost;
    amp_lp_entry entry[AMP_LP_ENTRIES_MAX];
    uint32_t entry_count;
} amp_lp_column;

/** One row of one interval. */
typedef struct {
    uint32_t row;  /**< index into amp_lp_site.row_name */
    bool is_equal; /**< else at most */
    double rhs;
} amp_lp_row;

/** One site with the names of its columns and rows, "pecos.import." and so on: letters, digits,
 *  dots and underscores, unique in the file, short enough for every reader of such files. */
typedef struct {
    const amp_site_problem *problem;
    const char **flow_name;
    const char **row_name;
    size_t flow_count; /**< columns of an interval at most */
    size_t row_count;  /**< rows of an interval at most */
} amp_lp_site;

/** Names everything. Arrays live in @p arena. AMP_OK or AMP_NOMEM. */
amp_status amp_lp_sites_name(const amp_site_problem *problem, size_t problem_count,
                             amp_arena *arena, amp_lp_site *out);

/** Columns of interval @p t, in the order of their flows; @p out has room for flow_count. A flow
 *  that is fixed at 0 has no column, but import always has. @return their number. */
size_t amp_lp_columns(const amp_lp_site *site, size_t t, amp_lp_column *out);

/** Rows of interval @p t, in their order; @p out has room for row_count. @return their number. */
size_t amp_lp_rows(const amp_lp_site *site, size_t t, amp_lp_row *out);

#endif
