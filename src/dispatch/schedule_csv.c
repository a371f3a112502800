/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/answer.h"

#include "base/arena.h"
#include "base/output.h"
#include "base/time.h"
#include "dispatch/column.h"
#include "dispatch/totals.h"

#include <stdint.h>
#include <string.h>

enum { GZIP_LEVEL = 4 };

/* All columns of the file and what each site has in them: cell[site * capacity + column], with
 * value NULL where a site has nothing to say. Rows are ordered by time, then as the portfolio
 * orders its sites. */
typedef struct {
    amp_arena *arena;
    const amp_answer *answer;
    const char **name;
    amp_column *cell;
    size_t count;
    size_t capacity;
    bool ok; /* false when memory has ended */
} csv_table;

/* ---- columns ---- */

static amp_column varying(const double *number)
{
    return (amp_column){.value = number, .stride = 1};
}

static size_t find_or_add(csv_table *table, const char *name)
{
    size_t i = 0;
    while (i < table->count && strcmp(table->name[i], name) != 0)
        i++;
    if (i == table->count)
        table->name[table->count++] = name;
    return i;
}

static void set(csv_table *table, size_t site, const char *name, amp_column cell)
{
    if (name == NULL)
        table->ok = false;
    else
        table->cell[site * table->capacity + find_or_add(table, name)] = cell;
}

/* The total of one load is that load itself; only of several is an array made. */
static amp_column load_total(csv_table *table, const amp_site_answer *site, amp_load_kind kind)
{
    const double *only = NULL;
    double *sum = NULL;
    size_t found = 0;
    for (size_t i = 0; i < site->problem.load_count; i++) {
        if (site->problem.load[i].kind != kind)
            continue;
        only = site->schedule.load_mw[i];
        found++;
    }
    if (found <= 1)
        return found == 0 ? amp_column_zero() : varying(only);
    sum = AMP_ARENA_NEW(table->arena, double, site->schedule.interval_count);
    if (sum == NULL)
        table->ok = false;
    else
        amp_totals_load_mw(&site->problem, &site->schedule, kind, sum);
    return varying(sum);
}

static amp_column source_total(csv_table *table, const amp_site_answer *site)
{
    double *sum = NULL;
    size_t generators = 0;
    for (size_t i = 0; i < site->problem.source_count; i++)
        generators += site->problem.source[i].kind == AMP_SOURCE_GENERATOR ? 1 : 0;
    if (generators == 0)
        return amp_column_zero();
    if (generators == 1) /* generators come first */
        return varying(site->schedule.source_mw[0]);
    sum = AMP_ARENA_NEW(table->arena, double, site->schedule.interval_count);
    if (sum == NULL)
        table->ok = false;
    else
        amp_totals_source_mw(&site->problem, &site->schedule, sum);
    return varying(sum);
}

static void add_site_columns(csv_table *table, size_t i)
{
    const amp_site_answer *site = &table->answer->site[i];
    const amp_schedule *s = &site->schedule;
    set(table, i, "import_mw", varying(s->import_mw));
    set(table, i, "export_mw", varying(s->export_mw));
    set(table, i, "charge_mw", varying(s->charge_mw));
    set(table, i, "discharge_mw", varying(s->discharge_mw));
    set(table, i, "generation_mw", source_total(table, site));
    set(table, i, "mining_mw", load_total(table, site, AMP_LOAD_MINING));
    set(table, i, "lease_mw", load_total(table, site, AMP_LOAD_LEASE));
    set(table, i, "inference_mw", load_total(table, site, AMP_LOAD_INFERENCE));
    set(table, i, "training_mw", load_total(table, site, AMP_LOAD_TRAINING));
    set(table, i, "soc_mwh", varying(s->soc_mwh));
    set(table, i, "internal_price_usd_per_mwh", varying(s->internal_price_usd_per_mwh));
}

static void add_dual_columns(csv_table *table, size_t i)
{
    const amp_schedule *s = &table->answer->site[i].schedule;
    set(table, i, "stored_usd_per_mwh", varying(s->stored_usd_per_mwh));
    set(table, i, "block_mw", varying(s->block_mw));
}

static const char *kind_word(amp_load_kind kind)
{
    return kind == AMP_LOAD_MINING ? "mining" : "hall";
}

/* One column per fleet, or one per hall. */
static void add_load_columns(csv_table *table, size_t i, bool mining)
{
    const amp_site_answer *site = &table->answer->site[i];
    for (size_t k = 0; k < site->problem.load_count; k++) {
        const amp_load *load = &site->problem.load[k];
        if ((load->kind == AMP_LOAD_MINING) == mining)
            set(table, i,
                amp_arena_format(table->arena, "%s.%s_mw", kind_word(load->kind), load->id),
                varying(site->schedule.load_mw[k]));
    }
}

static void add_fleet_columns(csv_table *table, size_t i)
{
    add_load_columns(table, i, true);
}

static void add_hall_columns(csv_table *table, size_t i)
{
    add_load_columns(table, i, false);
}

static void add_generator_columns(csv_table *table, size_t i)
{
    const amp_site_answer *site = &table->answer->site[i];
    for (size_t k = 0; k < site->problem.source_count; k++)
        if (site->problem.source[k].kind == AMP_SOURCE_GENERATOR)
            set(table, i,
                amp_arena_format(table->arena, "generator.%s_mw", site->problem.source[k].id),
                varying(site->schedule.source_mw[k]));
}

static void add_tier_columns(csv_table *table, size_t i)
{
    const amp_site_answer *site = &table->answer->site[i];
    for (uint32_t k = 0; k < site->problem.tier_count; k++) {
        const amp_load *load = &site->problem.load[site->problem.tier[k].load];
        set(table, i,
            amp_arena_format(table->arena, "%s.%s.tier%u_mw", kind_word(load->kind), load->id,
                             k - load->first_tier + 1),
            varying(site->schedule.tier_mw[k]));
    }
}

static void add_reserve_columns(csv_table *table, size_t i)
{
    const amp_site_answer *site = &table->answer->site[i];
    for (size_t r = 0; r < site->problem.reserve_count; r++)
        set(table, i, amp_arena_format(table->arena, "reserve.%s_mw", site->problem.reserve[r].id),
            varying(site->schedule.reserve_mw[r]));
}

/* Of what is held, the battery's part. */
static void add_reserve_battery_columns(csv_table *table, size_t i)
{
    const amp_site_answer *site = &table->answer->site[i];
    for (size_t r = 0; r < site->problem.reserve_count; r++)
        set(table, i,
            amp_arena_format(table->arena, "reserve.%s.battery_mw", site->problem.reserve[r].id),
            varying(site->schedule.reserve_battery_mw[r]));
}

/* The jobs of a hall: their IT power. */
static void add_job_columns(csv_table *table, size_t i)
{
    const amp_site_answer *site = &table->answer->site[i];
    for (size_t j = 0; j < site->problem.job_count; j++) {
        const amp_job *job = &site->problem.job[j];
        set(table, i,
            amp_arena_format(table->arena, "hall.%s.%s_it_mw", site->problem.load[job->load].id,
                             job->id),
            varying(site->schedule.job_mw[j]));
    }
}

/* Groups of columns in the order of the file. Within a group, what the first site has comes first.
 */
static const struct {
    void (*add)(csv_table *table, size_t site);
    bool duals_only;
} groups[] = {
    {add_site_columns, false},
    {add_fleet_columns, false},
    {add_hall_columns, false},
    {add_generator_columns, false},
    {add_reserve_columns, false},
    {add_dual_columns, true},
    {add_tier_columns, true},
    {add_job_columns, true},
    {add_reserve_battery_columns, true},
};

static size_t columns_at_most(const amp_answer *answer)
{
    enum { FIXED = 11 + 2 };
    size_t count = FIXED;
    for (size_t i = 0; i < answer->site_count; i++) {
        const amp_site_problem *problem = &answer->site[i].problem;
        count += problem->load_count + problem->source_count + problem->tier_count +
                 problem->job_count + 2 * problem->reserve_count;
    }
    return count;
}

static amp_status build_table(const amp_answer *answer, bool duals, amp_arena *arena,
                              csv_table *out)
{
    const size_t capacity = columns_at_most(answer);
    csv_table table = {
        .arena = arena,
        .answer = answer,
        .name = AMP_ARENA_NEW(arena, const char *, capacity),
        .cell = AMP_ARENA_NEW(arena, amp_column, capacity * answer->site_count),
        .capacity = capacity,
        .ok = true,
    };
    if (table.name == NULL || table.cell == NULL)
        return AMP_NOMEM;
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        if (groups[g].duals_only && !duals)
            continue;
        for (size_t i = 0; i < answer->site_count; i++)
            groups[g].add(&table, i);
    }
    if (!table.ok)
        return AMP_NOMEM;
    *out = table;
    return AMP_OK;
}

/* ---- rows ---- */

static void write_header(const csv_table *table, amp_output *output)
{
    amp_output_put_text(output, "time,site");
    for (size_t c = 0; c < table->count; c++) {
        amp_output_put(output, ",", 1);
        amp_output_put_text(output, table->name[c]);
    }
    amp_output_put(output, "\n", 1);
}

static void write_row(const csv_table *table, size_t site, size_t t, const char *time,
                      amp_output *output)
{
    const amp_column *cell = table->cell + site * table->capacity;
    amp_output_put_text(output, time);
    amp_output_put(output, ",", 1);
    amp_output_put_text(output, table->answer->site[site].problem.site_id);
    for (size_t c = 0; c < table->count; c++) {
        amp_output_put(output, ",", 1);
        if (cell[c].value != NULL)
            amp_output_put_rounded(output, amp_column_at(cell[c], t));
    }
    amp_output_put(output, "\n", 1);
}

static void write_rows(const csv_table *table, amp_output *output)
{
    const amp_site_problem *first = &table->answer->site[0].problem;
    char time[AMP_TIME_TEXT_BYTES];
    for (size_t t = 0; t < first->interval_count; t++) {
        (void)amp_time_format(first->from_unix_s + (int64_t)t * first->step_s, time);
        for (size_t i = 0; i < table->answer->site_count; i++)
            write_row(table, i, t, time, output);
    }
}

amp_status amp_answer_write_csv(const amp_answer *answer, bool duals, const char *path,
                                amp_error *err)
{
    amp_arena *arena = NULL;
    amp_output *output = NULL;
    amp_status status = AMP_NOMEM;
    csv_table table = {0};
    if (!answer->is_feasible)
        return amp_fail(err, AMP_ARGUMENT, "%s: there is no schedule to write", path);
    arena = amp_arena_new(SIZE_MAX);
    if (arena != NULL)
        status = build_table(answer, duals, arena, &table);
    if (status != AMP_OK) {
        status = amp_fail(err, status, "%s: no memory to write it", path);
        goto out;
    }
    status = amp_output_open(path, GZIP_LEVEL, &output, err);
    if (status != AMP_OK)
        goto out;
    write_header(&table, output);
    if (answer->site_count > 0)
        write_rows(&table, output);
    status = amp_output_close(output, AMP_OK, err);
out:
    amp_arena_free(arena);
    return status;
}
