/* shap.c - Shapley values of trees, where what is left out follows the training rows down both ways
 * (path-dependent: Lundberg, Erion, Lee, arXiv:1802.03888).
 *
 * A leaf with value v below edges of m different features is a product game: feature i counts o_i (1 where
 * the row goes that way, else 0) when it is known, and z_i (the share of the training rows) when it is not.
 * The weight of a coalition of s of the m - 1 others is s! (m - 1 - s)! / m!, the integral of t^s (1 - t)^(m
 * - 1 - s) over 0 ... 1, so that feature j's value is the integral of v (o_j - z_j) prod over i /= j of (z_i
 * (1 - t) + o_i t), a polynomial of degree m - 1, which m / 2 points of Gauss and Legendre's rule give
 * exactly.  For each point the products go down the tree, the leaves' sums come up, and every edge takes its
 * feature's part out of what came up.  (Polynomials in the place of subsets: Yu et al., Linear TreeSHAP,
 * NeurIPS 2022.)  A feature that comes again below counts as one, with the product of both: the edge below
 * takes back what the edge above it would count.
 *
 * Cost: O(nodes points) for each row and class.  Memory: a tree's edges, and nodes x points a thread. */
#include "trees/shap.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/dispatch.h"
#include <gsl/gsl_integration.h>
#include <string.h>

enum { POINTS_STEP = 4, ROWS = 16 };

/* The edge to a node from its parent.  What depends on the point stands in tables (points), for a row that
 * does not go that way and for one that does: term = z (1 - t) + o t, its reciprocal, and (o - z) weight /
 * term. */
struct edge {
    int32_t parent, feature;
    int32_t above; /* the edge above of the same feature, as its node; 0: none */
    int is_left;
    double z; /* with those above it of its feature */
};

struct tables {
    const struct sl_tree_model *tree;
    size_t points;
    struct edge *edge;           /* (n_nodes), that of the root empty */
    int32_t *leaf;               /* (n_nodes): the leaf's number, or -1 */
    double *term, *inverse, *to; /* (n_nodes, 2, points) */
    double *t, *weight;          /* (points) */
    const struct sl_tree_sum *sum;
    size_t number; /* of the tree in the sum */
};

static void tables_release(struct tables *tables)
{
    free(tables->edge);
    free(tables->leaf);
    free(tables->term);
    free(tables->inverse);
    free(tables->to);
    free(tables->t);
    free(tables->weight);
}

static double cover(const struct sl_tree_model *tree, size_t node)
{
    return tree->weight ? tree->weight[node] : (double)tree->n_rows[node];
}

/* Fills in the edge to a child, and returns how many different features lead to it. */
static int32_t make_edge(struct tables *tables, size_t parent, size_t child, const int32_t *features)
{
    const struct sl_tree_model *tree = tables->tree;
    struct edge *edge = &tables->edge[child];
    *edge = (struct edge){.parent = (int32_t)parent,
                          .feature = tree->nodes[parent].feature,
                          .is_left = child == parent + 1,
                          .z = cover(tree, child) / cover(tree, parent)};
    for (size_t at = parent; at; at = (size_t)tables->edge[at].parent)
        if (tables->edge[at].feature == edge->feature) {
            edge->above = (int32_t)at;
            edge->z *= tables->edge[at].z;
            break;
        }
    return features[parent] + (edge->above == 0);
}

/* Returns the largest number of different features on a path. */
static int32_t make_edges(struct tables *tables, int32_t *features)
{
    const struct sl_tree_model *tree = tables->tree;
    int32_t most = 0;
    features[0] = 0;
    for (size_t i = 0; i < tree->n_nodes; i++) {
        const size_t children[2] = {i + 1, (size_t)tree->nodes[i].right};
        tables->leaf[i] = tree->nodes[i].feature < 0 ? tree->nodes[i].right : -1;
        for (int c = 0; c < 2 && tables->leaf[i] < 0; c++) {
            features[children[c]] = make_edge(tables, i, children[c], features);
            most = features[children[c]] > most ? features[children[c]] : most;
        }
    }
    return most;
}

static int make_points(struct tables *tables, int32_t features)
{
    const size_t needed = ((size_t)features + 1) / 2;
    tables->points = needed ? (needed + POINTS_STEP - 1) / POINTS_STEP * POINTS_STEP : POINTS_STEP;
    tables->t = sl_alloc(tables->points, sizeof(double));
    tables->weight = sl_alloc(tables->points, sizeof(double));
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(tables->points);
    if (!tables->t || !tables->weight || !rule) {
        gsl_integration_glfixed_table_free(rule);
        return SL_ENOMEM;
    }
    for (size_t q = 0; q < tables->points; q++)
        gsl_integration_glfixed_point(0, 1, q, &tables->t[q], &tables->weight[q], rule);
    gsl_integration_glfixed_table_free(rule);
    return SL_OK;
}

static void fill_tables(struct tables *tables)
{
    const size_t points = tables->points;
    for (size_t i = 1; i < tables->tree->n_nodes; i++)
        for (int o = 0; o < 2; o++)
            for (size_t q = 0; q < points; q++) {
                const size_t at = (2 * i + (size_t)o) * points + q;
                const double z = tables->edge[i].z, term = z * (1 - tables->t[q]) + o * tables->t[q];
                tables->term[at] = term;
                tables->inverse[at] = 1 / term;
                tables->to[at] = (o - z) * tables->weight[q] / term;
            }
}

static int tables_make(const struct sl_tree_model *tree, struct tables *tables)
{
    int32_t *features = sl_alloc(tree->n_nodes, sizeof *features);
    *tables = (struct tables){.tree = tree,
                              .edge = sl_alloc_zero(tree->n_nodes, sizeof *tables->edge),
                              .leaf = sl_alloc(tree->n_nodes, sizeof *tables->leaf)};
    int code = features && tables->edge && tables->leaf ? SL_OK : SL_ENOMEM;
    if (!code)
        code = make_points(tables, make_edges(tables, features));
    if (!code) {
        const size_t size = 2 * tables->points * sizeof(double);
        tables->term = sl_alloc(tree->n_nodes, size);
        tables->inverse = sl_alloc(tree->n_nodes, size);
        tables->to = sl_alloc(tree->n_nodes, size);
        code = tables->term && tables->inverse && tables->to ? SL_OK : SL_ENOMEM;
    }
    if (!code)
        fill_tables(tables);
    free(features);
    return code;
}

/* A row ------------------------------------------------------------------------------------------- */

/* A thread's: products (n_nodes, points) on the way down, sums on the way up, and whether the row goes the
 * edge's way and those above it of its feature. */
struct scratch {
    double *down, *up;
    uint8_t *goes; /* (n_nodes) */
    double *phi;   /* (d) */
};

static void scratch_release(struct scratch *s)
{
    free(s->down);
    free(s->up);
    free(s->goes);
    free(s->phi);
}

static int scratch_new(const struct tables *tables, struct scratch *s)
{
    const size_t nodes = tables->tree->n_nodes, size = tables->points * sizeof(double);
    *s = (struct scratch){.down = sl_alloc(nodes, size),
                          .up = sl_alloc(nodes, size),
                          .goes = sl_alloc(nodes, 1),
                          .phi = sl_alloc(tables->tree->d, sizeof(double))};
    return s->down && s->up && s->goes && s->phi ? SL_OK : SL_ENOMEM;
}

static void walk(const struct tables *tables, const struct sl_view *x, size_t row, uint8_t *goes)
{
    const struct sl_tree_model *tree = tables->tree;
    goes[0] = 1;
    for (size_t i = 0; i < tree->n_nodes; i++) {
        if (tables->leaf[i] >= 0)
            continue;
        const int left = sl_tree_goes_left(tables->sum, tables->number, i, x, row);
        const size_t children[2] = {i + 1, (size_t)tree->nodes[i].right};
        for (int c = 0; c < 2; c++) {
            const int32_t above = tables->edge[children[c]].above;
            goes[children[c]] = (uint8_t)((left == (c == 0)) & (above ? goes[above] : 1));
        }
    }
}

/* Pieces of P points, which is known when they are compiled where it is small. */
SL_INLINE void go_down(const struct tables *tables, const struct scratch *s, const size_t P)
{
    for (size_t q = 0; q < P; q++)
        s->down[q] = 1;
    for (size_t i = 1; i < tables->tree->n_nodes; i++) {
        const struct edge *edge = &tables->edge[i];
        const double *from = s->down + (size_t)edge->parent * P,
                     *term = tables->term + (2 * i + s->goes[i]) * P;
        double *to = s->down + i * P;
        for (size_t q = 0; q < P; q++)
            to[q] = from[q] * term[q];
        if (edge->above) {
            const double *undo = tables->inverse + (2 * (size_t)edge->above + s->goes[edge->above]) * P;
            for (size_t q = 0; q < P; q++)
                to[q] *= undo[q];
        }
    }
}

SL_INLINE double dot(const double *a, const double *b, const size_t P)
{
    double sum = 0;
    for (size_t q = 0; q < P; q++)
        sum += a[q] * b[q];
    return sum;
}

/* Adds the row's values for a class to s->phi. */
SL_INLINE void come_up(const struct tables *tables, const struct scratch *s, int32_t class, const size_t P)
{
    const struct sl_tree_model *tree = tables->tree;
    memset(s->up, 0, tree->n_nodes * P * sizeof *s->up);
    for (size_t i = tree->n_nodes - 1; i > 0; i--) {
        const struct edge *edge = &tables->edge[i];
        double *up = s->up + i * P, *to = s->up + (size_t)edge->parent * P;
        if (tables->leaf[i] >= 0) {
            const double v = sl_tree_share(tables->sum, tables->number, (size_t)tables->leaf[i], class);
            for (size_t q = 0; q < P; q++)
                up[q] = v * s->down[i * P + q];
        }
        double phi = dot(up, tables->to + (2 * i + s->goes[i]) * P, P);
        if (edge->above)
            phi -= dot(up, tables->to + (2 * (size_t)edge->above + s->goes[edge->above]) * P, P);
        s->phi[edge->feature] += phi;
        for (size_t q = 0; q < P; q++)
            to[q] += up[q];
    }
}

SL_CLONED_VOID(static, down_all, (const struct tables *tables, const struct scratch *s), (tables, s))
{
    if (tables->points == 4)
        go_down(tables, s, 4);
    else if (tables->points == 8)
        go_down(tables, s, 8);
    else
        go_down(tables, s, tables->points);
}

SL_CLONED_VOID(static, up_all, (const struct tables *tables, const struct scratch *s, int32_t class),
               (tables, s, class))
{
    if (tables->points == 4)
        come_up(tables, s, class, 4);
    else if (tables->points == 8)
        come_up(tables, s, class, 8);
    else
        come_up(tables, s, class, tables->points);
}

/* Adds the tree's part to the row's values (m, d). */
static void explain_row(const struct tables *tables, const struct scratch *s, const struct sl_view *x,
                        size_t row, const int32_t *classes, size_t m, double factor, double *values)
{
    const size_t d = tables->tree->d;
    if (!sl_tree_adds(tables->sum, tables->number, classes, m))
        return;
    walk(tables, x, row, s->goes);
    down_all(tables, s);
    for (size_t c = 0; c < m; c++) {
        if (!sl_tree_adds(tables->sum, tables->number, classes + c, 1))
            continue;
        memset(s->phi, 0, d * sizeof *s->phi);
        up_all(tables, s, classes[c]);
        for (size_t j = 0; j < d; j++)
            values[c * d + j] += factor * s->phi[j];
    }
}

/* Trees -------------------------------------------------------------------------------------------- */

static double operations(const struct tables *tables, size_t n, size_t m)
{
    return 4 * (double)n * (double)(m + 1) * (double)tables->tree->n_nodes * (double)tables->points;
}

static int explain_tree(const struct tables *tables, const struct sl_view *x, const int32_t *classes,
                        size_t m, double factor, int threads, double *values)
{
    const size_t d = tables->tree->d;
    int code = SL_OK;
    threads = sl_threads_for(operations(tables, x->n, m), threads);
#pragma omp parallel num_threads(threads) reduction(| : code)
    {
        struct scratch s;
        code = scratch_new(tables, &s);
#pragma omp for schedule(dynamic, ROWS)
        for (size_t i = 0; i < x->n; i++)
            if (!code)
                explain_row(tables, &s, x, i, classes + i * m, m, factor, values + i * m * d);
        scratch_release(&s);
    }
    return code;
}

int sl_tree_shap(const struct sl_tree_sum *trees, const struct sl_view *x, const int32_t *classes, size_t m,
                 int threads, double *values, struct sl_error *err)
{
    int code = SL_OK;
    memset(values, 0, x->n * m * x->d * sizeof *values);
    for (size_t t = 0; t < trees->n && !code; t++) {
        struct tables tables;
        code = tables_make(trees->tree[t], &tables);
        tables.sum = trees;
        tables.number = t;
        if (!code)
            code = explain_tree(&tables, x, classes, m, trees->factor, threads, values);
        tables_release(&tables);
    }
    return code ? sl_fail_memory(err) : SL_OK;
}

double sl_tree_expectation(const struct sl_tree_sum *trees, int32_t class)
{
    double sum = 0;
    for (size_t t = 0; t < trees->n; t++) {
        const struct sl_tree_model *tree = trees->tree[t];
        for (size_t i = 0; i < tree->n_nodes; i++)
            if (tree->nodes[i].feature < 0)
                sum += cover(tree, i) / cover(tree, 0) *
                       sl_tree_share(trees, t, (size_t)tree->nodes[i].right, class);
    }
    return trees->factor * sum;
}
