/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/queue.h"

#include "base/text.h"

#include <assert.h>

void amp_queue_init(amp_queue *queue)
{
    /* Node 0 means "none", so the list of free nodes starts at 1. */
    for (uint32_t i = 1; i < AMP_QUEUE_CHAIN_NODES; i++)
        queue->next[i] = i + 1 < AMP_QUEUE_CHAIN_NODES ? i + 1 : 0;
    queue->free_node = 1;
}

static void free_chain(amp_queue *queue, uint32_t bucket)
{
    uint32_t node = queue->chain[bucket];
    while (node != 0) {
        const uint32_t after = queue->next[node];
        queue->next[node] = queue->free_node;
        queue->free_node = node;
        node = after;
    }
    queue->chain[bucket] = 0;
}

void amp_queue_clear(amp_queue *queue)
{
    while (!amp_queue_is_empty(queue)) {
        free_chain(queue, queue->top);
        amp_queue_unmark_top(queue);
    }
}

/* When all nodes are in use (tens of thousands of distinct slopes within a few buckets) the
 * segment joins the cell. The path then is a little off the optimum, never the bound: that is
 * computed from the prices alone, and the gap shows the difference. */
void amp_queue_insert_chained(amp_queue *queue, uint32_t bucket, double slope, int64_t length)
{
    for (uint32_t i = queue->chain[bucket]; i != 0; i = queue->next[i]) {
        if (amp_same(queue->node[i].slope, slope)) {
            queue->node[i].length += length;
            return;
        }
    }
    const uint32_t node = queue->free_node;
    if (node == 0) {
        queue->cell[bucket].length += length;
        return;
    }
    queue->free_node = queue->next[node];
    queue->node[node] = (amp_segment){.slope = slope, .length = length};
    queue->next[node] = queue->chain[bucket];
    queue->chain[bucket] = node;
}

/* The cell's segment is gone: the first of the chain takes its place. */
void amp_queue_unchain(amp_queue *queue, uint32_t bucket)
{
    const uint32_t node = queue->chain[bucket];
    assert(node != 0);
    queue->cell[bucket] = queue->node[node];
    queue->chain[bucket] = queue->next[node];
    queue->next[node] = queue->free_node;
    queue->free_node = node;
}

void amp_queue_bring_to_cell(amp_queue *queue, uint32_t bucket, bool highest)
{
    amp_segment *cell = &queue->cell[bucket];
    for (uint32_t i = queue->chain[bucket]; i != 0; i = queue->next[i]) {
        const bool is_nearer =
            highest ? queue->node[i].slope > cell->slope : queue->node[i].slope < cell->slope;
        if (is_nearer) {
            const amp_segment held = *cell;
            *cell = queue->node[i];
            queue->node[i] = held;
        }
    }
}

static void sort_falling(amp_segment *segment, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const amp_segment moved = segment[i];
        size_t j = i;
        for (; j > 0 && segment[j - 1].slope < moved.slope; j--)
            segment[j] = segment[j - 1];
        segment[j] = moved;
    }
}

/* Appends a bucket with a chain, dearest first. */
static size_t copy_chain(const amp_queue *queue, uint32_t bucket, amp_segment *out, size_t count,
                         size_t room)
{
    const size_t first = count;
    if (count < room)
        out[count] = queue->cell[bucket];
    count++;
    for (uint32_t i = queue->chain[bucket]; i != 0; i = queue->next[i]) {
        if (count < room)
            out[count] = queue->node[i];
        count++;
    }
    if (count - first > 1 && count <= room)
        sort_falling(out + first, count - first);
    return count;
}

size_t amp_queue_copy(const amp_queue *queue, amp_segment *out, size_t room)
{
    size_t count = 0;
    for (uint64_t groups = queue->all; groups != 0;) {
        const uint32_t g = amp_queue_high_bit(groups);
        groups &= ~(UINT64_C(1) << g);
        for (uint64_t words = queue->group[g]; words != 0;) {
            const uint32_t w = amp_queue_high_bit(words);
            words &= ~(UINT64_C(1) << w);
            for (uint64_t bits = queue->word[g * 64 + w]; bits != 0;) {
                const uint32_t b = amp_queue_high_bit(bits);
                bits &= ~(UINT64_C(1) << b);
                const uint32_t bucket = (g * 64 + w) * 64 + b;
                if (queue->chain[bucket] != 0)
                    count = copy_chain(queue, bucket, out, count, room);
                else if (count++ < room)
                    out[count - 1] = queue->cell[bucket];
            }
        }
    }
    return count;
}
