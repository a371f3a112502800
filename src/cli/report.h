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
    const char *schedule; /**< file that was written, or NULL */
} amp_report_input;

/** gap_usd / max(1, |bound_usd|) */
double amp_report_gap(const amp_answer *answer);

/** Whether the gap is within the tolerance: what text and JSON call optimal. */
bool amp_report_is_optimal(const amp_report_input *input);

/** Headline, money, energy, pictures and proof. */
amp_status amp_report_print(amp_cli *cli, const amp_loaded *loaded, const amp_report_input *input);

/** The object of schema "ampacity.dispatch/1". */
amp_status amp_report_json(amp_cli *cli, const amp_loaded *loaded, const amp_report_input *input);

#endif
