/* group_fit.c - the solutions of many fits on the same rows.
 *
 * Pair of classes by pair: the products of all their rows are made once (gram.h), and every fold, kernel and
 * penalty is solved from them.  Kernel rows are taken from the products when they are first needed, and stay
 * for all penalties of their fold and kernel.
 * Starts are cold: from another penalty's solution a solver ends elsewhere within its tolerance. */
#include "core/clock.h"
#include "core/memory.h"
#include "core/threads.h"
#include "svm/group_memory.h"

/* What a thread has of its own. */
struct desk {
    struct sl_svm_workspace w;
    struct sl_svm_gram_part part;
    struct sl_svm_rows rows; /* the run's, with the kernel of the bundle at work */
};

static void desk_release(struct desk *desk)
{
    sl_svm_workspace_release(&desk->w);
    sl_svm_gram_part_release(&desk->part);
}

static int desk_init(struct desk *desk, const struct sl_svm_run *run, const struct sl_svm_gram *gram,
                     double cache_size)
{
    *desk = (struct desk){.rows = run->rows};
    int code = sl_svm_gram_part_init(&desk->part, gram, gram->room);
    if (!code)
        code = sl_svm_workspace_init(&desk->w, &desk->rows, &desk->part, run->group->rows->weight != NULL,
                                     gram->room, (size_t)(cache_size * 1048576));
    if (code)
        desk_release(desk);
    return code;
}

/* Which rows of the gram the pair's are. */
static void place_pair(const struct sl_svm_gram *gram, const struct sl_svm_dual *dual,
                       const struct sl_svm_pair *pair, uint32_t *at)
{
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < pair->n[side]; i++)
            *at++ =
                (uint32_t)(dual->order[pair->first[side] + i] - gram->first[side] + (side ? gram->n[0] : 0));
}

/* Where m follows the member before it, and no beta came to that one's C, its solution is m's too, to the
 * last bit, and still stands in the workspace. */
static int solve_pair(struct desk *desk, const struct sl_svm_member *m, int a, int b,
                      const volatile sig_atomic_t *cancel)
{
    const size_t number = sl_svm_pair_number(m->dual.present, a, b);
    const struct sl_svm_pair pair = sl_svm_pair_of(&m->dual, a, b);
    const struct sl_svm_limits limits = {
        .tol = m->options.tol,
        .max_steps = sl_svm_step_limit(m->options.max_iter, m->dual.first[m->dual.present]),
        .cancel = cancel};
    if (m->follows && !m[-1].solutions[number].clipped) {
        m->solutions[number] = m[-1].solutions[number];
        return SL_OK;
    }
    sl_svm_cache_again(&desk->w.cache, &pair);
    return sl_svm_solve(&desk->w, &pair, &limits, &m->solutions[number]);
}

static int solve_member(struct desk *desk, struct sl_svm_member *m, int a, int b,
                        const volatile sig_atomic_t *cancel)
{
    const double start = sl_thread_time();
    const int code = solve_pair(desk, m, a, b, cancel);
    if (code)
        return code;
    sl_svm_dual_put(&m->dual, a, b, desk->w.beta,
                    m->solutions[sl_svm_pair_number(m->dual.present, a, b)].rho);
    const double spent = sl_thread_time() - start;
#pragma omp atomic
    m->fit_time += spent;
    return SL_OK;
}

/* Solves the gram's two classes, which have these labels, for all members of a bundle. */
static int solve_bundle(const struct sl_svm_run *run, const struct sl_svm_gram *gram,
                        struct sl_svm_bundle *bundle, const int32_t *labels, struct desk *desk)
{
    const struct sl_svm_member *first = &bundle->members[0];
    const struct sl_svm_dual *dual = &first->dual;
    const int a = sl_svm_class_in(dual, labels[0]), b = sl_svm_class_in(dual, labels[1]);
    if (a < 0 || b < 0)
        return SL_OK;
    const struct sl_svm_pair pair = sl_svm_pair_of(dual, a, b);
    place_pair(gram, dual, &pair, desk->part.at);
    sl_svm_gram_part_take(&desk->part, &first->options.kernel, pair.n[0] + pair.n[1]);
    desk->rows.kernel = first->options.kernel;
    desk->w.diagonal = bundle->diagonal;
    sl_svm_cache_begin(&desk->w.cache, &pair, 1);
    int code = SL_OK;
    for (size_t m = 0; m < bundle->n && !code; m++)
        code = solve_member(desk, &bundle->members[m], a, b, run->group->cancel);
    return code;
}

/* The two classes of pair number p of all. */
static void classes_of(const struct sl_svm_dual *all, size_t p, int *a, int *b)
{
    *a = 0;
    while (p >= (size_t)(all->present - 1 - *a))
        p -= (size_t)(all->present - 1 - (*a)++);
    *b = *a + 1 + (int)p;
}

static int fill_gram(const struct sl_svm_run *run, struct sl_svm_gram *gram, size_t p, int threads,
                     int32_t labels[2])
{
    int a, b;
    classes_of(&run->all, p, &a, &b);
    const struct sl_svm_pair pair = sl_svm_pair_of(&run->all, a, b);
    labels[0] = run->all.label[a];
    labels[1] = run->all.label[b];
    const void *within[] = {run->within ? run->within[a] : NULL, run->within ? run->within[b] : NULL};
    return sl_svm_gram_fill(gram, pair.first, pair.n, within, threads);
}

static int is_cancelled(const struct sl_svm_run *run)
{
    return run->group->cancel && *run->group->cancel;
}

/* Each thread takes one pair at a time. */
static int solve_pairs_apart(struct sl_svm_run *run, size_t room, int threads)
{
    const size_t pairs = sl_svm_pairs(run->all.present);
    int code = SL_OK;
#pragma omp parallel num_threads(threads) reduction(max : code)
    {
        struct sl_svm_gram gram;
        struct desk desk = {0};
        code = sl_svm_gram_init(&gram, &run->rows, room);
        if (!code)
            code = desk_init(&desk, run, &gram, run->members[0].options.cache_size);
#pragma omp for schedule(dynamic, 1)
        for (size_t p = 0; p < pairs; p++) {
            int32_t labels[2] = {0};
            if (!code && !is_cancelled(run))
                code = fill_gram(run, &gram, p, 1, labels);
            for (size_t b = 0; b < run->n_bundles && !code && !is_cancelled(run); b++)
                code = solve_bundle(run, &gram, &run->bundles[b], labels, &desk);
        }
        desk_release(&desk);
        sl_svm_gram_release(&gram);
    }
    return code;
}

/* With fewer pairs than threads, or no room for more: they share one pair's products, and each takes a bundle
 * at a time. */
static int solve_pair_together(struct sl_svm_run *run, struct sl_svm_gram *gram, size_t p, int threads)
{
    int32_t labels[2] = {0};
    const int filled = fill_gram(run, gram, p, threads, labels);
    int code = SL_OK;
    if (filled)
        return filled;
#pragma omp parallel num_threads(threads) reduction(max : code)
    {
        struct desk desk;
        code = desk_init(&desk, run, gram, run->members[0].options.cache_size);
#pragma omp for schedule(dynamic, 1)
        for (size_t b = 0; b < run->n_bundles; b++)
            if (!code && !is_cancelled(run))
                code = solve_bundle(run, gram, &run->bundles[b], labels, &desk);
        desk_release(&desk);
    }
    return code;
}

/* Products of each class with itself. */
static int fill_within(struct sl_svm_run *run)
{
    const struct sl_svm_dual *all = &run->all;
    int code = SL_OK;
    run->within = sl_alloc_zero((size_t)all->present, sizeof *run->within);
    if (!run->within)
        return SL_ENOMEM;
    const double work = (double)run->rows.n * (double)run->rows.n / (2 * all->present);
    const int threads = sl_threads_for(work * sl_svm_operations(&run->rows), run->group->threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) reduction(max : code)
    for (int c = 0; c < all->present; c++) {
        const size_t n = all->first[c + 1] - all->first[c];
        run->within[c] = sl_alloc(n * n, sizeof(int32_t));
        const int own = run->within[c]
                            ? sl_svm_products_within(&run->rows, all->first[c], n, run->within[c], n)
                            : SL_ENOMEM;
        code = own > code ? own : code;
    }
    return code;
}

int sl_svm_solve_group(struct sl_svm_run *run)
{
    const size_t pairs = sl_svm_pairs(run->all.present), room = sl_svm_largest_pair(&run->all);
    const double work = (double)pairs * (double)room * (double)room / 4 *
                        (sl_svm_operations(&run->rows) + (double)run->n_members);
    const struct sl_svm_layout layout =
        sl_svm_layout_of(run, room, sl_threads_for(work, run->group->threads));
    int code = layout.within ? fill_within(run) : SL_OK;
    if (code || pairs == 0)
        return code;
    if (!layout.together)
        return solve_pairs_apart(run, room, layout.threads);
    struct sl_svm_gram gram;
    code = sl_svm_gram_init(&gram, &run->rows, room);
    for (size_t p = 0; p < pairs && !code; p++)
        code = solve_pair_together(run, &gram, p, layout.threads);
    sl_svm_gram_release(&gram);
    return code;
}
