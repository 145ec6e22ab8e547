/* logistic_columns.c - the objectives of many problems of logistic regression, and their gradients.
 *
 * The weight vectors of all problems are the columns of one matrix.  The rows of all parts pass it a block at
 * a time (logistic_block.c), so that they are read and converted once for all problems, and multiplied as
 * matrices: a few classes alone reach half of what a processor can do.  Sums over a chunk of rows are floats,
 * sums over chunks and the penalty are doubles; chunks depend on the shape alone, and so do the results. */
#include "linear/logistic_columns.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/skinny.h"
#include "kernels/sparse_bytes.h"
#include "linear/logistic_block.h"
#include <string.h>

enum {
    BLOCK = 128,
    BLOCK_SKINNY = 64, /* so many rows of floats stay in the second-level cache */
    CHUNKS_MAX = 16,
    CHUNK_BYTES_MAX = 1 << 28, /* of all chunks' gradients together */
    FEATURES = 16,             /* of a task over features */
};

double sl_logistic_columns_bytes(size_t d, double columns)
{
    return columns * (double)sl_lanes(d) * sizeof(float) * (1 + CHUNKS_MAX);
}

/* The order of the rows
 * --------------------------------------------------------------------------------------*/

struct placed {
    uint64_t parts; /* a hash of those that fit the row, 0 of none */
    uint32_t row;
};

static int by_parts(const void *va, const void *vb)
{
    const struct placed *a = va, *b = vb;
    if (a->parts != b->parts)
        return a->parts < b->parts ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* A number of many bits for a part: sums of several are told apart. */
static uint64_t mix(size_t part)
{
    uint64_t bits = ((uint64_t)part + 1) * 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 29) * 0xbf58476d1ce4e5b9u;
    return bits ^ bits >> 32;
}

/* Rows that no part fits are left out. */
static int order_rows(struct sl_logistic_columns *c, const struct sl_group_part *parts)
{
    struct placed *placed = sl_alloc_zero(c->view->n, sizeof *placed);
    c->order = sl_alloc(c->view->n, sizeof *c->order);
    if (!placed || !c->order) {
        free(placed);
        return 0;
    }
    for (size_t i = 0; i < c->view->n; i++)
        placed[i].row = (uint32_t)i;
    for (size_t p = 0; p < c->n_parts; p++)
        for (size_t i = 0; i < parts[p].n_fit; i++)
            placed[parts[p].fit[i]].parts += mix(p);
    qsort(placed, c->view->n, sizeof *placed, by_parts);
    for (size_t i = 0; i < c->view->n; i++)
        if (placed[i].parts)
            c->order[c->n++] = placed[i].row;
    free(placed);
    return 1;
}

int sl_logistic_columns_init(struct sl_logistic_columns *c, const struct sl_view *view,
                             const struct sl_group_part *parts, size_t n_parts)
{
    *c = (struct sl_logistic_columns){.view = view, .n_parts = n_parts, .ld = sl_lanes(view->d)};
    c->sparse = view->dtype == SL_U8 && view->offset == 0 &&
                sl_sparse_density(view->x, view->n * view->d) < sl_sparse_worth();
    c->first = sl_alloc(n_parts + 1, sizeof *c->first);
    if (!c->first || !order_rows(c, parts)) {
        sl_logistic_columns_release(c);
        return SL_ENOMEM;
    }
    return SL_OK;
}

/* Columns
 * ----------------------------------------------------------------------------------------------------*/

static void release_columns(struct sl_logistic_columns *c)
{
    for (int t = 0; c->desks && t < c->threads; t++)
        sl_logistic_desk_free(c->desks[t]);
    free(c->desks);
    free(c->W);
    free(c->G);
    free(c->b);
    free(c->gb);
    free(c->losses);
    c->desks = NULL;
    c->W = c->G = NULL;
    c->b = c->gb = c->losses = NULL;
}

void sl_logistic_columns_release(struct sl_logistic_columns *c)
{
    release_columns(c);
    free(c->order);
    free(c->first);
    c->order = NULL;
    c->first = NULL;
}

static void place(struct sl_logistic_columns *c)
{
    size_t next = 0;
    c->columns = 0;
    c->most_vectors = 1;
    for (size_t p = 0; p < c->n_parts; p++) {
        c->first[p] = next;
        for (; next < c->n_problems && c->problems[next]->part == p; next++) {
            const int vectors = c->problems[next]->vectors;
            c->problems[next]->column = c->columns;
            c->columns += (size_t)vectors;
            c->most_vectors = vectors > c->most_vectors ? vectors : c->most_vectors;
        }
    }
    c->first[c->n_parts] = next;
}

static void choose_way(struct sl_logistic_columns *c)
{
    c->way = c->columns < SL_SPARSE_MIN_WIDTH ? SL_COLUMNS_SKINNY
             : c->sparse                      ? SL_COLUMNS_SPARSE
                                              : SL_COLUMNS_DENSE;
    c->ldc = c->way == SL_COLUMNS_SKINNY ? c->columns : sl_lanes(c->columns);
    c->matrix = c->ldc * (c->way == SL_COLUMNS_SKINNY ? c->ld : c->view->d);
    c->block = c->way == SL_COLUMNS_SKINNY ? BLOCK_SKINNY : BLOCK;
}

static size_t count_blocks(const struct sl_logistic_columns *c)
{
    return (c->n + c->block - 1) / c->block;
}

static void choose_chunks(struct sl_logistic_columns *c)
{
    const size_t blocks = count_blocks(c), most = CHUNK_BYTES_MAX / (c->matrix * sizeof *c->G);
    c->chunks = blocks < CHUNKS_MAX ? blocks : CHUNKS_MAX;
    c->chunks = c->chunks > most ? most : c->chunks;
    c->chunks = c->chunks ? c->chunks : 1;
}

/* Of an evaluation: products, sums and losses of all rows. */
static double count_operations(const struct sl_logistic_columns *c)
{
    enum { LOSS = 16 }; /* of a score, and as much again of a row */
    const double columns = (double)c->columns;
    return (double)c->n * ((2 * columns + 1) * (double)c->ld + LOSS * (columns + 1));
}

static int make_room(struct sl_logistic_columns *c)
{
    const size_t matrix = c->matrix;
    c->W = sl_alloc_zero(matrix, sizeof *c->W);
    c->G = sl_alloc(c->chunks * matrix, sizeof *c->G);
    c->b = sl_alloc_zero(c->ldc, sizeof *c->b);
    c->gb = sl_alloc(c->chunks * c->ldc, sizeof *c->gb);
    c->losses = sl_alloc(c->chunks * c->n_problems, sizeof *c->losses);
    c->desks = sl_alloc_zero((size_t)c->threads, sizeof *c->desks);
    if (!c->W || !c->G || !c->b || !c->gb || !c->losses || !c->desks)
        return 0;
    for (int t = 0; t < c->threads; t++)
        if (!(c->desks[t] = sl_logistic_desk_new(c)))
            return 0;
    return 1;
}

int sl_logistic_columns_set(struct sl_logistic_columns *c, struct sl_logistic_problem **problems, size_t n,
                            int threads)
{
    release_columns(c);
    c->problems = problems;
    c->n_problems = n;
    place(c);
    choose_way(c);
    choose_chunks(c);
    c->threads = sl_threads_between(count_operations(c), threads);
    return make_room(c) ? SL_OK : SL_ENOMEM;
}

/* Evaluations
 * ------------------------------------------------------------------------------------------------*/

/* The place of feature j of a column in W and in G. */
static size_t at(const struct sl_logistic_columns *c, size_t j, size_t column)
{
    return c->way == SL_COLUMNS_SKINNY ? column * c->ld + j : j * c->ldc + column;
}

static void set_features(struct sl_logistic_columns *c, size_t first, size_t end)
{
    for (size_t k = 0; k < c->n_problems; k++) {
        const struct sl_logistic_problem *p = c->problems[k];
        for (size_t v = 0; v < (size_t)p->vectors; v++)
            for (size_t j = first; j < end; j++)
                c->W[at(c, j, p->column + v)] = (float)p->x[v * c->ld + j];
    }
}

static void take_features(struct sl_logistic_columns *c, size_t first, size_t end)
{
    const size_t matrix = c->matrix;
    for (size_t k = 0; k < c->n_problems; k++) {
        const struct sl_logistic_problem *p = c->problems[k];
        for (size_t v = 0; v < (size_t)p->vectors; v++)
            for (size_t j = first; j < end; j++) {
                const float *G = c->G + at(c, j, p->column + v);
                double sum = p->penalty * p->x[v * c->ld + j];
                for (size_t chunk = 0; chunk < c->chunks; chunk++)
                    sum += (double)G[chunk * matrix];
                p->g[v * c->ld + j] = sum;
            }
    }
}

static void each_features(struct sl_logistic_columns *c,
                          void (*work)(struct sl_logistic_columns *, size_t, size_t))
{
    const size_t d = c->view->d, tasks = (d + FEATURES - 1) / FEATURES;
    size_t task;
    while ((task = atomic_fetch_add(&c->next, 1)) < tasks)
        work(c, task * FEATURES, (task + 1) * FEATURES < d ? (task + 1) * FEATURES : d);
}

static void set_weights(void *arg, int thread)
{
    (void)thread;
    each_features(arg, set_features);
}

static void take_gradients(void *arg, int thread)
{
    (void)thread;
    each_features(arg, take_features);
}

static int run_chunk(struct sl_logistic_columns *c, size_t chunk, struct sl_logistic_desk *desk)
{
    const size_t blocks = count_blocks(c), matrix = c->matrix;
    int code = SL_OK;
    memset(c->G + chunk * matrix, 0, matrix * sizeof *c->G);
    memset(c->gb + chunk * c->ldc, 0, c->ldc * sizeof *c->gb);
    memset(c->losses + chunk * c->n_problems, 0, c->n_problems * sizeof *c->losses);
    for (size_t b = blocks * chunk / c->chunks; b < blocks * (chunk + 1) / c->chunks && !code; b++)
        code = sl_logistic_block(c, desk, b, chunk);
    return code;
}

static void run_chunks(void *arg, int thread)
{
    struct sl_logistic_columns *c = arg;
    size_t chunk;
    while ((chunk = atomic_fetch_add(&c->next, 1)) < c->chunks) {
        const int code = run_chunk(c, chunk, c->desks[thread]);
        if (code)
            atomic_store(&c->failed, code);
    }
}

/* Intercepts, losses and penalties: the rest of a problem's objective. */
static void finish(struct sl_logistic_columns *c, size_t k)
{
    struct sl_logistic_problem *p = c->problems[k];
    const size_t vectors = (size_t)p->vectors;
    double squares = 0;
    for (size_t v = 0; v < vectors * c->ld; v++)
        squares += p->x[v] * p->x[v];
    for (size_t v = 0; v < vectors; v++) {
        double *g = &p->g[vectors * c->ld + v];
        *g = 0;
        for (size_t chunk = 0; chunk < c->chunks && p->fit_intercept; chunk++)
            *g += c->gb[chunk * c->ldc + p->column + v];
    }
    p->loss = 0;
    for (size_t chunk = 0; chunk < c->chunks; chunk++)
        p->loss += c->losses[chunk * c->n_problems + k];
    p->f = p->loss + p->penalty * squares / 2;
}

static void run(struct sl_logistic_columns *c, struct sl_team *team, void (*work)(void *, int))
{
    atomic_store(&c->next, 0);
    sl_team_all(team, work, c);
}

int sl_logistic_columns_evaluate(struct sl_logistic_columns *c, struct sl_team *team)
{
    for (size_t k = 0; k < c->n_problems; k++) {
        const struct sl_logistic_problem *p = c->problems[k];
        memcpy(c->b + p->column, p->x + (size_t)p->vectors * c->ld, (size_t)p->vectors * sizeof *c->b);
    }
    run(c, team, set_weights);
    run(c, team, run_chunks);
    run(c, team, take_gradients);
    for (size_t k = 0; k < c->n_problems; k++)
        finish(c, k);
    return atomic_load(&c->failed);
}
