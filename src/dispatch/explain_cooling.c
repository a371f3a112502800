/* SPDX-License-Identifier: Apache-2.0 */
/* The site with one degree less outdoors. */
#include "dispatch/explain_parts.h"

#include "dispatch/restart.h"

#include <math.h>
#include <string.h>

static bool has_curve(const amp_site *site)
{
    for (size_t i = 0; i < site->hall_count; i++)
        if (site->hall[i].pue.point_count > 0)
            return true;
    return false;
}

/* The site as it would be with the outdoor temperature @p degrees higher: curves are moved the
 * other way. NULL without memory. */
static amp_portfolio *moved_portfolio(const amp_explainer *e, double degrees)
{
    const amp_portfolio *from = e->request->portfolio;
    amp_arena *arena = e->out->arena;
    amp_portfolio *portfolio = AMP_ARENA_NEW(arena, amp_portfolio, 1);
    amp_site *site = AMP_ARENA_NEW(arena, amp_site, from->site_count);
    const amp_site *old = &from->site[e->request->site];
    amp_hall *hall = AMP_ARENA_NEW(arena, amp_hall, old->hall_count);
    if (portfolio == NULL || site == NULL || hall == NULL)
        return NULL;
    *portfolio = *from;
    memcpy(site, from->site, from->site_count * sizeof *site);
    memcpy(hall, old->hall, old->hall_count * sizeof *hall);
    for (size_t i = 0; i < old->hall_count; i++) {
        const amp_pue *pue = &old->hall[i].pue;
        amp_pue_point *point = AMP_ARENA_NEW(arena, amp_pue_point, pue->point_count);
        if (point == NULL)
            return NULL;
        for (size_t k = 0; k < pue->point_count; k++)
            point[k] = (amp_pue_point){pue->point[k].outdoor_degc - degrees, pue->point[k].pue};
        hall[i].pue.point = point;
    }
    site[e->request->site].hall = hall;
    portfolio->site = site;
    return portfolio;
}

/* What cooling saves in each hall, at the internal price, while IT power stays. */
static void price_cooling(amp_explainer *e, const amp_site_problem *cooler)
{
    const amp_site_problem *p = e->problem;
    amp_explained_cooling *cooling = &e->out->cooling;
    for (size_t i = 0; i < p->load_count; i++) {
        if (p->load[i].kind == AMP_LOAD_MINING)
            continue;
        for (size_t t = 0; t < p->interval_count; t++) {
            const double share = 1.0 - amp_column_at(p->load[i].it_per_mwh, t) /
                                           amp_column_at(cooler->load[i].it_per_mwh, t);
            const double saved_mwh = e->schedule->load_mw[i][t] * share * p->interval_h;
            cooling->saved_mwh += saved_mwh;
            cooling->margin.marginal_usd += saved_mwh * e->schedule->internal_price_usd_per_mwh[t];
        }
    }
}

static amp_status solve_moved(amp_explainer *e, const amp_margins_options *options, double degrees,
                              double *rise_usd)
{
    amp_site_problem moved = {0};
    amp_margins_value value = {0};
    const amp_portfolio *portfolio = moved_portfolio(e, degrees);
    if (portfolio == NULL)
        return AMP_NOMEM;
    amp_status status = amp_site_problem_build(portfolio, e->request->site, e->request->market,
                                               e->out->arena, NULL, &moved);
    if (status != AMP_OK)
        return status;
    if (degrees < 0.0)
        price_cooling(e, &moved);
    status = amp_restart_price_at(&moved, e->schedule->start_usd, e->out->arena, &moved);
    if (status == AMP_OK)
        status = amp_margins_solve(&moved, options, &value);
    if (status != AMP_OK)
        return status;
    *rise_usd = value.bound_usd - e->out->margins.bound_usd;
    e->out->margins.accuracy_usd = fmax(e->out->margins.accuracy_usd, 2.0 * value.gap_usd);
    return AMP_OK;
}

amp_status amp_explain_cooling(amp_explainer *e, const amp_margins_options *options)
{
    amp_explained_cooling *cooling = &e->out->cooling;
    double fall_usd = 0.0;
    if (!has_curve(&e->request->portfolio->site[e->request->site]))
        return AMP_OK;
    cooling->is_present = true;
    amp_status status = solve_moved(e, options, -1.0, &cooling->margin.more_usd);
    if (status == AMP_OK)
        status = solve_moved(e, options, 1.0, &fall_usd);
    cooling->margin.less_usd = -fall_usd;
    return status;
}
