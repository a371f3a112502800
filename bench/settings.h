/* SPDX-License-Identifier: Apache-2.0 */
/** @file settings.h  What the environment asks of a run. */
#ifndef AMP_BENCH_SETTINGS_H
#define AMP_BENCH_SETTINGS_H

typedef struct {
    int is_quick;    /**< without what takes the peers long */
    double limit_s;  /**< of wall time, that a peer gets for all windows of one length */
    char folder[64]; /**< for files that hand a problem over */
} settings;

#endif
