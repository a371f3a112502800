/* SPDX-License-Identifier: Apache-2.0 */
/** @file findings.h  Errors, warnings and hints on standard error. */
#ifndef AMP_CLI_FINDINGS_H
#define AMP_CLI_FINDINGS_H

#include "cli/command.h"

/** Whether an error of a run that ended with @p status is about an option: where that is wrong
 *  usage, whatever is about no file came from the command line. */
bool amp_finding_is_usage(const amp_diagnostic *found, amp_status status);

/** Prints the findings that were not printed yet, sorted by place. Warnings are left out with
 *  --quiet; under --json nothing is printed. */
void amp_findings_show(amp_cli *cli);

/** Ends a run: what was not printed yet, the error that is about no file, and "3 errors, 1
 *  warning". Under --json an error becomes the object on standard output. */
void amp_findings_end(amp_cli *cli, amp_status status);

/** Lines on standard error for people who wonder what to do next; not with --quiet or --json. A
 *  line that starts with "Next: " or a space is a command, and what it does after three spaces. */
void amp_hint(const amp_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
