/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *amp_status_text(amp_status status)
{
    switch (status) {
#define X(name, number, text) \
    case AMP_##name:          \
        return text;
        AMP_STATUS_LIST(X)
#undef X
    }
    return "unknown status"; /* a number from another program or a newer library */
}

/* Text that was cut must not end in the middle of a UTF-8 character: it goes into JSON. */
static void drop_partial_character(char *text)
{
    size_t length = strlen(text);
    size_t lead = length > 0 ? length - 1 : 0;
    while (lead > 0 && amp_utf8_is_continuation(text[lead]))
        lead--;
    if (length > 0 && amp_utf8_bytes(text + lead, length - lead) == 0)
        text[lead] = '\0';
}

static void write_text(char *buffer, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void write_text(char *buffer, size_t size, const char *format, va_list arguments)
{
    const int length = vsnprintf(buffer, size, format, arguments);
    if (length < 0)
        buffer[0] = '\0';
    else if ((size_t)length >= size)
        drop_partial_character(buffer);
}

amp_status amp_fail(amp_error *err, amp_status status, const char *format, ...)
{
    if (err == NULL)
        return status;
    err->status = status;
    err->advice[0] = '\0';
    va_list arguments;
    va_start(arguments, format);
    write_text(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    return status;
}

void amp_advise(amp_error *err, const char *format, ...)
{
    if (err == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    write_text(err->advice, sizeof err->advice, format, arguments);
    va_end(arguments);
}

static amp_status fail_errno(amp_error *err, amp_status status, int errnum, const char *what)
{
    char text[96] = "";
    if (strerror_r(errnum, text, sizeof text) != 0)
        (void)snprintf(text, sizeof text, "error %d", errnum);
    return amp_fail(err, errnum == ENOMEM ? AMP_NOMEM : status, "%s: %s", what, text);
}

amp_status amp_fail_errno(amp_error *err, int errnum, const char *what)
{
    return fail_errno(err, errnum == ENOENT ? AMP_NOT_FOUND : AMP_IO, errnum, what);
}

amp_status amp_fail_output(amp_error *err, int errnum, const char *what)
{
    return fail_errno(err, AMP_IO, errnum, what);
}
