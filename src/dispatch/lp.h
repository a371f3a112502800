/* SPDX-License-Identifier: Apache-2.0 */
/** @file lp.h  The dispatch problem as a linear programme that any solver reads. */
#ifndef AMP_DISPATCH_LP_H
#define AMP_DISPATCH_LP_H

#include "dispatch/problem.h"

typedef enum { AMP_LP_MPS, AMP_LP_CPLEX } amp_lp_format;

/**
 * Writes the relaxed problem of problem.h for all sites into one file, gzip when @p path ends in
 * ".gz". It minimises minus the objective, has no OBJSENSE section and no constant, and writes
 * numbers so that they read back the same; its optimum is minus the bound. Columns are named
 * site.flow.interval ("pecos.import.20250801T050000Z"), rows site.row.interval; what spans
 * intervals has no interval in its name ("pecos.peak.202508").
 */
amp_status amp_lp_write(const amp_site_problem *problem, size_t problem_count, amp_lp_format format,
                        const char *path, amp_error *err);

/** Sizes of that programme. */
typedef struct {
    size_t columns, rows, nonzeros;
} amp_lp_size;

/** @param out written on AMP_OK; else AMP_NOMEM. Safe from any thread. */
amp_status amp_lp_measure(const amp_site_problem *problem, size_t problem_count, amp_lp_size *out);

#endif
