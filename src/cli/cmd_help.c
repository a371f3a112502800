/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/exit.h"
#include "cli/json.h"
#include "cli/verbs.h"

#include <string.h>

enum { INDENT = 2, VERB_COLUMNS = 20, OPTION_COLUMNS = 26 };

static void print_heading(const amp_screen *screen, const char *text)
{
    (void)fputc('\n', screen->file);
    amp_print_bold(screen, text);
}

/* `label` and, from column `columns` on, the wrapped text. */
static void print_entry(const amp_screen *screen, const char *label, int columns, const char *text)
{
    const int used = INDENT + (int)strlen(label);

    if (used + 2 > columns) {
        (void)fprintf(screen->file, "%*s%s\n%*s", INDENT, "", label, columns, "");
    } else {
        (void)fprintf(screen->file, "%*s%s%*s", INDENT, "", label, columns - used, "");
    }
    amp_print_wrapped(screen, text, columns, columns);
}

static void print_examples(const amp_screen *screen, const amp_command *command)
{
    for (size_t i = 0; i < AMP_USAGE_EXAMPLES_MAX && command->example[i].line != NULL; i++) {
        (void)fprintf(screen->file, "%*s%s\n%*s", INDENT, "", command->example[i].line, 3 * INDENT,
                      "");
        amp_print_wrapped(screen, command->example[i].meaning, 3 * INDENT, 3 * INDENT);
    }
}

void amp_help_print_overview(const amp_screen *screen)
{
    const char *group = "";
    char label[128];

    (void)snprintf(label, sizeof label,
                   "Ampacity %s gets the most value out of a power connection.", amp_version());
    amp_print_text(screen, label, 0, 0);
    (void)fputs("\nusage: ampacity VERB [FILE] [options]\n", screen->file);
    const amp_command *command = NULL;
    for (size_t i = 0; (command = amp_command_get(i)) != NULL; i++) {
        if (strcmp(group, command->group) != 0)
            print_heading(screen, command->group);
        group = command->group;
        const char *const operand = amp_operand_text(command->operand);
        (void)snprintf(label, sizeof label, "%s%s%s", command->name, operand[0] != '\0' ? " " : "",
                       operand);
        print_entry(screen, label, VERB_COLUMNS, command->summary);
    }
    print_heading(screen, "First steps");
    (void)fputs("  ampacity init mysite\n  ampacity dispatch mysite\n", screen->file);
    (void)fputc('\n', screen->file);
    amp_print_text(screen, "'ampacity help VERB' explains a verb, its options and its exit status.",
                   0, 0);
}

static void option_label(const amp_option *option, char *label, size_t size)
{
    char letter[8] = "    ";

    if (option->letter != '\0')
        (void)snprintf(letter, sizeof letter, "-%c, ", option->letter);
    (void)snprintf(label, size, "%s--%s%s%s", letter, option->name,
                   option->argument != NULL ? " " : "",
                   option->argument != NULL ? option->argument : "");
}

static void print_options(const amp_screen *screen, const amp_command *command)
{
    for (int id = 0; id < AMP_OPTION_COUNT; id++) {
        const amp_option *const option = amp_option_get((amp_option_id)id);
        char label[64];
        char text[512];
        if (!amp_command_takes(command, (amp_option_id)id))
            continue;
        option_label(option, label, sizeof label);
        amp_option_describe(option, text, sizeof text);
        print_entry(screen, label, OPTION_COLUMNS, text);
    }
}

static void print_paragraphs(const amp_screen *screen, const char *text)
{
    while (*text != '\0') {
        char paragraph[1024];
        const char *const end = strstr(text, "\n\n");
        const size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
        (void)snprintf(paragraph, sizeof paragraph, "%.*s", (int)length, text);
        amp_print_wrapped(screen, paragraph, 0, 0);
        text += length;
        if (*text != '\0') {
            (void)fputc('\n', screen->file);
            text += 2;
        }
    }
}

void amp_help_print(const amp_command *command, const amp_screen *screen)
{
    const amp_exit_row *row = NULL;
    char title[160];
    const char *const operand = amp_operand_text(command->operand);

    (void)snprintf(title, sizeof title, "ampacity %s: %s", command->name, command->summary);
    amp_print_text(screen, title, 0, 0);
    (void)fprintf(screen->file, "\nusage: ampacity %s%s%s [options]\n\n", command->name,
                  operand[0] != '\0' ? " " : "", operand);
    print_paragraphs(screen, command->description);
    print_heading(screen, "Options");
    print_options(screen, command);
    print_heading(screen, "Examples");
    print_examples(screen, command);
    print_heading(screen, "Exit status");
    for (size_t i = 0; (row = amp_exit_row_get(i)) != NULL; i++) {
        char label[16];
        (void)snprintf(label, sizeof label, "%d", row->code);
        print_entry(screen, label, 5, row->meaning);
    }
}

static json_t *option_json(const amp_option *option)
{
    const char letter[2] = {option->letter, '\0'};
    json_t *const words = json_array();

    for (size_t i = 0; option->word != NULL && option->word(i) != NULL; i++)
        (void)json_array_append_new(words, json_string(option->word(i)));
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:s}", "name", option->name, "letter", letter,
                     "argument", option->argument != NULL ? option->argument : "", "words", words,
                     "default", option->fallback != NULL ? option->fallback : "", "help",
                     option->help);
}

static json_t *command_json(const amp_command *command)
{
    json_t *const names = json_array();
    json_t *const examples = json_array();

    for (int id = 0; id < AMP_OPTION_COUNT; id++)
        if (amp_command_takes(command, (amp_option_id)id))
            (void)json_array_append_new(names,
                                        json_string(amp_option_get((amp_option_id)id)->name));
    for (size_t i = 0; i < AMP_USAGE_EXAMPLES_MAX && command->example[i].line != NULL; i++)
        (void)json_array_append_new(examples,
                                    json_pack("{s:s, s:s}", "line", command->example[i].line,
                                              "meaning", command->example[i].meaning));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "name", command->name, "group",
                     command->group, "operand", amp_operand_text(command->operand), "summary",
                     command->summary, "description", command->description, "options", names,
                     "examples", examples);
}

static amp_status print_table(const amp_cli *cli)
{
    json_t *const object = amp_json_new(cli, "ampacity.help/1");
    json_t *const verbs = json_array();
    json_t *const options = json_array();
    json_t *const exits = json_array();

    for (size_t i = 0; amp_command_get(i) != NULL; i++)
        (void)json_array_append_new(verbs, command_json(amp_command_get(i)));
    for (int id = 0; id < AMP_OPTION_COUNT; id++)
        (void)json_array_append_new(options, option_json(amp_option_get((amp_option_id)id)));
    for (size_t i = 0; amp_exit_row_get(i) != NULL; i++)
        (void)json_array_append_new(exits,
                                    json_pack("{s:i, s:s}", "code", amp_exit_row_get(i)->code,
                                              "meaning", amp_exit_row_get(i)->meaning));
    (void)json_object_set_new(object, "verbs", verbs);
    (void)json_object_set_new(object, "options", options);
    (void)json_object_set_new(object, "exit_statuses", exits);
    return amp_json_print(object, cli->out.file);
}

static amp_status run_help(amp_cli *cli)
{
    if (amp_option_given(cli, AMP_OPTION_MAN)) {
        amp_man_print(cli->out.file);
        return AMP_OK;
    }
    if (amp_option_given(cli, AMP_OPTION_JSON))
        return print_table(cli);
    if (cli->operand != NULL)
        amp_help_print(amp_command_find(cli->operand), &cli->out);
    else
        amp_help_print_overview(&cli->out);
    return AMP_OK;
}

const amp_command amp_command_help = {
    .name = "help",
    .group = "About",
    .summary = "list the verbs, or explain one",
    .description = "Without VERB, one line for each verb. With it, what the verb does, its "
                   "options, examples and the exit statuses.\n\n"
                   "With --json, the whole table of verbs, options and exit statuses: for "
                   "programs that offer Ampacity to their users.",
    .operand = AMP_OPERAND_VERB,
    .options = AMP_TAKES(MAN) | AMP_TAKES(JSON) | AMP_TAKES_ALWAYS,
    .example = {{"ampacity help dispatch", "explain the verb dispatch"},
                {"ampacity help --man | man -l -", "read the manual page"}},
    .run = run_help,
};
