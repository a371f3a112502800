/* SPDX-License-Identifier: Apache-2.0 */
/** @file load.h  The portfolio that a verb works on, read as its options say. */
#ifndef AMP_CLI_LOAD_H
#define AMP_CLI_LOAD_H

#include "base/hash.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "dispatch/problem.h"

/** What was read. Zero-initialise before amp_loaded_open(). */
typedef struct {
    char *path; /**< of the portfolio file */
    amp_portfolio *portfolio;
    amp_market *market;
    amp_progress *progress; /**< running; NULL when none is shown */
} amp_loaded;

/** Reads cli->operand (a folder means its portfolio.yaml) with --from, --to and --site, and all
 *  series. Findings go to cli->diagnostics. @p out is freed by amp_loaded_free() in any case. */
amp_status amp_loaded_open(amp_cli *cli, amp_loaded *out);
void amp_loaded_free(amp_loaded *loaded);

/** Ends the progress line, so that a result can be printed. */
void amp_loaded_quiet(amp_loaded *loaded);

/** Every site as numbers, for verbs that do not solve. @p arena holds the array and its parts.
 *  @return AMP_OK or what building reported */
amp_status amp_loaded_problems(amp_cli *cli, const amp_loaded *loaded, amp_arena *arena,
                               amp_site_problem **out);

/** SHA-256 over the portfolio file and the series files in use, each once, in the order in which
 *  the portfolio declares them. @p hex has AMP_HASH_TEXT_BYTES. */
amp_status amp_loaded_hash(amp_cli *cli, const amp_loaded *loaded, char *hex);

/** Adds what identifies a run to its JSON: inputs_sha256, portfolio, from, to, step_s, intervals.
 */
amp_status amp_loaded_json(amp_cli *cli, const amp_loaded *loaded, json_t *object);

#endif
