/* SPDX-License-Identifier: Apache-2.0 */
/** @file verbs.h  The rows of the verbs; each file cmd_VERB.c defines one. */
#ifndef AMP_CLI_VERBS_H
#define AMP_CLI_VERBS_H

#include "cli/command.h"

extern const amp_command amp_command_init;
extern const amp_command amp_command_check;
extern const amp_command amp_command_dispatch;
extern const amp_command amp_command_explain;
extern const amp_command amp_command_export;
extern const amp_command amp_command_help;
extern const amp_command amp_command_version;
extern const amp_command amp_command_completion;

/** Explains @p cli's verb, for `ampacity VERB --help`. */
void amp_help_print(const amp_command *command, const amp_screen *screen);

/** The overview of all verbs. */
void amp_help_print_overview(const amp_screen *screen);

/** The manual page, mdoc(7). */
void amp_man_print(FILE *out);

#endif
