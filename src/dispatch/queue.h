/* SPDX-License-Identifier: Apache-2.0 */
/** @file queue.h  The value of stored energy as slopes: a queue that gives and takes at both ends.
 */
#ifndef AMP_DISPATCH_QUEUE_H
#define AMP_DISPATCH_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A concave piecewise-linear function is a list of (slope, length) with falling slopes. Going back
 * one interval takes length from the dear end, from the cheap end, and inserts somewhere between.
 * A bucket is an order-preserving function of the slope's leading bits, so no operation depends on
 * the number of segments; a bitmap of three levels finds the next bucket that is not empty. Slopes
 * that share a bucket without being equal go to a chain; equal ones grow one segment, bit for bit.
 */
enum {
    AMP_QUEUE_MANTISSA_BITS = 10,
    AMP_QUEUE_EXPONENT_LOW = -7,  /* smaller magnitudes share the bucket next to zero */
    AMP_QUEUE_EXPONENT_HIGH = 20, /* larger ones share the outermost; a demand charge in one
                                     interval of minutes is some 10^5 USD/MWh */
    AMP_QUEUE_HALF = (AMP_QUEUE_EXPONENT_HIGH - AMP_QUEUE_EXPONENT_LOW + 1)
                     << AMP_QUEUE_MANTISSA_BITS,
    AMP_QUEUE_BUCKETS = 2 * AMP_QUEUE_HALF,
    AMP_QUEUE_WORDS = AMP_QUEUE_BUCKETS / 64,
    AMP_QUEUE_GROUPS = AMP_QUEUE_WORDS / 64,
    AMP_QUEUE_CHAIN_NODES = 1 << 16
};

/** One linear piece. Lengths are energies in the solver's integer unit. */
typedef struct {
    double slope;
    int64_t length;
} amp_segment;

typedef struct {
    amp_segment cell[AMP_QUEUE_BUCKETS];
    uint32_t chain[AMP_QUEUE_BUCKETS]; /* first node of the bucket's chain, 0 for none */
    uint64_t word[AMP_QUEUE_WORDS];    /* a bit a bucket */
    uint64_t group[AMP_QUEUE_GROUPS];  /* a bit a word */
    uint64_t all;                      /* a bit a group */
    uint32_t top;                      /* highest bucket in use; meaningless when empty */
    uint32_t bottom;
    uint32_t free_node;
    amp_segment node[AMP_QUEUE_CHAIN_NODES];
    uint32_t next[AMP_QUEUE_CHAIN_NODES];
} amp_queue;

_Static_assert(AMP_QUEUE_GROUPS * 64 == AMP_QUEUE_WORDS, "the bitmap has whole groups");

/** Makes zeroed memory an empty queue. */
void amp_queue_init(amp_queue *queue);

/** Empties the queue in time that depends on its segments, not on its buckets. */
void amp_queue_clear(amp_queue *queue);

/** Copies all segments, dearest first. @return how many there are; at most @p room are written. */
size_t amp_queue_copy(const amp_queue *queue, amp_segment *out, size_t room);

/* What happens in a bucket with a chain; rare, so kept out of the inlined paths. */
void amp_queue_insert_chained(amp_queue *queue, uint32_t bucket, double slope, int64_t length);
void amp_queue_unchain(amp_queue *queue, uint32_t bucket);
void amp_queue_bring_to_cell(amp_queue *queue, uint32_t bucket, bool highest);

static inline uint32_t amp_queue_bucket(double slope)
{
    int64_t bits;
    memcpy(&bits, &slope, sizeof bits);
    const int32_t sign = bits < 0 ? -1 : 0;
    const int32_t low = (1023 + AMP_QUEUE_EXPONENT_LOW) << AMP_QUEUE_MANTISSA_BITS;
    int32_t m = (int32_t)((bits & INT64_MAX) >> (52 - AMP_QUEUE_MANTISSA_BITS)) - low;
    m = m < 0 ? 0 : m;
    m = m > AMP_QUEUE_HALF - 1 ? AMP_QUEUE_HALF - 1 : m;
    return (uint32_t)(AMP_QUEUE_HALF + (m ^ sign));
}

static inline bool amp_queue_is_empty(const amp_queue *queue)
{
    return queue->all == 0;
}

static inline uint32_t amp_queue_high_bit(uint64_t word)
{
    return 63U - (uint32_t)__builtin_clzll(word);
}

static inline uint32_t amp_queue_low_bit(uint64_t word)
{
    return (uint32_t)__builtin_ctzll(word);
}

/* Highest bucket in use; the queue is not empty. */
static inline uint32_t amp_queue_find_top(const amp_queue *queue)
{
    const uint32_t g = amp_queue_high_bit(queue->all);
    const uint32_t w = g * 64 + amp_queue_high_bit(queue->group[g]);
    return w * 64 + amp_queue_high_bit(queue->word[w]);
}

static inline uint32_t amp_queue_find_bottom(const amp_queue *queue)
{
    const uint32_t g = amp_queue_low_bit(queue->all);
    const uint32_t w = g * 64 + amp_queue_low_bit(queue->group[g]);
    return w * 64 + amp_queue_low_bit(queue->word[w]);
}

/* Marks the highest bucket in use empty and finds the next one: what is above is known to be empty,
 * so that most of the time one word of bits tells. */
static inline void amp_queue_unmark_top(amp_queue *queue)
{
    uint32_t w = queue->top / 64;
    uint64_t bits = queue->word[w] & ~(UINT64_C(1) << (queue->top % 64));
    queue->word[w] = bits;
    if (bits == 0) {
        uint32_t g = w / 64;
        uint64_t words = queue->group[g] & ~(UINT64_C(1) << (w % 64));
        queue->group[g] = words;
        if (words == 0) {
            queue->all &= ~(UINT64_C(1) << g);
            if (queue->all == 0)
                return;
            g = amp_queue_high_bit(queue->all);
            words = queue->group[g];
        }
        w = g * 64 + amp_queue_high_bit(words);
        bits = queue->word[w];
    }
    queue->top = w * 64 + amp_queue_high_bit(bits);
}

static inline void amp_queue_unmark_bottom(amp_queue *queue)
{
    uint32_t w = queue->bottom / 64;
    uint64_t bits = queue->word[w] & ~(UINT64_C(1) << (queue->bottom % 64));
    queue->word[w] = bits;
    if (bits == 0) {
        uint32_t g = w / 64;
        uint64_t words = queue->group[g] & ~(UINT64_C(1) << (w % 64));
        queue->group[g] = words;
        if (words == 0) {
            queue->all &= ~(UINT64_C(1) << g);
            if (queue->all == 0)
                return;
            g = amp_queue_low_bit(queue->all);
            words = queue->group[g];
        }
        w = g * 64 + amp_queue_low_bit(words);
        bits = queue->word[w];
    }
    queue->bottom = w * 64 + amp_queue_low_bit(bits);
}

/** The segment at the dear (or cheap) end; the queue is not empty. */
static inline const amp_segment *amp_queue_top(const amp_queue *queue)
{
    return &queue->cell[queue->top];
}

static inline const amp_segment *amp_queue_bottom(const amp_queue *queue)
{
    return &queue->cell[queue->bottom];
}

/* The invariant that makes the two functions above one load: in the top bucket the cell holds the
 * dearest segment of its chain, in the bottom bucket the cheapest. Where both are one bucket with
 * a chain, amp_queue_settle() is called before each look. */
static inline void amp_queue_settle_top(amp_queue *queue)
{
    if (queue->chain[queue->top] != 0)
        amp_queue_bring_to_cell(queue, queue->top, true);
}

static inline void amp_queue_settle_bottom(amp_queue *queue)
{
    if (queue->chain[queue->bottom] != 0)
        amp_queue_bring_to_cell(queue, queue->bottom, false);
}

/** Adds a segment. */
static inline void amp_queue_insert(amp_queue *queue, double slope, int64_t length)
{
    const uint32_t bucket = amp_queue_bucket(slope);
    const uint32_t w = bucket / 64;
    const uint64_t bit = UINT64_C(1) << (bucket % 64);
    amp_segment *cell = &queue->cell[bucket];
    if ((queue->word[w] & bit) == 0) {
        const bool was_empty = queue->all == 0;
        cell->slope = slope;
        cell->length = length;
        queue->word[w] |= bit;
        queue->group[w / 64] |= UINT64_C(1) << (w % 64);
        queue->all |= UINT64_C(1) << (w / 64);
        queue->top = was_empty || bucket > queue->top ? bucket : queue->top;
        queue->bottom = was_empty || bucket < queue->bottom ? bucket : queue->bottom;
    } else if (cell->slope >= slope && cell->slope <= slope) {
        cell->length += length;
    } else {
        amp_queue_insert_chained(queue, bucket, slope, length);
    }
}

/** Removes the whole segment at the dear end. */
static inline void amp_queue_drop_top(amp_queue *queue)
{
    const uint32_t bucket = queue->top;
    if (queue->chain[bucket] != 0)
        amp_queue_unchain(queue, bucket);
    else
        amp_queue_unmark_top(queue);
}

static inline void amp_queue_drop_bottom(amp_queue *queue)
{
    const uint32_t bucket = queue->bottom;
    if (queue->chain[bucket] != 0)
        amp_queue_unchain(queue, bucket);
    else
        amp_queue_unmark_bottom(queue);
}

#endif
