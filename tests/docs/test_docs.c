/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages say is held to what the program does: the catalogue of errors is whole, the index
 * names every page, and every link leads somewhere. */
#include "base/diagnostic.h"
#include "golden.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 1024 };

static const char *in_source(const char *name, char *path)
{
    const char *root = getenv("AMPACITY_SOURCE_ROOT");
    assert_non_null(root);
    assert_true(snprintf(path, PATH_BYTES, "%s/%s", root, name) < PATH_BYTES);
    return path;
}

/* A line of docs/errors.md that starts a finding: "### `unit-missing`". NULL past the last one. */
static const char *next_finding(const char *text, char *id, size_t size)
{
    static const char mark[] = "\n### `";
    const char *start = strstr(text, mark);
    if (start == NULL)
        return NULL;
    start += sizeof mark - 1;
    const size_t length = strcspn(start, "`\n");
    assert_true(length < size);
    (void)snprintf(id, size, "%.*s", (int)length, start);
    return start + length;
}

static bool code_exists(const char *id)
{
    for (size_t i = 0; i < amp_code_count(); i++)
        if (strcmp(amp_code_id((amp_code)i), id) == 0)
            return true;
    return false;
}

static void test_errors_page_has_every_code_once_and_no_other(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    char id[64];
    golden_folder *folder = golden_folder_new();
    const char *page = golden_read(folder, in_source("docs/errors.md", path));
    size_t found = 0;
    for (const char *at = page; (at = next_finding(at, id, sizeof id)) != NULL; found++)
        if (!code_exists(id))
            fail_msg("docs/errors.md explains '%s', which nothing reports", id);
    for (size_t i = 0; i < amp_code_count(); i++) {
        char mark[80];
        (void)snprintf(mark, sizeof mark, "\n### `%s`\n", amp_code_id((amp_code)i));
        const char *first = strstr(page, mark);
        if (first == NULL)
            fail_msg("docs/errors.md lacks '%s'", amp_code_id((amp_code)i));
        assert_null(strstr(first + 1, mark));
    }
    assert_int_equal(found, amp_code_count());
    golden_folder_free(folder);
}

/* Below each heading: "Exit status 3 - a quantity without its unit." as the table has it. */
static void test_errors_page_gives_exit_status_and_meaning_of_each_code(void **state)
{
    (void)state;
    static const struct {
        amp_status status;
        const char *text;
    } exits[] = {
        {AMP_OK, "A warning"},
        {AMP_INTERNAL, "Exit status 1"},
        {AMP_NOMEM, "Exit status 1"},
        {AMP_IO, "Exit status 1"},
        {AMP_NOT_FOUND, "Exit status 2"},
        {AMP_PARSE, "Exit status 3"},
        {AMP_DATA, "Exit status 4"},
        {AMP_INFEASIBLE, "Exit status 5"},
    };
    char path[PATH_BYTES];
    golden_folder *folder = golden_folder_new();
    const char *page = golden_read(folder, in_source("docs/errors.md", path));
    for (size_t i = 0; i < amp_code_count(); i++) {
        const amp_code code = (amp_code)i;
        size_t row = 0;
        while (row < sizeof exits / sizeof exits[0] && exits[row].status != amp_code_status(code))
            row++;
        assert_true(row < sizeof exits / sizeof exits[0]);
        char wanted[256];
        (void)snprintf(wanted, sizeof wanted, "\n### `%s`\n\n%s: %s.\n", amp_code_id(code),
                       exits[row].text, amp_code_meaning(code));
        if (strstr(page, wanted) == NULL)
            fail_msg("docs/errors.md does not have:\n%s", wanted);
    }
    golden_folder_free(folder);
}

static void test_index_names_every_page(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    golden_folder *folder = golden_folder_new();
    const char *index = golden_read(folder, in_source("docs/README.md", path));
    DIR *pages = opendir(in_source("docs", path));
    assert_non_null(pages);
    size_t count = 0;
    for (const struct dirent *page = readdir(pages); page != NULL; page = readdir(pages)) {
        const char *suffix = strrchr(page->d_name, '.');
        if (suffix == NULL || strcmp(suffix, ".md") != 0 || strcmp(page->d_name, "README.md") == 0)
            continue;
        char link[PATH_BYTES];
        (void)snprintf(link, sizeof link, "](%s)", page->d_name);
        if (strstr(index, link) == NULL)
            fail_msg("docs/README.md does not name %s", page->d_name);
        count++;
    }
    assert_true(count >= 3);
    (void)closedir(pages);
    golden_folder_free(folder);
}

/* Checks the relative links of one page, whose folder is @p base ("" or "docs/"). */
static void check_links(golden_folder *folder, const char *base, const char *name)
{
    char page[PATH_BYTES];
    char path[PATH_BYTES];
    (void)snprintf(page, sizeof page, "%s%s", base, name);
    const char *at = golden_read(folder, in_source(page, path));
    while ((at = strstr(at, "](")) != NULL) {
        at += 2;
        const int length = (int)strcspn(at, ")#\n");
        char target[PATH_BYTES];
        (void)snprintf(target, sizeof target, "%s%.*s", base, length, at);
        if (length == 0 || strncmp(at, "http", 4) == 0)
            continue;
        if (access(in_source(target, path), F_OK) != 0)
            fail_msg("%s links to %s, which is not there", page, target);
    }
}

static void test_links_lead_to_files(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    golden_folder *folder = golden_folder_new();
    check_links(folder, "", "README.md");
    check_links(folder, "", "CONTRIBUTING.md");
    DIR *pages = opendir(in_source("docs", path));
    assert_non_null(pages);
    for (const struct dirent *page = readdir(pages); page != NULL; page = readdir(pages)) {
        const char *suffix = strrchr(page->d_name, '.');
        if (suffix != NULL && strcmp(suffix, ".md") == 0)
            check_links(folder, "docs/", page->d_name);
    }
    (void)closedir(pages);
    golden_folder_free(folder);
}

/* The lines of the README's example, in their order, as the program prints them today. Times and
 * the prompt are left out of the comparison. */
static void test_readme_shows_what_the_program_prints(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    char command[2 * PATH_BYTES];
    char line[PATH_BYTES];
    const char *program = getenv("AMPACITY_PROGRAM");
    assert_non_null(program);
    golden_folder *folder = golden_folder_new();
    const char *wanted = strstr(golden_read(folder, in_source("README.md", path)), "\n$ ampacity ");
    assert_non_null(wanted);
    const size_t length = (size_t)(strstr(wanted, "\n```") + 1 - wanted);
    (void)snprintf(command, sizeof command, "LC_ALL=C.UTF-8 '%s' dispatch '%s' 2>/dev/null",
                   program, in_source("examples/pecos", path));
    FILE *printed = popen(command, "r");
    assert_non_null(printed);
    const char *at = strchr(wanted + 1, '\n') + 1;
    while (at < wanted + length && fgets(line, sizeof line, printed) != NULL) {
        const int is_time = strncmp(at, "Solved ", 7) == 0 && strncmp(line, "Solved ", 7) == 0;
        if (is_time || strncmp(at, line, strlen(line)) == 0)
            at = strchr(at, '\n') + 1;
    }
    (void)pclose(printed);
    if (at < wanted + length)
        fail_msg("README.md shows a line that the program no longer prints: %.*s",
                 (int)strcspn(at, "\n"), at);
    golden_folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_page_has_every_code_once_and_no_other),
        cmocka_unit_test(test_errors_page_gives_exit_status_and_meaning_of_each_code),
        cmocka_unit_test(test_index_names_every_page),
        cmocka_unit_test(test_links_lead_to_files),
        cmocka_unit_test(test_readme_shows_what_the_program_prints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
