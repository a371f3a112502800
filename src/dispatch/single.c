/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/single.h"

#include "dispatch/reserve.h"
#include "dispatch/restart_solve.h"

static amp_status solve_alone(const amp_site_problem *problem, const amp_host *host,
                              amp_site_solution *out)
{
    amp_solver *solver = NULL;
    amp_solution solution = {0};
    amp_status status = amp_solver_new(problem, &solver, NULL);
    if (status != AMP_OK)
        return status;
    amp_solver_solve(solver, &solution);
    *out = (amp_site_solution){
        .shortage = solution.shortage,
        .shortage_interval = solution.shortage_interval,
        .shortage_amount = solution.shortage_amount,
        .calls = 1,
    };
    if (solution.shortage == AMP_FEASIBLE) {
        out->bound_usd = solution.bound_usd;
        out->relaxed_usd = solution.bound_usd;
        out->one_mode_usd = solution.objective_usd;
        out->mixed_count = solution.mixed_count;
        status = amp_schedule_build(problem, &solution, host, &out->schedule);
    }
    amp_solver_free(solver);
    return status;
}

static amp_status solve_coordinated(const amp_site_problem *problem, const amp_host *host,
                                    double tolerance, amp_site_solution *out)
{
    const amp_coordination_options options = {.tolerance = tolerance};
    amp_coordination *coordination = NULL;
    amp_status status = amp_coordinate(problem, host, &options, &coordination);
    if (status != AMP_OK)
        return status;
    const amp_coordinated *found = amp_coordination_result(coordination);
    *out = (amp_site_solution){
        .shortage = found->shortage,
        .shortage_interval = found->shortage_interval,
        .shortage_amount = found->shortage_amount,
        .calls = found->calls,
        .was_stopped = found->was_stopped,
    };
    if (found->shortage == AMP_FEASIBLE) {
        out->bound_usd = found->bound_usd;
        out->relaxed_usd = found->relaxed_usd;
        out->one_mode_usd =
            found->relaxed_usd - (found->solution.bound_usd - found->solution.objective_usd);
        out->mixed_count = found->solution.mixed_count;
        status = amp_schedule_build_coordinated(problem, found, &out->schedule);
    }
    amp_coordination_free(coordination);
    return status;
}

amp_status amp_site_solve(const amp_site_problem *problem, const amp_host *host, double tolerance,
                          amp_site_solution *out)
{
    const bool is_coupled = problem->peak_count + problem->job_count + problem->budget_count > 0 ||
                            amp_reserve_wants_energy(problem);
    if (problem->restart_count > 0)
        return amp_restart_solve(problem, host, tolerance, out);
    if (is_coupled)
        return solve_coordinated(problem, host, tolerance, out);
    return solve_alone(problem, host, out);
}
