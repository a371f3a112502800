/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_BYTES = 1 << 16 };

static amp_status add_file(crypto_hash_sha256_state *state, const char *path, unsigned char *chunk,
                           amp_error *err)
{
    FILE *const file = fopen(path, "rb");
    size_t length = 0;
    if (file == NULL)
        return amp_fail_errno(err, errno, path);
    while ((length = fread(chunk, 1, CHUNK_BYTES, file)) > 0)
        (void)crypto_hash_sha256_update(state, chunk, length);
    const int errnum = ferror(file) != 0 ? (errno != 0 ? errno : EIO) : 0;
    (void)fclose(file); /* nothing was written to it */
    return errnum == 0 ? AMP_OK : amp_fail_errno(err, errnum, path);
}

amp_status amp_hash_files(const char *const *paths, size_t count, char *hex, amp_error *err)
{
    crypto_hash_sha256_state state;
    unsigned char digest[crypto_hash_sha256_BYTES];
    amp_status status = AMP_OK;
    if (sodium_init() < 0)
        return amp_fail(err, AMP_INTERNAL, "libsodium could not be set up");
    unsigned char *const chunk = malloc(CHUNK_BYTES);
    if (chunk == NULL)
        return amp_fail(err, AMP_NOMEM, "no memory to read files");
    (void)crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < count && status == AMP_OK; i++)
        status = add_file(&state, paths[i], chunk, err);
    (void)crypto_hash_sha256_final(&state, digest);
    if (status == AMP_OK)
        (void)sodium_bin2hex(hex, AMP_HASH_TEXT_BYTES, digest, sizeof digest);
    free(chunk);
    return status;
}
