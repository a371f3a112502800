/* SPDX-License-Identifier: Apache-2.0 */
/** @file shortage.h  What is printed when no schedule meets every limit. */
#ifndef AMP_CLI_SHORTAGE_H
#define AMP_CLI_SHORTAGE_H

#include "cli/load.h"
#include "dispatch/answer.h"

/** Prints where an infeasible answer falls short and which changes would help, as text or as the
 *  JSON object with status "infeasible". @return AMP_INFEASIBLE, or why it could not be printed */
amp_status amp_shortage_print(amp_cli *cli, const amp_loaded *loaded, const amp_answer *answer);

/** What is short, in a sentence: "what must be served is 7.4 MW more than ...". */
char *amp_shortage_text(const amp_site_problem *problem, amp_shortage shortage, double amount,
                        char *buffer, size_t size);

#endif
