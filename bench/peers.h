/* SPDX-License-Identifier: Apache-2.0 */
/** @file peers.h  Other people's solvers on our problem, each in a process that can be ended. */
#ifndef AMP_BENCH_PEERS_H
#define AMP_BENCH_PEERS_H

#include "site.h"

enum { BENCH_WINDOWS_MAX = 16 };

/** Windows of one length, taken from one long site. */
typedef struct {
    const bench_site *site;
    size_t length;                   /**< intervals */
    size_t first[BENCH_WINDOWS_MAX]; /**< first interval of each */
    size_t count;
} bench_windows;

/** What a peer did within its time. */
typedef struct {
    size_t finished;                   /**< of the windows, in their order; 0: none in time */
    double load_s;                     /**< mean CPU time to make the arrays and hand them over */
    double solve_s;                    /**< mean CPU time of the solve */
    double optimum[BENCH_WINDOWS_MAX]; /**< of the minimisation, USD */
} bench_peer_result;

/** Names, in the order of the table; NULL past the end. */
const char *bench_peer_name(size_t peer);

/** Runs peer @p peer on all windows, in a process of its own that is ended after @p limit_s of wall
 *  time. @p folder is for files that hand a problem over. */
bench_peer_result bench_peer_run(size_t peer, const bench_windows *windows, double limit_s,
                                 const char *folder);

/** Versions of the libraries, in one line of at most @p size bytes. */
void bench_peer_versions(char *text, size_t size);

#endif
