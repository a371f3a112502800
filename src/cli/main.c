/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/exit.h"
#include "cli/findings.h"
#include "cli/verbs.h"

#include <errno.h>
#include <locale.h>
#include <string.h>

/* Known before the command line is understood, so that its errors come as asked too. */
static bool asks_for(int argc, char **argv, const char *option)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], option) == 0)
            return true;
    return false;
}

static amp_status run(int argc, char **argv, amp_cli *cli)
{
    if (cli->diagnostics == NULL)
        return AMP_NOMEM;
    if (asks_for(argc, argv, "--json"))
        cli->value[AMP_OPTION_JSON] = "";
    const amp_status status = amp_command_parse(argc, argv, cli);
    if (asks_for(argc, argv, "--no-color"))
        cli->out.color = cli->notes.color = false;
    if (status != AMP_OK)
        return status;
    if (amp_option_given(cli, AMP_OPTION_HELP)) {
        amp_help_print(cli->command, &cli->out);
        return AMP_OK;
    }
    return cli->command->run(cli);
}

/* A full disk shows only when the last bytes are written. */
static amp_status finish_output(amp_cli *cli, amp_status status)
{
    const bool had_error = ferror(cli->out.file) != 0;

    if ((fflush(cli->out.file) == 0 && !had_error) || amp_exit_is_failure(status))
        return status;
    return amp_fail_errno(&cli->error, had_error ? EIO : errno, "standard output");
}

int main(int argc, char **argv)
{
    /* Only the character set: numbers are written the same everywhere. One thread runs yet. */
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    (void)setlocale(LC_CTYPE, "");
    amp_cli cli = {
        .out = amp_screen_open(stdout),
        .notes = amp_screen_open(stderr),
        .diagnostics = amp_diagnostics_new(),
    };
    const amp_status status = finish_output(&cli, run(argc, argv, &cli));

    (void)fflush(stdout);
    amp_findings_end(&cli, status);
    amp_diagnostics_free(cli.diagnostics);
    (void)fflush(stdout);
    return amp_exit_code(status);
}
