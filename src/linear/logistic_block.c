/* logistic_block.c - a block of rows times all columns of a group, its losses, and its share of the
 * gradients.
 *
 * Columns are the weight vectors of all problems, those of a part side by side.  A block is multiplied with
 * the columns of the parts that fit some of its rows, in runs of neighbours; rows are in such an order that
 * most blocks are of the same parts throughout, so that next to nothing is multiplied in vain.  Where a part
 * does not fit a row, the derivatives of its losses by the row's scores are set to 0.
 * O(rows d columns), a half or less of it where bytes are mostly 0. */
#include "linear/logistic_block.h"
#include "core/memory.h"
#include "kernels/convert.h"
#include "kernels/gemm.h"
#include "kernels/skinny.h"
#include "kernels/softmax.h"
#include "kernels/sparse_bytes.h"
#include <string.h>

enum {
    TILE = SL_SOFTMAX_ROWS,
    STRIP = 8, /* skinny: rows that are still in the first-level cache when their scores are computed */
    EDGE = 8,  /* runs of columns begin and end at multiples of it */
};

struct run {
    size_t begin, end;
};

struct sl_logistic_desk {
    uint8_t *bytes, *turned; /* sparse: (block, ldx) and (d, ldt) */
    size_t ldx, ldt;
    float *panel;     /* sparse: scratch */
    float value[256]; /* sparse: of a byte */
    float *X;         /* (block, ld), else */
    float *Z;         /* (block, ldc); skinny: (ldc, block) */
    float *T;         /* (most_vectors, TILE) */
    struct run *runs; /* (n_parts) */
    size_t n_runs;
    uint32_t *mine;    /* (block) rows of the part at hand, by their places in the block */
    unsigned char *is; /* (n_parts): does the part fit a row of the block? */
};

/* The rows at hand. */
struct block {
    const uint32_t *rows; /* (n) of the view */
    size_t n;
};

static size_t row_step(const struct sl_logistic_columns *c)
{
    return c->way == SL_COLUMNS_SKINNY ? 1 : c->ldc;
}

static size_t column_step(const struct sl_logistic_columns *c)
{
    return c->way == SL_COLUMNS_SKINNY ? c->block : 1;
}

/* Desks
 * ----------------------------------------------------------------------------------------------------*/

static int sparse_init(struct sl_logistic_desk *desk, const struct sl_logistic_columns *c)
{
    desk->ldx = sl_sparse_padded(c->view->d);
    desk->ldt = sl_sparse_padded(c->block);
    desk->bytes = sl_alloc_zero(c->block, desk->ldx);
    desk->turned = sl_alloc_zero(c->view->d, desk->ldt);
    desk->panel = sl_alloc(SL_SPARSE_PANEL, sizeof *desk->panel);
    for (int b = 0; b < 256; b++)
        desk->value[b] = c->view->scale * (float)b;
    return desk->bytes && desk->turned && desk->panel;
}

static int desk_init(struct sl_logistic_desk *desk, const struct sl_logistic_columns *c)
{
    desk->Z = sl_alloc_zero(c->block * c->ldc, sizeof *desk->Z);
    desk->T = sl_alloc((size_t)c->most_vectors * TILE, sizeof *desk->T);
    desk->runs = sl_alloc(c->n_parts, sizeof *desk->runs);
    desk->mine = sl_alloc(c->block, sizeof *desk->mine);
    desk->is = sl_alloc(c->n_parts, sizeof *desk->is);
    if (!desk->Z || !desk->T || !desk->runs || !desk->mine || !desk->is)
        return 0;
    if (c->way == SL_COLUMNS_SPARSE)
        return sparse_init(desk, c);
    desk->X = sl_alloc_zero(c->block * c->ld, sizeof *desk->X); /* the padding stays zero */
    return desk->X != NULL;
}

void sl_logistic_desk_free(struct sl_logistic_desk *desk)
{
    if (!desk)
        return;
    free(desk->bytes);
    free(desk->turned);
    free(desk->panel);
    free(desk->X);
    free(desk->Z);
    free(desk->T);
    free(desk->runs);
    free(desk->mine);
    free(desk->is);
    free(desk);
}

struct sl_logistic_desk *sl_logistic_desk_new(const struct sl_logistic_columns *c)
{
    struct sl_logistic_desk *desk = sl_alloc_zero(1, sizeof *desk);
    if (desk && !desk_init(desk, c)) {
        sl_logistic_desk_free(desk);
        desk = NULL;
    }
    return desk;
}

/* Runs
 * -----------------------------------------------------------------------------------------------------*/

static struct run columns_of(const struct sl_logistic_columns *c, size_t part)
{
    const size_t first = c->first[part], end = c->first[part + 1];
    return (struct run){c->problems[first]->column,
                        end < c->n_problems ? c->problems[end]->column : c->columns};
}

static int has_problems(const struct sl_logistic_columns *c, size_t part)
{
    return c->first[part] < c->first[part + 1];
}

static int32_t number_of(const struct sl_logistic_columns *c, size_t part, uint32_t row)
{
    return c->problems[c->first[part]]->classes->number[row];
}

static int fits_some(const struct sl_logistic_columns *c, size_t part, const struct block *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (number_of(c, part, b->rows[i]) >= 0)
            return 1;
    return 0;
}

/* Wide enough for every product, and on boundaries that suit registers. */
static struct run widen(const struct sl_logistic_columns *c, struct run run)
{
    if (c->way == SL_COLUMNS_SKINNY)
        return run;
    run.begin = run.begin / EDGE * EDGE;
    run.end = (run.end + EDGE - 1) / EDGE * EDGE;
    if (run.end - run.begin < SL_SPARSE_MIN_WIDTH)
        run.end = run.begin + SL_SPARSE_MIN_WIDTH;
    if (run.end > c->ldc)
        run = (struct run){c->ldc - SL_SPARSE_MIN_WIDTH, c->ldc};
    return run;
}

static void find_runs(const struct sl_logistic_columns *c, struct sl_logistic_desk *desk,
                      const struct block *b)
{
    desk->n_runs = 0;
    for (size_t p = 0; p < c->n_parts; p++) {
        desk->is[p] = has_problems(c, p) && fits_some(c, p, b);
        if (!desk->is[p])
            continue;
        const struct run run = widen(c, columns_of(c, p));
        struct run *last = desk->n_runs ? &desk->runs[desk->n_runs - 1] : NULL;
        if (last && run.begin <= last->end)
            last->end = run.end;
        else
            desk->runs[desk->n_runs++] = run;
    }
}

/* Products
 * -------------------------------------------------------------------------------------------------*/

static void take_rows(const struct sl_logistic_columns *c, struct sl_logistic_desk *desk,
                      const struct block *b)
{
    const size_t d = c->view->d;
    for (size_t i = 0; i < b->n; i++)
        if (c->way == SL_COLUMNS_SPARSE)
            memcpy(desk->bytes + i * desk->ldx, (const uint8_t *)c->view->x + b->rows[i] * d, d);
        else
            sl_view_gather(c->view, b->rows + i, 1, desk->X + i * c->ld);
    if (c->way == SL_COLUMNS_SPARSE)
        sl_sparse_transpose(desk->bytes, b->n, d, desk->ldx, desk->turned, desk->ldt);
}

static int find_scores(const struct sl_logistic_columns *c, struct sl_logistic_desk *desk, size_t n,
                       struct run run)
{
    const size_t width = run.end - run.begin, d = c->view->d;
    const float *W = c->W + run.begin * (c->way == SL_COLUMNS_SKINNY ? c->ld : 1);
    float *Z = desk->Z + run.begin * column_step(c);
    switch (c->way) {
    case SL_COLUMNS_SPARSE:
        sl_sparse_product(desk->bytes, n, d, desk->ldx, desk->value, W, c->ldc, width, 0, Z, c->ldc,
                          desk->panel);
        return SL_OK;
    case SL_COLUMNS_DENSE:
        return sl_gemm_one(0, 0, n, width, d, 1, desk->X, c->ld, W, c->ldc, 0, Z, c->ldc);
    default:
        for (size_t i = 0; i < n; i += STRIP)
            sl_skinny_dot(desk->X + i * c->ld, n - i < STRIP ? n - i : STRIP, W, width, c->ld, Z + i,
                          c->block);
        return SL_OK;
    }
}

static int add_gradients(const struct sl_logistic_columns *c, struct sl_logistic_desk *desk, size_t n,
                         struct run run, float *G)
{
    const size_t width = run.end - run.begin, d = c->view->d;
    const float *Z = desk->Z + run.begin * column_step(c);
    switch (c->way) {
    case SL_COLUMNS_SPARSE:
        sl_sparse_product(desk->turned, d, n, desk->ldt, desk->value, Z, c->ldc, width, 1, G + run.begin,
                          c->ldc, desk->panel);
        return SL_OK;
    case SL_COLUMNS_DENSE:
        return sl_gemm_one(1, 0, d, width, n, 1, desk->X, c->ld, Z, c->ldc, 1, G + run.begin, c->ldc);
    default:
        sl_skinny_sum(Z, c->block, desk->X, n, width, c->ld, G + run.begin * c->ld);
        return SL_OK;
    }
}

/* Losses
 * ---------------------------------------------------------------------------------------------------*/

static void clear(const struct sl_logistic_columns *c, float *Z, size_t begin, size_t end, size_t i)
{
    float *z = Z + i * row_step(c);
    for (size_t column = begin; column < end; column++)
        z[column * column_step(c)] = 0;
}

/* Scores of columns that were multiplied only because they stand beside others. */
static void clear_absent(const struct sl_logistic_columns *c, struct sl_logistic_desk *desk, size_t n)
{
    for (size_t p = 0; p < c->n_parts; p++) {
        if (desk->is[p] || !has_problems(c, p))
            continue;
        const struct run own = columns_of(c, p);
        for (size_t r = 0; r < desk->n_runs; r++) {
            const struct run *run = &desk->runs[r];
            const size_t begin = own.begin > run->begin ? own.begin : run->begin;
            const size_t end = own.end < run->end ? own.end : run->end;
            for (size_t i = 0; begin < end && i < n; i++)
                clear(c, desk->Z, begin, end, i);
        }
    }
}

/* Lists the rows that the part fits; the scores of the others become 0. */
static size_t list_mine(const struct sl_logistic_columns *c, struct sl_logistic_desk *desk,
                        const struct block *b, size_t part)
{
    const struct run own = columns_of(c, part);
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        if (number_of(c, part, b->rows[i]) >= 0)
            desk->mine[n++] = (uint32_t)i;
        else
            clear(c, desk->Z, own.begin, own.end, i);
    return n;
}

/* What a row's loss counts for. */
static float row_weight(const struct sl_logistic_problem *p, uint32_t row)
{
    return p->weight[p->classes->number[row]];
}

/* The losses of n listed rows, whose scores become derivatives; gb (vectors) gets their sums. */
static double tile_loss(const struct sl_logistic_columns *c, const struct sl_logistic_problem *p,
                        struct sl_logistic_desk *desk, const struct block *b, const uint32_t *mine, size_t n,
                        double *gb)
{
    const size_t vectors = (size_t)p->vectors, by_row = row_step(c), by_column = column_step(c);
    const double *bias = c->b + p->column;
    float *Z = desk->Z + p->column * by_column, *T = desk->T, s[TILE], sign[TILE];
    int32_t y[TILE];
    for (size_t i = 0; i < n; i++) {
        const uint32_t row = b->rows[mine[i]];
        y[i] = p->classes->number[row];
        s[i] = row_weight(p, row);
        sign[i] = y[i] == p->own ? 1 : -1;
        for (size_t v = 0; v < vectors; v++)
            T[v * TILE + i] = Z[mine[i] * by_row + v * by_column] + (float)bias[v];
    }
    const double loss =
        vectors == 1 ? sl_logistic_loss(T, n, sign, s) : sl_softmax_loss(T, TILE, n, p->vectors, y, s);
    for (size_t v = 0; v < vectors; v++) {
        float sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += T[v * TILE + i];
        gb[v] += (double)sum;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < vectors; v++)
            Z[mine[i] * by_row + v * by_column] = T[v * TILE + i];
    return loss;
}

static void part_losses(const struct sl_logistic_columns *c, struct sl_logistic_desk *desk,
                        const struct block *b, size_t part, size_t chunk)
{
    const size_t mine = list_mine(c, desk, b, part);
    for (size_t k = c->first[part]; k < c->first[part + 1]; k++) {
        const struct sl_logistic_problem *p = c->problems[k];
        double *gb = c->gb + chunk * c->ldc + p->column;
        for (size_t i = 0; i < mine; i += TILE)
            c->losses[chunk * c->n_problems + k] +=
                tile_loss(c, p, desk, b, desk->mine + i, mine - i < TILE ? mine - i : TILE, gb);
    }
}

int sl_logistic_block(const struct sl_logistic_columns *c, struct sl_logistic_desk *desk, size_t block,
                      size_t chunk)
{
    const size_t first = block * c->block;
    const struct block b = {c->order + first, c->n - first < c->block ? c->n - first : c->block};
    float *G = c->G + chunk * c->matrix;
    int code = SL_OK;
    find_runs(c, desk, &b);
    take_rows(c, desk, &b);
    for (size_t r = 0; r < desk->n_runs && !code; r++)
        code = find_scores(c, desk, b.n, desk->runs[r]);
    clear_absent(c, desk, b.n);
    for (size_t p = 0; p < c->n_parts && !code; p++)
        if (desk->is[p])
            part_losses(c, desk, &b, p, chunk);
    for (size_t r = 0; r < desk->n_runs && !code; r++)
        code = add_gradients(c, desk, b.n, desk->runs[r], G);
    return code;
}
