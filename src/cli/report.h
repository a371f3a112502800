/* SPDX-License-Identifier: Apache-2.0 */
/** @file report.h  The answer of `dispatch`, for people and for programs. */
#ifndef AMP_CLI_REPORT_H
#define AMP_CLI_REPORT_H

#include "cli/load.h"
#include "dispatch/answer.h"

/** A feasible answer, and what was measured and asked. */
typedef struct {
    const amp_answer *answer;
    double solve_s;       /**< the engine alone */
    double tolerance;     /**< share of the bound up to which a gap is called optimal */
    double time_limit_s;  /**< HUGE_VAL for none */
    const char *schedule; /**< file that was written, or NULL */
} amp_report_input;

/** gap_usd / max(1, |bound_usd|) */
double amp_report_gap(const amp_answer *answer);

/** What text and JSON call an answer. */
typedef enum {
    AMP_OUTCOME_OPTIMAL,   /**< the gap is within the tolerance */
    AMP_OUTCOME_GAP,       /**< it is larger, and more time would not change that */
    AMP_OUTCOME_TIME_LIMIT /**< it is larger, and the time limit ended the search */
} amp_outcome;

amp_outcome amp_report_outcome_of(const amp_report_input *input);

/** Where a gap comes from, USD. Neither is negative; they add up to bound less objective, exactly.
 */
typedef struct {
    double coordination; /**< prices of peaks, jobs and budgets that are not settled further */
    double mode;         /**< the bound uses two modes at once, the schedule one */
} amp_gap_parts;

amp_gap_parts amp_report_gap_parts(const amp_answer *answer);

/** Headline, money, energy, pictures and proof. */
amp_status amp_report_print(amp_cli *cli, const amp_loaded *loaded, const amp_report_input *input);

/** The object of schema "ampacity.dispatch/1". */
amp_status amp_report_json(amp_cli *cli, const amp_loaded *loaded, const amp_report_input *input);

#endif
