/* train.c - solving the dual problems of all pairs.
 *
 * Pairs are independent, so threads take one at a time, the hardest first (the closest class means: their
 * margins hold the most support vectors), lest one thread be left with a long one at the end.  With fewer
 * pairs than threads, each pair is solved by all of them. */
#include "svm/train.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/gemm.h"
#include "svm/solver.h"
#include <math.h>

struct task {
    int a, b;
    double distance; /* between the class means, squared */
};

static int by_distance(const void *x, const void *y)
{
    const struct task *a = x, *b = y;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return a->a != b->a ? a->a - b->a : a->b - b->b;
}

/* means (present, d), in any common unit. */
static void class_means(const struct sl_svm_rows *rows, const struct sl_svm_dual *dual, double *means)
{
    const size_t d = rows->d;
    for (int c = 0; c < dual->present; c++) {
        double *mean = means + (size_t)c * d;
        for (size_t i = dual->first[c]; i < dual->first[c + 1]; i++)
            for (size_t t = 0; t < d; t++)
                mean[t] += rows->bytes ? rows->bytes[i * d + t] : (double)rows->floats[i * d + t];
        for (size_t t = 0; t < d; t++)
            mean[t] /= (double)(dual->first[c + 1] - dual->first[c]);
    }
}

static struct task *list_tasks(const struct sl_svm_rows *rows, const struct sl_svm_dual *dual)
{
    const size_t d = rows->d, pairs = sl_svm_pairs(dual->present);
    struct task *tasks = sl_alloc_zero(pairs, sizeof *tasks);
    double *means = sl_alloc_zero((size_t)dual->present * d, sizeof *means);
    if (tasks && means) {
        struct task *task = tasks;
        class_means(rows, dual, means);
        for (int a = 0; a < dual->present; a++)
            for (int b = a + 1; b < dual->present; b++, task++) {
                *task = (struct task){.a = a, .b = b};
                for (size_t t = 0; t < d; t++)
                    task->distance += pow(means[(size_t)a * d + t] - means[(size_t)b * d + t], 2);
            }
        qsort(tasks, pairs, sizeof *tasks, by_distance);
    } else {
        free(tasks);
        tasks = NULL;
    }
    free(means);
    return tasks;
}

/* What the threads share. */
struct training {
    const struct sl_svm_rows *rows;
    struct sl_svm_dual *dual;
    const struct task *tasks;
    struct sl_svm_solution *solutions; /* (pairs), by pair number */
    const float *diagonal;
    struct sl_svm_limits limits;
    size_t cache_bytes;
    size_t max_n; /* rows of the largest pair */
    int threads;
};

static int solve_task(const struct training *t, const struct task *task, struct sl_svm_workspace *w,
                      int threads)
{
    struct sl_svm_dual *dual = t->dual;
    const int a = task->a, b = task->b;
    const struct sl_svm_pair pair = sl_svm_pair_of(dual, a, b);
    struct sl_svm_solution *solution = &t->solutions[sl_svm_pair_number(dual->present, a, b)];
    sl_svm_cache_begin(&w->cache, &pair, threads);
    const int code = sl_svm_solve(w, &pair, &t->limits, solution);
    if (code)
        return code;
    sl_svm_dual_put(dual, a, b, w->beta, solution->rho);
    return 0;
}

/* As if one row in four of a pair became a support vector, each with its kernel row and some steps. */
static double count_operations(const struct training *t)
{
    const double n = (double)t->max_n;
    return (double)sl_svm_pairs(t->dual->present) * n * n / 4 * sl_svm_operations(t->rows);
}

static int workspace_init(const struct training *t, struct sl_svm_workspace *w)
{
    const int code =
        sl_svm_workspace_init(w, t->rows, NULL, t->dual->weight != NULL, t->max_n, t->cache_bytes);
    w->diagonal = t->diagonal;
    return code;
}

/* Threads take a pair at a time. */
static int solve_apart(const struct training *t, size_t pairs, int threads)
{
    int code = SL_OK;
#pragma omp parallel num_threads(threads) reduction(max : code)
    {
        struct sl_svm_workspace w;
        code = workspace_init(t, &w);
#pragma omp for schedule(dynamic, 1)
        for (size_t p = 0; p < pairs; p++)
            if (!code)
                code = solve_task(t, &t->tasks[p], &w, 1);
        sl_svm_workspace_release(&w);
    }
    return code;
}

/* One pair after the other: threads share its products, and so this is no parallel region itself, of which
 * each would start threads of its own. */
static int solve_together(const struct training *t, size_t pairs)
{
    struct sl_svm_workspace w;
    int code = workspace_init(t, &w);
    for (size_t p = 0; p < pairs && !code; p++)
        code = solve_task(t, &t->tasks[p], &w, t->threads);
    sl_svm_workspace_release(&w);
    return code;
}

static int solve_all(const struct training *t)
{
    const size_t pairs = sl_svm_pairs(t->dual->present);
    return pairs < (size_t)t->threads
               ? solve_together(t, pairs)
               : solve_apart(t, pairs, sl_threads_for(count_operations(t), t->threads));
}

int sl_svm_train_own(const struct sl_svm_options *options, const struct sl_svm_rows *rows,
                     struct sl_svm_dual *dual, struct sl_fit_report *report, struct sl_error *err)
{
    float *diagonal = sl_alloc(rows->n, sizeof *diagonal);
    struct task *tasks = list_tasks(rows, dual);
    struct sl_svm_solution *solutions = sl_alloc_zero(sl_svm_pairs(dual->present), sizeof *solutions);
    struct training t = {
        .rows = rows,
        .dual = dual,
        .tasks = tasks,
        .solutions = solutions,
        .diagonal = diagonal,
        .limits = {.tol = options->tol,
                   .max_steps = sl_svm_step_limit(options->max_iter, rows->n),
                   .cancel = options->cancel},
        .cache_bytes = (size_t)(options->cache_size * 1048576),
        .max_n = sl_svm_largest_pair(dual),
        .threads = options->threads,
    };
    int code = diagonal && tasks && solutions ? SL_OK : SL_ENOMEM;
    if (!code) {
        sl_svm_diagonal(rows, diagonal);
        code = solve_all(&t);
    }
    if (!code)
        sl_svm_report(solutions, sl_svm_pairs(dual->present), report);
    free(diagonal);
    free(tasks);
    free(solutions);
    if (code)
        return sl_product_fail(code, err);
    return options->cancel && *options->cancel ? sl_fail(err, SL_ECANCELLED, "svm: cancelled") : SL_OK;
}
