/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/master.h"

#include <Clp_C_Interface.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

struct amp_master {
    Clp_Simplex *model;
    size_t row_count;
};

/* CLP's infinity is the largest double. */
static double clp_bound(double bound)
{
    return isinf(bound) ? copysign(DBL_MAX, bound) : bound;
}

amp_status amp_master_new(size_t count, const double *lower, const double *upper,
                          const double *objective, amp_master **out)
{
    amp_master *master = calloc(1, sizeof *master);
    double *low = calloc(count + 1, sizeof *low);
    double *high = calloc(count + 1, sizeof *high);
    if (master != NULL)
        master->model = Clp_newModel();
    if (master == NULL || low == NULL || high == NULL || master->model == NULL) {
        amp_master_free(master);
        free(low);
        free(high);
        return AMP_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        low[i] = clp_bound(lower[i]);
        high[i] = clp_bound(upper[i]);
    }
    Clp_setLogLevel(master->model, 0);
    /* With its default scaling CLP 1.17 answers "optimal" with rows violated when rows are added
     * between solves. */
    Clp_scaling(master->model, 0);
    Clp_setPrimalTolerance(master->model, 1e-9);
    Clp_setDualTolerance(master->model, 1e-9);
    Clp_addColumns(master->model, (int)count, low, high, objective, NULL, NULL, NULL);
    free(low);
    free(high);
    *out = master;
    return AMP_OK;
}

void amp_master_free(amp_master *master)
{
    if (master == NULL)
        return;
    if (master->model != NULL)
        Clp_deleteModel(master->model);
    free(master);
}

size_t amp_master_add_row(amp_master *master, size_t count, const int *column,
                          const double *coefficient, double upper)
{
    const CoinBigIndex start[2] = {0, (CoinBigIndex)count};
    const double none = -DBL_MAX;
    Clp_addRows(master->model, 1, &none, &upper, start, column, coefficient);
    return master->row_count++;
}

bool amp_master_solve(amp_master *master)
{
    (void)Clp_dual(master->model, 0);
    if (Clp_status(master->model) != 0)
        (void)Clp_primal(master->model, 0);
    return Clp_status(master->model) == 0;
}

const double *amp_master_columns(const amp_master *master)
{
    return Clp_primalColumnSolution(master->model);
}

double amp_master_row_dual(const amp_master *master, size_t row)
{
    return -Clp_dualRowSolution(master->model)[row];
}

double amp_master_objective(const amp_master *master)
{
    return Clp_objectiveValue(master->model);
}
