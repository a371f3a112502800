/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diagnostic.h"

#include "golden.h"

#include <stdlib.h>
#include <string.h>

static void check_print(const amp_diagnostic *diagnostic, bool color, const char *want)
{
    golden_capture capture;
    golden_capture_open(&capture);
    amp_diagnostic_print(diagnostic, color, capture.file);
    assert_golden(golden_capture_text(&capture), want);
    golden_capture_free(&capture);
}

/** Reports one finding and compares what is printed for it. */
static void check_report(const amp_finding *finding, bool color, const char *message,
                         const char *want)
{
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    (void)amp_report(diagnostics, finding, "%s", message);
    assert_int_equal(amp_diagnostics_count(diagnostics), 1);
    check_print(amp_diagnostics_get(diagnostics, 0), color, want);
    amp_diagnostics_free(diagnostics);
}

static const amp_finding unit_missing = {
    .code = AMP_CODE_UNIT_MISSING,
    .place = {.file = "portfolio.yaml", .line = 14, .column = 12, .length = 3},
    .key = "sites[0].grid.power",
    .advice = "write '118 MW' (or '118 kW')",
    .excerpt = "    power: 118",
};

static void test_print_with_all_parts(void **state)
{
    (void)state;
    check_report(&unit_missing, false, "'power: 118' has no unit",
                 "portfolio.yaml:14:12: error: 'power: 118' has no unit [unit-missing]\n"
                 "   14 |     power: 118\n"
                 "      |            ^^^ write '118 MW' (or '118 kW')\n");
}

static void test_print_colors_the_word_and_the_carets(void **state)
{
    (void)state;
    check_report(&unit_missing, true, "'power: 118' has no unit",
                 "portfolio.yaml:14:12: \033[1;31merror\033[0m: 'power: 118' has no unit "
                 "[unit-missing]\n"
                 "   14 |     power: 118\n"
                 "      |            \033[1;31m^^^\033[0m write '118 MW' (or '118 kW')\n");
    amp_finding warning = unit_missing;
    warning.severity = AMP_SEVERITY_WARNING;
    warning.excerpt = NULL;
    warning.key = NULL;
    check_report(&warning, true, "no unit",
                 "portfolio.yaml:14:12: \033[1;33mwarning\033[0m: no unit [unit-missing]\n"
                 "  = write '118 MW' (or '118 kW')\n");
}

static void check_within(const amp_finding *finding, size_t width, const char *want)
{
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    golden_capture capture;
    assert_non_null(diagnostics);
    (void)amp_report(diagnostics, finding, "'power: 118' has no unit");
    golden_capture_open(&capture);
    amp_diagnostic_print_within(amp_diagnostics_get(diagnostics, 0), false, width, capture.file);
    assert_golden(golden_capture_text(&capture), want);
    golden_capture_free(&capture);
    amp_diagnostics_free(diagnostics);
}

static void test_print_within_a_width(void **state)
{
    (void)state;
    check_within(&unit_missing, 0,
                 "portfolio.yaml:14:12: error: 'power: 118' has no unit [unit-missing]\n"
                 "   14 |     power: 118\n"
                 "      |            ^^^ write '118 MW' (or '118 kW')\n");
    /* 8 columns of frame, 11 before the carets, 3 of them, a space, 28 of advice: 51. */
    check_within(&unit_missing, 51,
                 "portfolio.yaml:14:12: error: 'power: 118' has no\n"
                 "    unit [unit-missing]\n"
                 "   14 |     power: 118\n"
                 "      |            ^^^ write '118 MW' (or '118 kW')\n");
    check_within(&unit_missing, 50,
                 "portfolio.yaml:14:12: error: 'power: 118' has no\n"
                 "    unit [unit-missing]\n"
                 "   14 |     power: 118\n"
                 "      |            ^^^\n"
                 "  = write '118 MW' (or '118 kW')\n");
    amp_finding bare = unit_missing;
    bare.excerpt = NULL;
    check_within(&bare, 20,
                 "portfolio.yaml:14:12: error: 'power:\n"
                 "    118' has no unit\n"
                 "    [unit-missing]\n"
                 "  = in sites[0].grid.power\n"
                 "  = write '118 MW'\n"
                 "    (or '118 kW')\n");
}

/* A finding and how it is printed with the message "found this". */
typedef struct {
    amp_finding finding;
    const char *want;
} shape;

static const shape shapes_without_excerpt[] = {
    /* Without an excerpt: the key and the advice on lines of their own. */
    {{.code = AMP_CODE_RANGE,
      .place = {.file = "a.yaml", .line = 3, .column = 7},
      .key = "sites[0].battery.power",
      .advice = "write 0 MW or more"},
     "a.yaml:3:7: error: found this [range]\n"
     "  = in sites[0].battery.power\n"
     "  = write 0 MW or more\n"},
    {{.code = AMP_CODE_RANGE, .place = {.file = "a.yaml", .line = 3}, .key = "time"},
     "a.yaml:3: error: found this [range]\n"
     "  = in time\n"},
    {{.code = AMP_CODE_FILE_MISSING, .place = {.file = "a.yaml"}},
     "a.yaml: error: found this [file-missing]\n"},
    {{.code = AMP_CODE_FILE_MISSING, .place = {.file = "a.yaml", .column = 9}},
     "a.yaml: error: found this [file-missing]\n"},
    {{.code = AMP_CODE_NO_MEMORY}, "error: found this [no-memory]\n"},
    {{.code = AMP_CODE_SYNTAX, .place = {.line = 2, .column = 5}},
     "<input>:2:5: error: found this [syntax]\n"},
    /* A warning by its severity, and one by its code. */
    {{.code = AMP_CODE_RANGE, .severity = AMP_SEVERITY_WARNING}, "warning: found this [range]\n"},
    {{.code = AMP_CODE_KEY_WITHOUT_EFFECT}, "warning: found this [key-without-effect]\n"},
};

static const shape shapes_with_excerpt[] = {
    /* With an excerpt but without advice, length, column or line. */
    {{.code = AMP_CODE_SYNTAX,
      .place = {.file = "a.yaml", .line = 2, .column = 1},
      .excerpt = "power"},
     "a.yaml:2:1: error: found this [syntax]\n"
     "    2 | power\n"
     "      | ^\n"},
    {{.code = AMP_CODE_SYNTAX,
      .place = {.file = "a.yaml", .line = 2},
      .key = "not printed beside an excerpt",
      .advice = "do that",
      .excerpt = "power"},
     "a.yaml:2: error: found this [syntax]\n"
     "    2 | power\n"
     "  = do that\n"},
    {{.code = AMP_CODE_SYNTAX,
      .place = {.file = "a.yaml", .column = 3, .length = 2},
      .excerpt = "power"},
     "a.yaml: error: found this [syntax]\n"
     "      | power\n"
     "      |   ^^\n"},
    /* One past the end of the line, and far past it. */
    {{.code = AMP_CODE_SYNTAX,
      .place = {.file = "a.yaml", .line = 2, .column = 6, .length = 4},
      .advice = "add ':'",
      .excerpt = "power"},
     "a.yaml:2:6: error: found this [syntax]\n"
     "    2 | power\n"
     "      |      ^ add ':'\n"},
    {{.code = AMP_CODE_SYNTAX,
      .place = {.file = "a.yaml", .line = 2, .column = 60, .length = 4},
      .excerpt = "power"},
     "a.yaml:2:60: error: found this [syntax]\n"
     "    2 | power\n"
     "      |      ^\n"},
    /* A length over the end of the line. */
    {{.code = AMP_CODE_SYNTAX,
      .place = {.file = "a.yaml", .line = 2, .column = 4, .length = UINT32_MAX},
      .excerpt = "power"},
     "a.yaml:2:4: error: found this [syntax]\n"
     "    2 | power\n"
     "      |    ^^\n"},
    /* Line numbers wider than the margin. */
    {{.code = AMP_CODE_SERIES_TIME,
      .place = {.file = "p.csv", .line = 1234567, .column = 2, .length = 1},
      .excerpt = "abc"},
     "p.csv:1234567:2: error: found this [series-time]\n"
     "1234567 | abc\n"
     "        |  ^\n"},
};

static void check_shapes(const shape *shapes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_report(&shapes[i].finding, false, "found this", shapes[i].want);
}

static void test_print_of_each_shape(void **state)
{
    (void)state;
    check_shapes(shapes_without_excerpt,
                 sizeof shapes_without_excerpt / sizeof shapes_without_excerpt[0]);
    check_shapes(shapes_with_excerpt, sizeof shapes_with_excerpt / sizeof shapes_with_excerpt[0]);
}

static void test_print_aligns_carets_after_tabs_and_characters_of_many_bytes(void **state)
{
    (void)state;
    /* Bytes before the 5 of "5 kr": tab 1, "pris" 4, ": " 2, "Ø" 2, "€" 3, "😀" 4 = 16. */
    const amp_finding wide = {
        .code = AMP_CODE_UNIT_UNKNOWN,
        .place = {.file = "a.yaml", .line = 2, .column = 17, .length = 4},
        .excerpt = "\tpris: Ø€😀5 kr",
    };
    check_report(&wide, false, "unit",
                 "a.yaml:2:17: error: unit [unit-unknown]\n"
                 "    2 |  pris: Ø€😀5 kr\n"
                 "      |           ^^^^\n");
    /* Carets count characters: "Ø€😀" is 9 bytes. */
    amp_finding under = wide;
    under.place.column = 8;
    under.place.length = 9;
    check_report(&under, false, "unit",
                 "a.yaml:2:8: error: unit [unit-unknown]\n"
                 "    2 |  pris: Ø€😀5 kr\n"
                 "      |        ^^^\n");
}

static void test_print_shows_no_control_bytes(void **state)
{
    (void)state;
    const amp_finding finding = {
        .code = AMP_CODE_WRONG_WORD,
        .place = {.file = "a\n.yaml", .line = 1, .column = 8, .length = 1},
        .advice = "write\nthis",
        .excerpt = "a\033[2J\xC2\x9B|\xFFz\xE2\x82", /* CSI of one byte; not UTF-8; cut short */
    };
    check_report(&finding, false, "'\033[31m\r\n'",
                 "a .yaml:1:8: error: ' [31m  ' [wrong-word]\n"
                 "    1 | a [2J  |?z??\n"
                 "      |        ^ write this\n");
    amp_finding keyed = {.code = AMP_CODE_WRONG_WORD, .key = "a\tb"};
    check_report(&keyed, false, "x", "error: x [wrong-word]\n  = in a b\n");
}

/** Writes @p mark over the bytes at @p line, without a NUL. */
static void overwrite(char *line, const char *mark)
{
    for (size_t i = 0; mark[i] != '\0'; i++)
        line[i] = mark[i];
}

/** A line of @p count bytes '.', with @p mark at byte @p at. */
static char *long_line(size_t count, size_t at, const char *mark)
{
    char *line = malloc(count + 1);
    assert_non_null(line);
    memset(line, '.', count);
    line[count] = '\0';
    overwrite(line + at, mark);
    return line;
}

#define DOTS_10   ".........."
#define DOTS_40   DOTS_10 DOTS_10 DOTS_10 DOTS_10
#define SPACES_10 "          "
#define SPACES_40 SPACES_10 SPACES_10 SPACES_10 SPACES_10

static void check_long(char *line, uint32_t column, uint32_t length, const char *want)
{
    const amp_finding finding = {
        .code = AMP_CODE_SYNTAX,
        .place = {.file = "a.yaml", .line = 7, .column = column, .length = length},
        .excerpt = line,
    };
    check_report(&finding, false, "x", want);
    free(line);
}

static void test_print_cuts_long_lines_around_the_column(void **state)
{
    (void)state;
    /* 100 bytes are shown whole. */
    check_long(long_line(100, 97, "abc"), 98, 3,
               "a.yaml:7:98: error: x [syntax]\n"
               "    7 | " DOTS_40 DOTS_40 DOTS_10 ".......abc\n"
               "      | " SPACES_40 SPACES_40 SPACES_10 "       ^^^\n");
    /* Of more, 100: from 40 before the column ... */
    check_long(long_line(300, 150, "abc"), 151, 3,
               "a.yaml:7:151: error: x [syntax]\n"
               "    7 | ..." DOTS_40 "abc......." DOTS_40 DOTS_10 "...\n"
               "      |    " SPACES_40 "^^^\n");
    /* ... or the start of the line ... */
    check_long(long_line(300, 10, "abc"), 11, 3,
               "a.yaml:7:11: error: x [syntax]\n"
               "    7 | " DOTS_10 "abc......." DOTS_40 DOTS_40 "...\n"
               "      | " SPACES_10 "^^^\n");
    /* ... or its end. */
    check_long(long_line(300, 290, "abc"), 291, 3,
               "a.yaml:7:291: error: x [syntax]\n"
               "    7 | ..." DOTS_40 DOTS_40 DOTS_10 "abc.......\n"
               "      |    " SPACES_40 SPACES_40 SPACES_10 "^^^\n");
    /* Carets stop where the line is cut: 60 bytes after the column. */
    check_long(long_line(300, 150, "a"), 151, 1000,
               "a.yaml:7:151: error: x [syntax]\n"
               "    7 | ..." DOTS_40 "a........." DOTS_40 DOTS_10 "...\n"
               "      |    " SPACES_40
               "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n");
    /* Without a column the start is shown. */
    check_long(long_line(300, 0, "a"), 0, 0,
               "a.yaml:7: error: x [syntax]\n"
               "    7 | a........." DOTS_40 DOTS_40 DOTS_10 "...\n");
}

static void test_print_cuts_long_lines_between_characters(void **state)
{
    (void)state;
    /* The column is 151, so the part shown is bytes [110, 210): "€" (3 bytes) at 109 and at 208
     * are taken whole. */
    char *line = long_line(300, 150, "abc");
    overwrite(line + 109, "€");
    overwrite(line + 208, "€");
    check_long(line, 151, 3,
               "a.yaml:7:151: error: x [syntax]\n"
               "    7 | ...€" DOTS_10 DOTS_10 DOTS_10 "........abc......." DOTS_40 "........€...\n"
               "      |    " SPACES_10 SPACES_10 SPACES_10 "         ^^^\n");
}

static void test_report_copies_its_strings(void **state)
{
    (void)state;
    char key[] = "key";
    char advice[] = "advice";
    char excerpt[] = "excerpt";
    char message[] = "message";
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    const amp_finding finding = {
        .code = AMP_CODE_RANGE, .key = key, .advice = advice, .excerpt = excerpt};
    assert_int_equal(amp_report(diagnostics, &finding, "%s %d", message, 7), AMP_PARSE);
    overwrite(key, "X");
    overwrite(advice, "X");
    overwrite(excerpt, "X");
    overwrite(message, "X");
    const amp_diagnostic *kept = amp_diagnostics_get(diagnostics, 0);
    assert_string_equal(kept->key, "key");
    assert_string_equal(kept->advice, "advice");
    assert_string_equal(kept->excerpt, "excerpt");
    assert_string_equal(kept->message, "message 7");
    assert_int_equal(kept->code, AMP_CODE_RANGE);
    assert_int_equal(kept->severity, AMP_SEVERITY_ERROR);
    amp_diagnostics_free(diagnostics);
}

static void test_report_gives_empty_strings_for_null(void **state)
{
    (void)state;
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    (void)amp_report(diagnostics, &(amp_finding){.code = AMP_CODE_RANGE}, "x");
    const amp_diagnostic *kept = amp_diagnostics_get(diagnostics, 0);
    assert_string_equal(kept->key, "");
    assert_string_equal(kept->advice, "");
    assert_string_equal(kept->excerpt, "");
    assert_null(kept->place.file);
    amp_diagnostics_free(diagnostics);
}

static void test_report_cuts_long_messages_between_characters(void **state)
{
    (void)state;
    char text[2001] = "";
    memset(text, 'x', 2000);
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    (void)amp_report(diagnostics, &(amp_finding){.code = AMP_CODE_RANGE}, "%.1023s", text);
    (void)amp_report(diagnostics, &(amp_finding){.code = AMP_CODE_RANGE}, "%s", text);
    overwrite(text + 1019, "€"); /* byte 1020 is inside it */
    (void)amp_report(diagnostics, &(amp_finding){.code = AMP_CODE_RANGE}, "%s", text);
    const char *whole = amp_diagnostics_get(diagnostics, 0)->message;
    assert_int_equal(strlen(whole), 1023);
    assert_string_equal(whole + 1020, "xxx");
    const char *cut = amp_diagnostics_get(diagnostics, 1)->message;
    assert_int_equal(strlen(cut), 1023);
    assert_string_equal(cut + 1019, "x...");
    const char *between = amp_diagnostics_get(diagnostics, 2)->message;
    assert_int_equal(strlen(between), 1022);
    assert_string_equal(between + 1018, "x...");
    amp_diagnostics_free(diagnostics);
}

static void test_report_drops_an_excerpt_over_the_memory_limit(void **state)
{
    (void)state;
    char *line = long_line((size_t)17 << 20, 0, "a"); /* all texts together may have 16 MiB */
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    (void)amp_report(diagnostics, &(amp_finding){.code = AMP_CODE_RANGE, .excerpt = line}, "x");
    assert_string_equal(amp_diagnostics_get(diagnostics, 0)->message, "x");
    assert_string_equal(amp_diagnostics_get(diagnostics, 0)->excerpt, "");
    amp_diagnostics_free(diagnostics);
    free(line);
}

static void test_report_keeps_the_same_finding_once(void **state)
{
    (void)state;
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    char same_name[] = "a.yaml"; /* equal text, other address */
    const amp_finding first = {
        .code = AMP_CODE_RANGE, .place = {.file = "a.yaml", .line = 3, .column = 7}, .key = "one"};
    amp_finding again = first;
    again.place.file = same_name;
    again.key = "two, through an anchor";
    (void)amp_report(diagnostics, &first, "message");
    assert_int_equal(amp_report(diagnostics, &again, "message"), AMP_PARSE);
    assert_int_equal(amp_diagnostics_count(diagnostics), 1);
    assert_int_equal(amp_diagnostics_error_count(diagnostics), 1);

    amp_finding other = first;
    (void)amp_report(diagnostics, &other, "another message");
    other.code = AMP_CODE_WRONG_WORD;
    (void)amp_report(diagnostics, &other, "message");
    other = first;
    other.place.line = 4;
    (void)amp_report(diagnostics, &other, "message");
    other = first;
    other.place.column = 8;
    (void)amp_report(diagnostics, &other, "message");
    other = first;
    other.place.file = "b.yaml";
    (void)amp_report(diagnostics, &other, "message");
    other.place.file = NULL;
    (void)amp_report(diagnostics, &other, "message");
    assert_int_equal(amp_diagnostics_count(diagnostics), 7);
    amp_diagnostics_free(diagnostics);
}

static void test_report_tells_keys_apart_where_the_line_is_unknown(void **state)
{
    (void)state;
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    amp_finding finding = {.code = AMP_CODE_KEY_MISSING, .key = "sites[0]"};
    (void)amp_report(diagnostics, &finding, "no 'grid'");
    (void)amp_report(diagnostics, &finding, "no 'grid'");
    finding.key = "sites[1]";
    (void)amp_report(diagnostics, &finding, "no 'grid'");
    finding.key = NULL;
    (void)amp_report(diagnostics, &finding, "no 'grid'");
    assert_int_equal(amp_diagnostics_count(diagnostics), 3);
    amp_diagnostics_free(diagnostics);
}

static void test_report_without_a_collection_gives_the_status(void **state)
{
    (void)state;
    amp_finding finding = {.code = AMP_CODE_SERIES_GAP};
    assert_int_equal(amp_report(NULL, &finding, "x"), AMP_DATA);
    finding.severity = AMP_SEVERITY_WARNING;
    assert_int_equal(amp_report(NULL, &finding, "x"), AMP_OK);
    finding = (amp_finding){.code = AMP_CODE_EXPORT_ABOVE_IMPORT};
    assert_int_equal(amp_report(NULL, &finding, "x"), AMP_OK);
    amp_diagnostics_free(NULL);
}

static void test_status_is_the_gravest_of_the_errors(void **state)
{
    (void)state;
    /* From the last that decides to the first; each later one takes over. */
    static const struct {
        amp_code code;
        amp_severity severity;
        amp_status want;
        size_t error_count;
    } cases[] = {
        {AMP_CODE_SCHEDULE_INVALID, AMP_SEVERITY_WARNING, AMP_OK, 0},
        {AMP_CODE_KEY_WITHOUT_EFFECT, AMP_SEVERITY_ERROR, AMP_OK, 0},
        {AMP_CODE_SERIES_GAP, AMP_SEVERITY_ERROR, AMP_DATA, 1},
        {AMP_CODE_RANGE, AMP_SEVERITY_ERROR, AMP_PARSE, 2},
        {AMP_CODE_FILE_MISSING, AMP_SEVERITY_ERROR, AMP_NOT_FOUND, 3},
        {AMP_CODE_SYNTAX, AMP_SEVERITY_ERROR, AMP_NOT_FOUND, 4},
        {AMP_CODE_FILE_UNREADABLE, AMP_SEVERITY_ERROR, AMP_IO, 5},
        {AMP_CODE_NO_MEMORY, AMP_SEVERITY_ERROR, AMP_NOMEM, 6},
        {AMP_CODE_SCHEDULE_INVALID, AMP_SEVERITY_ERROR, AMP_INTERNAL, 7},
        {AMP_CODE_SERIES_COVERAGE, AMP_SEVERITY_ERROR, AMP_INTERNAL, 8},
    };
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    assert_int_equal(amp_diagnostics_status(diagnostics), AMP_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const amp_finding finding = {.code = cases[i].code, .severity = cases[i].severity};
        (void)amp_report(diagnostics, &finding, "case %zu", i);
        assert_int_equal(amp_diagnostics_status(diagnostics), cases[i].want);
        assert_int_equal(amp_diagnostics_error_count(diagnostics), cases[i].error_count);
    }
    assert_int_equal(amp_diagnostics_count(diagnostics), 10);
    amp_diagnostics_free(diagnostics);
}

static amp_diagnostics *with_findings(size_t count, amp_severity severity)
{
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    for (size_t i = 0; i < count; i++) {
        const amp_finding finding = {.code = AMP_CODE_SERIES_GAP, .severity = severity};
        (void)amp_report(diagnostics, &finding, "finding %zu", i);
    }
    return diagnostics;
}

static void test_report_keeps_two_hundred_findings(void **state)
{
    (void)state;
    amp_diagnostics *diagnostics = with_findings(200, AMP_SEVERITY_ERROR);
    assert_int_equal(amp_diagnostics_count(diagnostics), 200);
    assert_string_equal(amp_diagnostics_get(diagnostics, 199)->message, "finding 199");
    /* One that is there already is not one too many. */
    (void)amp_report(diagnostics, &(amp_finding){.code = AMP_CODE_SERIES_GAP}, "finding 5");
    assert_int_equal(amp_diagnostics_count(diagnostics), 200);
    amp_diagnostics_free(diagnostics);
}

static void test_report_says_how_many_more_there_are(void **state)
{
    (void)state;
    amp_diagnostics *diagnostics = with_findings(201, AMP_SEVERITY_ERROR);
    assert_int_equal(amp_diagnostics_count(diagnostics), 201);
    check_print(amp_diagnostics_get(diagnostics, 200), false,
                "error: 1 more finding is not shown [too-many]\n"
                "  = correct those that are shown first\n");
    amp_diagnostics_free(diagnostics);

    diagnostics = with_findings(1234, AMP_SEVERITY_ERROR);
    assert_int_equal(amp_diagnostics_count(diagnostics), 201);
    assert_int_equal(amp_diagnostics_error_count(diagnostics), 1234);
    assert_int_equal(amp_diagnostics_status(diagnostics), AMP_DATA);
    amp_diagnostics_sort(diagnostics); /* it stays the last */
    check_print(amp_diagnostics_get(diagnostics, 200), false,
                "error: 1034 more findings are not shown [too-many]\n"
                "  = correct those that are shown first\n");
    amp_diagnostics_free(diagnostics);
}

static void test_errors_that_are_not_kept_decide_the_status(void **state)
{
    (void)state;
    amp_diagnostics *diagnostics = with_findings(202, AMP_SEVERITY_WARNING);
    assert_int_equal(amp_diagnostics_status(diagnostics), AMP_OK);
    assert_int_equal(amp_diagnostics_error_count(diagnostics), 0);
    assert_int_equal(amp_diagnostics_get(diagnostics, 200)->severity, AMP_SEVERITY_WARNING);
    (void)amp_report(diagnostics, &(amp_finding){.code = AMP_CODE_NO_MEMORY}, "late");
    assert_int_equal(amp_diagnostics_status(diagnostics), AMP_NOMEM);
    assert_int_equal(amp_diagnostics_error_count(diagnostics), 1);
    const amp_finding warning = {.code = AMP_CODE_RANGE, .severity = AMP_SEVERITY_WARNING};
    (void)amp_report(diagnostics, &warning, "later still");
    check_print(amp_diagnostics_get(diagnostics, 200), false,
                "error: 4 more findings are not shown [too-many]\n"
                "  = correct those that are shown first\n");
    amp_diagnostics_free(diagnostics);
}

static void test_sort_orders_by_file_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        uint32_t line, column;
    } places[] = {
        {"z.yaml", 9, 1}, {"a.csv", 2, 5},  {"z.yaml", 2, 10}, {"z.yaml", 2, 9}, {NULL, 0, 0},
        {"a.csv", 1, 1},  {"z.yaml", 2, 9}, {"z.yaml", 0, 0},  {"a.csv", 2, 5},
    };
    /* z.yaml came first, then a.csv, then those without a file; ties stay in their order. */
    static const char *const want[] = {"7", "3", "6", "2", "0", "5", "1", "8", "4"};
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    assert_non_null(diagnostics);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const amp_finding finding = {
            .code = AMP_CODE_RANGE,
            .place = {.file = places[i].file, .line = places[i].line, .column = places[i].column}};
        (void)amp_report(diagnostics, &finding, "%zu", i);
    }
    for (int round = 0; round < 2; round++) { /* sorting again changes nothing */
        amp_diagnostics_sort(diagnostics);
        for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
            assert_string_equal(amp_diagnostics_get(diagnostics, i)->message, want[i]);
    }
    amp_diagnostics_free(diagnostics);
}

static void test_codes_have_distinct_ids_and_meanings(void **state)
{
    (void)state;
    assert_int_equal(amp_code_count(), AMP_CODE_NO_MEMORY + 1);
    for (size_t i = 0; i < amp_code_count(); i++) {
        const char *id = amp_code_id((amp_code)i);
        assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz-"), strlen(id));
        assert_true(strlen(amp_code_meaning((amp_code)i)) > 5);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(id, amp_code_id((amp_code)k));
    }
    assert_string_equal(amp_code_id(AMP_CODE_UNIT_MISSING), "unit-missing");
    assert_string_equal(amp_code_meaning(AMP_CODE_UNIT_MISSING), "a quantity without its unit");
    assert_int_equal(amp_code_status(AMP_CODE_UNIT_MISSING), AMP_PARSE);
    assert_int_equal(amp_code_status(AMP_CODE_SERIES_FILE_MISSING), AMP_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print_with_all_parts),
        cmocka_unit_test(test_print_colors_the_word_and_the_carets),
        cmocka_unit_test(test_print_within_a_width),
        cmocka_unit_test(test_print_of_each_shape),
        cmocka_unit_test(test_print_aligns_carets_after_tabs_and_characters_of_many_bytes),
        cmocka_unit_test(test_print_shows_no_control_bytes),
        cmocka_unit_test(test_print_cuts_long_lines_around_the_column),
        cmocka_unit_test(test_print_cuts_long_lines_between_characters),
        cmocka_unit_test(test_report_copies_its_strings),
        cmocka_unit_test(test_report_gives_empty_strings_for_null),
        cmocka_unit_test(test_report_cuts_long_messages_between_characters),
        cmocka_unit_test(test_report_drops_an_excerpt_over_the_memory_limit),
        cmocka_unit_test(test_report_keeps_the_same_finding_once),
        cmocka_unit_test(test_report_tells_keys_apart_where_the_line_is_unknown),
        cmocka_unit_test(test_report_without_a_collection_gives_the_status),
        cmocka_unit_test(test_status_is_the_gravest_of_the_errors),
        cmocka_unit_test(test_report_keeps_two_hundred_findings),
        cmocka_unit_test(test_report_says_how_many_more_there_are),
        cmocka_unit_test(test_errors_that_are_not_kept_decide_the_status),
        cmocka_unit_test(test_sort_orders_by_file_line_and_column),
        cmocka_unit_test(test_codes_have_distinct_ids_and_meanings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
