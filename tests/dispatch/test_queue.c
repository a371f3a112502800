/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of slopes by hand, and against a sorted array under random operations. */
#include "dispatch/queue.h"
#include "golden.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Slopes that share a bucket: its leading 10 bits of mantissa are 2^-10 of a power of two, so from
 * 1024 to 2048 a bucket is 1 wide. */
static const double in_one_bucket[] = {1500.0, 1500.25, 1500.5, 1500.75};

static amp_queue *new_queue(void)
{
    amp_queue *queue = calloc(1, sizeof *queue);
    assert_non_null(queue);
    amp_queue_init(queue);
    return queue;
}

/* Both ends as the solver's passes look at them. */
static amp_segment top_of(amp_queue *queue)
{
    amp_queue_settle_top(queue);
    return *amp_queue_top(queue);
}

static amp_segment bottom_of(amp_queue *queue)
{
    amp_queue_settle_bottom(queue);
    return *amp_queue_bottom(queue);
}

static void check_segment(amp_segment got, double slope, int64_t length)
{
    assert_memory_equal(&got.slope, &slope, sizeof slope);
    assert_int_equal(got.length, length);
}

static void check_copy(const amp_queue *queue, const amp_segment *wanted, size_t count)
{
    amp_segment out[16];
    assert_true(count <= 16);
    assert_int_equal(amp_queue_copy(queue, out, 16), count);
    for (size_t i = 0; i < count; i++)
        check_segment(out[i], wanted[i].slope, wanted[i].length);
}

static void test_buckets_keep_the_order_of_slopes(void **state)
{
    (void)state;
    /* 2^-7 and below share the bucket next to zero, 2^15 and above the outermost. */
    static const double rising[] = {-1e9,   -32768.0,   -32767.0, -1024.0,   -1023.0,
                                    -1.0,   -0.0078125, 0.0,      0.0078125, 1.0,
                                    1023.0, 1024.0,     32767.0,  1e9};
    for (size_t i = 1; i < sizeof rising / sizeof rising[0]; i++)
        assert_true(amp_queue_bucket(rising[i - 1]) <= amp_queue_bucket(rising[i]));
    assert_int_equal(amp_queue_bucket(-1e300), 0);
    assert_int_equal(amp_queue_bucket(1e300), AMP_QUEUE_BUCKETS - 1);
    assert_int_equal(amp_queue_bucket(1e-9), AMP_QUEUE_HALF);
    assert_int_equal(amp_queue_bucket(-1e-9), AMP_QUEUE_HALF - 1);
    for (size_t i = 1; i < sizeof in_one_bucket / sizeof in_one_bucket[0]; i++)
        assert_int_equal(amp_queue_bucket(in_one_bucket[i]), amp_queue_bucket(in_one_bucket[0]));
    assert_true(amp_queue_bucket(1501.0) > amp_queue_bucket(1500.0));
}

static void test_segments_come_out_dearest_first(void **state)
{
    (void)state;
    amp_queue *queue = new_queue();
    assert_true(amp_queue_is_empty(queue));
    assert_int_equal(amp_queue_copy(queue, NULL, 0), 0);
    amp_queue_insert(queue, 40.0, 5);
    amp_queue_insert(queue, -12.5, 7);
    amp_queue_insert(queue, 3000.0, 1);
    amp_queue_insert(queue, 0.0, 2);
    amp_queue_insert(queue, 40.0, 6); /* grows the segment: 5 + 6 */
    static const amp_segment wanted[] = {{3000.0, 1}, {40.0, 11}, {0.0, 2}, {-12.5, 7}};
    check_copy(queue, wanted, 4);
    check_segment(top_of(queue), 3000.0, 1);
    check_segment(bottom_of(queue), -12.5, 7);
    free(queue);
}

static void test_chains_grow_equal_slopes_and_keep_others_apart(void **state)
{
    (void)state;
    amp_queue *queue = new_queue();
    amp_queue_insert(queue, 1500.25, 10); /* the cell */
    amp_queue_insert(queue, 1500.75, 20); /* the chain */
    amp_queue_insert(queue, 1500.0, 30);
    amp_queue_insert(queue, 1500.75, 4); /* grows in the chain: 20 + 4 */
    amp_queue_insert(queue, 1500.25, 3); /* grows in the cell: 10 + 3 */
    amp_queue_insert(queue, 1500.5, 1);
    static const amp_segment wanted[] = {{1500.75, 24}, {1500.5, 1}, {1500.25, 13}, {1500.0, 30}};
    check_copy(queue, wanted, 4);
    /* Both ends are one bucket: each look settles anew, whichever was looked at before. */
    for (int i = 0; i < 2; i++) {
        check_segment(top_of(queue), 1500.75, 24);
        check_segment(bottom_of(queue), 1500.0, 30);
    }
    check_copy(queue, wanted, 4);
    free(queue);
}

static void test_dropping_at_both_ends_empties_it(void **state)
{
    (void)state;
    amp_queue *queue = new_queue();
    /* The first and last bucket hold chains, a lone segment lies between them, far away in the
     * bitmap. */
    static const amp_segment wanted[] = {{1500.75, 1}, {1500.5, 2},  {1500.0, 3},
                                         {0.5, 4},     {-1500.0, 5}, {-1500.25, 6}};
    for (size_t i = 0; i < 6; i++)
        amp_queue_insert(queue, wanted[(i * 5 + 2) % 6].slope, wanted[(i * 5 + 2) % 6].length);
    check_copy(queue, wanted, 6);
    size_t first = 0;
    size_t last = 5;
    for (int i = 0; i < 3; i++) {
        check_segment(top_of(queue), wanted[first].slope, wanted[first].length);
        amp_queue_drop_top(queue);
        first++;
        check_segment(bottom_of(queue), wanted[last].slope, wanted[last].length);
        amp_queue_drop_bottom(queue);
        last--;
        check_copy(queue, wanted + first, last + 1 - first);
    }
    assert_true(amp_queue_is_empty(queue));
    amp_queue_insert(queue, -3.0, 9); /* an empty queue forgets its old ends */
    check_segment(top_of(queue), -3.0, 9);
    check_segment(bottom_of(queue), -3.0, 9);
    amp_queue_drop_bottom(queue);
    assert_true(amp_queue_is_empty(queue));
    free(queue);
}

static void test_clearing_gives_every_node_back(void **state)
{
    (void)state;
    amp_queue *queue = new_queue();
    /* Each round takes a third of the nodes: without their return the fourth would lose slopes. */
    enum { SLOPES = AMP_QUEUE_CHAIN_NODES / 3, ROUNDS = 6 };
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i <= SLOPES; i++) /* from 2^13 on a bucket is 8 wide: 32 slopes */
            amp_queue_insert(queue, 8192.0 + (double)i * 0.25, 1);
        assert_int_equal(amp_queue_copy(queue, NULL, 0), SLOPES + 1);
        amp_queue_clear(queue);
        assert_true(amp_queue_is_empty(queue));
        assert_int_equal(amp_queue_copy(queue, NULL, 0), 0);
    }
    free(queue);
}

static void test_copying_counts_all_and_writes_what_there_is_room_for(void **state)
{
    (void)state;
    amp_queue *queue = new_queue();
    const amp_segment untouched = {-1.0, -1};
    for (size_t i = 0; i < 4; i++)
        amp_queue_insert(queue, in_one_bucket[i], 1);
    amp_queue_insert(queue, 2000.0, 7);
    amp_queue_insert(queue, 3.0, 8);
    for (size_t room = 0; room <= 6; room++) {
        amp_segment out[7] = {untouched, untouched, untouched, untouched,
                              untouched, untouched, untouched};
        assert_int_equal(amp_queue_copy(queue, out, room), 6);
        for (size_t i = 0; i < 7; i++)
            assert_int_equal(out[i].length < 0, i >= room);
        if (room > 0)
            check_segment(out[0], 2000.0, 7);
    }
    free(queue);
}

/* More distinct slopes than nodes: those that find none join their bucket's cell. */
static void test_without_nodes_no_length_is_lost(void **state)
{
    (void)state;
    amp_queue *queue = new_queue();
    /* 1024 slopes to a bucket, a cell and 1023 nodes: 64 buckets take 65,472 of the 65,535 nodes.
     * The next bucket, from 1088, has a cell, the last 63 nodes, and three slopes too many. */
    enum { PER_BUCKET = 1024, LAST = 64, LEFT_OVER = 3 };
    enum { HELD = LAST * PER_BUCKET + 1 + 63, ALL = HELD + LEFT_OVER };
    for (int i = 0; i < ALL; i++) {
        assert_int_equal(queue->free_node == 0, i >= HELD);
        amp_queue_insert(queue, 1024.0 + (double)i / PER_BUCKET, 2);
    }
    assert_int_equal(amp_queue_copy(queue, NULL, 0), HELD);
    for (int i = 63; i > 0; i--) {
        check_segment(top_of(queue), 1088.0 + (double)i / PER_BUCKET, 2);
        amp_queue_drop_top(queue);
    }
    check_segment(top_of(queue), 1088.0, 2 + 2 * LEFT_OVER);
    amp_queue_drop_top(queue);
    int64_t rest = 0;
    for (; !amp_queue_is_empty(queue); amp_queue_drop_bottom(queue))
        rest += bottom_of(queue).length;
    assert_int_equal(rest, 2 * LAST * PER_BUCKET);
    free(queue);
}

/* ---- against a sorted array ---- */

enum { NAIVE_MAX = 4096 };

typedef struct {
    amp_segment segment[NAIVE_MAX]; /* dearest first */
    size_t count;
} naive_queue;

static void naive_insert(naive_queue *naive, double slope, int64_t length)
{
    size_t at = 0;
    while (at < naive->count && naive->segment[at].slope > slope)
        at++;
    if (at < naive->count && naive->segment[at].slope >= slope) {
        naive->segment[at].length += length;
        return;
    }
    assert_true(naive->count < NAIVE_MAX);
    memmove(naive->segment + at + 1, naive->segment + at,
            (naive->count - at) * sizeof naive->segment[0]);
    naive->segment[at] = (amp_segment){.slope = slope, .length = length};
    naive->count++;
}

static uint64_t draw(uint64_t *dice)
{
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    return *dice;
}

/* Few distinct values, many of them in the same buckets, of all sizes and both signs. */
static double draw_slope(uint64_t *dice)
{
    static const double scales[] = {1e-6, 0.001, 0.01, 1.0, 40.0, 1500.0, 30000.0, 1e7};
    const double scale = scales[draw(dice) % 8];
    const double step = (double)(draw(dice) % 12) / 4096.0;
    return (draw(dice) % 2 == 0 ? -scale : scale) * (1.0 + step);
}

static void drop_one(amp_queue *queue, naive_queue *naive, bool at_top)
{
    const amp_segment got = at_top ? top_of(queue) : bottom_of(queue);
    const amp_segment *wanted = &naive->segment[at_top ? 0 : naive->count - 1];
    check_segment(got, wanted->slope, wanted->length);
    if (at_top)
        amp_queue_drop_top(queue);
    else
        amp_queue_drop_bottom(queue);
    naive->count--;
    if (at_top)
        memmove(naive->segment, naive->segment + 1, naive->count * sizeof naive->segment[0]);
}

static void check_all(const amp_queue *queue, const naive_queue *naive, amp_segment *out)
{
    assert_int_equal(amp_queue_is_empty(queue), naive->count == 0);
    assert_int_equal(amp_queue_copy(queue, out, NAIVE_MAX), naive->count);
    for (size_t i = 0; i < naive->count; i++)
        check_segment(out[i], naive->segment[i].slope, naive->segment[i].length);
}

/* Rounds of filling and of emptying, so that it is often long, often short and often empty. */
static void check_random_round(amp_queue *queue, naive_queue *naive, uint64_t *dice)
{
    const uint64_t insert_share = 1 + draw(dice) % 9; /* of 10 */
    const size_t steps = draw(dice) % 300;
    for (size_t i = 0; i < steps; i++) {
        if (naive->count == 0 || draw(dice) % 10 < insert_share) {
            const double slope = draw_slope(dice);
            const int64_t length = 1 + (int64_t)(draw(dice) % 1000);
            amp_queue_insert(queue, slope, length);
            naive_insert(naive, slope, length);
        } else {
            drop_one(queue, naive, draw(dice) % 2 == 0);
        }
    }
}

static void test_random_operations_agree_with_a_sorted_array(void **state)
{
    (void)state;
    const char *given = getenv("AMPACITY_SEED");
    const uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 20250801;
    print_message("AMPACITY_SEED=%" PRIu64 "\n", seed);
    uint64_t dice = (seed ^ UINT64_C(0x9E3779B97F4A7C15)) | 1U;
    amp_queue *queue = new_queue();
    naive_queue *naive = calloc(1, sizeof *naive);
    amp_segment *out = calloc(NAIVE_MAX, sizeof *out);
    assert_non_null(naive);
    assert_non_null(out);
    size_t longest = 0;
    size_t empty_count = 0;
    for (int round = 0; round < 2000; round++) {
        check_random_round(queue, naive, &dice);
        check_all(queue, naive, out);
        longest = naive->count > longest ? naive->count : longest;
        empty_count += naive->count == 0 ? 1U : 0U;
        if (draw(&dice) % 16 == 0) {
            amp_queue_clear(queue);
            naive->count = 0;
        }
    }
    assert_true(longest > 100); /* the rounds were what they should be */
    assert_true(empty_count > 10);
    free(out);
    free(naive);
    free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buckets_keep_the_order_of_slopes),
        cmocka_unit_test(test_segments_come_out_dearest_first),
        cmocka_unit_test(test_chains_grow_equal_slopes_and_keep_others_apart),
        cmocka_unit_test(test_dropping_at_both_ends_empties_it),
        cmocka_unit_test(test_clearing_gives_every_node_back),
        cmocka_unit_test(test_copying_counts_all_and_writes_what_there_is_room_for),
        cmocka_unit_test(test_without_nodes_no_length_is_lost),
        cmocka_unit_test(test_random_operations_agree_with_a_sorted_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
