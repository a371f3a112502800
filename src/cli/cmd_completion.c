/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"

#include <string.h>

/* Text inside single quotes; `special` are the characters that need a backslash before them. */
static void print_quoted(FILE *out, const char *text, const char *special)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            (void)fputs("'\\''", out);
        else
            (void)fprintf(out, "%s%c", strchr(special, *text) != NULL ? "\\" : "", *text);
    }
}

static void print_words(FILE *out, const char *(*word)(size_t i))
{
    for (size_t i = 0; word(i) != NULL; i++)
        (void)fprintf(out, "%s%s", i > 0 ? " " : "", word(i));
}

static const char *verb_name(size_t i)
{
    const amp_command *const command = amp_command_get(i);
    return command != NULL ? command->name : NULL;
}

/* The words that an operand may be, or NULL. */
static const char *(*operand_words(amp_operand operand))(size_t i)
{
    if (operand == AMP_OPERAND_VERB)
        return verb_name;
    return operand == AMP_OPERAND_SHELL ? amp_shell_name : NULL;
}

static void print_bash_values(FILE *out)
{
    (void)fputs("    case $prev in\n", out);
    for (int id = 0; id < AMP_OPTION_COUNT; id++) {
        const amp_option *const option = amp_option_get((amp_option_id)id);
        if (option->argument == NULL)
            continue;
        (void)fprintf(out, "    --%s", option->name);
        if (option->letter != '\0')
            (void)fprintf(out, "|-%c", option->letter);
        (void)fputs(") ", out);
        if (option->word != NULL) {
            (void)fputs("COMPREPLY=($(compgen -W '", out);
            print_words(out, option->word);
            (void)fputs("' -- \"$cur\")); ", out);
        } else if (option->is_path) {
            (void)fputs("COMPREPLY=($(compgen -f -- \"$cur\")); ", out);
        }
        (void)fputs("return ;;\n", out);
    }
    (void)fputs("    esac\n", out);
}

static void print_bash_operand(FILE *out, amp_operand operand)
{
    const char *(*const words)(size_t i) = operand_words(operand);

    if (words != NULL) {
        (void)fputs(" operands=\"-W '", out);
        print_words(out, words);
        (void)fputs("'\"", out);
    } else if (operand == AMP_OPERAND_FILE) {
        (void)fputs(" operands=-f", out);
    } else if (operand == AMP_OPERAND_FOLDER) {
        (void)fputs(" operands=-d", out);
    }
}

static void print_bash(FILE *out)
{
    (void)fputs("# bash completion for ampacity\n_ampacity() {\n"
                "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                "    local options= operands=\n    COMPREPLY=()\n"
                "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W '",
                out);
    print_words(out, verb_name);
    (void)fputs("' -- \"$cur\"))\n        return\n    fi\n", out);
    print_bash_values(out);
    (void)fputs("    case ${COMP_WORDS[1]} in\n", out);
    for (size_t i = 0; amp_command_get(i) != NULL; i++) {
        const amp_command *const command = amp_command_get(i);
        (void)fprintf(out, "    %s) options='", command->name);
        for (int id = 0; id < AMP_OPTION_COUNT; id++)
            if (amp_command_takes(command, (amp_option_id)id))
                (void)fprintf(out, "--%s ", amp_option_get((amp_option_id)id)->name);
        (void)fputs("'", out);
        print_bash_operand(out, command->operand);
        (void)fputs(" ;;\n", out);
    }
    (void)fputs("    esac\n"
                "    case $cur in\n"
                "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
                "    *) [ -z \"$operands\" ] || eval \"COMPREPLY=(\\$(compgen $operands -- "
                "\\\"\\$cur\\\"))\" ;;\n"
                "    esac\n}\ncomplete -o filenames -F _ampacity ampacity\n",
                out);
}

static void print_zsh_option(FILE *out, const amp_option *option)
{
    static const char special[] = "[]:\\";

    (void)fputs("            ", out);
    if (option->letter != '\0')
        (void)fprintf(out, "'(-%c --%s)'{-%c,--%s}'", option->letter, option->name, option->letter,
                      option->name);
    else
        (void)fprintf(out, "'--%s", option->name);
    (void)fputc('[', out);
    print_quoted(out, option->help, special);
    (void)fputc(']', out);
    if (option->argument != NULL) {
        (void)fprintf(out, ":%s:", option->argument);
        if (option->word != NULL) {
            (void)fputc('(', out);
            print_words(out, option->word);
            (void)fputc(')', out);
        } else if (option->is_path) {
            (void)fputs("_files", out);
        }
    }
    (void)fputs("' \\\n", out);
}

static void print_zsh_operand(FILE *out, amp_operand operand)
{
    const char *(*const words)(size_t i) = operand_words(operand);

    if (words != NULL) {
        (void)fputs("            '1:word:(", out);
        print_words(out, words);
        (void)fputs(")'\n", out);
    } else if (operand == AMP_OPERAND_FILE) {
        (void)fputs("            '1:FILE:_files'\n", out);
    } else if (operand == AMP_OPERAND_FOLDER) {
        (void)fputs("            '1:DIR:_files -/'\n", out);
    } else {
        (void)fputs("            '*: :'\n", out);
    }
}

static void print_zsh(FILE *out)
{
    (void)fputs("#compdef ampacity\n# zsh completion for ampacity\n_ampacity() {\n"
                "    local -a verbs\n    verbs=(\n",
                out);
    for (size_t i = 0; amp_command_get(i) != NULL; i++) {
        (void)fprintf(out, "        '%s:", amp_command_get(i)->name);
        print_quoted(out, amp_command_get(i)->summary, ":\\");
        (void)fputs("'\n", out);
    }
    (void)fputs("    )\n    if (( CURRENT == 2 )); then\n        _describe verb verbs\n"
                "        return\n    fi\n    local verb=$words[2]\n    shift words\n"
                "    (( CURRENT-- ))\n    case $verb in\n",
                out);
    for (size_t i = 0; amp_command_get(i) != NULL; i++) {
        const amp_command *const command = amp_command_get(i);
        (void)fprintf(out, "    %s)\n        _arguments -s \\\n", command->name);
        for (int id = 0; id < AMP_OPTION_COUNT; id++)
            if (amp_command_takes(command, (amp_option_id)id))
                print_zsh_option(out, amp_option_get((amp_option_id)id));
        print_zsh_operand(out, command->operand);
        (void)fputs("        ;;\n", out);
    }
    (void)fputs("    esac\n}\nif [ \"$funcstack[1]\" = _ampacity ]; then\n    _ampacity \"$@\"\n"
                "else\n    compdef _ampacity ampacity\nfi\n",
                out);
}

static void print_fish_option(FILE *out, const char *verb, const amp_option *option)
{
    (void)fprintf(out, "complete -c ampacity -n '__fish_seen_subcommand_from %s' -l %s", verb,
                  option->name);
    if (option->letter != '\0')
        (void)fprintf(out, " -s %c", option->letter);
    if (option->word != NULL) {
        (void)fputs(" -x -a '", out);
        print_words(out, option->word);
        (void)fputc('\'', out);
    } else if (option->argument != NULL) {
        (void)fputs(option->is_path ? " -r -F" : " -x", out);
    }
    (void)fputs(" -d '", out);
    print_quoted(out, option->help, "\\");
    (void)fputs("'\n", out);
}

static void print_fish_operand(FILE *out, const amp_command *command)
{
    const char *(*const words)(size_t i) = operand_words(command->operand);

    if (words == NULL && command->operand == AMP_OPERAND_NONE)
        return;
    (void)fprintf(out, "complete -c ampacity -n '__fish_seen_subcommand_from %s' ", command->name);
    if (words != NULL) {
        (void)fputs("-a '", out);
        print_words(out, words);
        (void)fputs("'\n", out);
    } else {
        (void)fputs(command->operand == AMP_OPERAND_FILE ? "-F\n"
                                                         : "-a '(__fish_complete_directories)'\n",
                    out);
    }
}

static void print_fish(FILE *out)
{
    (void)fputs("# fish completion for ampacity\ncomplete -c ampacity -f\n", out);
    for (size_t i = 0; amp_command_get(i) != NULL; i++) {
        const amp_command *const command = amp_command_get(i);
        (void)fprintf(out, "complete -c ampacity -n __fish_use_subcommand -a %s -d '",
                      command->name);
        print_quoted(out, command->summary, "\\");
        (void)fputs("'\n", out);
        for (int id = 0; id < AMP_OPTION_COUNT; id++)
            if (amp_command_takes(command, (amp_option_id)id))
                print_fish_option(out, command->name, amp_option_get((amp_option_id)id));
        print_fish_operand(out, command);
    }
}

static amp_status run_completion(amp_cli *cli)
{
    static const struct {
        const char *shell;
        void (*print)(FILE *out);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
        if (strcmp(cli->operand, shells[i].shell) == 0)
            shells[i].print(cli->out.file);
    return AMP_OK;
}

const amp_command amp_command_completion = {
    .name = "completion",
    .group = "About",
    .summary = "print a completion script for bash, zsh or fish",
    .description = "The script completes verbs, options, their values and file names. It is made "
                   "from the table that also makes the help and the manual page.",
    .operand = AMP_OPERAND_SHELL,
    .options = AMP_TAKES_ALWAYS,
    .example = {{"ampacity completion bash > ~/.local/share/bash-completion/completions/ampacity",
                 "complete in bash from the next shell on"},
                {"ampacity completion zsh > ~/.zfunc/_ampacity",
                 "complete in zsh, where ~/.zfunc is in fpath"},
                {"ampacity completion fish > ~/.config/fish/completions/ampacity.fish",
                 "complete in fish"}},
    .run = run_completion,
};
