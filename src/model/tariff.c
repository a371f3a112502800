/* SPDX-License-Identifier: Apache-2.0 */
/* Tariff files: a tree of their own, read by the tables of schema.c into the supply that names
 * them. Findings name the tariff's file. */
#include "model/reader.h"

#include "base/time.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_BYTES_MAX = 1 << 20, MONTHS_A_YEAR = 12, HOURS_A_DAY = 24 };

#define SHOW(node) (amp_show((node)->text, (node)->length).text)

/* Elements of lists that have no key of their own. */
static const amp_key month_key = {.row = {.unit = "1", .type = "number"},
                                  .range = AMP_RANGE_AT_LEAST_ONE};
static const amp_key hour_key = {.row = {.unit = "1", .type = "number"},
                                 .range = AMP_RANGE_NOT_NEGATIVE};

/* ---- windows ---- */

static bool read_month(amp_reader *reader, amp_yaml_node *node, uint32_t *months)
{
    double number = 0.0;
    if (!amp_reader_number(reader, &month_key, node, &number))
        return false;
    if (number > MONTHS_A_YEAR || !amp_same(number, floor(number))) {
        amp_reader_report(reader, AMP_CODE_RANGE, node, "write months as 1 to 12, such as [6, 7]",
                          "'%s' is no month of a year", SHOW(node));
        return false;
    }
    *months |= 1U << ((unsigned)number - 1U);
    return true;
}

/* A list with an entry at least. */
static bool expect_entries(amp_reader *reader, amp_yaml_node *node, const char *advice)
{
    if (!amp_reader_expect(reader, node, AMP_YAML_LIST))
        return false;
    if (node->count == 0)
        amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node, advice, "'%s' is an empty list",
                          amp_yaml_name(node));
    return node->count > 0;
}

void amp_read_months(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    uint32_t months = 0;
    size_t good_count = 0;
    if (!expect_entries(reader, node, "such as [6, 7, 8, 9]; without the key all months count"))
        return;
    for (amp_yaml_node *child = node->first; child != NULL; child = child->next)
        good_count += read_month(reader, child, &months) ? 1U : 0U;
    if (good_count == node->count)
        amp_reader_store(key, target, &months, sizeof months);
}

static bool read_hour(amp_reader *reader, amp_yaml_node *node, int32_t *second)
{
    double number = 0.0;
    if (!amp_reader_number(reader, &hour_key, node, &number))
        return false;
    if (number > HOURS_A_DAY) {
        amp_reader_report(reader, AMP_CODE_RANGE, node, "",
                          "'%s' is no hour of a day: it must be from 0 to 24", SHOW(node));
        return false;
    }
    *second = (int32_t)lround(number * AMP_SECONDS_PER_HOUR);
    return true;
}

static bool read_hours(amp_reader *reader, amp_yaml_node *node, amp_hours *hours)
{
    if (node->shape == AMP_YAML_BROKEN)
        return false;
    if (node->shape != AMP_YAML_LIST || node->count != 2) {
        amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node, "such as [[7, 23]]",
                          "each entry of '%s' must be [from, to)", amp_yaml_name(node));
        return false;
    }
    const bool has_from = read_hour(reader, node->first, &hours->from_s);
    if (!read_hour(reader, node->last, &hours->to_s) || !has_from)
        return false;
    if (hours->from_s < hours->to_s)
        return true;
    amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, node,
                      "hours over midnight are two pairs: [[0, 7], [23, 24]]",
                      "the hours [%s, %s] end before they begin", SHOW(node->first),
                      SHOW(node->last));
    return false;
}

void amp_read_hours(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_tariff_window *window = (amp_tariff_window *)(void *)((char *)target + key->field);
    size_t good_count = 0;
    if (!expect_entries(reader, node, "such as [[7, 23]]; without the key all hours count"))
        return;
    amp_hours *hours = AMP_ARENA_NEW(reader->arena, amp_hours, node->count);
    if (hours == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    for (amp_yaml_node *child = node->first; child != NULL; child = child->next)
        good_count += read_hours(reader, child, &hours[child->index]) ? 1U : 0U;
    if (good_count != node->count)
        return;
    window->hours = hours;
    window->hours_count = node->count;
}

/* ---- demand charges ---- */

void amp_read_tariff_peak_so_far(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                                 void *target)
{
    amp_tariff_demand *charge = target;
    amp_read_peak_so_far(reader, key, node, &charge->demand);
}

void amp_check_tariff_ratchet(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_tariff_ratchet *ratchet = target;
    const double months = ratchet->look_back_months.number;
    const amp_yaml_node *given = amp_yaml_get(node, "look_back");
    if (!amp_reader_has(node, "look_back") ||
        (amp_same(months, floor(months)) && months <= AMP_LOOK_BACK_MAX))
        return;
    amp_reader_report(reader, AMP_CODE_RANGE, given, "such as 'look_back: 11 month'",
                      "'look_back: %s' is no whole number of months up to %d", SHOW(given),
                      AMP_LOOK_BACK_MAX);
}

/* Sizes rise; whether charges do too is known where they are money of one kind. */
void amp_check_tariff_demand(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_tariff_demand *charge = target;
    const amp_yaml_node *list = amp_yaml_get(node, "tiers");
    amp_reader_check_metering(reader, node, charge->demand.metering_s);
    if (list == NULL || charge->tier_count != list->count || charge->tier_count < 2)
        return;
    const amp_yaml_node *entry = list->first->next;
    for (size_t i = 1; i < charge->tier_count; i++, entry = entry->next) {
        const amp_yaml_node *above = amp_yaml_get(entry, "above");
        if (!amp_reader_has(entry, "above") ||
            charge->tier[i].above_mw.number > charge->tier[i - 1].above_mw.number)
            continue;
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, above, "order the tiers by size",
                          "'above: %s' is not above that of the tier before it", SHOW(above));
    }
}

/* Entries are in the arena; only the one reader that made them changes them. */
void amp_tariff_date_peaks(amp_reader *reader, const char *zone, amp_tariff *tariff)
{
    if (tariff->demand_count == 0)
        return;
    amp_tariff_demand *dated =
        AMP_ARENA_NEW(reader->arena, amp_tariff_demand, tariff->demand_count);
    if (dated == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    for (size_t i = 0; i < tariff->demand_count; i++) {
        dated[i] = tariff->demand[i];
        amp_reader_date_peak(reader, zone, &dated[i].demand);
    }
    tariff->demand = dated;
}

/* What is metered over less than the step is metered over the step. */
static int64_t metered_over_s(const amp_reader *reader, const amp_tariff_demand *charge)
{
    const int64_t step_s = reader->portfolio->horizon.step_s;
    return charge->demand.metering_s > step_s ? charge->demand.metering_s : step_s;
}

/* One meter measures for all charges. */
static void check_one_meter(amp_reader *reader, const amp_yaml_node *demand,
                            const amp_tariff *tariff)
{
    if (demand == NULL || tariff->demand_count != demand->count)
        return;
    const amp_yaml_node *entry = demand->first;
    for (size_t i = 0; i < tariff->demand_count; i++, entry = entry->next) {
        const int64_t first_s = metered_over_s(reader, &tariff->demand[0]);
        const int64_t this_s = metered_over_s(reader, &tariff->demand[i]);
        if (this_s == first_s || reader->portfolio->horizon.step_s == 0)
            continue;
        const amp_yaml_node *metering = amp_yaml_get(entry, "metering");
        amp_reader_report(reader, AMP_CODE_KEY_CONFLICT, metering != NULL ? metering : entry,
                          "write the same 'metering' in each demand charge of the tariff",
                          "'%s' is metered over %" PRId64 " s, '%s' over %" PRId64
                          " s: the charges of a tariff have one meter",
                          tariff->demand[0].id, first_s, tariff->demand[i].id, this_s);
        return;
    }
}

/* ---- coincident peaks ---- */

static bool read_instant(amp_reader *reader, amp_yaml_node *node, int64_t *unix_s)
{
    amp_error err = {.status = AMP_OK};
    if (!amp_reader_expect_text(reader, node))
        return false;
    if (amp_time_parse(node->text, node->length, unix_s, &err) == AMP_OK)
        return true;
    amp_reader_report(reader, AMP_CODE_TIME_INVALID, node, err.advice, "'%s': %s",
                      amp_yaml_name(node), err.message);
    return false;
}

static bool check_instants(amp_reader *reader, const amp_yaml_node *list, const int64_t *unix_s)
{
    const amp_yaml_node *node = list->first->next;
    for (size_t i = 1; i < list->count; i++, node = node->next) {
        if (unix_s[i] > unix_s[i - 1])
            continue;
        char times[2][AMP_TIME_TEXT_BYTES];
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, node, "order them, each once",
                          "times of '%s' must rise, but %s follows %s", amp_yaml_name(list),
                          amp_time_format(unix_s[i], times[0]),
                          amp_time_format(unix_s[i - 1], times[1]));
        return false;
    }
    return true;
}

void amp_read_instants(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    (void)key; /* two fields, which its row cannot name */
    amp_tariff_coincident *coincident = target;
    size_t good_count = 0;
    if (!expect_entries(reader, node, "such as [2023-08-17T21:45:00Z]"))
        return;
    int64_t *instant = AMP_ARENA_NEW(reader->arena, int64_t, node->count);
    if (instant == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    for (amp_yaml_node *child = node->first; child != NULL; child = child->next)
        good_count += read_instant(reader, child, &instant[child->index]) ? 1U : 0U;
    if (good_count != node->count || !check_instants(reader, node, instant))
        return;
    coincident->instant_unix_s = instant;
    coincident->instant_count = node->count;
}

static void refuse_beside(amp_reader *reader, const amp_yaml_node *node, const char *name,
                          const char *first)
{
    const amp_yaml_node *other = amp_yaml_get(node, name);
    if (other != NULL && amp_yaml_get(node, first) != NULL)
        amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, other->key_place, other,
                             "give one of the two", "'%s' has no meaning beside '%s'", name, first);
}

void amp_check_tariff_coincident(amp_reader *reader, amp_yaml_node *node, void *target)
{
    amp_tariff_coincident *coincident = target;
    const amp_yaml_node *peaks = amp_yaml_get(node, "peaks");
    const bool is_known = amp_yaml_get(node, "intervals") != NULL;
    refuse_beside(reader, node, "probability", "intervals");
    refuse_beside(reader, node, "interval", "probability");
    if (!is_known && amp_yaml_get(node, "probability") == NULL)
        amp_reader_report_missing(reader, node, "intervals",
                                  "add 'intervals' that are known, or 'probability' and 'peaks'");
    else if (!is_known && peaks == NULL)
        amp_reader_report_missing(reader, node, "peaks", "say how many peaks a year has");
    if (coincident->interval_s == 0)
        coincident->interval_s = reader->portfolio->horizon.step_s;
    if (peaks == NULL)
        coincident->peaks = (int64_t)coincident->instant_count;
}

/* ---- fixed charges ---- */

void amp_check_tariff_fixed(amp_reader *reader, amp_yaml_node *node, void *target)
{
    (void)target;
    const bool has_power = amp_yaml_get(node, "power") != NULL;
    const bool has_month = amp_yaml_get(node, "monthly_price") != NULL;
    const bool has_price = has_month || amp_yaml_get(node, "price") != NULL;
    refuse_beside(reader, node, "power", "charge");
    refuse_beside(reader, node, "price", "charge");
    refuse_beside(reader, node, "monthly_price", "charge");
    refuse_beside(reader, node, "monthly_price", "price");
    if (amp_yaml_get(node, "charge") != NULL)
        return;
    if (!has_power && !has_price)
        amp_reader_report_missing(reader, node, "charge", "add 'charge', or 'power' and 'price'");
    else if (!has_power || !has_price)
        amp_reader_report_missing(reader, node, has_power ? "price" : "power",
                                  has_month ? "'power' and 'monthly_price' go together"
                                            : "'power' and 'price' go together");
}

/* ---- the file ---- */

void amp_read_tariff_version(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                             void *target)
{
    (void)key; /* there is one version: nothing to keep */
    (void)target;
    if (!amp_reader_expect_text(reader, node) || strcmp(node->text, "1") == 0)
        return;
    amp_reader_report(reader, AMP_CODE_WRONG_WORD, node,
                      "this program reads 'tariff: 1'; use a later one for later formats",
                      "'tariff: %s' is not a known version of tariff files", SHOW(node));
}

void amp_check_tariff(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_tariff *tariff = target;
    const amp_yaml_node *demand = amp_yaml_get(node, "demand");
    if (tariff->demand_count > AMP_TARIFF_CHARGES_MAX)
        amp_reader_report(reader, AMP_CODE_RANGE, demand, "",
                          "the tariff has %zu demand charges, more than %d", tariff->demand_count,
                          AMP_TARIFF_CHARGES_MAX);
    check_one_meter(reader, demand, tariff);
}

static void report_file(amp_reader *reader, const amp_yaml_node *node, const char *path, int errnum)
{
    const bool is_absent = errnum == ENOENT || errnum == ENOTDIR;
    amp_reader_report(reader, is_absent ? AMP_CODE_TARIFF_FILE_MISSING : AMP_CODE_FILE_UNREADABLE,
                      node, is_absent ? "paths are relative to the folder of the portfolio" : "",
                      is_absent ? "there is no file '%s'" : "the file '%s' cannot be read",
                      amp_show(path, strlen(path)).text);
}

/* The bytes of @p file, at most FILE_BYTES_MAX + 1, into the arena; NULL when it cannot be read. */
static char *read_all(amp_reader *reader, FILE *file, size_t size, size_t *length)
{
    char *text = AMP_ARENA_NEW(reader->arena, char, size + 1);
    if (text == NULL) {
        (void)amp_reader_no_memory(reader);
        return NULL;
    }
    *length = fread(text, 1, size, file);
    return ferror(file) == 0 ? text : NULL;
}

/* Regular files only: a pipe could keep the reader waiting for ever. */
static char *load_text(amp_reader *reader, const amp_yaml_node *node, const char *path,
                       size_t *length)
{
    struct stat about = {0};
    char *text = NULL;
    if (stat(path, &about) != 0) {
        report_file(reader, node, path, errno);
        return NULL;
    }
    if (!S_ISREG(about.st_mode)) {
        report_file(reader, node, path, EINVAL);
        return NULL;
    }
    if (about.st_size > FILE_BYTES_MAX) {
        amp_reader_report(reader, AMP_CODE_FILE_UNREADABLE, node, "",
                          "the file '%s' is larger than %d MiB", amp_show(path, strlen(path)).text,
                          FILE_BYTES_MAX >> 20);
        return NULL;
    }
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        text = read_all(reader, file, (size_t)about.st_size, length);
        (void)fclose(file);
    }
    if (text == NULL && !reader->no_memory)
        report_file(reader, node, path, file == NULL ? errno : EIO);
    return text;
}

static void read_root(amp_reader *reader, amp_yaml_node *root, amp_tariff *tariff)
{
    if (root->shape == AMP_YAML_MAPPING) {
        amp_reader_section(reader, &amp_section_tariff, root, tariff);
        return;
    }
    const amp_finding finding = {
        .code = AMP_CODE_WRONG_SHAPE, .place = root->place, .advice = "start it with 'tariff: 1'"};
    (void)amp_document_report(reader->document, finding, "the file holds %s, not a mapping",
                              amp_yaml_shape_text(root->shape));
}

/* What notes say of the site is known where the file is named, not in the file. */
static void move_notes(amp_note *note, size_t site)
{
    for (; note != NULL; note = note->next)
        note->site = site;
}

/* Reads the tree of the file with its own document, and everything else as @p reader has it. */
static void read_text(amp_reader *reader, size_t site, amp_tariff *tariff)
{
    amp_document *outer = reader->document;
    amp_note *last = reader->notes.last;
    amp_yaml_node *root = NULL;
    amp_document document = {.file = tariff->path,
                             .text = tariff->text,
                             .length = tariff->text_length,
                             .diagnostics = outer->diagnostics};
    reader->document = &document;
    if (amp_yaml_parse(&document, reader->arena, &root) == AMP_OK)
        read_root(reader, root, tariff);
    else if (document.error_count == 0)
        (void)amp_reader_no_memory(reader);
    move_notes(last != NULL ? last->next : reader->notes.first, site);
    outer->error_count += document.error_count;
    reader->document = outer;
}

void amp_read_tariff(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_tariff *tariff = (amp_tariff *)(void *)((char *)target + key->field);
    const amp_yaml_node *supply = node->parent;
    if (!amp_reader_expect_text(reader, node))
        return;
    const char *path = amp_reader_join_path(reader, node->text);
    size_t length = 0;
    const char *text = path != NULL ? load_text(reader, node, path, &length) : NULL;
    if (text == NULL)
        return;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    }
    const char *slash = strrchr(path, '/');
    *tariff = (amp_tariff){.path = path,
                           .text = text,
                           .text_length = length,
                           .name = slash != NULL ? slash + 1 : path};
    read_text(reader, supply->parent->index, tariff);
}
