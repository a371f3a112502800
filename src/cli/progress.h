/* SPDX-License-Identifier: Apache-2.0 */
/** @file progress.h  A progress line on standard error: redrawn on a terminal, else one a while. */
#ifndef AMP_CLI_PROGRESS_H
#define AMP_CLI_PROGRESS_H

#include "cli/out.h"

typedef struct amp_progress amp_progress;

/** Starts showing progress on @p screen, after half a second and at most ten times a second; where
 *  the cursor cannot move, one plain line every 30 s. NULL when it cannot be shown: all functions
 *  allow it. */
amp_progress *amp_progress_start(const amp_screen *screen);

/** Begins a phase of @p total parts (0: unknown); @p name is static text, "solving". Any thread. */
void amp_progress_phase(amp_progress *progress, const char *name, const char *noun, size_t total);

/** Says how many parts are done. Any thread; @p context is an amp_progress. */
void amp_progress_count(void *context, size_t done, size_t total);

/** Removes the line and ends. Call before anything else is written to the terminal. */
void amp_progress_stop(amp_progress *progress);

#endif
