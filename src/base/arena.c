/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks double, so that a small arena is small and a large one makes few calls. */
enum { BLOCK_BYTES_FIRST = 4096, BLOCK_BYTES_MAX = 1 << 20 };

typedef struct arena_block {
    struct arena_block *older;
    size_t size_bytes;
    size_t used_bytes;
    alignas(max_align_t) unsigned char data[];
} arena_block;

struct amp_arena {
    size_t limit_bytes;
    size_t used_bytes;
    size_t next_block_bytes;
    arena_block *newest;
    alignas(max_align_t) unsigned char nothing[1]; /* what a count of 0 points at */
};

amp_arena *amp_arena_new(size_t limit_bytes)
{
    amp_arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        return NULL;
    arena->limit_bytes = limit_bytes;
    arena->next_block_bytes = BLOCK_BYTES_FIRST;
    return arena;
}

/* Rounds up to the alignment; false when that overflows. */
static bool padded_bytes(size_t count, size_t size, size_t *bytes)
{
    const size_t align = alignof(max_align_t);
    if (size != 0 && count > (SIZE_MAX - align) / size)
        return false;
    *bytes = (count * size + align - 1) / align * align;
    return true;
}

static arena_block *block_new(size_t size_bytes)
{
    if (size_bytes > SIZE_MAX - sizeof(arena_block))
        return NULL;
    arena_block *block = calloc(1, sizeof *block + size_bytes);
    if (block != NULL)
        block->size_bytes = size_bytes;
    return block;
}

/* A block with room for @p want_bytes becomes the newest, except that one made for a single large
 * object goes behind it: what is left in the newest stays in use. */
static arena_block *arena_grow(amp_arena *arena, size_t want_bytes)
{
    const bool is_large = want_bytes > arena->next_block_bytes / 4;
    arena_block *block = block_new(is_large ? want_bytes : arena->next_block_bytes);
    if (block == NULL)
        return NULL;
    if (is_large && arena->newest != NULL) {
        block->older = arena->newest->older;
        arena->newest->older = block;
        return block;
    }
    block->older = arena->newest;
    arena->newest = block;
    if (!is_large && arena->next_block_bytes < BLOCK_BYTES_MAX)
        arena->next_block_bytes *= 2;
    return block;
}

void *amp_arena_alloc(amp_arena *arena, size_t count, size_t size)
{
    size_t want_bytes = 0;
    if (!padded_bytes(count, size, &want_bytes))
        return NULL;
    if (want_bytes == 0)
        return arena->nothing;
    if (want_bytes > arena->limit_bytes - arena->used_bytes)
        return NULL;
    arena_block *block = arena->newest;
    if (block == NULL || want_bytes > block->size_bytes - block->used_bytes) {
        block = arena_grow(arena, want_bytes);
        if (block == NULL)
            return NULL;
    }
    void *memory = block->data + block->used_bytes;
    block->used_bytes += want_bytes;
    arena->used_bytes += want_bytes;
    return memory;
}

char *amp_arena_copy_text(amp_arena *arena, const char *text, size_t length)
{
    char *copy = length == SIZE_MAX ? NULL : amp_arena_alloc(arena, length + 1, 1);
    if (copy != NULL && length != 0)
        memcpy(copy, text, length);
    return copy;
}

char *amp_arena_format(amp_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : amp_arena_alloc(arena, (size_t)length + 1, 1);
    if (text == NULL)
        return NULL;
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

size_t amp_arena_used_bytes(const amp_arena *arena)
{
    return arena->used_bytes;
}

void amp_arena_free(amp_arena *arena)
{
    if (arena == NULL)
        return;
    arena_block *block = arena->newest;
    while (block != NULL) {
        arena_block *older = block->older;
        free(block);
        block = older;
    }
    free(arena);
}
