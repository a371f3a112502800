/* SPDX-License-Identifier: Apache-2.0 */
/* embed OUT.c NAME=FILE...  writes the texts of files as one table of amp_example_text. Runs on the
 * machine that builds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_PER_LINE = 24, FILES_MAX = 64 };

/* Writes one array, ended by a NUL. @return its bytes without the NUL, or -1. */
static long emit_bytes(FILE *out, const char *path, int index)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        return -1;
    }
    long count = 0;
    (void)fprintf(out, "static const char text_%d[] = {", index);
    for (int c = fgetc(in); c != EOF; c = fgetc(in), count++) {
        if (c >= 0x80) {
            (void)fprintf(stderr, "%s: byte %ld is not ASCII\n", path, count);
            (void)fclose(in);
            return -1;
        }
        (void)fprintf(out, "%s%d,", count % BYTES_PER_LINE == 0 ? "\n    " : "", c);
    }
    (void)fprintf(out, "0};\n\n");
    const int failed = ferror(in);
    (void)fclose(in);
    return failed == 0 ? count : -1;
}

static int emit(FILE *out, int count, char *const *pairs)
{
    long length[FILES_MAX] = {0};
    (void)fprintf(out, "#include \"market/examples.h\"\n\n");
    for (int i = 0; i < count; i++) {
        const char *path = strchr(pairs[i], '=');
        if (path == NULL || (length[i] = emit_bytes(out, path + 1, i)) < 0)
            return EXIT_FAILURE;
    }
    (void)fprintf(out, "const amp_example_text amp_example_texts[] = {\n");
    for (int i = 0; i < count; i++)
        (void)fprintf(out, "    {.name = \"%.*s\", .text = text_%d, .length = %ld},\n",
                      (int)strcspn(pairs[i], "="), pairs[i], i, length[i]);
    (void)fprintf(out, "    {.name = NULL},\n};\n");
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc - 2 > FILES_MAX) {
        (void)fprintf(stderr, "usage: embed OUT.c NAME=FILE...\n");
        return EXIT_FAILURE;
    }
    FILE *out = fopen(argv[1], "w");
    if (out == NULL) {
        perror(argv[1]);
        return EXIT_FAILURE;
    }
    const int result = emit(out, argc - 2, argv + 2);
    return fclose(out) == 0 ? result : EXIT_FAILURE;
}
