/* logistic_loss.c - the objective of binary and multinomial logistic regression, and its gradient.
 *
 *     f = sum_i s_i (log sum_c exp z_ic - z_iy) + penalty / 2 sum_c |w_c|^2,     z_ic = w_c . x_i + b_c
 *     df/dw_c = sum_i s_i (p_ic - [c == y_i]) x_i + penalty w_c
 *
 * Rows go through all of it a block at a time, so that a block of floats stays in the second-level
 * cache between scores and gradient, and the matrix itself stays as it is, bytes or floats: one pass
 * over it an evaluation, O(n d k).  Products and sums over a chunk of rows are floats, sums over chunks
 * and the penalty are doubles.  The chunks depend on the shape alone, and so do the results. */
#include "linear/logistic_loss.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/skinny.h"
#include "kernels/softmax.h"
#include "kernels/sparse_row.h"
#include "linear/logistic_sparse.h"
#include <string.h>

enum {
    BLOCK = SL_SOFTMAX_ROWS,
    STRIP = 8, /* rows that are still in the first-level cache when their scores are computed */
    CHUNKS_MAX = 16,
    CHUNK_BYTES_MAX = 1 << 28, /* of all chunks' gradients together */
};

static size_t count_chunks(const struct sl_logistic *p)
{
    size_t blocks = (p->view->n + BLOCK - 1) / BLOCK;
    size_t gradient = (size_t)p->vectors * p->ld * sizeof *p->G;
    size_t chunks = CHUNKS_MAX;
    if (p->sparse) /* a chunk's sums are set to 0 and added up, entries or not */
        chunks = sl_view_entries(p->view) / (2 * p->ld);
    if (chunks > CHUNKS_MAX)
        chunks = CHUNKS_MAX;
    if (chunks > blocks)
        chunks = blocks;
    if (chunks > CHUNK_BYTES_MAX / gradient)
        chunks = CHUNK_BYTES_MAX / gradient;
    return chunks ? chunks : 1;
}

/* Of an evaluation: products, sums and losses of all rows. */
static double count_operations(const struct sl_logistic *p)
{
    enum { LOSS = 16 }; /* of a score, and as much again of a row */
    double n = (double)p->view->n, d = (double)p->ld, vectors = p->vectors;
    if (p->sparse)
        return vectors * (8.0 * (double)sl_view_entries(p->view) + LOSS * n + 2 * d);
    return n * ((2 * vectors + 1) * d + LOSS * (vectors + 1));
}

int sl_logistic_init(struct sl_logistic *p, struct sl_error *err)
{
    size_t vectors = (size_t)p->vectors;
    p->ld = sl_lanes(p->view->d);
    p->sparse = p->view->dtype == SL_SPARSE;
    p->threads = sl_threads_between(count_operations(p), p->threads);
    p->variables = vectors * (p->ld + 1);
    p->chunks = count_chunks(p);
    p->bytes = sl_skinny_takes_bytes(p->view);
    p->scale = p->bytes ? (double)p->view->scale : 1;
    p->scratch_size =
        BLOCK * ((p->bytes || p->sparse ? 0 : p->ld) + vectors) + (p->sparse ? sl_lanes(vectors) : 0);
    p->W = sl_alloc_zero(vectors * p->ld, sizeof *p->W);
    p->G = sl_alloc(p->chunks * vectors * p->ld, sizeof *p->G);
    p->gb = sl_alloc(p->chunks * vectors, sizeof *p->gb);
    p->losses = sl_alloc(p->chunks, sizeof *p->losses);
    p->halves = sl_alloc(vectors, sizeof *p->halves);
    p->scratch = sl_alloc((size_t)p->threads * p->scratch_size, sizeof *p->scratch);
    if (!p->W || !p->G || !p->gb || !p->losses || !p->halves || !p->scratch) {
        sl_logistic_release(p);
        return sl_fail_memory(err);
    }
    return SL_OK;
}

void sl_logistic_release(struct sl_logistic *p)
{
    free(p->W);
    free(p->G);
    free(p->gb);
    free(p->losses);
    free(p->halves);
    free(p->scratch);
    p->W = p->G = p->scratch = NULL;
    p->gb = p->losses = p->halves = NULL;
}

/* Z (vectors, BLOCK): products of the block's rows with all vectors; X (BLOCK, ld): the rows as floats. */
static void multiply_block(const struct sl_logistic *p, size_t first, size_t n, float *X, float *Z)
{
    size_t vectors = (size_t)p->vectors;
    for (size_t i = 0; i < n; i += STRIP) {
        size_t rows = n - i < STRIP ? n - i : STRIP;
        sl_skinny_rows(p->view, first + i, rows, p->ld, X + i * p->ld);
        sl_skinny_dot(X + i * p->ld, rows, p->W, vectors, p->ld, Z + i, BLOCK);
    }
}

/* One block's scores, losses and share of the gradient, added to the chunk's sums. */
static double add_block(const struct sl_logistic *p, const double *b, size_t first, size_t n, float *scratch,
                        float *G, double *gb)
{
    size_t vectors = (size_t)p->vectors;
    const uint8_t *bytes = p->bytes ? (const uint8_t *)p->view->x + first * p->ld : NULL;
    float *Z = scratch, *X = scratch + BLOCK * vectors; /* (vectors, BLOCK), (BLOCK, ld); sparse: (vectors) */
    if (p->sparse)
        sl_sparse_products(p->view, first, n, p->W, vectors, Z, BLOCK, X);
    else if (bytes)
        sl_skinny_dot_bytes(bytes, n, p->W, vectors, p->ld, Z, BLOCK);
    else
        multiply_block(p, first, n, X, Z);
    for (size_t c = 0; c < vectors; c++)
        for (size_t i = 0; i < n; i++)
            Z[c * BLOCK + i] += (float)b[c];
    double loss = vectors == 1 ? sl_logistic_loss(Z, n, p->sign + first, p->s + first)
                               : sl_softmax_loss(Z, BLOCK, n, p->vectors, p->y + first, p->s + first);
    if (p->sparse)
        sl_sparse_sums(p->view, first, n, Z, BLOCK, vectors, X, G);
    else if (bytes)
        sl_skinny_sum_bytes(Z, BLOCK, bytes, n, vectors, p->ld, G);
    else
        sl_skinny_sum(Z, BLOCK, X, n, vectors, p->ld, G);
    for (size_t c = 0; c < vectors; c++) {
        float sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += Z[c * BLOCK + i];
        gb[c] += (double)sum;
    }
    return loss;
}

static void run_chunk(struct sl_logistic *p, const double *b, size_t chunk, float *scratch)
{
    size_t blocks = (p->view->n + BLOCK - 1) / BLOCK, vectors = (size_t)p->vectors, n = p->view->n;
    size_t start = blocks * chunk / p->chunks, end = blocks * (chunk + 1) / p->chunks;
    float *G = p->G + chunk * vectors * p->ld;
    double *gb = p->gb + chunk * vectors, loss = 0;
    memset(G, 0, vectors * p->ld * sizeof *G);
    memset(gb, 0, vectors * sizeof *gb);
    for (size_t block = start; block < end; block++) {
        size_t first = block * BLOCK;
        loss += add_block(p, b, first, n - first < BLOCK ? n - first : BLOCK, scratch, G, gb);
    }
    p->losses[chunk] = loss;
}

/* g and half the squared norm of vector c's weights. */
static double finish_gradient(const struct sl_logistic *p, size_t c, const double *x, double *g)
{
    size_t ld = p->ld, vectors = (size_t)p->vectors, start = c * ld;
    double squares = 0, *gc = g + start, *g_b = g + vectors * ld;
    for (size_t j = 0; j < ld; j++) {
        gc[j] = p->penalty * x[start + j];
        squares += x[start + j] * x[start + j];
    }
    for (size_t chunk = 0; chunk < p->chunks && !p->sparse; chunk++) {
        const float *G = p->G + (chunk * vectors + c) * ld;
        for (size_t j = 0; j < ld; j++)
            gc[j] += p->scale * (double)G[j];
    }
    g_b[c] = 0;
    for (size_t chunk = 0; chunk < p->chunks; chunk++)
        g_b[c] += p->gb[chunk * vectors + c];
    if (!p->fit_intercept)
        g_b[c] = 0;
    return squares / 2;
}

static void run_chunks(void *arg, int thread)
{
    struct sl_logistic *p = arg;
    const double *b = p->x + (size_t)p->vectors * p->ld;
    size_t chunk;
    while ((chunk = atomic_fetch_add(&p->next, 1)) < p->chunks)
        run_chunk(p, b, chunk, p->scratch + (size_t)thread * p->scratch_size);
}

static void finish_gradients(void *arg, int thread)
{
    struct sl_logistic *p = arg;
    for (size_t c = (size_t)thread; c < (size_t)p->vectors; c += (size_t)p->team->threads)
        p->halves[c] = finish_gradient(p, c, p->x, p->g);
}

static void add_sparse(void *arg, int thread)
{
    struct sl_logistic *p = arg;
    const size_t threads = (size_t)p->team->threads, t = (size_t)thread;
    sl_sparse_add_up(p->G, p->chunks, (size_t)p->vectors, p->ld, p->ld * t / threads,
                     p->ld * (t + 1) / threads, p->g);
}

double sl_logistic_objective(void *arg, const double *x, double *g)
{
    struct sl_logistic *p = arg;
    size_t vectors = (size_t)p->vectors, size = vectors * p->ld;
    if (p->sparse)
        sl_sparse_turn(x, vectors, p->ld, p->W);
    for (size_t i = 0; i < size && !p->sparse; i++)
        p->W[i] = (float)(p->scale * x[i]);
    p->x = x;
    p->g = g;
    atomic_store(&p->next, 0);
    sl_team_all(p->team, run_chunks, p);
    sl_team_all(p->team, finish_gradients, p);
    if (p->sparse)
        sl_team_all(p->team, add_sparse, p);
    p->loss = 0;
    for (size_t chunk = 0; chunk < p->chunks; chunk++)
        p->loss += p->losses[chunk];
    double half_squares = 0;
    for (size_t c = 0; c < vectors; c++)
        half_squares += p->halves[c];
    return p->loss + p->penalty * half_squares;
}
