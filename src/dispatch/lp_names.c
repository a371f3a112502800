/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/lp_model.h"

#include <stdio.h>
#include <string.h>

/* CoinLpIO takes names of 100 bytes at most. Two words, their dots, and "20250801T050000Z"; peaks,
 * jobs and halls have a third word. */
enum { SITE_BYTES_MAX = 30, WORD_BYTES_MAX = 44, SHORT_BYTES_MAX = 40, SUFFIX_BYTES = 12 };

static const char *const fixed_flow[] = {
    [AMP_LP_IMPORT] = "import", [AMP_LP_BLOCK] = "block",         [AMP_LP_EXPORT] = "export",
    [AMP_LP_CHARGE] = "charge", [AMP_LP_DISCHARGE] = "discharge", [AMP_LP_STORED] = "stored",
};
static const char *const fixed_row[] = {
    [AMP_LP_ROW_BALANCE] = "balance",           [AMP_LP_ROW_SOC] = "soc",
    [AMP_LP_ROW_BATTERY_MODE] = "battery_mode", [AMP_LP_ROW_GRID_MODE] = "grid_mode",
    [AMP_LP_ROW_BLOCK_MODE] = "block_mode",
};

/* Words that were given out, so that no two are the same. */
typedef struct {
    amp_arena *arena;
    const char **word;
    size_t count;
} word_list;

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_taken(const word_list *list, const char *word)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->word[i], word) == 0)
            return true;
    }
    return false;
}

/* @p text with underscores for what LP files do not take, cut to @p limit bytes, and numbered when
 * that is another's word already. NULL when there is no memory. */
static const char *unique_word(word_list *list, const char *text, size_t limit)
{
    char word[WORD_BYTES_MAX + SUFFIX_BYTES];
    size_t length = 0;
    for (; length < limit && text[length] != '\0'; length++)
        word[length] = is_letter_or_digit(text[length]) ? text[length] : '_';
    word[length] = '\0';
    for (unsigned n = 2; is_taken(list, word); n++)
        (void)snprintf(word + length, SUFFIX_BYTES, "_%u", n);
    const char *kept = amp_arena_copy_text(list->arena, word, strlen(word));
    if (kept != NULL)
        list->word[list->count++] = kept;
    return kept;
}

/* A name that starts with a digit, or with e and a digit, reads as a number. Sites get an s_. */
static const char *site_word(word_list *list, const char *id)
{
    const bool is_digit = id[0] >= '0' && id[0] <= '9';
    const bool is_exponent = (id[0] == 'e' || id[0] == 'E') && id[1] >= '0' && id[1] <= '9';
    const char *text = is_digit || is_exponent ? amp_arena_format(list->arena, "s_%s", id) : id;
    return text == NULL ? NULL : unique_word(list, text, SITE_BYTES_MAX);
}

static const char *load_text(amp_arena *arena, const char *what, const amp_load *load)
{
    return amp_arena_format(arena, "%s_%s", what, load->id);
}

static const char *tier_text(amp_arena *arena, const amp_site_problem *problem, size_t k)
{
    const amp_load *load = &problem->load[problem->tier[k].load];
    const char *kind = load->kind == AMP_LOAD_MINING ? "mining" : "hall";
    if (load->tier_count == 1)
        return load_text(arena, kind, load);
    return amp_arena_format(arena, "%s_%s_%zu", kind, load->id, k - load->first_tier + 1);
}

static const char *source_word(amp_source_kind kind)
{
    static const char *const words[] = {
        [AMP_SOURCE_GENERATOR] = "generator",
        [AMP_SOURCE_CUT] = "cut",
        [AMP_SOURCE_UNSERVED] = "unserved_flexible",
    };
    return words[kind];
}

/* What flow i is called before it is made unique. */
static const char *flow_text(amp_arena *arena, const amp_site_problem *problem, size_t i)
{
    if (i < AMP_LP_SOURCE)
        return fixed_flow[i];
    i -= AMP_LP_SOURCE;
    if (i < problem->source_count)
        return amp_arena_format(arena, "%s_%s", source_word(problem->source[i].kind),
                                problem->source[i].id);
    i -= problem->source_count;
    if (i < problem->tier_count)
        return tier_text(arena, problem, i);
    const amp_load *load = &problem->load[i - problem->tier_count];
    return load_text(arena, load->capping != NULL ? "must" : "unserved", load);
}

static const char *row_text(amp_arena *arena, const amp_site_problem *problem, size_t i)
{
    if (i < AMP_LP_ROW_DEMAND)
        return fixed_row[i];
    return load_text(arena, "demand", &problem->load[i - AMP_LP_ROW_DEMAND]);
}

static const char *peak_text(amp_arena *arena, const amp_site_problem *problem, size_t k)
{
    (void)arena;
    return problem->peak[k].id;
}

static const char *billed_text(amp_arena *arena, const amp_site_problem *problem, size_t i)
{
    size_t tier = 0;
    const size_t k = amp_lp_billed_of(problem, i, &tier);
    return tier == 0 ? problem->peak[k].id
                     : amp_arena_format(arena, "%.24s_%zu", problem->peak[k].id, tier);
}

static const char *bill_text(amp_arena *arena, const amp_site_problem *problem, size_t i)
{
    size_t look = 0;
    const size_t k = amp_lp_bill_of(problem, i, &look);
    return amp_arena_format(arena, "%.24s_%zu", problem->peak[k].id, look);
}

static const char *job_text(amp_arena *arena, const amp_site_problem *problem, size_t j)
{
    (void)arena;
    return problem->job[j].id;
}

static const char *budget_text(amp_arena *arena, const amp_site_problem *problem, size_t i)
{
    (void)arena;
    return problem->budget[i].id;
}

static const char *reserve_text(amp_arena *arena, const amp_site_problem *problem, size_t i)
{
    (void)arena;
    return problem->reserve[i].id;
}

static const char *reserve_row_text(amp_arena *arena, const amp_site_problem *problem, size_t i)
{
    static const char *const names[] = {
        [AMP_LP_RESERVE_LOADS] = "loads",
        [AMP_LP_RESERVE_POWER] = "power",
        [AMP_LP_RESERVE_ENERGY] = "energy",
    };
    (void)arena;
    (void)problem;
    return names[i];
}

static const char *start_text(amp_arena *arena, const amp_site_problem *problem, size_t i)
{
    (void)arena;
    return problem->load[problem->restart[i].load].id;
}

static const char *hall_text(amp_arena *arena, const amp_site_problem *problem, size_t i)
{
    (void)arena;
    return problem->load[i].id;
}

/* Names of one kind: how their words come about, how long they may be, and what is around them.
 * Where an interval follows, they end in a dot. Kinds of one word number it alike. */
typedef struct {
    const char *(*text_of)(amp_arena *arena, const amp_site_problem *problem, size_t i);
    size_t limit;
    const char *before;
    const char *after;
} name_kind;

static const name_kind flow_kind = {flow_text, WORD_BYTES_MAX, "", "."};
static const name_kind row_kind = {row_text, WORD_BYTES_MAX, "", "."};
static const name_kind peak_row_kind = {peak_text, SHORT_BYTES_MAX, "peak.", "."};
static const name_kind peak_kind = {peak_text, SHORT_BYTES_MAX, "peak.", ""};
static const name_kind billed_kind = {billed_text, SHORT_BYTES_MAX, "billed.", ""};
static const name_kind bill_kind = {bill_text, SHORT_BYTES_MAX, "bill.", ""};
static const name_kind hall_row_kind = {hall_text, SHORT_BYTES_MAX, "hall.", "."};
static const name_kind job_flow_kind = {job_text, SHORT_BYTES_MAX, "job.", "."};
static const name_kind job_kind = {job_text, SHORT_BYTES_MAX, "job.", ""};
static const name_kind budget_kind = {budget_text, SHORT_BYTES_MAX, "budget.", ""};
static const name_kind reserve_kind = {reserve_text, SHORT_BYTES_MAX, "reserve.", "."};
static const name_kind reserve_battery_kind = {reserve_text, SHORT_BYTES_MAX, "reserve_battery.",
                                               "."};
static const name_kind reserve_row_kind = {reserve_row_text, SHORT_BYTES_MAX, "reserve_by_", "."};
static const name_kind start_kind = {start_text, SHORT_BYTES_MAX, "start.", "."};
static const name_kind mode_row_kind = {tier_text, SHORT_BYTES_MAX, "mode.", "."};
static const name_kind unserved_kind = {job_text, SHORT_BYTES_MAX, "unserved.", ""};

/* One site that is being named. */
typedef struct {
    amp_arena *arena;
    const amp_site_problem *problem;
    const char *site;
} naming;

/* Names @p count of a kind, no two the same; false when there is no memory. */
static bool name_all(const naming *n, const name_kind *kind, const char **name, size_t count)
{
    word_list list = {.arena = n->arena, .word = AMP_ARENA_NEW(n->arena, const char *, count)};
    if (list.word == NULL || name == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *text = kind->text_of(n->arena, n->problem, i);
        const char *word = text == NULL ? NULL : unique_word(&list, text, kind->limit);
        if (word != NULL)
            name[i] =
                amp_arena_format(n->arena, "%s.%s%s%s", n->site, kind->before, word, kind->after);
        if (name[i] == NULL)
            return false;
    }
    return true;
}

static bool name_columns(const naming *n, amp_lp_site *out)
{
    const amp_site_problem *problem = n->problem;
    const size_t peaks = problem->peak_count;
    const size_t jobs = problem->job_count;
    const uint32_t first_job = amp_lp_first_job_flow(problem);
    const size_t reserves = problem->reserve_count;
    const uint32_t first_reserve = amp_lp_first_reserve_flow(problem);
    out->flow_count = amp_lp_first_start_flow(problem) + problem->restart_count;
    out->flow_name = AMP_ARENA_NEW(n->arena, const char *, out->flow_count);
    out->peak_name = AMP_ARENA_NEW(n->arena, const char *, peaks);
    out->unserved_name = AMP_ARENA_NEW(n->arena, const char *, jobs);
    const size_t billed = amp_lp_billed_count(problem);
    out->billed_name = AMP_ARENA_NEW(n->arena, const char *, billed);
    return out->flow_name != NULL && name_all(n, &flow_kind, out->flow_name, first_job) &&
           name_all(n, &job_flow_kind, out->flow_name + first_job, jobs) &&
           name_all(n, &reserve_kind, out->flow_name + first_reserve, reserves) &&
           name_all(n, &reserve_battery_kind, out->flow_name + first_reserve + reserves,
                    reserves) &&
           name_all(n, &start_kind, out->flow_name + amp_lp_first_start_flow(problem),
                    problem->restart_count) &&
           name_all(n, &peak_kind, out->peak_name, peaks) &&
           name_all(n, &unserved_kind, out->unserved_name, jobs) &&
           name_all(n, &billed_kind, out->billed_name, billed);
}

static bool name_rows(const naming *n, amp_lp_site *out)
{
    const amp_site_problem *problem = n->problem;
    const uint32_t first_peak = amp_lp_first_peak_row(problem);
    const uint32_t first_hall = amp_lp_first_hall_row(problem);
    const uint32_t first_reserve = amp_lp_first_reserve_row(problem);
    const size_t reserves = problem->reserve_count;
    const uint32_t first_start = amp_lp_first_start_row(problem);
    const uint32_t first_mode = amp_lp_first_mode_row(problem);
    out->row_count = first_mode + (problem->restart_count > 0 ? problem->tier_count : 0);
    out->row_name = AMP_ARENA_NEW(n->arena, const char *, out->row_count);
    out->job_name = AMP_ARENA_NEW(n->arena, const char *, problem->job_count);
    out->budget_name = AMP_ARENA_NEW(n->arena, const char *, problem->budget_count);
    const size_t bills = amp_lp_bill_row_count(problem);
    out->bill_name = AMP_ARENA_NEW(n->arena, const char *, bills);
    return out->row_name != NULL && name_all(n, &row_kind, out->row_name, first_peak) &&
           name_all(n, &peak_row_kind, out->row_name + first_peak, problem->peak_count) &&
           name_all(n, &hall_row_kind, out->row_name + first_hall, problem->load_count) &&
           name_all(n, &reserve_kind, out->row_name + first_reserve, reserves) &&
           name_all(n, &reserve_row_kind, out->row_name + first_reserve + reserves,
                    reserves > 0 ? AMP_LP_RESERVE_ROWS : 0) &&
           name_all(n, &start_kind, out->row_name + first_start, problem->restart_count) &&
           name_all(n, &mode_row_kind, out->row_name + first_mode, out->row_count - first_mode) &&
           name_all(n, &job_kind, out->job_name, problem->job_count) &&
           name_all(n, &budget_kind, out->budget_name, problem->budget_count) &&
           name_all(n, &bill_kind, out->bill_name, bills);
}

static amp_status name_site(const amp_site_problem *problem, const char *site, amp_arena *arena,
                            amp_lp_site *out)
{
    const naming n = {.arena = arena, .problem = problem, .site = site};
    amp_lp_site named = {.problem = problem};
    if (site == NULL || !name_columns(&n, &named) || !name_rows(&n, &named))
        return AMP_NOMEM;
    *out = named;
    return AMP_OK;
}

amp_status amp_lp_sites_name(const amp_site_problem *problem, size_t problem_count,
                             amp_arena *arena, amp_lp_site *out)
{
    word_list list = {.arena = arena, .word = AMP_ARENA_NEW(arena, const char *, problem_count)};
    amp_status status = list.word == NULL ? AMP_NOMEM : AMP_OK;
    for (size_t i = 0; i < problem_count && status == AMP_OK; i++)
        status = name_site(&problem[i], site_word(&list, problem[i].site_id), arena, &out[i]);
    return status;
}
