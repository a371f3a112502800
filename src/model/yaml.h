/* SPDX-License-Identifier: Apache-2.0 */
/** @file yaml.h  YAML as a tree whose every node knows its place. Private to model. */
#ifndef AMP_MODEL_YAML_H
#define AMP_MODEL_YAML_H

#include "base/arena.h"
#include "model/document.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    AMP_YAML_BYTES_MAX = 16 << 20, /**< of a file */
    AMP_YAML_DEPTH_MAX = 64        /**< of mappings and lists inside each other */
};

typedef enum {
    AMP_YAML_SCALAR,
    AMP_YAML_MAPPING,
    AMP_YAML_LIST,
    AMP_YAML_BROKEN /**< something that was refused and reported (an alias, a block of text) */
} amp_yaml_shape;

/** One node. Lives in the arena given to amp_yaml_parse(). Scalars are text: their type depends on
 *  their key, never on how they look. */
typedef struct amp_yaml_node amp_yaml_node;
struct amp_yaml_node {
    amp_yaml_shape shape;
    bool is_plain;       /**< unquoted on one line: byte i of text is at place.column + i */
    bool is_bad;         /**< a finding was reported about it or something in it */
    amp_place place;     /**< of a scalar its text, of a collection its first byte */
    const char *key;     /**< in the mapping that holds it; NULL in a list and for the root */
    amp_place key_place; /**< of the key; without one that of the node */
    const char *text;    /**< of a scalar, NUL-terminated, without NULs inside; else "" */
    size_t length;
    amp_yaml_node *parent;
    amp_yaml_node *first; /**< child */
    amp_yaml_node *last;
    amp_yaml_node *next; /**< sibling */
    size_t index;        /**< among its siblings, from 0 */
    size_t count;        /**< of children */
};

/**
 * Parses the one document of @p document, at most AMP_YAML_BYTES_MAX. Anchors, aliases, tags,
 * blocks of text, a key given twice, a second document and wrong syntax are reported with their
 * places.
 *
 * @param root receives the tree unless the syntax is wrong; it may hold bad nodes
 * @return AMP_OK, AMP_PARSE when there is no tree, AMP_NOMEM
 */
amp_status amp_yaml_parse(amp_document *document, amp_arena *arena, amp_yaml_node **root);

/** The value of @p key in @p mapping, or NULL. */
amp_yaml_node *amp_yaml_get(const amp_yaml_node *mapping, const char *key);

/** Dotted path, "sites[0].battery.power"; "" for the root. Lives in @p arena; NULL without memory.
 */
const char *amp_yaml_path(const amp_yaml_node *node, amp_arena *arena);

/** What the user calls the node: its key, or that of the list that holds it; "" for the root. */
const char *amp_yaml_name(const amp_yaml_node *node);

/** Where a finding about the whole node points: a collection at its key, a scalar at its text. */
amp_place amp_yaml_place(const amp_yaml_node *node);

/** "a mapping", "a list", "a single value". */
const char *amp_yaml_shape_text(amp_yaml_shape shape);

#endif
