/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"

#include <assert.h>
#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    CHUNK_BYTES = 1 << 16,
    SPAN_BYTES = 256,
    BUFFER_BYTES = AMP_CSV_ROW_BYTES_MAX + CHUNK_BYTES,
    TEXT_BYTES_FIRST = 4096
};

static const char byte_order_mark[] = "\xEF\xBB\xBF";

/*
 * Lines are handed to libcsv one by one, so that at most one row is finished by each. The bytes of
 * the current row stay in data[row .. next), which lets columns be counted when someone asks.
 */
struct amp_csv {
    gzFile file;      /* NULL over bytes in memory */
    char *buffer;     /* BUFFER_BYTES; NULL over bytes in memory */
    char *text;       /* the cells of the current row */
    const char *data; /* the buffer, or the bytes in memory */
    size_t row;       /* offset in data at which the current row starts */
    size_t next;      /* offset of the next line */
    size_t end;       /* bytes of data that are there */
    bool at_end;      /* nothing follows data[end - 1] */
    bool row_done;
    size_t line;     /* number of the line at next */
    size_t row_line; /* number of the line at row */
    size_t cell_count;
    size_t text_bytes;    /* of text that are in use */
    size_t text_capacity; /* bytes of text */
    size_t error_column;
    amp_error failure; /* the first failure, repeated by every later call */
    struct csv_parser parser;
    struct {
        size_t offset; /* in text, which may move while a row is read */
        size_t length;
    } cells[AMP_CSV_FIELDS_MAX];
};

static void on_cell(void *text, size_t length, void *user)
{
    amp_csv *csv = user;
    if (csv->cell_count++ >= AMP_CSV_FIELDS_MAX)
        return; /* counted, not kept: read_row() refuses the row */
    assert(csv->text_bytes + length < csv->text_capacity);
    char *copy = csv->text + csv->text_bytes;
    memcpy(copy, text, length);
    copy[length] = '\0';
    csv->cells[csv->cell_count - 1].offset = csv->text_bytes;
    csv->cells[csv->cell_count - 1].length = length;
    csv->text_bytes += length + 1;
}

static void on_row(int terminator, void *user)
{
    (void)terminator;
    ((amp_csv *)user)->row_done = true;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool is_line_end(char byte)
{
    return byte == '\n' || byte == '\r';
}

static bool is_blank(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!is_space(line[i]) && !is_line_end(line[i]))
            return false;
    }
    return true;
}

/** Offset of the first byte of cell @p i of the current row, after spaces; of the end of the row
 *  when it has fewer cells. */
static size_t cell_offset(const amp_csv *csv, size_t i)
{
    size_t stop = csv->next;
    while (stop > csv->row && is_line_end(csv->data[stop - 1]))
        stop--;
    size_t at = csv->row;
    bool quoted = false;
    for (; i > 0 && at < stop; at++) {
        if (csv->data[at] == '"')
            quoted = !quoted;
        else if (csv->data[at] == ',' && !quoted)
            i--;
    }
    while (at < stop && is_space(csv->data[at]))
        at++;
    return at;
}

/** True when the byte at @p at is the last one of a line: LF, CR LF and a lone CR end lines. */
static bool ends_line(const amp_csv *csv, size_t at)
{
    if (csv->data[at] == '\r')
        return at + 1 >= csv->end || csv->data[at + 1] != '\n';
    return csv->data[at] == '\n';
}

static size_t column_at(const amp_csv *csv, size_t offset)
{
    size_t start = offset;
    while (start > csv->row && !ends_line(csv, start - 1))
        start--;
    return offset - start + 1;
}

/** Remembers where the failure is, and drops the row. */
static void set_failure_place(amp_csv *csv, size_t offset)
{
    for (size_t at = csv->row; at < offset; at++)
        csv->row_line += ends_line(csv, at) ? 1U : 0U;
    csv->error_column = column_at(csv, offset);
    csv->cell_count = 0;
}

static amp_status fail_unclosed_quote(amp_csv *csv)
{
    const size_t cell = csv->cell_count;
    set_failure_place(csv, cell_offset(csv, cell));
    (void)amp_fail(&csv->failure, AMP_PARSE, "cell %zu starts with a quote that is not closed",
                   cell + 1);
    amp_advise(&csv->failure, "add the closing quote, or remove the opening one");
    return AMP_PARSE;
}

/** What stands at @p offset, after a closing quote, in place of a comma; NULL for other text. A tab
 *  is taken for a space and skipped. */
static const char *separator_at(const amp_csv *csv, size_t offset)
{
    if (csv->data[offset] == ';')
        return "semicolons";
    if (csv->data[offset] == '|')
        return "bars";
    return csv->data[offset - 1] == '\t' ? "tabs" : NULL;
}

static amp_status fail_stray_quote(amp_csv *csv, size_t offset)
{
    const size_t cell = csv->cell_count;
    const bool quoted = csv->data[cell_offset(csv, cell)] == '"';
    set_failure_place(csv, offset);
    if (quoted)
        (void)amp_fail(&csv->failure, AMP_PARSE,
                       "text after the closing quote of cell %zu, where a comma or the end of the "
                       "line was expected",
                       cell + 1);
    else
        (void)amp_fail(&csv->failure, AMP_PARSE,
                       "a quote inside cell %zu, which does not start with one", cell + 1);
    const char *separator = quoted ? separator_at(csv, offset) : NULL;
    if (separator != NULL)
        amp_advise(&csv->failure, "separate the cells by commas, not by %s", separator);
    else
        amp_advise(&csv->failure, "put the whole cell in quotes and double each quote inside it: "
                                  "\"5\"\" pipe\"");
    return AMP_PARSE;
}

static amp_status fail_long_row(amp_csv *csv)
{
    /* Only an open quote carries a row over the end of a line. */
    if (csv->next > csv->row)
        return fail_unclosed_quote(csv);
    set_failure_place(csv, csv->row);
    (void)amp_fail(&csv->failure, AMP_PARSE, "a row of more than %d bytes", AMP_CSV_ROW_BYTES_MAX);
    amp_advise(&csv->failure, "check that the file is CSV with one row on each line");
    return AMP_PARSE;
}

static amp_status fail_many_cells(amp_csv *csv)
{
    set_failure_place(csv, cell_offset(csv, AMP_CSV_FIELDS_MAX));
    (void)amp_fail(&csv->failure, AMP_PARSE, "a row of more than %d cells", AMP_CSV_FIELDS_MAX);
    amp_advise(&csv->failure, "split the columns over several files");
    return AMP_PARSE;
}

static amp_status fail_nul(amp_csv *csv, size_t offset)
{
    set_failure_place(csv, offset);
    (void)amp_fail(&csv->failure, AMP_PARSE, "a NUL byte, which text never has");
    amp_advise(&csv->failure, "save the file as UTF-8 text (spreadsheets call it 'CSV UTF-8')");
    return AMP_PARSE;
}

static amp_status fail_no_memory(amp_csv *csv)
{
    set_failure_place(csv, csv->row);
    return amp_fail(&csv->failure, AMP_NOMEM, "no memory to read a row");
}

static amp_status fail_read(amp_csv *csv, int errnum)
{
    int code = Z_OK;
    (void)gzerror(csv->file, &code);
    set_failure_place(csv, csv->next);
    switch (code) {
    case Z_ERRNO:
        return amp_fail_errno(&csv->failure, errnum, "reading");
    case Z_MEM_ERROR:
        return amp_fail(&csv->failure, AMP_NOMEM, "no memory to unpack gzip data");
    case Z_BUF_ERROR:
        (void)amp_fail(&csv->failure, AMP_IO, "the gzip data stop before their end");
        break;
    default:
        (void)amp_fail(&csv->failure, AMP_IO, "the gzip data are damaged");
        break;
    }
    amp_advise(&csv->failure, "copy or download the file again");
    return AMP_IO;
}

/** Drops what is before the current row and reads one more chunk after it. */
static amp_status refill(amp_csv *csv)
{
    csv->end -= csv->row;
    csv->next -= csv->row;
    memmove(csv->buffer, csv->buffer + csv->row, csv->end);
    csv->row = 0;
    assert(csv->end + CHUNK_BYTES <= BUFFER_BYTES);
    const int got = gzread(csv->file, csv->buffer + csv->end, CHUNK_BYTES);
    const int errnum = errno;
    if (got > 0) {
        csv->end += (size_t)got;
        return AMP_OK;
    }
    int code = Z_OK; /* a truncated gzip gives 0 bytes and Z_BUF_ERROR */
    (void)gzerror(csv->file, &code);
    if (got < 0 || code != Z_OK)
        return fail_read(csv, errnum);
    csv->at_end = true;
    return AMP_OK;
}

/** Offset after the first line end at or after @p from, or 0 when more bytes must be read first. */
static size_t find_line_stop(const amp_csv *csv, size_t from)
{
    size_t span = 0;
    for (size_t at = from; at < csv->end; at += span) {
        /* In spans, so that the search for one byte does not run far past the other. */
        span = csv->end - at < SPAN_BYTES ? csv->end - at : SPAN_BYTES;
        const char *feed = memchr(csv->data + at, '\n', span);
        const size_t before_feed = feed == NULL ? span : (size_t)(feed - csv->data) - at;
        const char *cr = memchr(csv->data + at, '\r', before_feed);
        if (cr != NULL) {
            const size_t after = (size_t)(cr - csv->data) + 1;
            if (after < csv->end)
                return csv->data[after] == '\n' ? after + 1 : after;
            break; /* a LF may follow */
        }
        if (feed != NULL)
            return (size_t)(feed - csv->data) + 1;
    }
    return csv->at_end ? csv->end : 0;
}

/** Sees to it that a whole line lies at csv->next; *length is 0 at the end. */
static amp_status read_line(amp_csv *csv, size_t *length)
{
    size_t stop = find_line_stop(csv, csv->next);
    while (stop == 0 && !csv->at_end) {
        const size_t seen = csv->end - csv->row;
        if (seen > AMP_CSV_ROW_BYTES_MAX)
            return fail_long_row(csv);
        const amp_status status = refill(csv);
        if (status != AMP_OK)
            return status;
        /* The last byte seen may be the CR of a CR LF: look at it again. */
        stop = find_line_stop(csv, seen > csv->next ? seen - 1 : csv->next);
    }
    if (stop > csv->row + AMP_CSV_ROW_BYTES_MAX)
        return fail_long_row(csv);
    *length = stop - csv->next;
    return AMP_OK;
}

/** Room in text for the cells of a row of @p row_bytes: all its bytes and a NUL for each cell, of
 *  which there are at most as many as bytes, and one more. @return false without memory. */
static bool reserve_text(amp_csv *csv, size_t row_bytes)
{
    const size_t wanted = 2 * row_bytes + 2;
    if (wanted <= csv->text_capacity)
        return true;
    size_t capacity = csv->text_capacity > 0 ? csv->text_capacity : TEXT_BYTES_FIRST;
    while (capacity < wanted)
        capacity *= 2;
    char *text = realloc(csv->text, capacity);
    if (text == NULL)
        return false;
    csv->text = text;
    csv->text_capacity = capacity;
    return true;
}

static amp_status parse_line(amp_csv *csv, size_t length)
{
    const size_t start = csv->next;
    const char *line = csv->data + start;
    const char *nul = memchr(line, '\0', length);
    if (nul != NULL)
        return fail_nul(csv, start + (size_t)(nul - line));
    csv->next += length;
    csv->line++;
    if (!reserve_text(csv, csv->next - csv->row))
        return fail_no_memory(csv);
    const size_t parsed = csv_parse(&csv->parser, line, length, on_cell, on_row, csv);
    if (parsed == length)
        return AMP_OK;
    if (csv_error(&csv->parser) == CSV_EPARSE)
        return fail_stray_quote(csv, start + parsed);
    return fail_no_memory(csv);
}

/** The last line had no line end, or its quote is still open. */
static amp_status finish_row(amp_csv *csv)
{
    if (csv_fini(&csv->parser, on_cell, on_row, csv) == 0)
        return AMP_OK;
    if (csv_error(&csv->parser) == CSV_EPARSE)
        return fail_unclosed_quote(csv);
    return fail_no_memory(csv);
}

static void start_row(amp_csv *csv)
{
    csv->row = csv->next;
    csv->row_line = csv->line;
    csv->cell_count = 0;
    csv->text_bytes = 0;
    csv->row_done = false;
}

/** Reads lines up to the end of one row; without any left, row_done stays false. */
static amp_status read_row(amp_csv *csv)
{
    start_row(csv);
    amp_status status = AMP_OK;
    size_t length = 1;
    while (status == AMP_OK && !csv->row_done && length > 0) {
        status = read_line(csv, &length);
        if (status != AMP_OK)
            return status;
        const bool in_row = csv->next > csv->row;
        if (length == 0) {
            status = in_row ? finish_row(csv) : AMP_OK;
        } else if (!in_row && is_blank(csv->data + csv->next, length)) {
            csv->next += length;
            csv->line++;
            start_row(csv);
        } else {
            status = parse_line(csv, length);
        }
    }
    if (status == AMP_OK && csv->cell_count > AMP_CSV_FIELDS_MAX)
        return fail_many_cells(csv);
    return status;
}

static bool starts_with_mark(const amp_csv *csv)
{
    const size_t length = sizeof byte_order_mark - 1;
    return csv->end >= length && memcmp(csv->data, byte_order_mark, length) == 0;
}

/** Reads the first chunk, so that a byte order mark can be skipped. */
static amp_status begin(amp_csv *csv)
{
    csv->line = 1;
    csv->row_line = 1;
    if (!csv->at_end) {
        const amp_status status = refill(csv);
        if (status != AMP_OK)
            return status;
    }
    csv->next = starts_with_mark(csv) ? sizeof byte_order_mark - 1 : 0;
    return AMP_OK;
}

static amp_csv *new_reader(void)
{
    amp_csv *csv = calloc(1, sizeof *csv);
    if (csv == NULL)
        return NULL;
    (void)csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI);
    /* libcsv grows its cell by one block at a time. */
    csv_set_blk_size(&csv->parser, CHUNK_BYTES);
    return csv;
}

/** Opens @p path for reading. A folder, which open() would accept, is refused. */
static amp_status open_file(const char *path, gzFile *out, amp_error *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return amp_fail_errno(err, errno, path);
    struct stat info = {0};
    int errnum = fstat(fd, &info) == 0 ? 0 : errno;
    if (errnum == 0 && S_ISDIR(info.st_mode))
        errnum = EISDIR;
    gzFile file = errnum == 0 ? gzdopen(fd, "rb") : NULL;
    if (file == NULL) {
        (void)close(fd);
        return amp_fail_errno(err, errnum != 0 ? errnum : ENOMEM, path);
    }
    (void)gzbuffer(file, CHUNK_BYTES);
    *out = file;
    return AMP_OK;
}

amp_status amp_csv_open(const char *path, amp_csv **out, amp_error *err)
{
    gzFile file = NULL;
    const amp_status status = open_file(path, &file, err);
    if (status != AMP_OK)
        return status;
    amp_csv *csv = new_reader();
    char *buffer = malloc(BUFFER_BYTES);
    if (csv == NULL || buffer == NULL) {
        free(buffer);
        amp_csv_close(csv);
        (void)gzclose(file);
        return amp_fail_errno(err, ENOMEM, path);
    }
    csv->file = file;
    csv->buffer = buffer;
    csv->data = buffer;
    *out = csv;
    return AMP_OK;
}

amp_status amp_csv_open_bytes(const char *bytes, size_t length, amp_csv **out, amp_error *err)
{
    amp_csv *csv = new_reader();
    if (csv == NULL)
        return amp_fail(err, AMP_NOMEM, "no memory to read %zu bytes of CSV", length);
    csv->data = bytes;
    csv->end = length;
    csv->at_end = true;
    *out = csv;
    return AMP_OK;
}

void amp_csv_close(amp_csv *csv)
{
    if (csv == NULL)
        return;
    if (csv->file != NULL)
        (void)gzclose(csv->file); /* what it could say was said by gzread() */
    csv_free(&csv->parser);
    free(csv->buffer);
    free(csv->text);
    free(csv);
}

amp_status amp_csv_next(amp_csv *csv, bool *has_row, amp_error *err)
{
    amp_status status = csv->failure.status;
    if (status == AMP_OK && csv->line == 0)
        status = begin(csv);
    if (status == AMP_OK)
        status = read_row(csv);
    if (status == AMP_OK)
        *has_row = csv->row_done;
    else if (err != NULL)
        *err = csv->failure;
    return status;
}

size_t amp_csv_cell_count(const amp_csv *csv)
{
    return csv->cell_count;
}

amp_csv_cell amp_csv_get(const amp_csv *csv, size_t i)
{
    if (i >= csv->cell_count)
        return (amp_csv_cell){.text = "", .length = 0};
    return (amp_csv_cell){.text = csv->text + csv->cells[i].offset, .length = csv->cells[i].length};
}

size_t amp_csv_line(const amp_csv *csv)
{
    return csv->row_line;
}

size_t amp_csv_column(const amp_csv *csv, size_t i)
{
    if (csv->failure.status != AMP_OK)
        return csv->error_column;
    return column_at(csv, cell_offset(csv, i));
}
