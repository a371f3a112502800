/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/json.h"
#include "cli/verbs.h"

#include <sodium.h>
#include <unicode/ucal.h>
#include <unicode/uversion.h>
#include <yaml.h>
#include <zlib.h>

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown"
#endif

typedef struct {
    const char *name;
    const char *version;
} part;

enum { PART_COUNT = 6 };

/* The libraries as loaded, not as compiled against. */
static void collect(part parts[PART_COUNT], char icu[U_MAX_VERSION_STRING_LENGTH])
{
    UVersionInfo version;
    UErrorCode status = U_ZERO_ERROR;

    u_getVersion(version);
    u_versionToString(version, icu);
    const char *const zones = ucal_getTZDataVersion(&status);
    parts[0] = (part){"libyaml", yaml_get_version_string()};
    parts[1] = (part){"jansson", jansson_version_str()};
    parts[2] = (part){"zlib", zlibVersion()};
    parts[3] = (part){"icu", icu};
    parts[4] = (part){"time zones", U_SUCCESS(status) ? zones : "unknown"};
    parts[5] = (part){"libsodium", sodium_version_string()};
}

static amp_status print_json(const amp_cli *cli, const part parts[PART_COUNT])
{
    json_t *const object = amp_json_new(cli, "ampacity.version/1");
    json_t *const libraries = json_object();

    for (size_t i = 0; i < PART_COUNT; i++)
        (void)json_object_set_new(libraries, parts[i].name, json_string(parts[i].version));
    (void)json_object_set_new(object, "libraries", libraries);
    (void)json_object_set_new(object, "compiler", json_string(COMPILER));
    return amp_json_print(object, cli->out.file);
}

static amp_status run_version(amp_cli *cli)
{
    part parts[PART_COUNT];
    char icu[U_MAX_VERSION_STRING_LENGTH];

    collect(parts, icu);
    if (amp_option_given(cli, AMP_OPTION_JSON))
        return print_json(cli, parts);
    (void)fprintf(cli->out.file, "ampacity %s\n", amp_version());
    for (size_t i = 0; i < PART_COUNT; i++)
        (void)fprintf(cli->out.file, "  %-12s %s\n", parts[i].name, parts[i].version);
    (void)fprintf(cli->out.file, "  %-12s %s\n", "compiler", COMPILER);
    return AMP_OK;
}

const amp_command amp_command_version = {
    .name = "version",
    .group = "About",
    .summary = "versions of Ampacity, its libraries and its compiler",
    .description = "Prints what a report of a fault needs: the version of Ampacity, of the "
                   "libraries it runs with, of the time zone data, and the compiler.",
    .operand = AMP_OPERAND_NONE,
    .options = AMP_TAKES(JSON) | AMP_TAKES_ALWAYS,
    .example = {{"ampacity version", "print all versions"}},
    .run = run_version,
};
