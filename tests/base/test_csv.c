/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"

#include "golden.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define GZIP_ADVICE "  = copy or download the file again\n"
#define QUOTE_ADVICE \
    "  = put the whole cell in quotes and double each quote inside it: \"5\"\" pipe\"\n"

/** Prints each row as `line: [cell]@column ...` and what a failure says. */
static void print_rows(amp_csv *csv, FILE *out)
{
    bool has_row = true;
    amp_error error = {.status = AMP_OK};
    while (amp_csv_next(csv, &has_row, &error) == AMP_OK && has_row) {
        (void)fprintf(out, "%zu:", amp_csv_line(csv));
        for (size_t i = 0; i < amp_csv_cell_count(csv); i++) {
            const amp_csv_cell cell = amp_csv_get(csv, i);
            assert_int_equal(strlen(cell.text), cell.length);
            (void)fprintf(out, " [%s]@%zu", cell.text, amp_csv_column(csv, i));
        }
        (void)fputc('\n', out);
    }
    assert_int_equal(amp_csv_cell_count(csv), 0);
    if (error.status != AMP_OK)
        (void)fprintf(out, "%s at %zu:%zu: %s\n  = %s\n", amp_status_text(error.status),
                      amp_csv_line(csv), amp_csv_column(csv, 0), error.message, error.advice);

    /* What came last comes again. */
    amp_error again = {.status = AMP_OK};
    has_row = true;
    const amp_status status = amp_csv_next(csv, &has_row, &again);
    assert_int_equal(status, error.status);
    assert_int_equal(again.status, error.status);
    assert_string_equal(again.message, error.message);
    assert_int_equal(has_row, error.status != AMP_OK); /* written on success only */
}

static void check_reader(amp_csv *csv, const char *want)
{
    golden_capture capture;
    golden_capture_open(&capture);
    print_rows(csv, capture.file);
    assert_golden(golden_capture_text(&capture), want);
    golden_capture_free(&capture);
    amp_csv_close(csv);
}

static void check_path(const char *path, const char *want)
{
    amp_csv *csv = NULL;
    assert_int_equal(amp_csv_open(path, &csv, NULL), AMP_OK);
    check_reader(csv, want);
}

static void write_gzip(const char *path, const char *bytes, size_t length)
{
    gzFile file = gzopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, (unsigned)length), (int)length);
    assert_int_equal(gzclose(file), Z_OK);
}

/** Memory, plain file and gzip must give the same. */
static void check_bytes(const char *bytes, size_t length, const char *want)
{
    amp_csv *csv = NULL;
    assert_int_equal(amp_csv_open_bytes(bytes, length, &csv, NULL), AMP_OK);
    check_reader(csv, want);

    golden_folder *folder = golden_folder_new();
    check_path(golden_write_bytes(folder, "a.csv", bytes, length), want);
    const char *packed = golden_path(folder, "a.csv.gz");
    write_gzip(packed, bytes, length);
    check_path(packed, want);
    golden_folder_free(folder);
}

typedef struct {
    const char *text;
    const char *want;
} text_case;

static void check_texts(const text_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_bytes(cases[i].text, strlen(cases[i].text), cases[i].want);
}

static void test_next_reads_rows_and_cells(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"time,lmp [USD/MWh]\n2023-08-01T05:00Z,21.5\n", "1: [time]@1 [lmp [USD/MWh]]@6\n"
                                                         "2: [2023-08-01T05:00Z]@1 [21.5]@19\n"},
        {"a,b", "1: [a]@1 [b]@3\n"},            /* no line end at the end */
        {"a\nb,", "1: [a]@1\n2: [b]@1 []@3\n"}, /* nor here, after a comma */
        {"a,\n,b\n,\n", "1: [a]@1 []@3\n2: []@1 [b]@2\n3: []@1 []@2\n"},
        {"a,b\n1\n1,2,3\n", "1: [a]@1 [b]@3\n2: [1]@1\n3: [1]@1 [2]@3 [3]@5\n"},
        {" a ,\tb c \n", "1: [a]@2 [b c]@6\n"}, /* spaces around a cell are not part of it */
        {"  a  ", "1: [a]@3\n"},
        {"Å,b\n", "1: [Å]@1 [b]@4\n"}, /* columns count bytes */
    };
    check_texts(cases, sizeof cases / sizeof cases[0]);
}

static void test_next_reads_quotes(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"\"a,b\",c\n", "1: [a,b]@1 [c]@7\n"},
        {"\"say \"\"hi\"\"\",c\n", "1: [say \"hi\"]@1 [c]@14\n"},
        {"\"\"\n\"\",\"\"\n", "1: []@1\n2: []@1 []@4\n"},
        {" \"a\" , \" b \" \n", "1: [a]@2 [ b ]@8\n"}, /* spaces stay inside quotes only */
        {"\"a\"", "1: [a]@1\n"},                       /* the last line has no line end */
        {"x,\"a\"  ", "1: [x]@1 [a]@3\n"},
        {"\"a\"\"\"", "1: [a\"]@1\n"},
    };
    check_texts(cases, sizeof cases / sizeof cases[0]);
}

static void test_next_counts_lines(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"a\r\nb\r\nc", "1: [a]@1\n2: [b]@1\n3: [c]@1\n"},
        {"a\rb\rc\r", "1: [a]@1\n2: [b]@1\n3: [c]@1\n"},
        {"a\n\r\nb\r\rc\n", "1: [a]@1\n3: [b]@1\n5: [c]@1\n"},
        {"\n\n  \n\t\na\n\n \n", "5: [a]@1\n"}, /* blank lines count and are skipped */
        {"a\n\n  ", "1: [a]@1\n"},
        /* A row starts where its first line does; a cell's column is on the cell's own line. */
        {"\"x\ny\",b\nc\n", "1: [x\ny]@1 [b]@4\n3: [c]@1\n"},
        {"a,\"x\r\n\r\ny\"\r\nc\n", "1: [a]@1 [x\r\n\r\ny]@3\n4: [c]@1\n"},
        {"\"\n\"\n\"\r\"\nc\n", "1: [\n]@1\n3: [\r]@1\n5: [c]@1\n"},
    };
    check_texts(cases, sizeof cases / sizeof cases[0]);
}

static void test_next_skips_a_byte_order_mark(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"\xEF\xBB\xBFtime,a\n\xEF\xBB\xBF\n",
         "1: [time]@1 [a]@6\n2: [\xEF\xBB\xBF]@1\n"}, /* at the start only */
        {"\xEF\xBB\xBF\"a\"\n", "1: [a]@1\n"},
        {"\xEF\xBB\xBF", ""},
        {"\xEF\xBB", "1: [\xEF\xBB]@1\n"},
    };
    check_texts(cases, sizeof cases / sizeof cases[0]);
}

static void test_next_finds_no_row_in_an_empty_file(void **state)
{
    (void)state;
    static const text_case cases[] = {{"", ""}, {"\n", ""}, {"\r", ""}, {" \t", ""}};
    check_texts(cases, sizeof cases / sizeof cases[0]);
    amp_csv *csv = NULL;
    assert_int_equal(amp_csv_open_bytes(NULL, 0, &csv, NULL), AMP_OK);
    check_reader(csv, "");
}

#define PARSE_TEXT "something wrong in the text of a file"

static void test_next_refuses_an_unclosed_quote(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"a,b\n1, \"2\n3,4\n",
         "1: [a]@1 [b]@3\n" PARSE_TEXT " at 2:4: cell 2 starts with a quote that is not closed\n"
         "  = add the closing quote, or remove the opening one\n"},
        {"\"", PARSE_TEXT " at 1:1: cell 1 starts with a quote that is not closed\n"
                          "  = add the closing quote, or remove the opening one\n"},
        {"\"a\nb\",\"c\"\"\n", PARSE_TEXT " at 2:4: cell 2 starts with a quote that is not closed\n"
                                          "  = add the closing quote, or remove the opening one\n"},
    };
    check_texts(cases, sizeof cases / sizeof cases[0]);
}

static void test_next_refuses_stray_quotes(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"\"a\"b,c\n",
         PARSE_TEXT " at 1:4: text after the closing quote of cell 1, where a comma or the end of "
                    "the line was expected\n" QUOTE_ADVICE},
        {"ok\nx,\"a\" \"b\",c\n",
         "1: [ok]@1\n" PARSE_TEXT " at 2:7: text after the closing quote of cell 2, where a comma "
         "or the end of the line was expected\n" QUOTE_ADVICE},
        {"\"a\n\nb\"c\n",
         PARSE_TEXT " at 3:3: text after the closing quote of cell 1, where a comma or the end of "
                    "the line was expected\n" QUOTE_ADVICE},
        {"\"a\";\"b\"\n", PARSE_TEXT
         " at 1:4: text after the closing quote of cell 1, where a comma or the end of the line "
         "was expected\n  = separate the cells by commas, not by semicolons\n"},
        {"\"a\"\t\"b\"\n", PARSE_TEXT
         " at 1:5: text after the closing quote of cell 1, where a comma or the end of the line "
         "was expected\n  = separate the cells by commas, not by tabs\n"},
        {"5\" pipe,c\n",
         PARSE_TEXT " at 1:2: a quote inside cell 1, which does not start with one\n" QUOTE_ADVICE},
        {"\"q\",5\" pipe",
         PARSE_TEXT " at 1:6: a quote inside cell 2, which does not start with one\n" QUOTE_ADVICE},
    };
    check_texts(cases, sizeof cases / sizeof cases[0]);
}

static void test_next_refuses_nul_bytes(void **state)
{
    (void)state;
    static const char nul_advice[] =
        "a NUL byte, which text never has\n"
        "  = save the file as UTF-8 text (spreadsheets call it 'CSV UTF-8')\n";
    static const struct {
        const char *bytes;
        size_t length;
        const char *rows;
        const char *place;
    } cases[] = {
        {"a\nb\0c\n", 6, "1: [a]@1\n", "2:2"},
        {"\0", 1, "", "1:1"},
        {"\"a\nb\0\"\n", 7, "", "2:2"},
        {"\xFF\xFEt\0i\0", 6, "", "1:4"}, /* UTF-16 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char want[256];
        (void)snprintf(want, sizeof want, "%s" PARSE_TEXT " at %s: %s", cases[i].rows,
                       cases[i].place, nul_advice);
        check_bytes(cases[i].bytes, cases[i].length, want);
    }
}

/** A text of @p count times @p unit, then @p end. */
static char *repeated(const char *unit, size_t count, const char *end)
{
    const size_t length = strlen(unit);
    char *text = malloc(count * length + strlen(end) + 1);
    assert_non_null(text);
    for (size_t i = 0; i < count * length; i++)
        text[i] = unit[i % length];
    memcpy(text + count * length, end, strlen(end) + 1);
    return text;
}

static void check_repeated(const char *unit, size_t count, const char *end, const char *want)
{
    char *text = repeated(unit, count, end);
    check_bytes(text, strlen(text), want);
    free(text);
}

/** Reads one row from plain and packed files, and gives its number of cells and bytes. */
static void check_sizes(const char *text, size_t cell_count, size_t byte_count)
{
    golden_folder *folder = golden_folder_new();
    const char *paths[] = {golden_write(folder, "a.csv", text), golden_path(folder, "a.csv.gz")};
    write_gzip(paths[1], text, strlen(text));
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        amp_csv *csv = NULL;
        bool has_row = false;
        assert_int_equal(amp_csv_open(paths[i], &csv, NULL), AMP_OK);
        assert_int_equal(amp_csv_next(csv, &has_row, NULL), AMP_OK);
        assert_true(has_row);
        assert_int_equal(amp_csv_cell_count(csv), cell_count);
        size_t bytes = 0;
        for (size_t k = 0; k < cell_count; k++)
            bytes += amp_csv_get(csv, k).length;
        assert_int_equal(bytes, byte_count);
        assert_int_equal(amp_csv_next(csv, &has_row, NULL), AMP_OK);
        assert_false(has_row);
        amp_csv_close(csv);
    }
    golden_folder_free(folder);
}

static void test_next_limits_cells(void **state)
{
    (void)state;
    char *text = repeated("x,", 4095, "y\n");
    check_sizes(text, 4096, 4096);
    free(text);
    check_repeated("x,", 4096, "y\n", /* the 4097th starts after 2 * 4096 bytes */
                   PARSE_TEXT " at 1:8193: a row of more than 4096 cells\n"
                              "  = split the columns over several files\n");
    check_repeated("x,", 4096, "", /* without a line end */
                   PARSE_TEXT " at 1:8193: a row of more than 4096 cells\n"
                              "  = split the columns over several files\n");
}

static void test_next_limits_bytes(void **state)
{
    (void)state;
    enum { MIB = 1 << 20 };
    char *text = repeated("x", MIB - 1, "\n"); /* a row is at most 1 MiB with its line end */
    check_sizes(text, 1, MIB - 1);
    free(text);
    text = repeated("x", MIB, "");
    check_sizes(text, 1, MIB);
    free(text);
    text = repeated(",", 4095, "\n");
    check_sizes(text, 4096, 0);
    free(text);
    static const char want[] = PARSE_TEXT " at 1:1: a row of more than 1048576 bytes\n"
                                          "  = check that the file is CSV with one row on each "
                                          "line\n";
    check_repeated("x", MIB, "\n", want);
    check_repeated("x", MIB + 1, "", want);
    check_repeated("x", 3 * MIB, "\ny\n", want);
    /* A quote that swallows line after line is the likelier mistake. */
    check_repeated("x,\"a\n", MIB / 4, "",
                   PARSE_TEXT " at 2:4: text after the closing quote of cell 2, where a comma or "
                              "the end of the line was expected\n" QUOTE_ADVICE);
    char *tail = repeated("0123456\n", MIB / 8, "");
    char *runaway = repeated("a,b\n1, \"", 1, tail);
    check_bytes(runaway, strlen(runaway),
                "1: [a]@1 [b]@3\n" PARSE_TEXT
                " at 2:4: cell 2 starts with a quote that is not closed\n"
                "  = add the closing quote, or remove the opening one\n");
    free(tail);
    free(runaway);
}

/** Lines of every length around the reads of 64 KiB, with LF, CR LF and CR. */
static void test_next_joins_rows_across_reads(void **state)
{
    (void)state;
    static const char *const line_ends[] = {"\n", "\r\n", "\r"};
    golden_folder *folder = golden_folder_new();
    for (size_t end = 0; end < 3; end++) {
        for (size_t length = 65530; length < 65542; length++) {
            char *first = repeated("x", length, line_ends[end]);
            char *text = malloc(length + 64);
            assert_non_null(text);
            (void)snprintf(text, length + 64, "%sb,\"c%sd\"%se\n", first, line_ends[end],
                           line_ends[end]);
            amp_csv *csv = NULL;
            bool has_row = false;
            assert_int_equal(amp_csv_open(golden_write(folder, "a.csv", text), &csv, NULL), AMP_OK);
            assert_int_equal(amp_csv_next(csv, &has_row, NULL), AMP_OK);
            assert_int_equal(amp_csv_get(csv, 0).length, length);
            assert_int_equal(amp_csv_next(csv, &has_row, NULL), AMP_OK);
            assert_int_equal(amp_csv_line(csv), 2);
            assert_int_equal(amp_csv_cell_count(csv), 2);
            assert_int_equal(amp_csv_get(csv, 1).length, 2 + strlen(line_ends[end]));
            assert_int_equal(amp_csv_column(csv, 1), 3);
            assert_int_equal(amp_csv_next(csv, &has_row, NULL), AMP_OK);
            assert_int_equal(amp_csv_line(csv), 4);
            assert_string_equal(amp_csv_get(csv, 0).text, "e");
            amp_csv_close(csv);
            free(first);
            free(text);
        }
    }
    golden_folder_free(folder);
}

static void test_next_keeps_its_place_over_many_reads(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    golden_capture capture;
    golden_capture_open(&capture);
    for (int i = 0; i < ROWS; i++)
        (void)fprintf(capture.file, "%d,\"q\n%d\",%s\r\n\n", i, i * 7, i % 3 == 0 ? "x" : "yy");
    const char *text = golden_capture_text(&capture);
    golden_folder *folder = golden_folder_new();
    const char *path = golden_path(folder, "a.csv.gz");
    write_gzip(path, text, strlen(text));
    amp_csv *csv = NULL;
    assert_int_equal(amp_csv_open(path, &csv, NULL), AMP_OK);
    bool has_row = false;
    for (int i = 0; i < ROWS; i++) {
        char want[32];
        assert_int_equal(amp_csv_next(csv, &has_row, NULL), AMP_OK);
        assert_true(has_row);
        assert_int_equal(amp_csv_line(csv), 3 * (size_t)i + 1); /* two lines and a blank one each */
        (void)snprintf(want, sizeof want, "q\n%d", i * 7);
        assert_string_equal(amp_csv_get(csv, 1).text, want);
        assert_string_equal(amp_csv_get(csv, 2).text, i % 3 == 0 ? "x" : "yy");
    }
    assert_int_equal(amp_csv_next(csv, &has_row, NULL), AMP_OK);
    assert_false(has_row);
    amp_csv_close(csv);
    golden_capture_free(&capture);
    golden_folder_free(folder);
}

static void test_get_past_the_last_cell_is_empty(void **state)
{
    (void)state;
    amp_csv *csv = NULL;
    bool has_row = false;
    assert_int_equal(amp_csv_open_bytes("a,b \r\n", 6, &csv, NULL), AMP_OK);
    assert_int_equal(amp_csv_cell_count(csv), 0);
    assert_int_equal(amp_csv_line(csv), 0);
    assert_int_equal(amp_csv_next(csv, &has_row, NULL), AMP_OK);
    assert_int_equal(amp_csv_get(csv, 2).length, 0);
    assert_string_equal(amp_csv_get(csv, 2).text, "");
    assert_int_equal(amp_csv_column(csv, 2), 5); /* "a,b " and one more */
    amp_csv_close(csv);
}

static void test_open_reports_what_it_cannot_open(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    amp_error error = {.status = AMP_OK};
    amp_csv *csv = NULL;
    char want[400];

    const char *path = golden_path(folder, "none.csv");
    (void)snprintf(want, sizeof want, "%s: No such file or directory", path);
    assert_int_equal(amp_csv_open(path, &csv, &error), AMP_NOT_FOUND);
    assert_int_equal(error.status, AMP_NOT_FOUND);
    assert_golden(error.message, want);

    path = golden_path(folder, "");
    (void)snprintf(want, sizeof want, "%s: Is a directory", path);
    assert_int_equal(amp_csv_open(path, &csv, &error), AMP_IO);
    assert_int_equal(error.status, AMP_IO);
    assert_golden(error.message, want);
    assert_null(csv); /* written on success only */
    golden_folder_free(folder);
    amp_csv_close(NULL);
}

/** A packed file of 1,000 rows "0,x" to "999,x", of which @p keep bytes remain. */
static const char *packed_rows(golden_folder *folder, size_t keep, size_t *full_length)
{
    golden_capture capture;
    golden_capture_open(&capture);
    for (int i = 0; i < 1000; i++)
        (void)fprintf(capture.file, "%d,x\n", i);
    const char *text = golden_capture_text(&capture);
    const char *path = golden_path(folder, "whole.csv.gz");
    write_gzip(path, text, strlen(text));
    golden_capture_free(&capture);
    const char *packed = golden_read(folder, path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *full_length = (size_t)ftell(file);
    assert_int_equal(fclose(file), 0);
    return golden_write_bytes(folder, "cut.csv.gz", packed,
                              keep < *full_length ? keep : *full_length);
}

/** Reads to the end. @return the last status; *rows is the number of rows before. */
static amp_status read_all(const char *path, size_t *rows, amp_error *error)
{
    amp_csv *csv = NULL;
    assert_int_equal(amp_csv_open(path, &csv, error), AMP_OK);
    bool has_row = true;
    amp_status status = AMP_OK;
    *rows = 0;
    while (status == AMP_OK && has_row) {
        status = amp_csv_next(csv, &has_row, error);
        if (status == AMP_OK && has_row) {
            char want[16];
            (void)snprintf(want, sizeof want, "%zu", *rows);
            assert_string_equal(amp_csv_get(csv, 0).text, want);
            assert_int_equal(amp_csv_cell_count(csv), 2);
            (*rows)++;
        }
    }
    amp_csv_close(csv);
    return status;
}

static void test_next_refuses_a_truncated_gzip(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    size_t full_length = 0;
    size_t rows = 0;
    amp_error error = {.status = AMP_OK};
    assert_int_equal(read_all(packed_rows(folder, SIZE_MAX, &full_length), &rows, &error), AMP_OK);
    assert_int_equal(rows, 1000);

    /* Wherever it is cut after the two magic bytes; less than that is taken for text. */
    for (size_t keep = 2; keep < full_length;
         keep += keep < 20 || keep > full_length - 20 ? 1 : 97) {
        const char *path = packed_rows(folder, keep, &full_length);
        assert_int_equal(read_all(path, &rows, &error), AMP_IO);
        assert_int_equal(error.status, AMP_IO);
        assert_golden(error.message, "the gzip data stop before their end");
        assert_golden(error.advice, "copy or download the file again");
        assert_true(rows <= 1000); /* none of them cut short: read_all() looks */
    }
    check_path(golden_write_bytes(folder, "head.csv.gz", "\x1F\x8B", 2),
               "input or output failed at 1:1: the gzip data stop before their end\n" GZIP_ADVICE);
    golden_folder_free(folder);
}

static void test_next_refuses_a_damaged_gzip(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    size_t full_length = 0;
    (void)packed_rows(folder, SIZE_MAX, &full_length);
    const char *whole = golden_read(folder, golden_path(folder, "whole.csv.gz"));
    static const size_t from_end[] = {6, 2}; /* the checksum, the length */
    for (size_t i = 0; i < sizeof from_end / sizeof from_end[0]; i++) {
        char *damaged = malloc(full_length);
        assert_non_null(damaged);
        memcpy(damaged, whole, full_length);
        damaged[full_length - from_end[i]] ^= 0x10;
        size_t rows = 0;
        amp_error error = {.status = AMP_OK};
        const char *path = golden_write_bytes(folder, "bad.csv.gz", damaged, full_length);
        assert_int_equal(read_all(path, &rows, &error), AMP_IO);
        assert_golden(error.message, "the gzip data are damaged");
        assert_golden(error.advice, "copy or download the file again");
        free(damaged);
    }
    /* The compression method of the header is unknown. */
    check_path(golden_write(folder, "method.csv.gz", "\x1F\x8B\x07xxxxxxxxxxxxxxxx"),
               "input or output failed at 1:1: the gzip data are damaged\n" GZIP_ADVICE);
    golden_folder_free(folder);
}

static void test_open_reads_several_gzip_members(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    const char *path = golden_path(folder, "two.csv.gz");
    write_gzip(path, "a,b\n1,", 6);
    gzFile file = gzopen(path, "ab");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, "2\n", 2), 2);
    assert_int_equal(gzclose(file), Z_OK);
    check_path(path, "1: [a]@1 [b]@3\n2: [1]@1 [2]@3\n");
    golden_folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next_reads_rows_and_cells),
        cmocka_unit_test(test_next_reads_quotes),
        cmocka_unit_test(test_next_counts_lines),
        cmocka_unit_test(test_next_skips_a_byte_order_mark),
        cmocka_unit_test(test_next_finds_no_row_in_an_empty_file),
        cmocka_unit_test(test_next_refuses_an_unclosed_quote),
        cmocka_unit_test(test_next_refuses_stray_quotes),
        cmocka_unit_test(test_next_refuses_nul_bytes),
        cmocka_unit_test(test_next_limits_cells),
        cmocka_unit_test(test_next_limits_bytes),
        cmocka_unit_test(test_next_joins_rows_across_reads),
        cmocka_unit_test(test_next_keeps_its_place_over_many_reads),
        cmocka_unit_test(test_get_past_the_last_cell_is_empty),
        cmocka_unit_test(test_open_reports_what_it_cannot_open),
        cmocka_unit_test(test_next_refuses_a_truncated_gzip),
        cmocka_unit_test(test_next_refuses_a_damaged_gzip),
        cmocka_unit_test(test_open_reads_several_gzip_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
