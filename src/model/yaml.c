/* SPDX-License-Identifier: Apache-2.0 */
#include "model/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Builds the tree from events. The node that is open knows its parent, so no stack is needed. */
typedef struct {
    amp_document *document;
    amp_arena *arena;
    amp_cursor cursor; /* events start in the order of the file */
    amp_yaml_node *root;
    amp_yaml_node *open; /* innermost collection that has not ended */
    size_t depth;
    size_t document_count;
    const char *key; /* read, its value is to come; NULL when there is none */
    amp_place key_place;
} builder;

/* What to try, by what libyaml says; the first line whose words occur decides. */
static const struct {
    const char *problem;
    const char *advice;
} syntax_advice[] = {
    {"did not find expected ',' or '}'", "close the '{', or write ', ' between its entries"},
    {"did not find expected ',' or ']'", "close the '[', or write ', ' between its entries"},
    {"mapping values are not allowed", "check the indentation; quote text that holds ': '"},
    {"did not find expected key", "indent the entries of a mapping alike"},
    {"did not find expected '-' indicator", "indent the entries of a list alike"},
    {"could not find expected ':'", "write 'key: value'"},
    {"found unexpected end of stream", "close the quotes"},
    {"found unknown escape character", "write backslashes twice, or use single quotes"},
    {"control characters are not allowed", "remove the byte; a portfolio is UTF-8 text"},
    {"UTF-8", "save the file as UTF-8"},
};

static amp_place locate(builder *b, const yaml_mark_t *start, const yaml_mark_t *end)
{
    amp_cursor_advance(&b->cursor, b->document, start->index);
    size_t length = 1;
    if (end != NULL) {
        amp_cursor after = b->cursor;
        amp_cursor_advance(&after, b->document, end->index);
        length = after.byte - b->cursor.byte;
    }
    return amp_cursor_place(&b->cursor, b->document, length);
}

static amp_status report(builder *b, amp_place place, const char *advice, const char *message)
{
    const amp_finding finding = {.code = AMP_CODE_SYNTAX, .place = place, .advice = advice};
    return amp_document_report(b->document, finding, "%s", message);
}

static amp_status report_memory(builder *b)
{
    const amp_finding finding = {.code = AMP_CODE_NO_MEMORY, .place = {.file = b->document->file}};
    return amp_document_report(b->document, finding, "no memory to read the file");
}

/* ---- findings of libyaml ---- */

static const char *choose_advice(const builder *b, const char *problem, const amp_cursor *at)
{
    if (strstr(problem, "cannot start any token") != NULL) {
        const bool is_tab = at->byte < b->document->length && b->document->text[at->byte] == '\t';
        return is_tab ? "indent with spaces, not with tabs" : "put the text in quotes";
    }
    for (size_t i = 0; i < sizeof syntax_advice / sizeof syntax_advice[0]; i++) {
        if (strstr(problem, syntax_advice[i].problem) != NULL)
            return syntax_advice[i].advice;
    }
    return "";
}

/* The cursor at the fault. For bytes that are no text libyaml gives their offset, for all else a
 * mark in characters. */
static amp_cursor locate_fault(const builder *b, const yaml_parser_t *parser)
{
    amp_cursor at = {0};
    if (parser->error != YAML_READER_ERROR) {
        amp_cursor_advance(&at, b->document, parser->problem_mark.index);
        /* What is missing at the end is missed where it was opened. */
        if (at.byte == b->document->length && parser->context != NULL)
            amp_cursor_advance(&at, b->document, parser->context_mark.index);
        return at;
    }
    while (at.byte < parser->problem_offset && at.byte < b->document->length)
        amp_cursor_advance(&at, b->document, at.character + 1);
    return at;
}

static amp_status report_parser(builder *b, const yaml_parser_t *parser)
{
    if (parser->error == YAML_MEMORY_ERROR)
        return report_memory(b);
    const char *problem = parser->problem != NULL ? parser->problem : "unknown fault";
    const amp_cursor at = locate_fault(b, parser);
    const bool is_known = at.byte < b->document->length || parser->error == YAML_READER_ERROR;
    const amp_finding finding = {
        .code = AMP_CODE_SYNTAX,
        .place = amp_cursor_place(&at, b->document, is_known ? 1 : 0),
        .advice = choose_advice(b, problem, &at),
    };
    if (parser->context == NULL)
        return amp_document_report(b->document, finding, "not well-formed YAML: %s", problem);
    return amp_document_report(b->document, finding, "not well-formed YAML: %s %s (from line %zu)",
                               problem, parser->context, parser->context_mark.line + 1);
}

/* ---- building ---- */

static amp_yaml_node *add_node(builder *b, amp_yaml_shape shape, amp_place place)
{
    amp_yaml_node *node = AMP_ARENA_NEW(b->arena, amp_yaml_node, 1);
    if (node == NULL)
        return NULL;
    *node = (amp_yaml_node){
        .shape = shape,
        .is_bad = shape == AMP_YAML_BROKEN,
        .place = place,
        .key = b->key,
        .key_place = b->key != NULL ? b->key_place : place,
        .text = "",
        .parent = b->open,
    };
    b->key = NULL;
    if (b->open == NULL) {
        b->root = node;
        return node;
    }
    node->index = b->open->count++;
    if (b->open->last != NULL)
        b->open->last->next = node;
    else
        b->open->first = node;
    b->open->last = node;
    return node;
}

/* True when the open mapping waits for a key. */
static bool wants_key(const builder *b)
{
    return b->open != NULL && b->open->shape == AMP_YAML_MAPPING && b->key == NULL;
}

static void refuse_anchor(builder *b, const yaml_char_t *anchor, amp_place place)
{
    if (anchor == NULL)
        return;
    char message[128];
    (void)snprintf(message, sizeof message, "anchors ('&%s') are not supported",
                   amp_show((const char *)anchor, strlen((const char *)anchor)).text);
    place.length = 1;
    (void)report(b, place, "write the value out where it is needed", message);
}

static void refuse_tag(builder *b, const yaml_char_t *tag, amp_place place)
{
    if (tag == NULL)
        return;
    char message[128];
    (void)snprintf(message, sizeof message, "tags ('%s') are not supported",
                   amp_show((const char *)tag, strlen((const char *)tag)).text);
    place.length = 1;
    (void)report(b, place, "leave the tag out: what a value means depends on its key", message);
}

/* What is written with '|' or '>': text of several lines, with a line feed at its end. No value is
 * that, and a quantity would only be said to have an unknown unit. */
static amp_status refuse_block(builder *b, yaml_scalar_style_t style, amp_place place)
{
    char message[64];
    (void)snprintf(message, sizeof message, "blocks of text ('%c') are not supported",
                   style == YAML_LITERAL_SCALAR_STYLE ? '|' : '>');
    place.length = 1;
    const amp_status status =
        report(b, place, "write the value on the line of its key, as in 'power: 118 MW'", message);
    if (wants_key(b))
        return status;
    return add_node(b, AMP_YAML_BROKEN, place) != NULL ? AMP_OK : report_memory(b);
}

static amp_status add_scalar(builder *b, const yaml_event_t *event)
{
    const amp_place place = locate(b, &event->start_mark, &event->end_mark);
    const yaml_scalar_style_t style = event->data.scalar.style;
    const size_t length = event->data.scalar.length;
    refuse_anchor(b, event->data.scalar.anchor, place);
    refuse_tag(b, event->data.scalar.tag, place);
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
        return refuse_block(b, style, place);
    const char *value = (const char *)event->data.scalar.value;
    if (memchr(value, '\0', length) != NULL)
        return report(b, place, "remove the '\\0'", "text with a NUL character");

    const char *text = amp_arena_copy_text(b->arena, value, length);
    if (text == NULL)
        return report_memory(b);
    if (wants_key(b)) {
        b->key = text;
        b->key_place = place;
        return AMP_OK;
    }
    amp_yaml_node *node = add_node(b, AMP_YAML_SCALAR, place);
    if (node == NULL)
        return report_memory(b);
    node->text = text;
    node->length = length;
    node->is_plain = style == YAML_PLAIN_SCALAR_STYLE && place.length == length;
    return AMP_OK;
}

static amp_status add_alias(builder *b, const yaml_event_t *event)
{
    const amp_place place = locate(b, &event->start_mark, &event->end_mark);
    const char *anchor = (const char *)event->data.alias.anchor;
    char message[128];
    (void)snprintf(message, sizeof message, "aliases ('*%s') are not supported",
                   amp_show(anchor, strlen(anchor)).text);
    const amp_status status = report(b, place, "write the value out", message);
    if (wants_key(b))
        return status;
    return add_node(b, AMP_YAML_BROKEN, place) != NULL ? AMP_OK : report_memory(b);
}

static amp_status open_collection(builder *b, const yaml_event_t *event)
{
    const bool is_list = event->type == YAML_SEQUENCE_START_EVENT;
    const amp_place place = locate(b, &event->start_mark, NULL);
    refuse_anchor(b, is_list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor,
                  place);
    refuse_tag(b, is_list ? event->data.sequence_start.tag : event->data.mapping_start.tag, place);
    if (wants_key(b))
        return report(b, place, "write 'key: value'", "a key must be a word");
    if (b->depth == AMP_YAML_DEPTH_MAX)
        return report(b, place, "", "mappings and lists inside each other more than 64 deep");
    amp_yaml_node *node = add_node(b, is_list ? AMP_YAML_LIST : AMP_YAML_MAPPING, place);
    if (node == NULL)
        return report_memory(b);
    b->open = node;
    b->depth++;
    return AMP_OK;
}

/* A child of a mapping, to be sorted. */
typedef struct {
    amp_yaml_node *node;
} member;

static int compare_keys(const void *left, const void *right)
{
    const amp_yaml_node *a = ((const member *)left)->node;
    const amp_yaml_node *b = ((const member *)right)->node;
    const int order = strcmp(a->key, b->key);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static void report_duplicate(builder *b, amp_yaml_node *node, const amp_yaml_node *first)
{
    const amp_finding finding = {
        .code = AMP_CODE_KEY_DUPLICATE,
        .place = node->key_place,
        .key = amp_yaml_path(node, b->arena),
        .advice = "remove one of the two",
    };
    node->is_bad = true;
    (void)amp_document_report(b->document, finding, "'%s' is given twice, first on line %u",
                              amp_show(node->key, strlen(node->key)).text, first->key_place.line);
}

/* By sorting: a hostile mapping may have millions of keys. */
static amp_status check_duplicates(builder *b, const amp_yaml_node *mapping)
{
    if (mapping->count < 2)
        return AMP_OK;
    member *members = calloc(mapping->count, sizeof *members);
    if (members == NULL)
        return report_memory(b);
    size_t count = 0;
    for (amp_yaml_node *child = mapping->first; child != NULL; child = child->next)
        members[count++].node = child;
    qsort(members, count, sizeof *members, compare_keys);
    const amp_yaml_node *first = members[0].node;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(members[i].node->key, first->key) == 0)
            report_duplicate(b, members[i].node, first);
        else
            first = members[i].node;
    }
    free(members);
    return AMP_OK;
}

static amp_status close_collection(builder *b)
{
    const amp_yaml_node *node = b->open;
    if (node == NULL)
        return AMP_OK; /* cannot be: libyaml's events come in pairs */
    b->open = node->parent;
    b->depth--;
    return node->shape == AMP_YAML_MAPPING ? check_duplicates(b, node) : AMP_OK;
}

static amp_status open_document(builder *b, const yaml_event_t *event)
{
    b->document_count++;
    if (b->document_count == 1)
        return AMP_OK;
    return report(b, locate(b, &event->start_mark, &event->end_mark),
                  "keep one document to a file, without '---' inside",
                  "a second document starts here");
}

static amp_status take_event(builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return open_document(b, event);
    case YAML_ALIAS_EVENT:
        return add_alias(b, event);
    case YAML_SCALAR_EVENT:
        return add_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return open_collection(b, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(b);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return AMP_OK;
}

static amp_status take_events(builder *b, yaml_parser_t *parser)
{
    bool is_end = false;
    while (!is_end) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) == 0)
            return report_parser(b, parser);
        const amp_status status = take_event(b, &event);
        is_end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (status != AMP_OK)
            return status;
    }
    return AMP_OK;
}

static amp_status report_empty(builder *b)
{
    const amp_finding finding = {
        .code = AMP_CODE_SYNTAX,
        .place = {.file = b->document->file},
        .advice = "start it with 'ampacity: 1'; 'ampacity init DIR' writes an example",
    };
    return amp_document_report(b->document, finding, "the file is empty");
}

amp_status amp_yaml_parse(amp_document *document, amp_arena *arena, amp_yaml_node **root)
{
    builder b = {.document = document, .arena = arena};
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0)
        return report_memory(&b);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)document->text, document->length);
    amp_status status = take_events(&b, &parser);
    yaml_parser_delete(&parser);
    if (status == AMP_OK && b.root == NULL)
        status = report_empty(&b);
    if (status == AMP_OK)
        *root = b.root;
    return status;
}

/* ---- reading the tree ---- */

amp_yaml_node *amp_yaml_get(const amp_yaml_node *mapping, const char *key)
{
    if (mapping->shape != AMP_YAML_MAPPING)
        return NULL;
    for (amp_yaml_node *child = mapping->first; child != NULL; child = child->next) {
        if (strcmp(child->key, key) == 0)
            return child;
    }
    return NULL;
}

const char *amp_yaml_path(const amp_yaml_node *node, amp_arena *arena)
{
    if (node->parent == NULL)
        return "";
    const char *parent = amp_yaml_path(node->parent, arena);
    if (parent == NULL)
        return NULL;
    if (node->key == NULL)
        return amp_arena_format(arena, "%s[%zu]", parent, node->index);
    if (parent[0] == '\0')
        return node->key;
    return amp_arena_format(arena, "%s.%s", parent, node->key);
}

const char *amp_yaml_name(const amp_yaml_node *node)
{
    while (node->key == NULL && node->parent != NULL)
        node = node->parent;
    return node->key != NULL ? node->key : "";
}

amp_place amp_yaml_place(const amp_yaml_node *node)
{
    return node->shape == AMP_YAML_SCALAR ? node->place : node->key_place;
}

const char *amp_yaml_shape_text(amp_yaml_shape shape)
{
    static const char *const texts[] = {
        [AMP_YAML_SCALAR] = "a single value",
        [AMP_YAML_MAPPING] = "a mapping",
        [AMP_YAML_LIST] = "a list",
        [AMP_YAML_BROKEN] = "something that is not supported",
    };
    return texts[shape];
}
