/* SPDX-License-Identifier: Apache-2.0 */
/** @file report_lease.h  Private to cli/: what leases come to by month, as a table and in JSON. */
#ifndef AMP_CLI_REPORT_LEASE_H
#define AMP_CLI_REPORT_LEASE_H

#include "cli/json.h"
#include "cli/report_parts.h"

/** "Leases": a row for each lease and local month, where a lease has clauses beyond its fee and
 *  energy passed through. */
void amp_report_leases(const amp_report_view *r);

/** The same as a list, of all leases. */
json_t *amp_report_leases_json(const amp_site_answer *site);

#endif
