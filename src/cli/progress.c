/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { BAR_COLUMNS = 20, TICK_MS = 100, FIRST_MS = 500, PLAIN_MS = 30000 };

struct amp_progress {
    amp_screen screen;
    pthread_t ticker;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t stopped;
    bool is_stopping;
    bool is_drawn;
    const char *name;
    const char *noun;
    size_t done;
    size_t total;
};

static void draw_bar(const amp_progress *progress)
{
    const amp_screen *const screen = &progress->screen;
    const size_t filled = progress->done * BAR_COLUMNS / progress->total;

    (void)fputc(' ', screen->file);
    for (size_t i = 0; i < BAR_COLUMNS; i++) {
        const bool is_filled = i < filled;
        (void)fputs(screen->utf8 ? (is_filled ? "\u2588" : "\u2591") : (is_filled ? "#" : "-"),
                    screen->file);
    }
}

/* The caller holds the mutex. */
static void draw(amp_progress *progress, int64_t elapsed_ms)
{
    FILE *const file = progress->screen.file;
    const int seconds = (int)(elapsed_ms / 1000);

    (void)fprintf(file, progress->screen.is_terminal ? "\r\x1b[K%s" : "ampacity: %s",
                  progress->name);
    if (progress->total > 0) {
        char done[AMP_NUMBER_BYTES];
        char total[AMP_NUMBER_BYTES];
        if (progress->screen.is_terminal)
            draw_bar(progress);
        (void)fprintf(file, " %s of %s %s", amp_print_count(progress->done, done),
                      amp_print_count(progress->total, total), progress->noun);
    }
    (void)fprintf(file, "  %02d:%02d", seconds / 60, seconds % 60);
    (void)fputs(progress->screen.is_terminal ? "" : "\n", file);
    (void)fflush(file);
    progress->is_drawn = true;
}

static int64_t now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *tick(void *context)
{
    amp_progress *const progress = context;
    const int64_t started_ms = now_ms();
    int64_t next_ms = started_ms + (progress->screen.is_terminal ? FIRST_MS : PLAIN_MS);

    (void)pthread_mutex_lock(&progress->mutex);
    while (!progress->is_stopping) {
        const struct timespec until = {.tv_sec = (time_t)(next_ms / 1000),
                                       .tv_nsec = (long)(next_ms % 1000) * 1000000};
        const int woken = pthread_cond_timedwait(&progress->stopped, &progress->mutex, &until);
        if (woken != ETIMEDOUT || progress->is_stopping)
            continue;
        draw(progress, now_ms() - started_ms);
        next_ms = now_ms() + (progress->screen.is_terminal ? TICK_MS : PLAIN_MS);
    }
    (void)pthread_mutex_unlock(&progress->mutex);
    return NULL;
}

/* A condition that waits on the monotonic clock: setting the time must not disturb it. */
static int init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    int result = pthread_condattr_init(&attributes);

    if (result != 0)
        return result;
    result = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (result == 0)
        result = pthread_cond_init(condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return result;
}

amp_progress *amp_progress_start(const amp_screen *screen)
{
    amp_progress *const progress = calloc(1, sizeof *progress);

    if (progress == NULL)
        return NULL;
    progress->screen = *screen;
    progress->name = "reading";
    if (pthread_mutex_init(&progress->mutex, NULL) != 0)
        goto no_mutex;
    if (init_condition(&progress->stopped) != 0)
        goto no_condition;
    if (pthread_create(&progress->ticker, NULL, tick, progress) != 0)
        goto no_thread;
    return progress;

no_thread:
    (void)pthread_cond_destroy(&progress->stopped);
no_condition:
    (void)pthread_mutex_destroy(&progress->mutex);
no_mutex:
    free(progress);
    return NULL;
}

void amp_progress_phase(amp_progress *progress, const char *name, const char *noun, size_t total)
{
    if (progress == NULL)
        return;
    (void)pthread_mutex_lock(&progress->mutex);
    progress->name = name;
    progress->noun = noun;
    progress->done = 0;
    progress->total = total;
    (void)pthread_mutex_unlock(&progress->mutex);
}

void amp_progress_count(void *context, size_t done, size_t total)
{
    amp_progress *const progress = context;

    if (progress == NULL)
        return;
    (void)pthread_mutex_lock(&progress->mutex);
    /* Threads report in any order. */
    progress->done = done > progress->done ? done : progress->done;
    progress->total = total;
    (void)pthread_mutex_unlock(&progress->mutex);
}

void amp_progress_stop(amp_progress *progress)
{
    if (progress == NULL)
        return;
    (void)pthread_mutex_lock(&progress->mutex);
    progress->is_stopping = true;
    (void)pthread_cond_signal(&progress->stopped);
    (void)pthread_mutex_unlock(&progress->mutex);
    (void)pthread_join(progress->ticker, NULL);
    if (progress->is_drawn && progress->screen.is_terminal) {
        (void)fputs("\r\x1b[K", progress->screen.file);
        (void)fflush(progress->screen.file);
    }
    (void)pthread_cond_destroy(&progress->stopped);
    (void)pthread_mutex_destroy(&progress->mutex);
    free(progress);
}
