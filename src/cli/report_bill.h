/* SPDX-License-Identifier: Apache-2.0 */
/** @file report_bill.h  Private to cli/: the bill of a tariff, as a table and in JSON. */
#ifndef AMP_CLI_REPORT_BILL_H
#define AMP_CLI_REPORT_BILL_H

#include "cli/json.h"
#include "cli/report_parts.h"

/** "The bill": every line with its quantity and rate, for each site that has a tariff. */
void amp_report_bill(const amp_report_view *r);

/** The same as a list; empty without a tariff. */
json_t *amp_report_bill_json(const amp_site_answer *site);

#endif
