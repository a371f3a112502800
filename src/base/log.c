/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "base/control.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <string.h>

enum {
    TEXT_BYTES = 1024,               /* longer texts are cut, and end in "..." */
    LINE_BYTES = 4 * TEXT_BYTES + 16 /* each byte may become \xHH */
};

static const struct {
    const char *word;
    amp_log_level level;
} levels[] = {
    {"error", AMP_LOG_ERROR},
    {"warn", AMP_LOG_WARN},
    {"info", AMP_LOG_INFO},
    {"debug", AMP_LOG_DEBUG},
};

int amp_log_level_parse(const char *word, amp_log_level *level)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(word, levels[i].word) == 0) {
            *level = levels[i].level;
            return 0;
        }
    }
    return -1;
}

/** Writes \n, \r, \t or \xHH. @return the bytes written, at most 4. */
static size_t escape(unsigned char byte, char *out)
{
    static const char hex[] = "0123456789abcdef";
    static const char short_names[][2] = {{'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}};
    size_t used = 0;
    out[used++] = '\\';
    for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++) {
        if (byte == (unsigned char)short_names[i][0]) {
            out[used++] = short_names[i][1];
            return used;
        }
    }
    out[used++] = 'x';
    out[used++] = hex[byte >> 4];
    out[used++] = hex[byte & 15];
    return used;
}

/** Ends a text that did not fit in "...", without half a UTF-8 character before it. */
static void mark_cut(char *text)
{
    size_t end = TEXT_BYTES - sizeof "...";
    while (end > 0 && amp_utf8_is_continuation(text[end]))
        end--;
    memcpy(text + end, "...", sizeof "...");
}

void amp_log_write(const amp_log *log, amp_log_level level, const char *format, ...)
{
    if (log == NULL || level > log->level)
        return;
    char text[TEXT_BYTES] = "";
    va_list arguments;
    va_start(arguments, format);
    const int wanted = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (wanted >= TEXT_BYTES)
        mark_cut(text);

    /* One write for the whole line: lines of several programs or threads do not mix. */
    char line[LINE_BYTES];
    size_t used = (size_t)snprintf(line, sizeof line, "<%d>", (int)level);
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (amp_control_at(text, i))
            used += escape((unsigned char)text[i], line + used);
        else
            line[used++] = text[i];
    }
    line[used++] = '\n';
    (void)fwrite(line, 1, used, log->out);
    (void)fflush(log->out);
}
