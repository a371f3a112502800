/* SPDX-License-Identifier: Apache-2.0 */
/** @file arena.h  Bump allocator: many small objects, one lifetime, one free. */
#ifndef AMP_BASE_ARENA_H
#define AMP_BASE_ARENA_H

#include <stddef.h>

/** Grows in blocks up to its limit; one thread at a time. */
typedef struct amp_arena amp_arena;

/** @return a new arena that will hand out at most @p limit_bytes, or NULL when there is no memory.
 *  Owned by the caller. Nothing of the limit is taken from the system before it is used. */
amp_arena *amp_arena_new(size_t limit_bytes);

/** Zeroed, maximally aligned memory for @p count objects of @p size bytes, or NULL when the limit
 *  would be passed, the product would overflow or the system has no memory. A count of 0 gives a
 *  valid pointer. Valid until amp_arena_free(); never freed alone. */
void *amp_arena_alloc(amp_arena *arena, size_t count, size_t size);

/** A NUL-terminated copy of @p length bytes of @p text that lives in @p arena, or NULL. */
char *amp_arena_copy_text(amp_arena *arena, const char *text, size_t length);

/** Text formatted into @p arena, or NULL when it does not fit. */
char *amp_arena_format(amp_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Bytes handed out so far. */
size_t amp_arena_used_bytes(const amp_arena *arena);

/** Frees the arena and everything allocated from it. NULL is allowed. */
void amp_arena_free(amp_arena *arena);

#define AMP_ARENA_NEW(arena, type, count) ((type *)amp_arena_alloc((arena), (count), sizeof(type)))

#endif
