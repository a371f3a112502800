/* SPDX-License-Identifier: Apache-2.0 */
#include "model/reader.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTION_KEYS_MAX = 32, ADVICE_BYTES_MAX = 300 };

/* ---- findings ---- */

const char *amp_reader_path(amp_reader *reader, const amp_yaml_node *node)
{
    const char *path = amp_yaml_path(node, reader->arena);
    if (path == NULL)
        (void)amp_reader_no_memory(reader);
    return path != NULL ? path : "";
}

void amp_reader_report(amp_reader *reader, amp_code code, const amp_yaml_node *node,
                       const char *advice, const char *format, ...)
{
    const amp_finding finding = {.code = code,
                                 .place = amp_yaml_place(node),
                                 .key = amp_reader_path(reader, node),
                                 .advice = advice};
    va_list arguments;
    va_start(arguments, format);
    (void)amp_document_report_list(reader->document, finding, format, arguments);
    va_end(arguments);
}

void amp_reader_report_at(amp_reader *reader, amp_code code, amp_place place,
                          const amp_yaml_node *node, const char *advice, const char *format, ...)
{
    const amp_finding finding = {
        .code = code, .place = place, .key = amp_reader_path(reader, node), .advice = advice};
    va_list arguments;
    va_start(arguments, format);
    (void)amp_document_report_list(reader->document, finding, format, arguments);
    va_end(arguments);
}

void amp_reader_report_missing(amp_reader *reader, const amp_yaml_node *mapping, const char *name,
                               const char *advice)
{
    const bool is_root = mapping->parent == NULL;
    const amp_place file = {.file = reader->document->file};
    amp_reader_report_at(reader, AMP_CODE_KEY_MISSING, is_root ? file : amp_yaml_place(mapping),
                         mapping, advice, "'%s' is missing%s%s%s", name, is_root ? "" : " in '",
                         amp_yaml_name(mapping), is_root ? "" : "'");
}

bool amp_reader_no_memory(amp_reader *reader)
{
    reader->no_memory = true;
    reader->stop = true;
    return false;
}

static void report_no_value(amp_reader *reader, const amp_yaml_node *node)
{
    amp_reader_report_at(reader, AMP_CODE_WRONG_SHAPE, node->key_place, node,
                         "give it a value, or remove the key", "'%s' has no value",
                         amp_yaml_name(node));
}

void amp_reader_report_shape(amp_reader *reader, const amp_yaml_node *node, const char *wanted,
                             const char *advice)
{
    if (node->shape == AMP_YAML_BROKEN)
        return;
    if (node->shape == AMP_YAML_SCALAR && node->length == 0) {
        report_no_value(reader, node);
        return;
    }
    amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node, advice, "%s'%s' must be %s, not %s",
                      node->key == NULL ? "each entry of " : "", amp_yaml_name(node), wanted,
                      amp_yaml_shape_text(node->shape));
}

bool amp_reader_expect(amp_reader *reader, amp_yaml_node *node, amp_yaml_shape shape)
{
    if (node->shape == shape)
        return true;
    const bool is_entry = shape == AMP_YAML_LIST && node->shape == AMP_YAML_MAPPING;
    amp_reader_report_shape(reader, node, amp_yaml_shape_text(shape),
                            is_entry ? "write it as a list: '- ' before the first key of each entry"
                                     : "");
    return false;
}

bool amp_reader_expect_text(amp_reader *reader, amp_yaml_node *node)
{
    if (!amp_reader_expect(reader, node, AMP_YAML_SCALAR))
        return false;
    if (node->length == 0)
        report_no_value(reader, node);
    return node->length > 0;
}

bool amp_reader_starts_number(const char *text)
{
    return text[0] != '\0' && strchr("0123456789+-.", text[0]) != NULL;
}

bool amp_reader_has(const amp_yaml_node *mapping, const char *name)
{
    const amp_yaml_node *node = amp_yaml_get(mapping, name);
    return node != NULL && !node->is_bad;
}

/* ---- notes ---- */

/* Index of the site that holds @p node, or SIZE_MAX. */
static size_t site_of(const amp_yaml_node *node)
{
    size_t index = SIZE_MAX;
    for (; node->parent != NULL; node = node->parent) {
        if (node->key == NULL)
            index = node->index;
        else if (node->parent->parent == NULL && strcmp(node->key, "sites") == 0)
            return index;
    }
    return SIZE_MAX;
}

static void add_note(amp_reader *reader, const amp_yaml_node *node, amp_note content)
{
    amp_note *note = AMP_ARENA_NEW(reader->arena, amp_note, 1);
    if (note == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    *note = content;
    note->site = site_of(node);
    if (reader->notes.last != NULL)
        reader->notes.last->next = note;
    else
        reader->notes.first = note;
    reader->notes.last = note;
    reader->notes.count++;
}

void amp_reader_note_use(amp_reader *reader, const amp_yaml_node *node, const amp_value *value)
{
    add_note(reader, node, (amp_note){.value = value});
}

/* ---- keys ---- */

void amp_reader_store(const amp_key *key, void *target, const void *value, size_t size)
{
    if (key->field != AMP_NO_FIELD)
        memcpy((char *)target + key->field, value, size);
}

static void refuse(amp_reader *reader, const amp_key *key, amp_yaml_node *node)
{
    if (key->row.unit[0] != '\0' && amp_reader_starts_number(node->text)) {
        double number = 1.0;
        const bool is_read = amp_reader_number(reader, key, node, &number);
        if (is_read && key->may_be_zero && amp_same(number, 0.0))
            return;
    }
    const char *advice = key->may_be_zero ? "remove it or set it to 0, or use a version that has it"
                                          : "remove it, or use a version that has it";
    amp_reader_report_at(reader, AMP_CODE_KEY_UNSUPPORTED, node->key_place, node,
                         key->instead != NULL ? key->instead : advice, "'%s' is not supported yet",
                         key->row.name);
}

static void read_key(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    const size_t errors_before = reader->document->error_count;
    if (key->row.support == AMP_KEY_REFUSED)
        refuse(reader, key, node);
    else
        key->read(reader, key, node, target);
    if (reader->document->error_count != errors_before)
        node->is_bad = true;
    if (key->row.support == AMP_KEY_WITHOUT_EFFECT && !node->is_bad)
        add_note(reader, node,
                 (amp_note){.place = node->key_place, .key = amp_reader_path(reader, node)});
}

static void report_missing_key(amp_reader *reader, const amp_key *key, const amp_yaml_node *mapping)
{
    char advice[ADVICE_BYTES_MAX];
    const bool has_unit = key->row.unit[0] != '\0' && strcmp(key->row.unit, "1") != 0;
    (void)snprintf(advice, sizeof advice, "add '%s' (%s%s%s)", key->row.name, key->row.type,
                   has_unit ? ", in " : "", has_unit ? key->row.unit : "");
    amp_reader_report_missing(reader, mapping, key->row.name, advice);
}

static const amp_key *find_key(const amp_section *section, const char *name)
{
    for (size_t i = 0; i < section->key_count; i++) {
        if (strcmp(section->key[i].row.name, name) == 0)
            return &section->key[i];
    }
    return NULL;
}

static const char *nearest_key(const amp_section *section, const char *name)
{
    const char *names[SECTION_KEYS_MAX] = {NULL};
    size_t count = 0;
    for (; count < section->key_count && count < SECTION_KEYS_MAX; count++)
        names[count] = section->key[count].row.name;
    return amp_text_nearest(name, names, count);
}

/* True when an unknown key of @p mapping is probably @p name: its finding says so. */
static bool is_misspelt(const amp_section *section, const amp_yaml_node *mapping, const char *name)
{
    if (mapping->count > SECTION_KEYS_MAX)
        return false;
    for (const amp_yaml_node *child = mapping->first; child != NULL; child = child->next) {
        const char *nearest =
            find_key(section, child->key) == NULL ? nearest_key(section, child->key) : NULL;
        if (nearest != NULL && strcmp(nearest, name) == 0)
            return true;
    }
    return false;
}

/* The only other section that knows @p name, or NULL. */
static const amp_section *find_home(const char *name)
{
    const amp_section *home = NULL;
    const amp_section *section = NULL;
    for (size_t i = 0; (section = amp_section_get(i)) != NULL; i++) {
        if (find_key(section, name) == NULL)
            continue;
        if (home != NULL)
            return NULL;
        home = section;
    }
    return home;
}

static void advise_home(const char *name, const amp_section *home, char *advice, size_t size)
{
    if (home->path[0] == '\0')
        (void)snprintf(advice, size, "'%s' belongs at the top of the file", name);
    else
        (void)snprintf(advice, size, "'%s' belongs into '%s'", name, home->path);
}

static void list_names(const amp_section *section, char *advice, size_t size)
{
    size_t used = (size_t)snprintf(advice, size, "known here: ");
    for (size_t i = 0; i < section->key_count && used < size; i++) {
        used += (size_t)snprintf(advice + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 section->key[i].row.name);
    }
}

static void report_unknown_key(amp_reader *reader, const amp_section *section, amp_yaml_node *node)
{
    char advice[ADVICE_BYTES_MAX];
    const char *nearest = nearest_key(section, node->key);
    const amp_section *home = find_home(node->key);
    if (nearest != NULL)
        (void)snprintf(advice, sizeof advice, "did you mean '%s'?", nearest);
    else if (home != NULL)
        advise_home(node->key, home, advice, sizeof advice);
    else
        list_names(section, advice, sizeof advice);
    const bool is_root = section->path[0] == '\0';
    node->is_bad = true;
    amp_reader_report_at(reader, AMP_CODE_KEY_UNKNOWN, node->key_place, node, advice,
                         "unknown key '%s' %s%s%s", amp_show(node->key, strlen(node->key)).text,
                         is_root ? "at the top of the file" : "in '", section->path,
                         is_root ? "" : "'");
}

/* ---- sections ---- */

void amp_reader_init(amp_reader *reader, const amp_section *section, void *target, amp_place place,
                     const char *path)
{
    for (size_t i = 0; i < section->key_count; i++) {
        const amp_key *key = &section->key[i];
        if (key->init != NULL)
            key->init(reader, key, target, place, path);
    }
}

static void mark_read(const amp_section *section, const amp_yaml_node *node, void *target)
{
    const bool is_set = true;
    const amp_place place = amp_yaml_place(node);
    if (section->is_set != AMP_NO_FIELD)
        memcpy((char *)target + section->is_set, &is_set, sizeof is_set);
    if (section->place != AMP_NO_FIELD)
        memcpy((char *)target + section->place, &place, sizeof place);
}

void amp_reader_section(amp_reader *reader, const amp_section *section, amp_yaml_node *node,
                        void *target)
{
    amp_reader_init(reader, section, target, amp_yaml_place(node), amp_reader_path(reader, node));
    if (!amp_reader_expect(reader, node, AMP_YAML_MAPPING))
        return;
    mark_read(section, node, target);
    /* In the order of the table: series and currencies come before what uses them. */
    for (size_t i = 0; i < section->key_count && !reader->stop; i++) {
        const amp_key *key = &section->key[i];
        amp_yaml_node *child = amp_yaml_get(node, key->row.name);
        if (child != NULL)
            read_key(reader, key, child, target);
        else if (key->row.fallback[0] == '\0' && !is_misspelt(section, node, key->row.name))
            report_missing_key(reader, key, node);
    }
    for (amp_yaml_node *child = node->first; child != NULL && !reader->stop; child = child->next) {
        if (!child->is_bad && find_key(section, child->key) == NULL)
            report_unknown_key(reader, section, child);
    }
    if (section->check != NULL && !reader->stop)
        section->check(reader, node, target);
}

/* ---- lists ---- */

/* An entry of a list with its id. */
typedef struct {
    const char *id;
    const amp_yaml_node *node;
} named;

static int compare_names(const void *left, const void *right)
{
    const named *a = left;
    const named *b = right;
    const int order = strcmp(a->id, b->id);
    const size_t a_index = a->node->index;
    const size_t b_index = b->node->index;
    return order != 0 ? order : (a_index > b_index) - (a_index < b_index);
}

static void report_same_ids(amp_reader *reader, const named *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (strcmp(entries[i].id, entries[i - 1].id) != 0)
            continue;
        const amp_yaml_node *node = amp_yaml_get(entries[i].node, "id");
        const amp_yaml_node *before = amp_yaml_get(entries[i - 1].node, "id");
        amp_reader_report(reader, AMP_CODE_ID_DUPLICATE, node, "give each its own id",
                          "the id '%s' is taken on line %u", entries[i].id, before->place.line);
    }
}

/* By sorting, as with keys: hostile lists are long. */
static void check_ids(amp_reader *reader, const amp_section *section, const amp_yaml_node *list,
                      const char *entries)
{
    named *names = calloc(list->count, sizeof *names);
    if (names == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    size_t count = 0;
    for (const amp_yaml_node *node = list->first; node != NULL; node = node->next) {
        const char *id = NULL;
        memcpy(&id, entries + node->index * section->size + section->id, sizeof id);
        if (id != NULL)
            names[count++] = (named){.id = id, .node = node};
    }
    qsort(names, count, sizeof *names, compare_names);
    report_same_ids(reader, names, count);
    free(names);
}

void *amp_reader_list(amp_reader *reader, const amp_section *section, amp_yaml_node *node,
                      size_t *count)
{
    if (!amp_reader_expect(reader, node, AMP_YAML_LIST))
        return NULL;
    if (node->count == 0) {
        amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node, "give it an entry, or remove the key",
                          "'%s' is an empty list", amp_yaml_name(node));
        return NULL;
    }
    char *entries = amp_arena_alloc(reader->arena, node->count, section->size);
    if (entries == NULL) {
        (void)amp_reader_no_memory(reader);
        return NULL;
    }
    for (amp_yaml_node *child = node->first; child != NULL && !reader->stop; child = child->next)
        amp_reader_section(reader, section, child, entries + child->index * section->size);
    if (section->id != AMP_NO_FIELD && !reader->stop)
        check_ids(reader, section, node, entries);
    *count = node->count;
    return entries;
}

/* ---- rows for sections and lists ---- */

void amp_init_section(amp_reader *reader, const amp_key *key, void *target, amp_place place,
                      const char *path)
{
    const char *own = path[0] == '\0'
                          ? key->row.name
                          : amp_arena_format(reader->arena, "%s.%s", path, key->row.name);
    if (own == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    amp_reader_init(reader, key->section, (char *)target + key->field, place, own);
}

void amp_read_section(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_reader_section(reader, key->section, node, (char *)target + key->field);
}

void amp_read_list(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    size_t count = 0;
    const void *entries = amp_reader_list(reader, key->section, node, &count);
    memcpy((char *)target + key->field, &entries, sizeof entries);
    memcpy((char *)target + key->count_field, &count, sizeof count);
}
