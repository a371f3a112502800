/* SPDX-License-Identifier: Apache-2.0 */
#include "golden.h"

#include "base/output.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static amp_output *open_output(const char *path)
{
    amp_output *output = NULL;
    assert_int_equal(amp_output_open(path, 9, &output, NULL), AMP_OK);
    return output;
}

static void assert_absent(golden_folder *folder, const char *name)
{
    assert_int_not_equal(access(golden_path(folder, name), F_OK), 0);
}

static void test_numbers(void **state)
{
    static const struct {
        double number;
        const char *shortest;
        const char *rounded;
    } cases[] = {
        {0.1, "0.1", "0.1"},
        {-0.0, "0", "0"},
        {-1e-9, "-1e-9", "0"},
        {0.30000000000000004, "0.30000000000000004", "0.3"},
        {2.0000005, "2.0000005", "2.000001"}, /* 2000000.5 is rounded away from 0 */
        {-2.0000005, "-2.0000005", "-2.000001"},
        {1e10 + 0.5, "10000000000.5", "10000000000.5"}, /* scaled beyond 2^53 */
    };
    golden_folder *folder = golden_folder_new();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char want[64];
        const char *path = golden_path(folder, "numbers");
        amp_output *output = open_output(path);
        amp_output_put_number(output, cases[i].number);
        amp_output_put(output, "|rest", 1);
        amp_output_put_rounded(output, cases[i].number);
        assert_int_equal(amp_output_close(output, AMP_OK, NULL), AMP_OK);
        (void)snprintf(want, sizeof want, "%s|%s", cases[i].shortest, cases[i].rounded);
        assert_golden(golden_read(folder, path), want);
    }
    golden_folder_free(folder);
}

/* Until it is complete, a file is not there under its name. */
static void test_file_appears_when_closed(void **state)
{
    golden_folder *folder = golden_folder_new();
    const char *path = golden_write(folder, "out", "old");
    amp_output *output = open_output(path);
    (void)state;
    amp_output_put_text(output, "new");
    assert_string_equal(golden_read(folder, path), "old");
    assert_int_equal(amp_output_close(output, AMP_OK, NULL), AMP_OK);
    assert_string_equal(golden_read(folder, path), "new");
    assert_absent(folder, "out.partial-0");
    golden_folder_free(folder);
}

static void test_failure_of_the_writer_leaves_the_old_file(void **state)
{
    golden_folder *folder = golden_folder_new();
    const char *path = golden_write(folder, "out", "old");
    amp_output *output = open_output(path);
    amp_error err = {0};
    (void)state;
    amp_output_put_text(output, "half");
    assert_int_equal(amp_output_close(output, AMP_NOMEM, &err), AMP_NOMEM);
    assert_string_equal(golden_read(folder, path), "old");
    assert_string_equal(err.message, "");
    assert_absent(folder, "out.partial-0");
    golden_folder_free(folder);
}

/* Two that write the same file at once do not share a name; the last to close is the one. */
static void test_two_writers_keep_apart(void **state)
{
    golden_folder *folder = golden_folder_new();
    const char *path = golden_path(folder, "out");
    amp_output *first = open_output(path);
    amp_output *second = open_output(path);
    (void)state;
    amp_output_put_text(first, "first");
    amp_output_put_text(second, "second");
    assert_int_equal(amp_output_close(second, AMP_OK, NULL), AMP_OK);
    assert_string_equal(golden_read(folder, path), "second");
    assert_int_equal(amp_output_close(first, AMP_OK, NULL), AMP_OK);
    assert_string_equal(golden_read(folder, path), "first");
    golden_folder_free(folder);
}

/* 200,000 bytes are more than three buffers; as gzip they are less than one. */
static void test_gzip_by_name(void **state)
{
    enum { LINES = 20000 };
    golden_folder *folder = golden_folder_new();
    const char *path = golden_path(folder, "out.gz");
    amp_output *output = open_output(path);
    struct stat info;
    (void)state;
    for (int i = 0; i < LINES; i++)
        amp_output_put_text(output, "123456789\n");
    assert_int_equal(amp_output_close(output, AMP_OK, NULL), AMP_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_true(info.st_size < 20000);
    gzFile file = gzopen(path, "rb");
    char line[16];
    int count = 0;
    assert_non_null(file);
    assert_false(gzdirect(file));
    while (gzgets(file, line, sizeof line) != NULL) {
        assert_string_equal(line, "123456789\n");
        count++;
    }
    assert_int_equal(gzclose(file), Z_OK);
    assert_int_equal(count, LINES);
    golden_folder_free(folder);
}

static void test_link_keeps_pointing(void **state)
{
    golden_folder *folder = golden_folder_new();
    const char *target = golden_write(folder, "target", "old");
    const char *link = golden_path(folder, "link");
    struct stat info;
    (void)state;
    assert_int_equal(symlink(target, link), 0);
    amp_output *output = open_output(link);
    amp_output_put_text(output, "new");
    assert_int_equal(amp_output_close(output, AMP_OK, NULL), AMP_OK);
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_string_equal(golden_read(folder, target), "new");
    golden_folder_free(folder);
}

static void test_place_that_cannot_be_written(void **state)
{
    golden_folder *folder = golden_folder_new();
    const char *path = golden_path(folder, "absent/out");
    amp_output *output = NULL;
    amp_error err = {0};
    char want[256];
    (void)state;
    assert_int_equal(amp_output_open(path, 1, &output, &err), AMP_IO);
    assert_null(output);
    (void)snprintf(want, sizeof want, "%s: No such file or directory", path);
    assert_golden(err.message, want);
    golden_folder_free(folder);
}

/* The first failure is kept and told at the end; a device is not removed. */
static void test_full_device(void **state)
{
    amp_output *output = NULL;
    amp_error err = {0};
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    output = open_output("/dev/full");
    for (int i = 0; i < 100000; i++)
        amp_output_put_text(output, "123456789\n");
    assert_int_equal(amp_output_close(output, AMP_OK, &err), AMP_IO);
    assert_golden(err.message, "/dev/full: No space left on device");
    assert_int_equal(access("/dev/full", W_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_file_appears_when_closed),
        cmocka_unit_test(test_failure_of_the_writer_leaves_the_old_file),
        cmocka_unit_test(test_two_writers_keep_apart),
        cmocka_unit_test(test_gzip_by_name),
        cmocka_unit_test(test_link_keeps_pointing),
        cmocka_unit_test(test_place_that_cannot_be_written),
        cmocka_unit_test(test_full_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
