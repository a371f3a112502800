/* SPDX-License-Identifier: Apache-2.0 */
/** @file study.h  A portfolio from text in a test, with its market and compiled sites. */
#ifndef AMP_TESTS_STUDY_H
#define AMP_TESTS_STUDY_H

#include "dispatch/answer.h"

#include "golden.h"

/** Everything that belongs to one text. */
typedef struct {
    golden_folder *folder;
    const char *path; /**< of portfolio.yaml in the folder */
    amp_diagnostics *diagnostics;
    amp_portfolio *portfolio;
    amp_market *market;
    amp_arena *arena;
} study;

/**
 * Writes portfolio.yaml and series.csv (unless @p csv is NULL) into a new folder and reads them.
 * The test fails, and prints the findings, when either is wrong.
 */
study study_open(const char *yaml, const char *csv);
void study_close(study *s);

/** Compiles one site; the test fails when that does. */
amp_site_problem study_problem(study *s, size_t site);

/** The same where an error is expected; findings land in s->diagnostics. */
amp_status study_problem_status(study *s, size_t site);

/** Dispatches all sites; the test fails when there is an error. Freed by amp_answer_free(). */
amp_answer *study_answer(study *s, const amp_answer_options *options);

/** Findings as text: "error range at 12, sites[0].grid.import_limit: message | advice". Lives as
 *  long as the folder. */
const char *study_findings(study *s);

#endif
