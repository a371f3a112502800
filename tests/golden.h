/* SPDX-License-Identifier: Apache-2.0 */
/** @file golden.h  What all tests share: cmocka, temporary folders, captured output, comparisons.
 */
#ifndef AMP_TESTS_GOLDEN_H
#define AMP_TESTS_GOLDEN_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

/** A temporary folder, and the strings that the functions below return for it. */
typedef struct golden_folder golden_folder;

/** Makes an empty folder under $TMPDIR or /tmp; the test fails when it cannot. */
golden_folder *golden_folder_new(void);

/** Removes the folder with all that is in it. NULL is allowed. */
void golden_folder_free(golden_folder *folder);

/** Path of @p name ("a.csv", "sub/a.csv"; "" is the folder itself). Lives as long as @p folder. */
const char *golden_path(golden_folder *folder, const char *name);

/** Writes a file, and the folders above it, and returns its path. Lives as long as @p folder. */
const char *golden_write(golden_folder *folder, const char *name, const char *text);
const char *golden_write_bytes(golden_folder *folder, const char *name, const void *bytes,
                               size_t length);

/** Text of the file @p path, NUL-terminated. Lives as long as @p folder. */
const char *golden_read(golden_folder *folder, const char *path);

/** What a function prints on a FILE. Write to `file`, then take the text. */
typedef struct {
    FILE *file;
    char *text;
    size_t length;
} golden_capture;

void golden_capture_open(golden_capture *capture);

/** Closes the file. @return all that was written; valid until golden_capture_free(). */
const char *golden_capture_text(golden_capture *capture);
void golden_capture_free(golden_capture *capture);

/** Fails the test with both texts and the first line that differs. */
/* NOLINTNEXTLINE(readability-identifier-naming): as cmocka names its own */
#define assert_golden(got, want) golden_compare((got), (want), __FILE__, __LINE__)
void golden_compare(const char *got, const char *want, const char *file, int line);

/** Fails the test unless |got - want| <= tolerance; equal infinities are near, NaN never is. */
/* NOLINTNEXTLINE(readability-identifier-naming) */
#define assert_near(got, want, tolerance) \
    golden_compare_numbers((got), (want), (tolerance), #got, __FILE__, __LINE__)
void golden_compare_numbers(double got, double want, double tolerance, const char *expression,
                            const char *file, int line);

#endif
