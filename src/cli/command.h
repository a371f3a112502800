/* SPDX-License-Identifier: Apache-2.0 */
/** @file command.h  The table of verbs and options: parsing, help, the manual page and completion
 *  all read it, so that they cannot disagree. */
#ifndef AMP_CLI_COMMAND_H
#define AMP_CLI_COMMAND_H

#include "base/diagnostic.h"
#include "cli/out.h"

#include <stdbool.h>
#include <stddef.h>

/** Every option of every verb. The order is the order in help. */
typedef enum {
    AMP_OPTION_EXAMPLE,
    AMP_OPTION_FORMAT,
    AMP_OPTION_OUTPUT,
    AMP_OPTION_SCHEDULE,
    AMP_OPTION_AT,
    AMP_OPTION_GAP,
    AMP_OPTION_TIME_LIMIT,
    AMP_OPTION_FROM,
    AMP_OPTION_TO,
    AMP_OPTION_SITE,
    AMP_OPTION_THREADS,
    AMP_OPTION_MAN,
    AMP_OPTION_JSON,
    AMP_OPTION_NO_COLOR,
    AMP_OPTION_QUIET,
    AMP_OPTION_HELP,
    AMP_OPTION_COUNT
} amp_option_id;

#define AMP_TAKES(id) (1U << AMP_OPTION_##id)

/** What every verb takes. */
#define AMP_TAKES_ALWAYS (AMP_TAKES(NO_COLOR) | AMP_TAKES(QUIET) | AMP_TAKES(HELP))

/** What every verb takes that reads a portfolio. */
#define AMP_TAKES_PORTFOLIO                                                                     \
    (AMP_TAKES(FROM) | AMP_TAKES(TO) | AMP_TAKES(SITE) | AMP_TAKES(THREADS) | AMP_TAKES(JSON) | \
     AMP_TAKES_ALWAYS)

/** One option. */
typedef struct {
    const char *name;              /**< without the dashes: "json" */
    char letter;                   /**< 'q', or 0 when there is no short form */
    bool is_path;                  /**< the argument names a file, for completion */
    const char *argument;          /**< "T", or NULL for a flag */
    const char *(*word)(size_t i); /**< the only words allowed, NULL past the end; or NULL */
    const char *fallback;          /**< the default in words, or NULL */
    const char *help;              /**< one sentence without a dot at its end */
} amp_option;

/** What a command line printed, with what it does. */
typedef struct {
    const char *line; /**< "ampacity check portfolio.yaml" */
    const char *meaning;
} amp_usage_example;

enum { AMP_USAGE_EXAMPLES_MAX = 4 };

/** What the operand of a verb is, for checking and completion. */
typedef enum {
    AMP_OPERAND_NONE,
    AMP_OPERAND_FILE,
    AMP_OPERAND_FOLDER,
    AMP_OPERAND_VERB, /**< may be left out */
    AMP_OPERAND_SHELL
} amp_operand;

typedef struct amp_cli amp_cli;

/** One verb. Its row is the only symbol that its file exports. */
typedef struct {
    const char *name;
    const char *group;       /**< heading under which the overview lists it */
    const char *summary;     /**< one line, lower case, no dot */
    const char *description; /**< paragraphs, divided by an empty line */
    amp_operand operand;
    unsigned options;                                  /**< AMP_TAKES() of each */
    amp_usage_example example[AMP_USAGE_EXAMPLES_MAX]; /**< ends at line NULL */
    amp_status (*run)(amp_cli *cli);
} amp_command;

/** One run of the program: what was asked, and where answers and findings go. */
struct amp_cli {
    const amp_command *command;
    const char *operand;                 /**< NULL when not given */
    const char *value[AMP_OPTION_COUNT]; /**< argument, "" for a flag, NULL when not given */
    amp_screen out;                      /**< standard output: the result */
    amp_screen notes;                    /**< standard error: findings, progress, hints */
    amp_diagnostics *diagnostics;        /**< findings about files */
    size_t shown_count;                  /**< how many of them were printed */
    amp_error error;                     /**< of no file: usage, refusals, output */
};

/** Verbs in the order of the overview; NULL past the end. */
const amp_command *amp_command_get(size_t i);

/** The verb called @p name, or NULL. */
const amp_command *amp_command_find(const char *name);

const amp_option *amp_option_get(amp_option_id id);

/** What an option does, the words it may have and its default: "which example to write (pecos,
 *  northern-lights; default: pecos)". @return buffer */
char *amp_option_describe(const amp_option *option, char *buffer, size_t size);

static inline bool amp_command_takes(const amp_command *command, amp_option_id id)
{
    return ((command->options >> id) & 1U) != 0;
}

/** "FILE", "DIR", "[VERB]", "SHELL", or "" */
const char *amp_operand_text(amp_operand operand);

/** Words of `completion SHELL`; NULL past the end. */
const char *amp_shell_name(size_t i);

/**
 * Reads the command line into @p cli, whose screens and diagnostics are set up already. Options
 * stand anywhere after the verb; `--` ends them.
 *
 * @return AMP_OK, or AMP_ARGUMENT with cli->error filled: what came, and what to write instead
 */
amp_status amp_command_parse(int argc, char **argv, amp_cli *cli);

/** The whole-number argument of @p id, or @p fallback when it was not given. */
amp_status amp_option_count(amp_cli *cli, amp_option_id id, long fallback, long *out);

/** The number that @p id gives, >= 0, or @p fallback. */
amp_status amp_option_number(amp_cli *cli, amp_option_id id, double fallback, double *out);

static inline bool amp_option_given(const amp_cli *cli, amp_option_id id)
{
    return cli->value[id] != NULL;
}

#endif
