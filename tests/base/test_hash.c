/* SPDX-License-Identifier: Apache-2.0 */
#include "golden.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

/* FIPS 180-4 examples: "abc", the empty message, and a million times "a" for the streaming. */
static void test_known_digests(void **state)
{
    golden_folder *const folder = golden_folder_new();
    char *const million = malloc(1000000);
    char hex[AMP_HASH_TEXT_BYTES];
    amp_error err;
    (void)state;

    assert_non_null(million);
    memset(million, 'a', 1000000);
    const char *const abc = golden_write(folder, "abc", "abc");
    const char *const empty = golden_write(folder, "empty", "");
    const char *const many = golden_write_bytes(folder, "many", million, 1000000);
    free(million);
    assert_int_equal(amp_hash_files(&abc, 1, hex, &err), AMP_OK);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(amp_hash_files(&empty, 1, hex, &err), AMP_OK);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(amp_hash_files(&many, 1, hex, &err), AMP_OK);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    golden_folder_free(folder);
}

/* As `cat FILES | sha256sum`: the parts of "abc" give the digest of "abc". */
static void test_files_follow_each_other(void **state)
{
    golden_folder *const folder = golden_folder_new();
    const char *const paths[] = {golden_write(folder, "1", "a"), golden_write(folder, "2", ""),
                                 golden_write(folder, "3", "bc")};
    char hex[AMP_HASH_TEXT_BYTES];
    (void)state;

    assert_int_equal(amp_hash_files(paths, 3, hex, NULL), AMP_OK);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    golden_folder_free(folder);
}

static void test_missing_file_leaves_the_text_alone(void **state)
{
    golden_folder *const folder = golden_folder_new();
    const char *const path = golden_path(folder, "absent");
    const char *const folder_path = golden_path(folder, "");
    char hex[AMP_HASH_TEXT_BYTES] = "as before";
    amp_error err;
    (void)state;

    assert_int_equal(amp_hash_files(&path, 1, hex, &err), AMP_NOT_FOUND);
    assert_int_equal(amp_hash_files(&folder_path, 1, hex, &err), AMP_IO);
    assert_string_equal(hex, "as before");
    golden_folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_digests),
        cmocka_unit_test(test_files_follow_each_other),
        cmocka_unit_test(test_missing_file_leaves_the_text_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
