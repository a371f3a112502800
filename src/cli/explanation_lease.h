/* SPDX-License-Identifier: Apache-2.0 */
/** @file explanation_lease.h  Private to cli/: what leases earn under their clauses, for `explain`.
 */
#ifndef AMP_CLI_EXPLANATION_LEASE_H
#define AMP_CLI_EXPLANATION_LEASE_H

#include "cli/json.h"
#include "dispatch/explain.h"

/** A paragraph for each lease that has clauses beyond its fee and energy passed through. */
void amp_explanation_leases(const amp_screen *screen, const amp_explanation *explanation);

/** All leases as a list. */
json_t *amp_explanation_leases_json(const amp_explanation *explanation);

#endif
