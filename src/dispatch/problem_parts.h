/* SPDX-License-Identifier: Apache-2.0 */
/** @file problem_parts.h  What the files that compile a site share; private to them. */
#ifndef AMP_DISPATCH_PROBLEM_PARTS_H
#define AMP_DISPATCH_PROBLEM_PARTS_H

#include "dispatch/column.h"
#include "dispatch/problem.h"
#include "dispatch/problem_check.h"
#include "dispatch/tariff.h"

/* What the steps of building share. */
typedef struct {
    amp_problem_check check;
    const amp_site *site;
    amp_columns columns;
    amp_arena *arena;
    amp_load *load;
    amp_tier *tier;
    amp_restart *restart;
    amp_source *source;
    amp_peak *peak;
    amp_job *job;
    amp_reserve *reserve;
    amp_tariff_build tariff;
    amp_site_problem problem;
} amp_builder;

/** Rows of a series kept their range in its own money; here they are in USD, @p unit. */
amp_column amp_builder_money(amp_builder *b, const amp_value *value, const char *unit);

/** The column of a value; of money, in USD/MWh. */
amp_column amp_builder_value(amp_builder *b, const amp_value *value);

/** A value that never varies (portfolio.h says which). */
double amp_builder_constant(amp_builder *b, const amp_value *value);

amp_column amp_builder_availability(amp_builder *b, const amp_availability *availability);

/** A load without tiers, the last so far. */
amp_load *amp_builder_next_load(amp_builder *b, amp_load_kind kind, size_t asset, const char *id);

/** Adds a tier to the last load: a tax on what it takes makes it worth less. */
void amp_builder_add_tier(amp_builder *b, amp_load *load, amp_column power_mw,
                          amp_column value_usd_per_mwh);

/** problem_fleets.c: fleet @p i with its tiers. */
void amp_builder_fleet(amp_builder *b, size_t i);

/** problem_halls.c: hall @p i with its lease, inference, jobs or workloads. */
void amp_builder_hall(amp_builder *b, size_t i);

#endif
