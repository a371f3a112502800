/* SPDX-License-Identifier: Apache-2.0 */
#include "refusal.h"

#include <stdbool.h>
#include <stdint.h>

/* NOLINTBEGIN(readability-identifier-naming): the linker gives the names */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

/* Allocations so far, and which of them fail. */
static struct {
    size_t count;
    size_t first;
    size_t last;
} plan = {.first = SIZE_MAX, .last = SIZE_MAX};

static bool is_refused(void)
{
    const size_t number = plan.count++;
    return number >= plan.first && number <= plan.last;
}

void *__wrap_malloc(size_t size)
{
    return is_refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return is_refused() ? NULL : __real_realloc(memory, size);
}

/* NOLINTEND(readability-identifier-naming) */

void refusal_start(size_t first, size_t last)
{
    plan.count = 0;
    plan.first = first;
    plan.last = last;
}

size_t refusal_stop(void)
{
    const size_t count = plan.count;
    plan.first = SIZE_MAX;
    plan.last = SIZE_MAX;
    return count;
}
