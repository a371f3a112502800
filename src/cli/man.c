/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/exit.h"
#include "cli/verbs.h"

#include <string.h>

/* Text for mdoc(7): a backslash is escaped, and so is what would be a macro at a line's start. */
static void print_text(FILE *out, const char *text)
{
    bool is_start = true;

    for (; *text != '\0'; text++) {
        if (is_start && (*text == '.' || *text == '\''))
            (void)fputs("\\&", out);
        if (text[0] == '\n' && text[1] == '\n') {
            (void)fputs("\n.Pp\n", out);
            text++;
            is_start = true;
            continue;
        }
        if (*text == '\\')
            (void)fputs("\\e", out);
        else if (*text == '-')
            (void)fputs("\\-", out); /* to be copied as it is, not as a dash */
        else
            (void)fputc(*text, out);
        is_start = *text == '\n';
        /* mdoc wants each sentence on a line of its own. */
        if (text[0] == '.' && text[1] == ' ') {
            (void)fputc('\n', out);
            is_start = true;
            text++;
        }
    }
    (void)fputc('\n', out);
}

static void print_operand(FILE *out, const amp_command *command)
{
    switch (command->operand) {
    case AMP_OPERAND_NONE:
        break;
    case AMP_OPERAND_VERB:
        (void)fputs(" Op Ar VERB", out);
        break;
    case AMP_OPERAND_FILE:
    case AMP_OPERAND_FOLDER:
    case AMP_OPERAND_SHELL:
        (void)fprintf(out, " Ar %s", amp_operand_text(command->operand));
        break;
    }
}

static void print_verb(FILE *out, const amp_command *command)
{
    (void)fprintf(out, ".It Cm %s", command->name);
    print_operand(out, command);
    (void)fputc('\n', out);
    print_text(out, command->description);
    (void)fputs(".Pp\nOptions:\n", out);
    const char *gap = "";
    for (int id = 0; id < AMP_OPTION_COUNT; id++) {
        if (!amp_command_takes(command, (amp_option_id)id))
            continue;
        (void)fprintf(out, "%s.Fl -%s", gap, amp_option_get((amp_option_id)id)->name);
        gap = " ,\n";
    }
    (void)fputs(" .\n", out);
}

static void print_option(FILE *out, const amp_option *option)
{
    char text[512];

    (void)fputs(".It ", out);
    if (option->letter != '\0')
        (void)fprintf(out, "Fl %c , ", option->letter);
    (void)fprintf(out, "Fl -%s", option->name);
    if (option->argument != NULL)
        (void)fprintf(out, " Ar %s", option->argument);
    (void)fputc('\n', out);
    amp_option_describe(option, text, sizeof text);
    print_text(out, text);
}

static void print_examples(FILE *out)
{
    (void)fputs(".Sh EXAMPLES\n.Bl -tag -width Ds\n", out);
    for (size_t i = 0; amp_command_get(i) != NULL; i++) {
        const amp_usage_example *const example = amp_command_get(i)->example;
        for (size_t k = 0; k < AMP_USAGE_EXAMPLES_MAX && example[k].line != NULL; k++)
            (void)fprintf(out, ".It Li \"%s\"\n%s.\n", example[k].line, example[k].meaning);
    }
    (void)fputs(".El\n", out);
}

static void print_environment(FILE *out)
{
    (void)fputs(".Sh ENVIRONMENT\n"
                ".Bl -tag -width NO_COLOR\n"
                ".It Ev NO_COLOR\nWhen set and not empty, no colours.\n"
                ".It Ev TERM\nWith dumb, no colours and no moving progress line.\n"
                ".It Ev COLUMNS\nThe width to stay within, in place of 80 or the terminal's.\n"
                ".It Ev LC_ALL , LC_CTYPE , LANG\n"
                "Pictures use block characters where these name UTF-8, else ASCII.\n"
                ".El\n",
                out);
}

void amp_man_print(FILE *out)
{
    const amp_exit_row *row = NULL;

    (void)fputs(".Dd $Mdocdate$\n.Dt AMPACITY 1\n.Os Ampacity " AMP_VERSION "\n.Sh NAME\n"
                ".Nm ampacity\n.Nd the most value out of a power connection\n.Sh SYNOPSIS\n",
                out);
    for (size_t i = 0; amp_command_get(i) != NULL; i++) {
        (void)fprintf(out, ".Nm\n.Cm %s", amp_command_get(i)->name);
        print_operand(out, amp_command_get(i));
        (void)fputs("\n.Op Ar options\n", out);
    }
    (void)fputs(".Sh DESCRIPTION\n", out);
    print_text(out,
               "Ampacity decides what every megawatt that a compute company holds does next: mine "
               "Bitcoin, serve AI, charge a battery, or be given back to the grid. A portfolio "
               "file says what there is and what it costs; the answer comes with its proof.\n\n"
               "The result goes to standard output; findings, progress and hints go to standard "
               "error. Options stand before or after FILE, and -- ends them. A folder given as "
               "FILE means its portfolio.yaml.");
    (void)fputs(".Pp\nThe verbs are:\n.Bl -tag -width Ds\n", out);
    for (size_t i = 0; amp_command_get(i) != NULL; i++)
        print_verb(out, amp_command_get(i));
    (void)fputs(".El\n.Sh OPTIONS\n.Bl -tag -width Ds\n", out);
    for (int id = 0; id < AMP_OPTION_COUNT; id++)
        print_option(out, amp_option_get((amp_option_id)id));
    (void)fputs(".El\n", out);
    print_environment(out);
    (void)fputs(".Sh EXIT STATUS\n.Bl -tag -width Ds\n", out);
    for (size_t i = 0; (row = amp_exit_row_get(i)) != NULL; i++)
        (void)fprintf(out, ".It %d\n%s.\n", row->code, row->meaning);
    (void)fputs(".El\n", out);
    print_examples(out);
}
