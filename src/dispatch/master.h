/* SPDX-License-Identifier: Apache-2.0 */
/** @file master.h  A small linear programme that grows by rows, solved by CLP; private to dispatch.
 */
#ifndef AMP_DISPATCH_MASTER_H
#define AMP_DISPATCH_MASTER_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/** Minimises; every row is "at most". */
typedef struct amp_master amp_master;

/** A master with @p count columns and no rows. Arrays are copied; infinite bounds are
 *  +-HUGE_VAL. AMP_NOMEM. @p out is freed by amp_master_free(). */
amp_status amp_master_new(size_t count, const double *lower, const double *upper,
                          const double *objective, amp_master **out);
void amp_master_free(amp_master *master);

/** Adds the row  sum coefficient[i] x[column[i]] <= upper.  @return its number. */
size_t amp_master_add_row(amp_master *master, size_t count, const int *column,
                          const double *coefficient, double upper);

/** Solves it, from the last basis on. @return false when CLP does not call it optimal. */
bool amp_master_solve(amp_master *master);

/** Of the last solve; valid until the next call. Duals are >= 0 up to CLP's tolerance: what one
 *  more unit of the row's limit takes off the minimum. */
const double *amp_master_columns(const amp_master *master);
double amp_master_row_dual(const amp_master *master, size_t row);
double amp_master_objective(const amp_master *master);

#endif
