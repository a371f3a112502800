/* SPDX-License-Identifier: Apache-2.0 */
/** @file oracle.h  A site's relaxed problem as a linear programme solved by CLP: an independent
 *  judge of the solver. Built from the formulas in dispatch/problem.h, with no code of src/. */
#ifndef AMP_TESTS_ORACLE_H
#define AMP_TESTS_ORACLE_H

#include "dispatch/problem.h"

/** One linear programme; @p problem must outlive it. One thread at a time. */
typedef struct oracle oracle;

/** What CLP found. Money in USD, penalties for unserved demand included. */
typedef struct {
    bool is_feasible;
    double value_usd;    /**< of CLP's primal solution */
    double bound_usd;    /**< recomputed from CLP's duals: no solution earns more */
    double turnover_usd; /**< revenue + |cost| without penalties */
    double violation;    /**< worst violation of a row or bound, MW or MWh */
} oracle_answer;

/** @return NULL when there is no memory. */
oracle *oracle_new(const amp_site_problem *problem);
void oracle_free(oracle *judge);

/** Solves from where the last solve ended. */
oracle_answer oracle_solve(oracle *judge);

/** Which flows an interval may use. */
typedef struct {
    bool charge, discharge, import, export;
} oracle_modes;

/** Forbids flows in interval @p t; all true restores the relaxation. */
void oracle_allow(oracle *judge, size_t t, oracle_modes modes);

/** Fixes the battery's net discharge of interval @p t to @p net_mw, in one mode. */
void oracle_fix_net(oracle *judge, size_t t, double net_mw);

/** Adds @p mw of free supply at the bus in interval @p t (0 restores). */
void oracle_add_supply(oracle *judge, size_t t, double mw);

/** Adds @p mwh to what is stored at the end of interval @p t (0 restores). */
void oracle_add_stored(oracle *judge, size_t t, double mwh);

#endif
