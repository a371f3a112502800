/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* nftw(). NOLINT(readability-identifier-naming) */
#include "golden.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A string that lives as long as its folder. */
typedef struct kept_text {
    struct kept_text *older;
    char text[];
} kept_text;

struct golden_folder {
    kept_text *newest;
    char path[256];
};

static void fail_system(const char *what, const char *path)
{
    fail_msg("%s %s: error %d", what, path, errno);
}

static FILE *open_file(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (file == NULL)
        fail_system("fopen", path);
    return file;
}

static char *keep_bytes(golden_folder *folder, size_t length)
{
    kept_text *kept = malloc(sizeof *kept + length + 1);
    assert_non_null(kept);
    kept->older = folder->newest;
    kept->text[length] = '\0';
    folder->newest = kept;
    return kept->text;
}

golden_folder *golden_folder_new(void)
{
    golden_folder *folder = calloc(1, sizeof *folder);
    assert_non_null(folder);
    const char *parent = getenv("TMPDIR");
    (void)snprintf(folder->path, sizeof folder->path, "%s/ampacity-test-XXXXXX",
                   parent == NULL || parent[0] == '\0' ? "/tmp" : parent);
    if (mkdtemp(folder->path) == NULL)
        fail_system("mkdtemp", folder->path);
    return folder;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *position)
{
    (void)info;
    (void)kind;
    (void)position;
    return remove(path);
}

void golden_folder_free(golden_folder *folder)
{
    if (folder == NULL)
        return;
    if (nftw(folder->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        (void)fprintf(stderr, "%s: not removed\n", folder->path);
    kept_text *kept = folder->newest;
    while (kept != NULL) {
        kept_text *older = kept->older;
        free(kept);
        kept = older;
    }
    free(folder);
}

const char *golden_path(golden_folder *folder, const char *name)
{
    const size_t length = strlen(folder->path) + 1 + strlen(name);
    char *path = keep_bytes(folder, length);
    (void)snprintf(path, length + 1, "%s%s%s", folder->path, name[0] == '\0' ? "" : "/", name);
    return path;
}

/* Makes each folder that `path` names below the temporary folder. */
static void make_parents(const golden_folder *folder, const char *path)
{
    char parent[512];
    (void)snprintf(parent, sizeof parent, "%s", path);
    for (char *slash = parent + strlen(folder->path) + 1; (slash = strchr(slash, '/')) != NULL;
         slash++) {
        *slash = '\0';
        if (mkdir(parent, 0700) != 0 && errno != EEXIST)
            fail_system("mkdir", parent);
        *slash = '/';
    }
}

const char *golden_write_bytes(golden_folder *folder, const char *name, const void *bytes,
                               size_t length)
{
    const char *path = golden_path(folder, name);
    make_parents(folder, path);
    FILE *file = open_file(path, "wb");
    const bool is_written = fwrite(bytes, 1, length, file) == length;
    if (fclose(file) != 0 || !is_written)
        fail_system("fwrite", path);
    return path;
}

const char *golden_write(golden_folder *folder, const char *name, const char *text)
{
    return golden_write_bytes(folder, name, text, strlen(text));
}

const char *golden_read(golden_folder *folder, const char *path)
{
    FILE *file = open_file(path, "rb");
    struct stat info = {0};
    assert_int_equal(fstat(fileno(file), &info), 0);
    const size_t length = (size_t)info.st_size;
    char *text = keep_bytes(folder, length);
    const size_t got = fread(text, 1, length, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(got, length);
    return text;
}

void golden_capture_open(golden_capture *capture)
{
    *capture = (golden_capture){.file = NULL};
    capture->file = open_memstream(&capture->text, &capture->length);
    assert_non_null(capture->file);
}

const char *golden_capture_text(golden_capture *capture)
{
    if (capture->file != NULL)
        assert_int_equal(fclose(capture->file), 0);
    capture->file = NULL;
    return capture->text;
}

void golden_capture_free(golden_capture *capture)
{
    (void)golden_capture_text(capture);
    free(capture->text);
    *capture = (golden_capture){.file = NULL};
}

static int line_length(const char *text)
{
    return (int)strcspn(text, "\n");
}

void golden_compare(const char *got, const char *want, const char *file, int line)
{
    if (got != NULL && strcmp(got, want) == 0)
        return;
    if (got == NULL)
        got = "(NULL)";
    size_t same = 0; /* bytes up to the first line that differs */
    size_t number = 1;
    for (size_t i = 0; got[i] != '\0' && got[i] == want[i]; i++) {
        if (got[i] == '\n') {
            same = i + 1;
            number++;
        }
    }
    /* cmocka's own print functions stop after 1024 bytes. */
    (void)fprintf(stderr,
                  "%s:%d: the text differs\n--- got\n%s\n--- want\n%s\n--- first different line is "
                  "line %zu\ngot:  [%.*s]\nwant: [%.*s]\n",
                  file, line, got, want, number, line_length(got + same), got + same,
                  line_length(want + same), want + same);
    _fail(file, line);
}

void golden_compare_numbers(double got, double want, double tolerance, const char *expression,
                            const char *file, int line)
{
    if (fabs(got - want) <= tolerance)
        return;
    if (isinf(got) && isinf(want) && signbit(got) == signbit(want))
        return;
    (void)fprintf(stderr, "%s:%d: %s is %.17g, want %.17g within %g\n", file, line, expression, got,
                  want, tolerance);
    _fail(file, line);
}
