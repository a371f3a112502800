/* SPDX-License-Identifier: Apache-2.0 */
/** @file report_parts.h  Private to cli/: the parts of the printed report and what they share. */
#ifndef AMP_CLI_REPORT_PARTS_H
#define AMP_CLI_REPORT_PARTS_H

#include "cli/figures.h"
#include "cli/report.h"

/** What every part looks at. */
typedef struct {
    const amp_screen *screen;
    const amp_loaded *loaded;
    const amp_report_input *input;
    const amp_answer *answer;
    amp_buckets buckets;
    amp_site_figures *figures; /* one a site */
} amp_report_view;

/** A blank line and a title in bold. */
void amp_report_heading(const amp_report_view *r, const char *text);

/** The answer in one sentence. */
void amp_report_headline(const amp_report_view *r);

/** The statement of one site, or a table of many; sums to the objective. */
void amp_report_money(const amp_report_view *r);

/** How many there are, of all sites. */
size_t amp_report_peak_count(const amp_answer *answer);
size_t amp_report_job_count(const amp_answer *answer);
size_t amp_report_budget_count(const amp_answer *answer);
size_t amp_report_restart_count(const amp_answer *answer);

/** Name of the line of demand charges of one site: "demand charge on 118.3 MW", or of several
 *  months how many and the highest; shorter where the screen is narrow. @return buffer */
const char *amp_report_peaks_name(const amp_report_view *r, char *buffer, size_t size);

/** kW where nothing at the site is a megawatt, else MW. */
amp_scale amp_report_power_scale(const amp_site_figures *figures);

/** The table of GPUs whose power may be capped, where there are any. */
void amp_report_workloads(const amp_report_view *r);

/** The same for programs: a list, one entry a load. */
json_t *amp_report_workloads_json(const amp_site_answer *site);

/** Tables of demand charges, of training jobs, of budgets and of reserves, where there are any. */
void amp_report_couplings(const amp_report_view *r);

/** The starts of fleets that cost something to start; there are some. */
void amp_report_restarts(const amp_report_view *r);

/** What one more MWh is worth, the bound, and where a gap comes from. */
void amp_report_proof(const amp_report_view *r);

#endif
