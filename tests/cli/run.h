/* SPDX-License-Identifier: Apache-2.0 */
/** @file run.h  Runs the program as a user does, and takes what it prints. */
#ifndef AMP_TESTS_RUN_H
#define AMP_TESTS_RUN_H

#include "golden.h"

#include <jansson.h>

/** What one run printed. The texts live as long as the folder. */
typedef struct {
    int code;
    const char *out;
    const char *err;
} run_result;

/** Variables of every run, and those that a test adds, "NAME=value". */
enum { RUN_ARGUMENTS_MAX = 16, RUN_VARIABLES_MAX = 6 };

/**
 * Runs the program named by the variable AMPACITY_PROGRAM inside @p folder, without standard input,
 * with TERM=dumb and LC_ALL=C.UTF-8 unless @p variables say else.
 *
 * @param arguments after the program's name, ends with NULL
 * @param variables ends with NULL; may be NULL
 */
run_result run_with(golden_folder *folder, const char *const *variables,
                    const char *const *arguments);

/** The same on a terminal (TERM=xterm unless @p variables say else); `out` holds both streams and
 * is valid until the next such run. */
run_result run_in_terminal(golden_folder *folder, const char *const *variables,
                           const char *const *arguments);

/** run_with() without further variables; words are divided by one space: "check a.yaml --json". */
run_result run(golden_folder *folder, const char *line);

/** @p text for interfaces that take `char *` and do not write. */
char *run_mutable(const char *text);

/** @p text with measured times replaced: "in 9 ms" becomes "in TIME", the value of solve_s 0. Lives
 *  as long as @p folder. */
const char *run_without_times(golden_folder *folder, const char *text);

/** Two days of one site, hour by hour: mining, an inference hall, a battery. */
extern const char run_portfolio[];

/** Its series, `series.csv`. */
const char *run_write_series(golden_folder *folder);

/** A folder with run_portfolio as `p.yaml` and its series. */
golden_folder *run_two_days(void);

/** run_portfolio with the first @p what replaced, as file @p name. @return its path. */
const char *run_write_changed(golden_folder *folder, const char *name, const char *what,
                              const char *instead);

/** A lease of 7.5 MW at the bus behind 4 MW of grid and 10 MWh in the battery: 3.5 MW short, which
 *  the battery covers for two hours; in the third it holds 3 MWh, 0.5 MW too little. */
extern const char run_short_portfolio[];

/** Two hours of an inference hall beside a training job, with a demand charge. By hand: 4 MW of
 *  inference at 100 USD/MWh, and 6 MWh of IT at 80 USD/MWh, which cost least as 3 MW in both hours:
 *  3.75 MW at the bus. 800 + 480 - 310 of energy at 20 USD/MWh - 7.75 MW x 50 USD = 582.5 USD. */
extern const char run_coupled_portfolio[];

/** @p text as an object; a test that gets anything else fails. Freed by json_decref(). */
json_t *run_parse_json(const char *text);

#endif
