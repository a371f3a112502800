/* SPDX-License-Identifier: Apache-2.0 */
#include "golden.h"

#include "cli/command.h"
#include "cli/exit.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 12 };

/* A command line and what is said about it; error "" where it is right. */
typedef struct {
    const char *words[WORDS_MAX];
    const char *error;
    const char *advice;
} line;

static const line wrong[] = {
    {{"ampacity"},
     "a verb is missing",
     "'ampacity help' lists the verbs; 'ampacity init DIR' starts"},
    {{"ampacity", "dispach", "x"},
     "there is no verb 'dispach'",
     "did you mean 'ampacity dispatch'?"},
    {{"ampacity", "fly", "x"}, "there is no verb 'fly'", "'ampacity help' lists the verbs"},
    {{"ampacity", "backtest", "x"},
     "'ampacity backtest' is not part of this version",
     "it has init, check, dispatch, explain, export, help, version, completion"},
    {{"ampacity", "help", "plan"},
     "'ampacity plan' is not part of this version",
     "it has init, check, dispatch, explain, export, help, version, completion"},
    {{"ampacity", "pln"}, "there is no verb 'pln'", "'ampacity help' lists the verbs"},
    {{"ampacity", "--json", "check"},
     "a verb is expected before '--json'",
     "write 'ampacity VERB FILE [options]'; 'ampacity help' lists the verbs"},
    {{"ampacity", "check"}, "'ampacity check' needs FILE", "write 'ampacity check mysite'"},
    {{"ampacity", "check", ""}, "'ampacity check' needs FILE", "write 'ampacity check mysite'"},
    {{"ampacity", "check", "a", "b"},
     "'b' is one argument too many",
     "'ampacity check' takes one, and options"},
    {{"ampacity", "version", "a"},
     "'a' is one argument too many",
     "'ampacity version' takes options only"},
    {{"ampacity", "check", "a", "--thread=4x", "--jsn"},
     "'ampacity check' has no option '--jsn'",
     "did you mean '--json'?"},
    {{"ampacity", "check", "--gap", "1", "a"},
     "'ampacity check' has no option '--gap'",
     "'ampacity help check' lists its options"},
    {{"ampacity", "check", "a", "-x"},
     "'ampacity check' has no option '-x'",
     "'ampacity help check' lists its options"},
    {{"ampacity", "dispatch", "a", "--from"},
     "the option '--from' needs a value",
     "write '--from T'"},
    {{"ampacity", "export", "a", "-o"}, "the option '-o' needs a value", "write '-o OUT'"},
    {{"ampacity", "export", "a", "--format", "mpx"},
     "--format is one of mps, lp, csv, not 'mpx'",
     "did you mean 'mps'?"},
    {{"ampacity", "init", "a", "--example=northern_lights"},
     "--example is one of pecos, northern-lights, not 'northern_lights'",
     "did you mean 'northern-lights'?"},
    {{"ampacity", "completion", "csh"},
     "SHELL is one of bash, zsh, fish, not 'csh'",
     "did you mean 'zsh'?"},
    {{"ampacity", "help", "chek"},
     "VERB is one of init, check, dispatch, explain, export, help, version, completion, not 'chek'",
     "did you mean 'check'?"},
};

static int word_count(const char *const *words)
{
    int count = 0;

    while (count < WORDS_MAX && words[count] != NULL)
        count++;
    return count;
}

static amp_status parse(const char *const *words, amp_cli *cli)
{
    char *argv[WORDS_MAX + 1] = {NULL};

    for (int i = 0; i < word_count(words); i++)
        argv[i] = run_mutable(words[i]); /* getopt_long() does not write to them */
    return amp_command_parse(word_count(words), argv, cli);
}

static void test_wrong_lines_say_what_to_write(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        amp_cli cli = {0};
        assert_int_equal(parse(wrong[i].words, &cli), AMP_ARGUMENT);
        assert_string_equal(cli.error.message, wrong[i].error);
        assert_string_equal(cli.error.advice, wrong[i].advice);
    }
}

/* The verbs of the product: each is either there or known to come, whatever is built. */
static void test_verbs_to_come_are_known(void **state)
{
    static const char *const verbs[] = {
        "init", "check",  "dispatch", "backtest", "offer",  "runs",    "finance",
        "plan", "risk",   "compare",  "explain",  "export", "import",  "twin",
        "run",  "status", "serve",    "report",   "doctor", "version", "help"};
    (void)state;

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        const char *const words[] = {"ampacity", verbs[i], "--nosuch", NULL};
        amp_cli cli = {0};
        char want[128];
        assert_int_equal(parse(words, &cli), AMP_ARGUMENT);
        (void)snprintf(want, sizeof want,
                       amp_command_find(verbs[i]) != NULL
                           ? "'ampacity %s' has no option '--nosuch'"
                           : "'ampacity %s' is not part of this version",
                       verbs[i]);
        assert_string_equal(cli.error.message, want);
    }
}

static void test_options_stand_anywhere_and_end_at_two_dashes(void **state)
{
    static const char *const before[] = {"ampacity", "dispatch", "--json", "--from=2025-01-01",
                                         "-q",       "file",     NULL};
    static const char *const after[] = {"ampacity", "dispatch",   "file",   "-q",
                                        "--from",   "2025-01-01", "--json", NULL};
    static const char *const dashes[] = {"ampacity", "dispatch", "-q", "--", "--json", NULL};
    const char *const *const both[] = {before, after};
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        amp_cli cli = {0};
        assert_int_equal(parse(both[i], &cli), AMP_OK);
        assert_string_equal(cli.command->name, "dispatch");
        assert_string_equal(cli.operand, "file");
        assert_true(amp_option_given(&cli, AMP_OPTION_JSON));
        assert_true(amp_option_given(&cli, AMP_OPTION_QUIET));
        assert_string_equal(cli.value[AMP_OPTION_FROM], "2025-01-01");
        assert_false(amp_option_given(&cli, AMP_OPTION_TO));
    }
    amp_cli cli = {0};
    assert_int_equal(parse(dashes, &cli), AMP_OK);
    assert_string_equal(cli.operand, "--json");
    assert_false(amp_option_given(&cli, AMP_OPTION_JSON));
}

static void test_numbers_of_options(void **state)
{
    static const char *const bad_counts[] = {"0", "-1", "1.5", "1025", "many", "", "4 "};
    static const char *const bad_numbers[] = {"-1", "x", "", "nan", "1e999"};
    amp_cli cli = {0};
    long count = 0;
    double number = 0.0;
    (void)state;

    assert_int_equal(amp_option_count(&cli, AMP_OPTION_THREADS, 3, &count), AMP_OK);
    assert_int_equal(count, 3);
    cli.value[AMP_OPTION_THREADS] = "16";
    assert_int_equal(amp_option_count(&cli, AMP_OPTION_THREADS, 3, &count), AMP_OK);
    assert_int_equal(count, 16);
    for (size_t i = 0; i < sizeof(bad_counts) / sizeof(bad_counts[0]); i++) {
        cli.value[AMP_OPTION_THREADS] = bad_counts[i];
        assert_int_equal(amp_option_count(&cli, AMP_OPTION_THREADS, 3, &count), AMP_ARGUMENT);
    }
    cli.value[AMP_OPTION_GAP] = "1e-4";
    assert_int_equal(amp_option_number(&cli, AMP_OPTION_GAP, 1.0, &number), AMP_OK);
    assert_near(number, 1e-4, 0.0);
    for (size_t i = 0; i < sizeof(bad_numbers) / sizeof(bad_numbers[0]); i++) {
        cli.value[AMP_OPTION_GAP] = bad_numbers[i];
        assert_int_equal(amp_option_number(&cli, AMP_OPTION_GAP, 1.0, &number), AMP_ARGUMENT);
    }
    assert_string_equal(cli.error.message, "--gap is a number from 0 on, not '1e999'");
    assert_string_equal(cli.error.advice, "write '--gap 1e-6'");
    cli.value[AMP_OPTION_TIME_LIMIT] = "5 s";
    assert_int_equal(amp_option_number(&cli, AMP_OPTION_TIME_LIMIT, 1.0, &number), AMP_ARGUMENT);
    assert_string_equal(cli.error.message, "--time-limit is a number from 0 on, not '5 s'");
    assert_string_equal(cli.error.advice, "write '--time-limit 60'");
}

/* The statuses of the agreement on commands, one by one. */
static void test_exit_codes(void **state)
{
    static const struct {
        amp_status status;
        int code;
    } cases[] = {{AMP_OK, 0},         {AMP_INTERNAL, 1},   {AMP_NOMEM, 1},  {AMP_IO, 1},
                 {AMP_ARGUMENT, 2},   {AMP_NOT_FOUND, 2},  {AMP_PARSE, 3},  {AMP_DATA, 4},
                 {AMP_INFEASIBLE, 5}, {AMP_TIME_LIMIT, 6}, {AMP_REFUSED, 8}};
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool is_listed = false;
        assert_int_equal(amp_exit_code(cases[i].status), cases[i].code);
        for (size_t k = 0; amp_exit_row_get(k) != NULL; k++)
            is_listed = is_listed || amp_exit_row_get(k)->code == cases[i].code;
        assert_true(is_listed);
    }
}

/* ---- help = manual page = completion ---- */

__attribute__((format(printf, 2, 3))) static void assert_mentions(const char *text,
                                                                  const char *format, ...)
{
    char wanted[640];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(wanted, sizeof wanted, format, arguments);
    va_end(arguments);
    if (strstr(text, wanted) == NULL)
        fail_msg("not found: '%s'", wanted);
}

static void check_verb(golden_folder *folder, const amp_command *command)
{
    const char *const asked[] = {"help", command->name, NULL};
    const char *const flagged[] = {command->name, "--help", NULL};
    const run_result help = run_with(folder, NULL, asked);
    const run_result flag = run_with(folder, NULL, flagged);

    assert_int_equal(help.code, 0);
    assert_string_equal(help.err, "");
    assert_string_equal(help.out, flag.out); /* --help needs no FILE */
    assert_mentions(help.out, ": %s\n", command->summary);
    for (int id = 0; id < AMP_OPTION_COUNT; id++) {
        char option[64];
        (void)snprintf(option, sizeof option, "--%s ", amp_option_get((amp_option_id)id)->name);
        const bool is_listed = strstr(help.out, option) != NULL;
        if (amp_command_takes(command, (amp_option_id)id))
            assert_true(is_listed);
    }
    for (size_t i = 0; i < AMP_USAGE_EXAMPLES_MAX && command->example[i].line != NULL; i++)
        assert_mentions(help.out, "  %s\n", command->example[i].line);
    for (size_t i = 0; amp_exit_row_get(i) != NULL; i++) {
        char code[16];
        (void)snprintf(code, sizeof code, "%d", amp_exit_row_get(i)->code);
        assert_mentions(help.out, "\n  %s  ", code);
    }
}

static void test_help_explains_every_verb(void **state)
{
    golden_folder *const folder = golden_folder_new();
    const run_result overview = run(folder, "help");
    (void)state;

    assert_int_equal(overview.code, 0);
    assert_string_equal(overview.out, run(folder, "--help").out);
    assert_string_equal(overview.out, run(folder, "-h").out);
    for (size_t i = 0; amp_command_get(i) != NULL; i++) {
        assert_mentions(overview.out, "\n  %s", amp_command_get(i)->name);
        check_verb(folder, amp_command_get(i));
    }
    golden_folder_free(folder);
}

static void test_manual_page_holds_every_verb_and_option(void **state)
{
    golden_folder *const folder = golden_folder_new();
    const run_result man = run(folder, "help --man");
    (void)state;

    assert_int_equal(man.code, 0);
    for (size_t i = 0; amp_command_get(i) != NULL; i++)
        assert_mentions(man.out, ".It Cm %s", amp_command_get(i)->name);
    for (int id = 0; id < AMP_OPTION_COUNT; id++)
        assert_mentions(man.out, "Fl -%s", amp_option_get((amp_option_id)id)->name);
    for (size_t i = 0; amp_exit_row_get(i) != NULL; i++)
        assert_mentions(man.out, "\n%s.\n", amp_exit_row_get(i)->meaning);
    golden_folder_free(folder);
}

static void test_completions_hold_every_verb_and_option(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    for (size_t k = 0; amp_shell_name(k) != NULL; k++) {
        const char *const arguments[] = {"completion", amp_shell_name(k), NULL};
        const run_result script = run_with(folder, NULL, arguments);
        const bool is_fish = strcmp(amp_shell_name(k), "fish") == 0;
        assert_int_equal(script.code, 0);
        for (size_t i = 0; amp_command_get(i) != NULL; i++)
            assert_mentions(script.out, "%s", amp_command_get(i)->name);
        for (int id = 0; id < AMP_OPTION_COUNT; id++)
            assert_mentions(script.out, is_fish ? " -l %s" : "--%s",
                            amp_option_get((amp_option_id)id)->name);
    }
    golden_folder_free(folder);
}

static void test_page_of_commands_holds_the_table(void **state)
{
    golden_folder *const folder = golden_folder_new();
    const char *const root = getenv("AMPACITY_SOURCE_ROOT"); // NOLINT(concurrency-mt-unsafe)
    char path[1024];
    (void)state;

    assert_non_null(root);
    (void)snprintf(path, sizeof path, "%s/docs/commands.md", root);
    const char *const page = golden_read(folder, path);
    for (size_t i = 0; amp_command_get(i) != NULL; i++)
        assert_mentions(page, " | %s |\n", amp_command_get(i)->summary);
    for (int id = 0; id < AMP_OPTION_COUNT; id++) {
        const amp_option *const option = amp_option_get((amp_option_id)id);
        char text[512];
        assert_mentions(page, "`--%s%s%s` |", option->name, option->argument != NULL ? " " : "",
                        option->argument != NULL ? option->argument : "");
        assert_mentions(page, " | %s |\n", amp_option_describe(option, text, sizeof text));
    }
    for (size_t i = 0; amp_exit_row_get(i) != NULL; i++)
        assert_mentions(page, "\n| %d | %s |\n", amp_exit_row_get(i)->code,
                        amp_exit_row_get(i)->meaning);
    golden_folder_free(folder);
}

/* The rows themselves: what a new verb or option easily gets wrong. */
static void test_rows_are_complete(void **state)
{
    unsigned used = 0;
    (void)state;

    for (size_t i = 0; amp_command_get(i) != NULL; i++) {
        const amp_command *const command = amp_command_get(i);
        used |= command->options;
        assert_int_equal(command->options & AMP_TAKES_ALWAYS, AMP_TAKES_ALWAYS);
        assert_non_null(command->run);
        assert_non_null(command->example[0].line);
        assert_in_range(strlen(command->summary), 10, 70);
        for (size_t k = 0; k < AMP_USAGE_EXAMPLES_MAX && command->example[k].line != NULL; k++) {
            const char *const start = command->example[k].line + strlen("ampacity ");
            assert_int_equal(strncmp(start, command->name, strlen(command->name)), 0);
        }
    }
    for (int id = 0; id < AMP_OPTION_COUNT; id++) {
        const amp_option *const option = amp_option_get((amp_option_id)id);
        assert_non_null(option->name);
        assert_true(used >> id & 1U); /* no option that no verb takes */
        assert_true(option->help[strlen(option->help) - 1] != '.');
        for (int other = 0; other < id; other++)
            assert_string_not_equal(option->name, amp_option_get((amp_option_id)other)->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_lines_say_what_to_write),
        cmocka_unit_test(test_verbs_to_come_are_known),
        cmocka_unit_test(test_options_stand_anywhere_and_end_at_two_dashes),
        cmocka_unit_test(test_numbers_of_options),
        cmocka_unit_test(test_exit_codes),
        cmocka_unit_test(test_help_explains_every_verb),
        cmocka_unit_test(test_manual_page_holds_every_verb_and_option),
        cmocka_unit_test(test_completions_hold_every_verb_and_option),
        cmocka_unit_test(test_page_of_commands_holds_the_table),
        cmocka_unit_test(test_rows_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
