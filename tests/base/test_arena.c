/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_alloc_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    amp_arena *arena = amp_arena_new(1 << 24);
    assert_non_null(arena);
    static const size_t sizes[] = {1, 3, 16, 17, 100, 1000, 5000, 1 << 20, 7};
    enum { SIZES = sizeof sizes / sizeof *sizes, ROUNDS = 40 };
    unsigned char *memory[ROUNDS * SIZES];
    for (size_t i = 0; i < ROUNDS * SIZES; i++) {
        const size_t size = i % SIZES == 7 && i > SIZES ? 40 : sizes[i % SIZES];
        memory[i] = amp_arena_alloc(arena, size, 1);
        assert_non_null(memory[i]);
        assert_int_equal((uintptr_t)memory[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(memory[i][k], 0);
        memset(memory[i], (int)(i % 255 + 1), size);
    }
    /* Nothing was written over by a later one. */
    for (size_t i = 0; i < ROUNDS * SIZES; i++) {
        const size_t size = i % SIZES == 7 && i > SIZES ? 40 : sizes[i % SIZES];
        assert_int_equal(memory[i][0], i % 255 + 1);
        assert_int_equal(memory[i][size - 1], i % 255 + 1);
    }
    amp_arena_free(arena);
}

static void test_limit_counts_padded_bytes(void **state)
{
    (void)state;
    amp_arena *arena = amp_arena_new(64);
    assert_non_null(arena);
    assert_int_equal(amp_arena_used_bytes(arena), 0);
    assert_non_null(amp_arena_alloc(arena, 1, 1)); /* 16 bytes with its padding */
    assert_int_equal(amp_arena_used_bytes(arena), 16);
    assert_null(amp_arena_alloc(arena, 49, 1)); /* 64 of 48 left */
    assert_int_equal(amp_arena_used_bytes(arena), 16);
    assert_non_null(amp_arena_alloc(arena, 3, 16));
    assert_int_equal(amp_arena_used_bytes(arena), 64);
    assert_null(amp_arena_alloc(arena, 1, 1));
    assert_non_null(amp_arena_alloc(arena, 0, 8)); /* a count of 0 is valid even when it is full */
    amp_arena_free(arena);
}

static void test_overflow_and_more_than_the_system_has_is_null(void **state)
{
    (void)state;
    amp_arena *arena = amp_arena_new(SIZE_MAX); /* a limit takes nothing */
    assert_non_null(arena);
    assert_null(amp_arena_alloc(arena, SIZE_MAX / 8 + 1, 8));
    assert_null(amp_arena_alloc(arena, 2, SIZE_MAX));
    assert_null(amp_arena_alloc(arena, SIZE_MAX, 1));
    assert_null(amp_arena_alloc(arena, SIZE_MAX - 15, 1));
    assert_null(amp_arena_copy_text(arena, "", SIZE_MAX));
    assert_int_equal(amp_arena_used_bytes(arena), 0);
    const double *numbers = AMP_ARENA_NEW(arena, double, 10);
    assert_non_null(numbers);
    assert_int_equal(amp_arena_used_bytes(arena), 80);
    amp_arena_free(arena);
}

static void test_copy_and_format_text(void **state)
{
    (void)state;
    amp_arena *arena = amp_arena_new(64);
    assert_non_null(arena);
    assert_string_equal(amp_arena_copy_text(arena, "sites: x", 5), "sites");
    assert_string_equal(amp_arena_copy_text(arena, NULL, 0), "");
    assert_string_equal(amp_arena_format(arena, "%s[%d]", "sites", 12), "sites[12]");
    assert_int_equal(amp_arena_used_bytes(arena), 48);
    assert_null(amp_arena_format(arena, "%016d", 1)); /* 17 bytes with its NUL, 16 left */
    assert_null(amp_arena_copy_text(arena, "0123456789abcdef", 16));
    assert_string_equal(amp_arena_format(arena, "%015d", 1), "000000000000001");
    amp_arena_free(arena);
    amp_arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc_is_zeroed_aligned_and_apart),
        cmocka_unit_test(test_limit_counts_padded_bytes),
        cmocka_unit_test(test_overflow_and_more_than_the_system_has_is_null),
        cmocka_unit_test(test_copy_and_format_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
