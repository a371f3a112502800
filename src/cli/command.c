/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/text.h"
#include "cli/verbs.h"
#include "market/synthetic.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const amp_command *const commands[] = {
    &amp_command_init,   &amp_command_check, &amp_command_dispatch, &amp_command_explain,
    &amp_command_export, &amp_command_help,  &amp_command_version,  &amp_command_completion,
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

/* Verbs that later versions will have. Whoever writes one has not mistyped. */
static const char *const later_verbs[] = {
    "backtest", "offer", "runs", "finance", "plan",   "risk",  "compare",
    "import",   "twin",  "run",  "status",  "report", "serve", "doctor",
};

static const char *format_name(size_t i)
{
    static const char *const names[] = {"mps", "lp", "csv"};
    return i < sizeof(names) / sizeof(names[0]) ? names[i] : NULL;
}

const char *amp_shell_name(size_t i)
{
    static const char *const names[] = {"bash", "zsh", "fish"};
    return i < sizeof(names) / sizeof(names[0]) ? names[i] : NULL;
}

static const amp_option options[AMP_OPTION_COUNT] = {
    [AMP_OPTION_EXAMPLE] = {.name = "example",
                            .argument = "NAME",
                            .word = amp_example_name,
                            .fallback = "pecos",
                            .help = "which example to write"},
    [AMP_OPTION_FORMAT] = {.name = "format",
                           .argument = "FORMAT",
                           .word = format_name,
                           .fallback = "what OUT ends in",
                           .help = "the problem as free MPS or as LP, or all series "
                                   "of the answer as CSV"},
    [AMP_OPTION_OUTPUT] = {.name = "output",
                           .letter = 'o',
                           .is_path = true,
                           .argument = "OUT",
                           .help = "the file to write, compressed when it ends in .gz; an older "
                                   "one is replaced; - is standard output (csv only)"},
    [AMP_OPTION_SCHEDULE] = {.name = "schedule",
                             .is_path = true,
                             .argument = "OUT.csv",
                             .help = "write what every asset does in every interval, compressed "
                                     "when it ends in .gz"},
    [AMP_OPTION_AT] = {.name = "at",
                       .argument = "T",
                       .help = "also explain the interval that holds this time, "
                               "2025-08-14T22:05Z"},
    [AMP_OPTION_GAP] = {.name = "gap",
                        .argument = "SHARE",
                        .fallback = "1e-6",
                        .help = "stop, and call the answer optimal, when its gap is at most this "
                                "share of the bound"},
    [AMP_OPTION_TIME_LIMIT] = {.name = "time-limit",
                               .argument = "SECONDS",
                               .help = "stop solving after so long and keep the best answer found; "
                                       "exit status 6 when its gap is larger"},
    [AMP_OPTION_FROM] = {.name = "from",
                         .argument = "T",
                         .fallback = "as the file says",
                         .help = "start of the horizon, 2025-03-01 or 2025-03-01T06:00Z"},
    [AMP_OPTION_TO] = {.name = "to",
                       .argument = "T",
                       .fallback = "as the file says",
                       .help = "end of the horizon, which it does not include"},
    [AMP_OPTION_SITE] = {.name = "site",
                         .argument = "ID",
                         .fallback = "all",
                         .help = "only this site"},
    [AMP_OPTION_THREADS] = {.name = "threads",
                            .argument = "N",
                            .fallback = "one a processor",
                            .help = "how many threads to work on; the answer does not depend on "
                                    "it"},
    [AMP_OPTION_MAN] = {.name = "man", .help = "print the manual page, as mdoc(7)"},
    [AMP_OPTION_JSON] = {.name = "json",
                         .help = "print one JSON object instead of tables, errors included"},
    [AMP_OPTION_NO_COLOR] = {.name = "no-color",
                             .help = "no colours; the variable NO_COLOR says the same"},
    [AMP_OPTION_QUIET] = {.name = "quiet",
                          .letter = 'q',
                          .help = "no warnings, progress or hints on standard error"},
    [AMP_OPTION_HELP] = {.name = "help", .letter = 'h', .help = "explain the verb"},
};

const amp_command *amp_command_get(size_t i)
{
    return i < COMMAND_COUNT ? commands[i] : NULL;
}

const amp_command *amp_command_find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

const amp_option *amp_option_get(amp_option_id id)
{
    return &options[id];
}

char *amp_option_describe(const amp_option *option, char *buffer, size_t size)
{
    size_t used = (size_t)snprintf(buffer, size, "%s", option->help);
    const char *gap = " (";

    for (size_t i = 0; option->word != NULL && option->word(i) != NULL && used < size; i++) {
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", gap, option->word(i));
        gap = ", ";
    }
    if (option->fallback != NULL && used < size) {
        gap = gap[0] == ',' ? "; " : gap;
        used +=
            (size_t)snprintf(buffer + used, size - used, "%sdefault: %s", gap, option->fallback);
    }
    if ((option->word != NULL || option->fallback != NULL) && used < size)
        (void)snprintf(buffer + used, size - used, ")");
    return buffer;
}

const char *amp_operand_text(amp_operand operand)
{
    static const char *const texts[] = {
        [AMP_OPERAND_NONE] = "",       [AMP_OPERAND_FILE] = "FILE",   [AMP_OPERAND_FOLDER] = "DIR",
        [AMP_OPERAND_VERB] = "[VERB]", [AMP_OPERAND_SHELL] = "SHELL",
    };
    return texts[operand];
}

static bool is_later(const char *word)
{
    for (size_t i = 0; i < sizeof(later_verbs) / sizeof(later_verbs[0]); i++)
        if (strcmp(later_verbs[i], word) == 0)
            return true;
    return false;
}

/* "init, check, dispatch": the verbs that there are. */
static char *list_verbs(char *buffer, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < COMMAND_COUNT && used < size; i++)
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 commands[i]->name);
    return buffer;
}

static amp_status fail_later(const char *word, amp_error *err)
{
    char list[120];
    const amp_status status =
        amp_fail(err, AMP_ARGUMENT, "'ampacity %s' is not part of this version", word);

    amp_advise(err, "it has %s", list_verbs(list, sizeof list));
    return status;
}

static amp_status fail_verb(const char *word, amp_error *err)
{
    const char *names[COMMAND_COUNT];

    if (is_later(word))
        return fail_later(word, err);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i]->name;
    const char *const nearest = amp_text_nearest(word, names, COMMAND_COUNT);
    const amp_status status = amp_fail(err, AMP_ARGUMENT, "there is no verb '%.80s'", word);
    if (nearest != NULL)
        amp_advise(err, "did you mean 'ampacity %s'?", nearest);
    else
        amp_advise(err, "'ampacity help' lists the verbs");
    return status;
}

/* Whether @p word is the long name of an option of @p command without an argument. */
static bool is_flag(const amp_command *command, const char *word)
{
    for (size_t id = 0; id < AMP_OPTION_COUNT; id++)
        if (amp_command_takes(command, (amp_option_id)id) && options[id].argument == NULL &&
            strncmp(word, "--", 2) == 0 && strcmp(word + 2, options[id].name) == 0)
            return true;
    return false;
}

/* An option that the verb does not take, or no verb does, or a flag with a value. */
static amp_status fail_option(const char *word, const amp_command *command, amp_error *err)
{
    const char *names[AMP_OPTION_COUNT];
    size_t count = 0;
    char name[64];

    for (size_t id = 0; id < AMP_OPTION_COUNT; id++)
        if (amp_command_takes(command, (amp_option_id)id))
            names[count++] = options[id].name;
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    if (strchr(word, '=') != NULL && is_flag(command, name)) {
        const amp_status status =
            amp_fail(err, AMP_ARGUMENT, "the option '%.60s' takes no value", name);
        amp_advise(err, "write '%.60s'", name);
        return status;
    }
    const amp_status status =
        amp_fail(err, AMP_ARGUMENT, "'ampacity %s' has no option '%.80s'", command->name, name);
    const char *const bare = name + strspn(name, "-");
    const char *const nearest = amp_text_nearest(bare, names, count);
    if (nearest != NULL)
        amp_advise(err, "did you mean '--%s'?", nearest);
    else
        amp_advise(err, "'ampacity help %s' lists its options", command->name);
    return status;
}

static amp_status fail_argument(const char *word, const amp_command *command, amp_error *err)
{
    for (size_t id = 0; id < AMP_OPTION_COUNT; id++) {
        const amp_option *const option = &options[id];
        const bool is_it =
            word[1] == '-' ? strcmp(word + 2, option->name) == 0 : word[1] == option->letter;
        if (!is_it || option->argument == NULL)
            continue;
        const amp_status status =
            amp_fail(err, AMP_ARGUMENT, "the option '%.80s' needs a value", word);
        amp_advise(err, "write '%.60s %s'", word, option->argument);
        return status;
    }
    return fail_option(word, command, err);
}

/* Words that an option or operand may have: the nearest is offered when it is none of them. */
static amp_status check_word(const char *what, const char *word, const char *(*get)(size_t),
                             amp_error *err)
{
    const char *words[16];
    size_t count = 0;
    char list[120] = "";

    for (; count < sizeof(words) / sizeof(words[0]) && get(count) != NULL; count++) {
        words[count] = get(count);
        if (strcmp(words[count], word) == 0)
            return AMP_OK;
        const size_t used = strlen(list);
        (void)snprintf(list + used, sizeof list - used, "%s%s", count > 0 ? ", " : "",
                       words[count]);
    }
    const char *const nearest = amp_text_nearest(word, words, count);
    const amp_status status =
        amp_fail(err, AMP_ARGUMENT, "%s is one of %s, not '%.60s'", what, list, word);
    if (nearest != NULL)
        amp_advise(err, "did you mean '%s'?", nearest);
    return status;
}

static const char *command_name(size_t i)
{
    return i < COMMAND_COUNT ? commands[i]->name : NULL;
}

static amp_status check_operand(const amp_cli *cli, amp_error *err)
{
    switch (cli->command->operand) {
    case AMP_OPERAND_NONE:
        return AMP_OK;
    case AMP_OPERAND_VERB:
        if (cli->operand == NULL)
            return AMP_OK;
        return is_later(cli->operand) ? fail_later(cli->operand, err)
                                      : check_word("VERB", cli->operand, command_name, err);
    case AMP_OPERAND_SHELL:
        if (cli->operand != NULL)
            return check_word("SHELL", cli->operand, amp_shell_name, err);
        break;
    case AMP_OPERAND_FILE:
    case AMP_OPERAND_FOLDER:
        if (cli->operand != NULL && cli->operand[0] != '\0')
            return AMP_OK;
        break;
    }
    const char *const text = amp_operand_text(cli->command->operand);
    const amp_status status =
        amp_fail(err, AMP_ARGUMENT, "'ampacity %s' needs %s", cli->command->name, text);
    amp_advise(err, "write '%s'", cli->command->example[0].line);
    return status;
}

static amp_status check_values(const amp_cli *cli, amp_error *err)
{
    for (size_t id = 0; id < AMP_OPTION_COUNT; id++) {
        const amp_option *const option = &options[id];
        char what[40];
        if (cli->value[id] == NULL || option->word == NULL)
            continue;
        (void)snprintf(what, sizeof what, "--%s", option->name);
        const amp_status status = check_word(what, cli->value[id], option->word, err);
        if (status != AMP_OK)
            return status;
    }
    return AMP_OK;
}

static amp_status take_operand(amp_cli *cli, const char *word)
{
    if (cli->operand == NULL && cli->command->operand != AMP_OPERAND_NONE) {
        cli->operand = word;
        return AMP_OK;
    }
    const amp_status status =
        amp_fail(&cli->error, AMP_ARGUMENT, "'%.80s' is one argument too many", word);
    amp_advise(&cli->error, "'ampacity %s' takes %s", cli->command->name,
               cli->operand == NULL ? "options only" : "one, and options");
    return status;
}

/* What getopt_long() needs: the options of one verb, in its own tables. */
typedef struct {
    struct option longs[AMP_OPTION_COUNT + 1];
    char shorts[2 + 2 * AMP_OPTION_COUNT + 1];
} getopt_tables;

enum { LONG_ONLY = 256 }; /* codes of options above any letter */

static void fill_tables(const amp_command *command, getopt_tables *tables)
{
    size_t count = 0;
    char *letter = tables->shorts;

    *letter++ = '-'; /* operands come in their order, as the code 1 */
    *letter++ = ':'; /* a missing argument is told from an unknown option */
    for (size_t id = 0; id < AMP_OPTION_COUNT; id++) {
        if (!amp_command_takes(command, (amp_option_id)id))
            continue;
        const amp_option *const option = &options[id];
        const bool has_argument = option->argument != NULL;
        tables->longs[count++] = (struct option){
            .name = option->name,
            .has_arg = has_argument ? required_argument : no_argument,
            .val = LONG_ONLY + (int)id,
        };
        if (option->letter != '\0') {
            *letter++ = option->letter;
            if (has_argument)
                *letter++ = ':';
        }
    }
    tables->longs[count] = (struct option){0};
    *letter = '\0';
}

static void take_option(amp_cli *cli, int code)
{
    for (size_t id = 0; id < AMP_OPTION_COUNT; id++)
        if (code == LONG_ONLY + (int)id || code == options[id].letter)
            cli->value[id] = optarg != NULL ? optarg : "";
}

static amp_status parse_arguments(int argc, char **argv, amp_cli *cli)
{
    getopt_tables tables = {0};
    amp_status status = AMP_OK;

    fill_tables(cli->command, &tables);
    opterr = 0;
    optind = 1;
    while (status == AMP_OK) {
        const int at = optind;
        /* One thread runs: getopt's state in variables does no harm. */
        // NOLINTNEXTLINE(concurrency-mt-unsafe)
        const int code = getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
        if (code == -1)
            break;
        const char *const word = argv[optind > at ? optind - 1 : at];
        if (code == 1)
            status = take_operand(cli, optarg);
        else if (code == ':')
            status = fail_argument(word, cli->command, &cli->error);
        else if (code == '?')
            status = fail_option(word, cli->command, &cli->error);
        else
            take_option(cli, code);
    }
    for (; status == AMP_OK && optind < argc; optind++)
        status = take_operand(cli, argv[optind]);
    return status;
}

/* `ampacity -h`, `--help`, `-V` and `--version` are what everyone tries first. */
static const char *verb_of(const char *word)
{
    if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
        return "help";
    if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0)
        return "version";
    return word;
}

amp_status amp_command_parse(int argc, char **argv, amp_cli *cli)
{
    if (argc < 2) {
        const amp_status status = amp_fail(&cli->error, AMP_ARGUMENT, "a verb is missing");
        amp_advise(&cli->error, "'ampacity help' lists the verbs; 'ampacity init DIR' starts");
        return status;
    }
    const char *const verb = verb_of(argv[1]);
    if (verb[0] == '-') {
        const amp_status status =
            amp_fail(&cli->error, AMP_ARGUMENT, "a verb is expected before '%.80s'", verb);
        amp_advise(&cli->error, "write 'ampacity VERB FILE [options]'; 'ampacity help' lists "
                                "the verbs");
        return status;
    }
    cli->command = amp_command_find(verb);
    if (cli->command == NULL)
        return fail_verb(verb, &cli->error);
    amp_status status = parse_arguments(argc - 1, argv + 1, cli);
    if (status != AMP_OK || amp_option_given(cli, AMP_OPTION_HELP))
        return status;
    status = check_values(cli, &cli->error);
    return status == AMP_OK ? check_operand(cli, &cli->error) : status;
}

amp_status amp_option_count(amp_cli *cli, amp_option_id id, long fallback, long *out)
{
    const char *const text = cli->value[id];
    double number = 0.0;

    if (text == NULL) {
        *out = fallback;
        return AMP_OK;
    }
    const bool is_number = amp_text_parse_number(text, strlen(text), &number);
    if (!is_number || number < 1.0 || number > 1024.0 || !amp_same(number, (double)(long)number)) {
        const amp_status status =
            amp_fail(&cli->error, AMP_ARGUMENT,
                     "--%s is a whole number from 1 to 1024, not '%.60s'", options[id].name, text);
        amp_advise(&cli->error, "write '--%s 4', or leave it out", options[id].name);
        return status;
    }
    *out = (long)number;
    return AMP_OK;
}

amp_status amp_option_number(amp_cli *cli, amp_option_id id, double fallback, double *out)
{
    const char *const text = cli->value[id];
    double number = 0.0;

    if (text == NULL) {
        *out = fallback;
        return AMP_OK;
    }
    if (!amp_text_parse_number(text, strlen(text), &number) || number < 0.0) {
        const amp_status status =
            amp_fail(&cli->error, AMP_ARGUMENT, "--%s is a number from 0 on, not '%.60s'",
                     options[id].name, text);
        amp_advise(&cli->error, "write '--%s %s'", options[id].name,
                   options[id].fallback != NULL ? options[id].fallback : "60");
        return status;
    }
    *out = number;
    return AMP_OK;
}
