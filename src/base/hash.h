/* SPDX-License-Identifier: Apache-2.0 */
/** @file hash.h  SHA-256 over files, to tell whether inputs changed. */
#ifndef AMP_BASE_HASH_H
#define AMP_BASE_HASH_H

#include "base/status.h"

#include <stddef.h>

enum { AMP_HASH_TEXT_BYTES = 65 }; /**< 64 hexadecimal digits and a NUL */

/**
 * SHA-256 over the bytes of @p count files, one after the other, as `cat FILES | sha256sum` has
 * it. Streams: memory does not grow with the files.
 *
 * @param hex has AMP_HASH_TEXT_BYTES; written on success only
 * @return AMP_OK, AMP_NOT_FOUND, AMP_IO, AMP_NOMEM
 */
amp_status amp_hash_files(const char *const *paths, size_t count, char *hex, amp_error *err);

#endif
