/* group.c - many fits on the same rows: the members, their models, and what becomes of them.
 *
 * The files, in reading order: gram.c products of two classes' rows, group_memory.c how much of that at once,
 * group_fit.c all solutions from them, this one, group_score.c the rows that are scored. */
#include "svm/group.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/gemm.h"
#include "svm/group_memory.h"
#include <math.h>
#include <string.h>

double sl_svm_group_bytes(const struct sl_view *shape)
{
    const double pair = shape->k > 2 ? 2 * (double)shape->n / shape->k : (double)shape->n;
    return pair * pair * sizeof(int32_t);
}

/* Members -------------------------------------------------------------------------------------------------*/

static int member_init(const struct sl_svm_run *run, struct sl_svm_member *m, struct sl_error *err)
{
    const struct sl_group_part *part = &run->group->parts[m->part];
    int code = sl_svm_dual_init(&m->dual, run->group->rows, part->fit, part->n_fit, m->options.C,
                                m->options.balanced, err);
    if (code)
        return code;
    for (size_t i = 0; i < part->n_fit; i++)
        m->dual.order[i] = run->place[m->dual.order[i]];
    m->solutions = sl_alloc_zero(sl_svm_pairs(m->dual.present), sizeof *m->solutions);
    return m->solutions ? SL_OK : sl_fail_memory(err);
}

static void member_release(struct sl_svm_member *m)
{
    sl_svm_dual_release(&m->dual);
    sl_svm_model_free(m->model);
    free(m->solutions);
    free(m->chosen);
    free(m->labels);
    free(m->scores);
}

static int compare_numbers(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

/* Of one kind. */
static int compare_kernels(const struct sl_svm_kernel *a, const struct sl_svm_kernel *b)
{
    const double x[] = {a->degree, a->gamma, a->coef0}, y[] = {b->degree, b->gamma, b->coef0};
    return compare_numbers(x, y, sizeof x / sizeof *x);
}

/* Members whose solutions differ by C alone are neighbours within a bundle, the lowest first. */
static int compare_rules(const struct sl_svm_options *a, const struct sl_svm_options *b)
{
    const double x[] = {a->balanced, a->tol, a->max_iter}, y[] = {b->balanced, b->tol, b->max_iter};
    return compare_numbers(x, y, sizeof x / sizeof *x);
}

/* Bundles are neighbours. */
static int by_bundle(const void *va, const void *vb)
{
    const struct sl_svm_member *a = va, *b = vb;
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    int order = compare_kernels(&a->options.kernel, &b->options.kernel);
    if (!order)
        order = compare_rules(&a->options, &b->options);
    if (!order)
        order = (a->options.C > b->options.C) - (a->options.C < b->options.C);
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* The diagonal of a bundle's kernel matrix, by its rows in their order. */
static int set_diagonal(const struct sl_svm_run *run, struct sl_svm_bundle *bundle)
{
    const struct sl_svm_dual *dual = &bundle->members[0].dual;
    const size_t n = dual->first[dual->present];
    struct sl_svm_rows rows = run->rows;
    float *all = sl_alloc(rows.n, sizeof *all);
    bundle->diagonal = sl_alloc(n, sizeof *bundle->diagonal);
    if (all && bundle->diagonal) {
        rows.kernel = bundle->members[0].options.kernel;
        sl_svm_diagonal(&rows, all);
        for (size_t i = 0; i < n; i++)
            bundle->diagonal[i] = all[dual->order[i]];
    }
    const int code = all && bundle->diagonal ? SL_OK : SL_ENOMEM;
    free(all);
    return code;
}

static int make_bundles(struct sl_svm_run *run)
{
    qsort(run->members, run->n_members, sizeof *run->members, by_bundle);
    run->bundles = sl_alloc_zero(run->n_members, sizeof *run->bundles);
    if (!run->bundles)
        return SL_ENOMEM;
    for (size_t m = 0; m < run->n_members; m++) {
        struct sl_svm_member *member = &run->members[m];
        if (m == 0 || member->part != member[-1].part ||
            compare_kernels(&member->options.kernel, &member[-1].options.kernel))
            run->bundles[run->n_bundles++].members = member;
        else
            member->follows = compare_rules(&member[-1].options, &member->options) == 0;
        run->bundles[run->n_bundles - 1].n++;
    }
    int code = SL_OK;
    for (size_t b = 0; b < run->n_bundles && !code; b++)
        code = set_diagonal(run, &run->bundles[b]);
    return code;
}

/* Models --------------------------------------------------------------------------------------------------*/

/* A model that its own fit would refuse is not kept. */
static void drop_model(struct sl_svm_member *m)
{
    sl_svm_model_free(m->model);
    m->model = NULL;
}

/* The largest squared norm of n sorted rows. */
static double largest_norm(const struct sl_svm_run *run, const uint32_t *places, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, sl_svm_norm(&run->rows, places[i]));
    return largest;
}

/* What fits and predictions look at: kernel values of the rows that are fitted and scored, and decisions. */
static int is_sound(const struct sl_svm_run *run, const struct sl_svm_member *m, struct sl_writer *w)
{
    const struct sl_group_part *part = &run->group->parts[m->part];
    const struct sl_svm_kernel *kernel = &m->options.kernel;
    const size_t vectors = m->model->first[m->model->present];
    double norm = largest_norm(run, m->dual.order, part->n_fit), unread;
    for (size_t i = 0; i < part->n_score && !m->model->weights; i++)
        norm = fmax(norm, sl_svm_norm(&run->rows, run->place[part->score[i]]));
    sl_svm_model_save(m->model, w);
    return !w->not_finite && sl_svm_check_dual(&m->dual, NULL) == SL_OK &&
           sl_svm_check_range(kernel, norm, &unread, NULL) == SL_OK &&
           sl_svm_model_check_norm(m->model, largest_norm(run, m->chosen, vectors), NULL) == SL_OK;
}

static int make_model(struct sl_svm_run *run, struct sl_svm_member *m)
{
    const struct sl_group_part *part = &run->group->parts[m->part];
    struct sl_svm_rows rows = run->rows;
    struct sl_writer w = {.counts = 1};
    rows.kernel = m->options.kernel;
    rows.n = part->n_fit;
    m->chosen = sl_alloc(part->n_fit, sizeof *m->chosen);
    if (!m->chosen || sl_svm_model_new_bare(&rows, m->dual.order, &m->dual, run->group->rows->k,
                                            m->options.break_ties, m->chosen, &m->model))
        return SL_ENOMEM;
    for (size_t s = 0; s < m->model->first[m->model->present]; s++)
        m->chosen[s] = m->dual.order[m->chosen[s]];
    if (!is_sound(run, m, &w))
        drop_model(m);
    else
        m->model_bytes = w.size + sl_svm_vectors_bytes(m->model, &rows);
    return SL_OK;
}

static int make_models(struct sl_svm_run *run)
{
    const double values = (double)run->rows.n * (double)(run->all.present + 1) * (double)run->n_members;
    const int threads = sl_threads_for(values, run->group->threads);
    int code = SL_OK;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) reduction(max : code)
    for (size_t m = 0; m < run->n_members; m++) {
        const int own = make_model(run, &run->members[m]);
        code = own > code ? own : code;
    }
    return code;
}

/* Outcomes ------------------------------------------------------------------------------------------------*/

/* A member's own time, and its equal share of the rest; wall time as CPU time is. */
static struct sl_spent book(const struct sl_spent *all, double own, double sum, size_t n)
{
    const double cpu = own + fmax(0, all->cpu - sum) / (double)n;
    return (struct sl_spent){
        all->cpu > 0 ? all->seconds * cpu / fmax(all->cpu, sum) : all->seconds / (double)n, cpu};
}

static int send(struct sl_svm_run *run, const struct sl_spent *fit, const struct sl_spent *score)
{
    double sum = 0, vectors = 0;
    int code = SL_OK;
    for (size_t m = 0; m < run->n_members; m++) {
        sum += run->members[m].fit_time;
        if (run->members[m].labels)
            vectors += (double)run->members[m].model->first[run->members[m].model->present];
    }
    for (size_t i = 0; i < run->n_members && !code; i++) {
        struct sl_svm_member *m = &run->members[i];
        struct sl_member_result result = {.member = m->number, .labels = m->labels, .scores = m->scores};
        if (!m->model)
            continue;
        if (m->labels) {
            const double share = (double)m->model->first[m->model->present] / fmax(vectors, 1);
            result.score = (struct sl_spent){score->seconds * share, score->cpu * share};
            result.model_bytes = m->model_bytes;
        } else {
            result.model = m->model;
            m->model = NULL;
        }
        sl_svm_report(m->solutions, sl_svm_pairs(m->dual.present), &result.report);
        result.fit = book(fit, m->fit_time, sum, run->n_members);
        code = run->group->done(run->group->arg, &result);
    }
    return code;
}

/* The group's rows, sorted by class, where each of them stands, and its members. */
static int run_init(struct sl_svm_run *run, struct sl_error *err)
{
    const struct sl_view *rows = run->group->rows;
    const struct sl_svm_kernel *kernel =
        &run->members[0].options.kernel; /* its kind decides what rows are kept */
    int code = sl_svm_dual_init(&run->all, rows, NULL, rows->n, 1, 0, err);
    if (code)
        return code;
    run->place = sl_alloc(rows->n, sizeof *run->place);
    if (!run->place || sl_svm_rows_init(&run->rows, kernel, rows, run->all.order, 0, rows->n, NULL))
        return sl_fail_memory(err);
    for (size_t i = 0; i < rows->n; i++)
        run->place[run->all.order[i]] = (uint32_t)i;
    for (size_t m = 0; m < run->n_members && !code; m++)
        code = member_init(run, &run->members[m], err);
    if (!code && make_bundles(run))
        code = sl_fail_memory(err);
    return code;
}

static void run_release(struct sl_svm_run *run)
{
    for (size_t m = 0; run->members && m < run->n_members; m++)
        member_release(&run->members[m]);
    for (size_t b = 0; b < run->n_bundles; b++)
        free(run->bundles[b].diagonal);
    for (int c = 0; run->within && c < run->all.present; c++)
        free(run->within[c]);
    free(run->within);
    free(run->members);
    free(run->bundles);
    free(run->place);
    sl_svm_rows_release(&run->rows);
    sl_svm_dual_release(&run->all);
}

static int run_group(struct sl_svm_run *run, struct sl_error *err)
{
    struct sl_spent start = sl_spent_now();
    int code = run_init(run, err), product = SL_OK;
    if (!code)
        product = sl_svm_solve_group(run);
    if (!code && !product)
        product = make_models(run);
    const struct sl_spent fit = sl_spent_since(start);
    start = sl_spent_now();
    if (!code && !product)
        product = sl_svm_score_group(run);
    const struct sl_spent score = sl_spent_since(start);
    if (!code && product)
        code = sl_product_fail(product, err);
    if (!code && run->group->cancel && *run->group->cancel)
        code = sl_fail(err, SL_ECANCELLED, "svm: cancelled");
    return code ? code : send(run, &fit, &score);
}

/* Members first ... first + n - 1. */
static int fit_some(const struct sl_group *group, const struct sl_svm_options *options, size_t first,
                    size_t n, struct sl_error *err)
{
    struct sl_svm_run run = {.group = group, .n_members = n};
    run.members = sl_alloc_zero(n, sizeof *run.members);
    for (size_t m = 0; run.members && m < n; m++)
        run.members[m] = (struct sl_svm_member){
            .number = first + m, .part = group->members[first + m].part, .options = options[first + m]};
    int code = run.members ? run_group(&run, err) : sl_fail_memory(err);
    run_release(&run);
    return code;
}

static int find_largest_pair(const struct sl_view *rows, size_t *largest, struct sl_error *err)
{
    struct sl_svm_dual all;
    int code = sl_svm_dual_init(&all, rows, NULL, rows->n, 1, 0, err);
    if (code)
        return code;
    *largest = sl_svm_largest_pair(&all);
    sl_svm_dual_release(&all);
    return SL_OK;
}

int sl_svm_fit_group(const struct sl_group *group, const struct sl_svm_options *options, struct sl_error *err)
{
    size_t largest, n;
    int code = find_largest_pair(group->rows, &largest, err);
    for (size_t first = 0; first < group->n_members && !code; first += n) {
        n = sl_svm_members_at_once(group, first, largest, options->cache_size);
        code = n ? fit_some(group, options, first, n, err) : sl_fail_memory(err);
    }
    return code;
}
