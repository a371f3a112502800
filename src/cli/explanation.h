/* SPDX-License-Identifier: Apache-2.0 */
/** @file explanation.h  What `explain` found, in words for people and as JSON for programs. */
#ifndef AMP_CLI_EXPLANATION_H
#define AMP_CLI_EXPLANATION_H

#include "cli/load.h"
#include "dispatch/explain.h"

/** Sentences and tables on standard output. AMP_OK, AMP_NOMEM or AMP_PARSE (a time zone). */
amp_status amp_explanation_print(amp_cli *cli, const amp_explanation *explanation);

/** The object of schema "ampacity.explain/1". */
amp_status amp_explanation_json(amp_cli *cli, const amp_loaded *loaded,
                                const amp_explanation *explanation);

/** Hours of the horizon's figures in a year of 8760 h: what they are scaled by. */
double amp_explanation_years(const amp_explanation *explanation);

/** Whether export pays more than import costs in some interval: then a MW more of connection may be
 *  worth more than the marginal value says. */
bool amp_explanation_has_two_modes(const amp_explanation *explanation);

#endif
