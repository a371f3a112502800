/* SPDX-License-Identifier: Apache-2.0 */
/** @file coupled.h  Coordination by prices: its own growth, and against other solvers. */
#ifndef AMP_BENCH_COUPLED_H
#define AMP_BENCH_COUPLED_H

#include "settings.h"

/** Prints the tables. @return 0, or -1 when something failed (it is printed). */
int measure_coordination(const settings *set);

#endif
