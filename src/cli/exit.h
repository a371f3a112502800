/* SPDX-License-Identifier: Apache-2.0 */
/** @file exit.h  The one table of exit statuses. */
#ifndef AMP_CLI_EXIT_H
#define AMP_CLI_EXIT_H

#include "base/status.h"

#include <stdbool.h>

/** An exit status that a run can end with. */
typedef struct {
    int code;
    const char *meaning;
} amp_exit_row;

/** For help and the manual page; NULL past the end. */
const amp_exit_row *amp_exit_row_get(size_t i);

/** What the program exits with when it ended with @p status. */
int amp_exit_code(amp_status status);

/** Whether @p status says why there is no answer. Infeasible and the time limit are answers. */
bool amp_exit_is_failure(amp_status status);

/** Id of an error that is about no file, as JSON gives it: "usage", "refused". */
const char *amp_exit_error_id(amp_status status);

#endif
