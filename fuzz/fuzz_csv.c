/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void require(bool promise)
{
    if (!promise)
        abort();
}

/** What csv.h promises of each row. @return the bytes of its cells. */
static size_t check_row(const amp_csv *csv, size_t line_before)
{
    const size_t count = amp_csv_cell_count(csv);
    require(count >= 1 && count <= AMP_CSV_FIELDS_MAX);
    require(amp_csv_line(csv) > line_before);
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        const amp_csv_cell cell = amp_csv_get(csv, i);
        require(strlen(cell.text) == cell.length);
        /* Counting a column takes the time of the row, so rows of many cells are sampled. */
        require(i > 64 || amp_csv_column(csv, i) >= 1);
        bytes += cell.length;
    }
    require(bytes <= AMP_CSV_ROW_BYTES_MAX);
    require(amp_csv_get(csv, count).length == 0);
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    amp_csv *csv = NULL;
    if (amp_csv_open_bytes((const char *)data, length, &csv, NULL) != AMP_OK)
        return 0;
    amp_error error = {.status = AMP_OK};
    amp_status status = AMP_OK;
    bool has_row = true;
    size_t bytes = 0;
    size_t line = 0;
    while ((status = amp_csv_next(csv, &has_row, &error)) == AMP_OK && has_row) {
        bytes += check_row(csv, line);
        line = amp_csv_line(csv);
    }
    require(bytes <= length);
    require(amp_csv_cell_count(csv) == 0);
    require(amp_csv_next(csv, &has_row, NULL) == status);
    if (status != AMP_OK) {
        require(status == AMP_PARSE || status == AMP_NOMEM);
        require(error.status == status && error.message[0] != '\0');
        require(amp_csv_line(csv) > line || (amp_csv_line(csv) == line && line > 0));
        require(amp_csv_column(csv, 0) >= 1 && amp_csv_column(csv, 0) <= length + 1);
    } else {
        require(!has_row);
    }
    amp_csv_close(csv);
    return 0;
}
