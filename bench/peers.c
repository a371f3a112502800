/* SPDX-License-Identifier: Apache-2.0 */
#include "peers.h"

#include "clock.h"
#include "lp_arrays.h"

#include <coin/Clp_C_Interface.h>
#include <glpk.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Debian's own interpreter, whatever else is on the path: its scipy is what we install. */
static const char *const python = "/usr/bin/python3";

/* Solves one problem with a library. Sets CPU times; returns 0 when the optimum was found. */
typedef int (*library_solve)(const lp_arrays *lp, double *load_s, double *solve_s, double *optimum);

static int run_clp(const lp_arrays *lp, int (*solve)(Clp_Simplex *), double *load_s,
                   double *solve_s, double *optimum)
{
    const double begin_s = bench_process_s();
    Clp_Simplex *model = Clp_newModel();
    Clp_setLogLevel(model, 0);
    Clp_loadProblem(model, lp->column_count, lp->row_count, lp->start, lp->row, lp->value, lp->low,
                    lp->high, lp->cost, lp->row_low, lp->row_high);
    const double loaded_s = bench_process_s();
    (void)solve(model);
    *solve_s = bench_process_s() - loaded_s;
    *load_s = loaded_s - begin_s;
    *optimum = Clp_objectiveValue(model);
    const int status = Clp_status(model);
    Clp_deleteModel(model);
    return status;
}

static int solve_clp_dual(const lp_arrays *lp, double *load_s, double *solve_s, double *optimum)
{
    return run_clp(lp, Clp_initialDualSolve, load_s, solve_s, optimum);
}

static int solve_clp_barrier(const lp_arrays *lp, double *load_s, double *solve_s, double *optimum)
{
    return run_clp(lp, Clp_initialBarrierSolve, load_s, solve_s, optimum);
}

/* GLPK counts from 1 and wants triples and a kind for every pair of bounds. */
static void describe_to_glpk(const lp_arrays *lp, glp_prob *model)
{
    glp_set_obj_dir(model, GLP_MIN);
    (void)glp_add_rows(model, lp->row_count);
    (void)glp_add_cols(model, lp->column_count);
    for (int i = 0; i < lp->row_count; i++) {
        const int kind = isinf(lp->row_low[i]) ? GLP_UP : GLP_FX;
        glp_set_row_bnds(model, i + 1, kind, lp->row_low[i], lp->row_high[i]);
    }
    for (int j = 0; j < lp->column_count; j++) {
        const int kind = lp->high[j] > lp->low[j] ? GLP_DB : GLP_FX;
        glp_set_col_bnds(model, j + 1, kind, lp->low[j], lp->high[j]);
        glp_set_obj_coef(model, j + 1, lp->cost[j]);
    }
}

static glp_prob *load_glpk(const lp_arrays *lp)
{
    const size_t room = (size_t)lp->nonzero_count + 1;
    int *row = malloc(room * sizeof *row);
    int *column = malloc(room * sizeof *column);
    double *value = malloc(room * sizeof *value);
    glp_prob *model = NULL;
    if (row == NULL || column == NULL || value == NULL)
        goto out;
    for (int j = 0; j < lp->column_count; j++) {
        for (int k = lp->start[j]; k < lp->start[j + 1]; k++) {
            row[k + 1] = lp->row[k] + 1;
            column[k + 1] = j + 1;
            value[k + 1] = lp->value[k];
        }
    }
    model = glp_create_prob();
    describe_to_glpk(lp, model);
    glp_load_matrix(model, lp->nonzero_count, row, column, value);
out:
    free(row);
    free(column);
    free(value);
    return model;
}

static int solve_glpk_simplex(const lp_arrays *lp, double *load_s, double *solve_s, double *optimum)
{
    const double begin_s = bench_process_s();
    glp_prob *model = load_glpk(lp);
    if (model == NULL)
        return -1;
    const double loaded_s = bench_process_s();
    glp_smcp options;
    glp_init_smcp(&options);
    options.msg_lev = GLP_MSG_OFF;
    options.meth = GLP_DUALP;
    options.presolve = GLP_ON;
    const int failed = glp_simplex(model, &options);
    *solve_s = bench_process_s() - loaded_s;
    *load_s = loaded_s - begin_s;
    *optimum = glp_get_obj_val(model);
    const int status = failed != 0 || glp_get_status(model) != GLP_OPT;
    glp_delete_prob(model);
    return status;
}

static int solve_glpk_interior(const lp_arrays *lp, double *load_s, double *solve_s,
                               double *optimum)
{
    const double begin_s = bench_process_s();
    glp_prob *model = load_glpk(lp);
    if (model == NULL)
        return -1;
    const double loaded_s = bench_process_s();
    glp_iptcp options;
    glp_init_iptcp(&options);
    options.msg_lev = GLP_MSG_OFF;
    const int failed = glp_interior(model, &options);
    *solve_s = bench_process_s() - loaded_s;
    *load_s = loaded_s - begin_s;
    *optimum = glp_ipt_obj_val(model);
    const int status = failed != 0 || glp_ipt_status(model) != GLP_OPT;
    glp_delete_prob(model);
    return status;
}

/* A library in C, or HiGHS by the name that scipy gives its method. */
static const struct {
    const char *name;
    library_solve solve;
    const char *highs;
} peers[] = {
    {.name = "CLP dual simplex", .solve = solve_clp_dual},
    {.name = "CLP barrier", .solve = solve_clp_barrier},
    {.name = "GLPK dual simplex", .solve = solve_glpk_simplex},
    {.name = "GLPK interior point", .solve = solve_glpk_interior},
    {.name = "HiGHS dual simplex", .highs = "simplex"},
    {.name = "HiGHS interior point", .highs = "ipm"},
};

const char *bench_peer_name(size_t peer)
{
    return peer < sizeof peers / sizeof peers[0] ? peers[peer].name : NULL;
}

/* In the child: solves window after window and writes a line for each. */
static void solve_windows(library_solve solve, const bench_windows *windows, bench_site *window,
                          FILE *out)
{
    for (size_t i = 0; i < windows->count; i++) {
        bench_site_show(windows->site, windows->first[i], window);
        lp_arrays lp = {0};
        double load_s = 0.0;
        double solve_s = 0.0;
        double optimum = 0.0;
        const double begin_s = bench_process_s();
        if (lp_arrays_build(&window->problem, &lp) != 0)
            return;
        const double build_s = bench_process_s() - begin_s;
        const int status = solve(&lp, &load_s, &solve_s, &optimum);
        lp_arrays_free(&lp);
        if (status != 0)
            return;
        (void)fprintf(out, "%.17g %.17g %.17g\n", build_s + load_s, solve_s, optimum);
        (void)fflush(out);
    }
}

enum { PATH_BYTES = 512 };

static void script_path(char *path)
{
    const char *root = getenv("AMPACITY_SOURCE_ROOT");
    (void)snprintf(path, PATH_BYTES, "%s/bench/highs.py", root != NULL ? root : ".");
}

static int write_window(const bench_windows *windows, size_t i, bench_site *window,
                        const char *path)
{
    lp_arrays lp = {0};
    bench_site_show(windows->site, windows->first[i], window);
    if (lp_arrays_build(&window->problem, &lp) != 0)
        return -1;
    const int status = lp_arrays_write(&lp, path);
    lp_arrays_free(&lp);
    return status;
}

/* In the child: writes all windows as files and becomes the interpreter that solves them. */
static void become_highs(const char *method, const bench_windows *windows, bench_site *window,
                         const char *folder)
{
    enum { BESIDE_WINDOWS = 3 };
    static char text[BESIDE_WINDOWS + BENCH_WINDOWS_MAX][PATH_BYTES];
    char *arguments[BESIDE_WINDOWS + BENCH_WINDOWS_MAX + 1] = {NULL};
    (void)snprintf(text[0], PATH_BYTES, "%s", python);
    script_path(text[1]);
    (void)snprintf(text[2], PATH_BYTES, "%s", method);
    for (size_t i = 0; i < windows->count; i++) {
        char *path = text[BESIDE_WINDOWS + i];
        (void)snprintf(path, PATH_BYTES, "%s/window_%zu.lp", folder, i);
        if (write_window(windows, i, window, path) != 0)
            return;
    }
    for (size_t i = 0; i < BESIDE_WINDOWS + windows->count; i++)
        arguments[i] = text[i];
    (void)execv(python, arguments);
    perror(python);
}

_Noreturn static void run_child(size_t peer, const bench_windows *windows, const char *folder,
                                int pipe_out)
{
    bench_site window;
    FILE *out = fdopen(pipe_out, "w");
    if (out == NULL || bench_site_make_window(&window, windows->length, windows->site) != 0)
        _exit(EXIT_FAILURE);
    if (peers[peer].solve != NULL) {
        solve_windows(peers[peer].solve, windows, &window, out);
    } else if (dup2(pipe_out, STDOUT_FILENO) >= 0) {
        become_highs(peers[peer].highs, windows, &window, folder);
    }
    _exit(EXIT_SUCCESS);
}

/* Reads what the child says until it ends or the time is over. Returns the length of the text. */
static size_t read_until(int pipe_in, double deadline_s, char *text, size_t size)
{
    size_t length = 0;
    while (length + 1 < size) {
        const double left_s = deadline_s - bench_wall_s();
        struct pollfd ready = {.fd = pipe_in, .events = POLLIN};
        if (left_s <= 0.0 || poll(&ready, 1, (int)(left_s * 1000.0) + 1) <= 0)
            break;
        const ssize_t got = read(pipe_in, text + length, size - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    text[length] = '\0';
    return length;
}

static bench_peer_result parse_result(const char *text, size_t windows)
{
    bench_peer_result result = {0};
    while (result.finished < windows) {
        double number[3];
        char *end = NULL;
        for (size_t i = 0; i < 3; i++, text = end) {
            number[i] = strtod(text, &end);
            if (end == text)
                return result;
        }
        const double weight = 1.0 / (double)(result.finished + 1);
        result.load_s += (number[0] - result.load_s) * weight;
        result.solve_s += (number[1] - result.solve_s) * weight;
        result.optimum[result.finished++] = number[2];
    }
    return result;
}

bench_peer_result bench_peer_run(size_t peer, const bench_windows *windows, double limit_s,
                                 const char *folder)
{
    bench_peer_result result = {0};
    int ends[2];
    if (pipe(ends) != 0)
        return result;
    const pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        run_child(peer, windows, folder, ends[1]);
    }
    (void)close(ends[1]);
    if (child > 0) {
        char text[BENCH_WINDOWS_MAX * 128];
        (void)read_until(ends[0], bench_wall_s() + limit_s, text, sizeof text);
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, 0);
        result = parse_result(text, windows->count);
    }
    (void)close(ends[0]);
    return result;
}

void bench_peer_versions(char *text, size_t size)
{
    char highs[128] = "not found";
    char script[PATH_BYTES];
    char command[2 * PATH_BYTES];
    script_path(script);
    (void)snprintf(command, sizeof command, "%s %s version 2>&1", python, script);
    FILE *pipe_in = popen(command, "r");
    if (pipe_in != NULL) {
        if (fgets(highs, sizeof highs, pipe_in) != NULL)
            highs[strcspn(highs, "\n")] = '\0';
        (void)pclose(pipe_in);
    }
    (void)snprintf(text, size, "CLP %s, GLPK %s, HiGHS %s", Clp_Version(), glp_version(), highs);
}
