/* SPDX-License-Identifier: Apache-2.0 */
/* realpath() is in POSIX, but glibc shows it only with the X/Open set. */
#define _XOPEN_SOURCE 700 /* NOLINT(readability-identifier-naming) */

#include "base/output.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BUFFER_BYTES = 1 << 16, NUMBER_BYTES = 32, NAMES_TRIED = 100 };

static const double decimal_scale = 1e6;
static const double scaled_max = 9007199254740992.0;

struct amp_output {
    gzFile file;
    char *path;      /* what the file will be called; NULL when it is written directly */
    char *temporary; /* what it is called until then; NULL likewise */
    char *shown;     /* the path as given, for messages */
    amp_status status;
    int errnum;
    size_t used;
    char buffer[BUFFER_BYTES];
};

/* ---- opening ---- */

static bool ends_in_gz(const char *path)
{
    const size_t length = strlen(path);
    return length >= 3 && strcmp(path + length - 3, ".gz") == 0;
}

/* True when the path names something that must not be replaced by a new file. */
static bool is_special(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode);
}

/* Opens a new file beside output->path; its name lands in output->temporary. */
static int open_temporary(amp_output *output)
{
    const size_t room = strlen(output->path) + sizeof(".partial-99");
    int fd = -1;
    output->temporary = malloc(room);
    if (output->temporary == NULL) {
        errno = ENOMEM;
        return -1;
    }
    for (int i = 0; i < NAMES_TRIED; i++) {
        (void)snprintf(output->temporary, room, "%s.partial-%d", output->path, i);
        fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    if (fd < 0) {
        const int errnum = errno;
        free(output->temporary);
        output->temporary = NULL;
        errno = errnum;
    }
    return fd;
}

/* A descriptor to write to, or -1 and errno. */
static int open_descriptor(amp_output *output, const char *path)
{
    if (strcmp(path, "-") == 0) {
        (void)fflush(stdout); /* what was printed before comes before */
        return dup(STDOUT_FILENO);
    }
    if (is_special(path))
        return open(path, O_WRONLY | O_CLOEXEC);
    output->path = realpath(path, NULL); /* a link keeps pointing to the new file */
    if (output->path == NULL)
        output->path = strdup(path);
    if (output->path == NULL)
        return -1;
    return open_temporary(output);
}

static void free_output(amp_output *output)
{
    free(output->path);
    free(output->temporary);
    free(output->shown);
    free(output);
}

amp_status amp_output_open(const char *path, int gzip_level, amp_output **out, amp_error *err)
{
    /* Mode T writes the bytes as they are, so that plain files go the same way. */
    const char mode[] = {'w', 'b', ends_in_gz(path) ? (char)('0' + gzip_level) : 'T', '\0'};
    amp_output *output = calloc(1, sizeof *output);
    int fd = -1;
    if (output == NULL || (output->shown = strdup(path)) == NULL) {
        free(output);
        return amp_fail(err, AMP_NOMEM, "%s: no memory to write it", path);
    }
    fd = open_descriptor(output, path);
    if (fd >= 0)
        output->file = gzdopen(fd, mode);
    if (output->file == NULL) {
        const int errnum = fd < 0 ? errno : ENOMEM;
        if (fd >= 0)
            (void)close(fd);
        if (output->temporary != NULL)
            (void)unlink(output->temporary);
        free_output(output);
        return amp_fail_output(err, errnum, path);
    }
    (void)gzbuffer(output->file, BUFFER_BYTES);
    *out = output;
    return AMP_OK;
}

/* ---- writing ---- */

static void fail(amp_output *output, int errnum)
{
    if (output->status != AMP_OK)
        return;
    output->status = AMP_IO;
    output->errnum = errnum == 0 ? EIO : errnum;
}

static void flush(amp_output *output)
{
    errno = 0;
    if (output->status == AMP_OK && output->used > 0 &&
        gzwrite(output->file, output->buffer, (unsigned)output->used) != (int)output->used)
        fail(output, errno);
    output->used = 0;
}

void amp_output_put(amp_output *output, const char *text, size_t length)
{
    while (length > 0) {
        const size_t room = BUFFER_BYTES - output->used;
        const size_t part = length < room ? length : room;
        memcpy(output->buffer + output->used, text, part);
        output->used += part;
        text += part;
        length -= part;
        if (output->used == BUFFER_BYTES)
            flush(output);
    }
}

void amp_output_put_text(amp_output *output, const char *text)
{
    amp_output_put(output, text, strlen(text));
}

void amp_output_put_number(amp_output *output, double number)
{
    char text[NUMBER_BYTES];
    amp_output_put_text(output, amp_text_format_number(number, text));
}

void amp_output_put_rounded(amp_output *output, double number)
{
    const double scaled = round(number * decimal_scale);
    /* Beyond 2^53 the scaled number has no decimals left to round. */
    amp_output_put_number(output, fabs(scaled) < scaled_max ? scaled / decimal_scale : number);
}

/* ---- closing ---- */

amp_status amp_output_close(amp_output *output, amp_status status, amp_error *err)
{
    flush(output);
    errno = 0;
    if (gzclose(output->file) != Z_OK)
        fail(output, errno);
    if (status == AMP_OK && output->status == AMP_OK && output->temporary != NULL &&
        rename(output->temporary, output->path) != 0)
        fail(output, errno);
    if (output->temporary != NULL && (status != AMP_OK || output->status != AMP_OK))
        (void)unlink(output->temporary);
    if (status == AMP_OK && output->status != AMP_OK)
        status = amp_fail_output(err, output->errnum, output->shown);
    free_output(output);
    return status;
}
