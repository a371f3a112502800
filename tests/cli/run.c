/* SPDX-License-Identifier: Apache-2.0 */
// NOLINTNEXTLINE(readability-identifier-naming): the name is the system's
#define _XOPEN_SOURCE 700 /* pseudo-terminals */
#include "run.h"

#include "base/time.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

char *run_mutable(const char *text)
{
    char *out = NULL;

    memcpy(&out, &text, sizeof out);
    return out;
}

/* Variables of the program: those of the test, then the usual ones that it did not set. */
static void fill_environment(const char *const *variables, const char *terminal, char **envp)
{
    const char *const usual[] = {terminal, "LC_ALL=C.UTF-8"};
    static const char *const inherited[] = {"TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "PATH"};
    static char kept[sizeof(inherited) / sizeof(inherited[0])][1024];
    size_t count = 0;

    for (; variables != NULL && variables[count] != NULL; count++)
        envp[count] = run_mutable(variables[count]);
    const size_t given = count;
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        const size_t length = strcspn(usual[i], "=") + 1;
        bool is_given = false;
        for (size_t k = 0; k < given; k++)
            is_given = is_given || strncmp(envp[k], usual[i], length) == 0;
        if (!is_given)
            envp[count++] = run_mutable(usual[i]);
    }
    for (size_t i = 0; i < sizeof(inherited) / sizeof(inherited[0]); i++) {
        const char *const value = getenv(inherited[i]); // NOLINT(concurrency-mt-unsafe): one thread
        bool is_given = value == NULL;
        for (size_t k = 0; k < given; k++)
            is_given = is_given || strncmp(envp[k], inherited[i], strlen(inherited[i])) == 0;
        if (is_given)
            continue;
        (void)snprintf(kept[i], sizeof kept[i], "%s=%s", inherited[i], value);
        envp[count++] = kept[i];
    }
    envp[count] = NULL;
}

/* Starts the program with its streams as @p actions say, which it releases. */
static pid_t start(golden_folder *folder, const char *const *variables, const char *terminal,
                   const char *const *arguments, posix_spawn_file_actions_t *actions)
{
    char *argv[RUN_ARGUMENTS_MAX + 6] = {NULL};
    char *envp[RUN_VARIABLES_MAX + 8] = {NULL};
    /* The program changes its folder: a golden text must not hold the name of a temporary one. */
    static const char *const before[] = {"sh", "-c", "cd \"$0\" && exec \"$@\""};
    pid_t child = 0;
    size_t count = 0;

    for (; count < 3; count++)
        argv[count] = run_mutable(before[count]);
    argv[count++] = run_mutable(golden_path(folder, ""));
    argv[count++] = getenv("AMPACITY_PROGRAM"); // NOLINT(concurrency-mt-unsafe): one thread runs
    assert_non_null(argv[count - 1]);
    for (size_t i = 0; arguments[i] != NULL; i++)
        argv[count++] = run_mutable(arguments[i]);
    fill_environment(variables, terminal, envp);
    assert_int_equal(posix_spawn(&child, "/bin/sh", actions, NULL, argv, envp), 0);
    (void)posix_spawn_file_actions_destroy(actions);
    return child;
}

static int wait_for(pid_t child)
{
    int status = 0;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

run_result run_with(golden_folder *folder, const char *const *variables,
                    const char *const *arguments)
{
    const char *const out = golden_path(folder, ".out");
    const char *const err = golden_path(folder, ".err");
    posix_spawn_file_actions_t actions;

    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    (void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    (void)posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int code = wait_for(start(folder, variables, "TERM=dumb", arguments, &actions));
    const run_result result = {
        .code = code, .out = golden_read(folder, out), .err = golden_read(folder, err)};
    (void)unlink(out);
    (void)unlink(err);
    return result;
}

run_result run_in_terminal(golden_folder *folder, const char *const *variables,
                           const char *const *arguments)
{
    static char text[1 << 16];
    size_t used = 0;
    posix_spawn_file_actions_t actions;
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY);

    assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    const char *const name = ptsname(terminal); // NOLINT(concurrency-mt-unsafe): one thread runs
    assert_non_null(name);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    for (int stream = 0; stream <= 2; stream++)
        (void)posix_spawn_file_actions_addopen(&actions, stream, name, O_RDWR, 0);
    (void)posix_spawn_file_actions_addclose(&actions, terminal);
    const pid_t child = start(folder, variables, "TERM=xterm", arguments, &actions);
    for (;;) { /* until the other end is closed: an error on Linux */
        const ssize_t got = read(terminal, text + used, sizeof text - 1 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    text[used] = '\0';
    const int code = wait_for(child);
    (void)close(terminal);
    const run_result result = {.code = code, .out = text, .err = ""};
    return result;
}

run_result run(golden_folder *folder, const char *line)
{
    const char *arguments[RUN_ARGUMENTS_MAX] = {NULL};
    char words[512];
    size_t count = 0;

    (void)snprintf(words, sizeof words, "%s", line);
    for (char *word = words; *word != '\0' && count + 1 < RUN_ARGUMENTS_MAX;) {
        arguments[count++] = word;
        word += strcspn(word, " ");
        if (*word != '\0')
            *word++ = '\0';
    }
    return run_with(folder, NULL, arguments);
}

/* Copies @p text and replaces what stands between each @p before and the end of its line. */
static void mask(char *text, const char *before, const char *instead)
{
    char *at = strstr(text, before);

    if (at == NULL)
        return;
    at += strlen(before);
    char *const end = at + strcspn(at, "\n");
    assert_true((size_t)(end - at) >= strlen(instead));
    for (; *instead != '\0'; instead++)
        *at++ = *instead;
    memmove(at, end, strlen(end) + 1);
}

const char *run_without_times(golden_folder *folder, const char *text)
{
    char *const copy = strdup(text);

    assert_non_null(copy);
    mask(copy, "\"solve_s\": ", "0,");
    mask(copy, " sites in ", "T.");
    mask(copy, " site in ", "T.");
    const char *const kept = golden_read(folder, golden_write(folder, ".masked", copy));
    (void)unlink(golden_path(folder, ".masked"));
    free(copy);
    return kept;
}

const char run_portfolio[] =
    "ampacity: 1\n"
    "name: Two days\n"
    "time: {from: 2025-03-08, to: 2025-03-10, step: 1 h}\n"
    "series:\n"
    "  price: {file: series.csv, column: price}\n"
    "  users: {file: series.csv, column: users}\n"
    "bitcoin: {hashprice: 48 USD/PH/day}\n"
    "sites:\n"
    "  - id: mesa\n"
    "    country: US\n"
    "    time_zone: America/Chicago\n"
    "    grid: {import_limit: 40 MW, export_limit: 5 MW}\n"
    "    supply: {energy_price: price, export_price: 10 USD/MWh, adder: 2 USD/MWh}\n"
    "    battery: {power: 10 MW, energy: 20 MWh, charge_efficiency: 80 %, final_soc: 50 %,\n"
    "              initial_soc: 50 %, wear: 1 USD/MWh}\n"
    "    mining:\n"
    "      - {id: m, machines: 10000, hashrate: 100 TH/s, efficiency: 20 J/TH}\n"
    "    halls:\n"
    "      - {id: chat, it_power: 10 MW, pue: 1.25,\n"
    "         inference: {demand: users, value: [[100 %, 500 USD/MWh]], residency: [US]}}\n";

const char *run_write_series(golden_folder *folder)
{
    char text[8192] = "time,price [USD/MWh],users [MW]\n";
    size_t used = strlen(text);

    for (int64_t i = 0; i < 48; i++) {
        /* Six hours of each price; users by day, from 12 to 24 UTC. */
        static const double prices[] = {18.0, 28.0, 148.0, 58.0};
        char time[AMP_TIME_TEXT_BYTES];
        const int64_t at = amp_time_days_from_civil(2025, 3, 8) * 86400 + i * 3600;
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s,%g,%g\n",
                             amp_time_format(at, time), prices[i / 6 % 4], i % 24 < 12 ? 4.0 : 8.0);
    }
    return golden_write(folder, "series.csv", text);
}

const char *run_write_changed(golden_folder *folder, const char *name, const char *what,
                              const char *instead)
{
    const char *const at = strstr(run_portfolio, what);
    char text[4096];

    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - run_portfolio), run_portfolio, instead,
                   at + strlen(what));
    return golden_write(folder, name, text);
}

golden_folder *run_two_days(void)
{
    golden_folder *const folder = golden_folder_new();

    (void)run_write_series(folder);
    (void)golden_write(folder, "p.yaml", run_portfolio);
    return folder;
}

const char run_coupled_portfolio[] =
    "ampacity: 1\n"
    "name: Two hours\n"
    "time: {from: 2025-01-01T00:00Z, to: 2025-01-01T02:00Z, step: 1 h}\n"
    "sites:\n"
    "  - id: one\n"
    "    country: US\n"
    "    time_zone: UTC\n"
    "    grid: {import_limit: 20 MW}\n"
    "    supply: {energy_price: 20 USD/MWh, demand_charge: 0.05 USD/kW/month}\n"
    "    halls:\n"
    "      - {id: chat, it_power: 4 MW, pue: 1,\n"
    "         inference: {demand: 4 MW, value: [[100 %, 100 USD/MWh]]}}\n"
    "      - {id: north, it_power: 8 MW, pue: 1.25,\n"
    "         jobs: [{id: llm, energy: 6 MWh, power: 5 MW, value: 80 USD/MWh,\n"
    "                 penalty: 600 USD}]}\n";

const char run_short_portfolio[] =
    "ampacity: 1\n"
    "name: Too small\n"
    "time: {from: 2025-03-08, to: 2025-03-10, step: 1 h}\n"
    "sites:\n"
    "  - id: mesa\n"
    "    country: US\n"
    "    time_zone: America/Chicago\n"
    "    grid: {import_limit: 4 MW}\n"
    "    supply: {energy_price: 20 USD/MWh}\n"
    "    battery: {power: 10 MW, energy: 20 MWh, initial_soc: 50 %}\n"
    "    halls:\n"
    "      - {id: l, it_power: 10 MW, pue: 1.25, lease: {load: 60 %, fee: 90 USD/kW/month}}\n";

json_t *run_parse_json(const char *text)
{
    json_error_t error;
    json_t *const object = json_loads(text, JSON_REJECT_DUPLICATES, &error);

    if (object == NULL)
        fail_msg("%s at line %d:\n%s", error.text, error.line, text);
    return object;
}
