/* vote.c - from neighbours to labels and shares of classes (Cover and Hart, 1967).  O(neighbours + k) a row.
 */
#include "neighbours/vote.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/gemm.h"
#include "neighbours/search.h"
#include <math.h>
#include <string.h>

double sl_knn_unit(const struct sl_view *view)
{
    return view->dtype == SL_U8 ? fabs((double)view->scale) : 1;
}

/* The vote of a neighbour at that distance. */
static double weight_of(const struct sl_knn_voting *voting, double key)
{
    return voting->weights == SL_KNN_DISTANCE ? 1 / (voting->unit * pow(key, 1 / voting->p)) : 1;
}

void sl_knn_weigh(const struct sl_knn_voting *voting, const struct sl_neighbour *found, size_t n,
                  double *weight)
{
    for (size_t j = 0; j < n; j++)
        weight[j] = weight_of(voting, found[j].key);
}

/* As scikit-learn: where a neighbour is at distance 0, only those at distance 0 vote. */
static double count_on_top(const struct sl_knn_voting *voting, const struct sl_neighbour *found, size_t n,
                           double *votes)
{
    double total = 0;
    for (size_t j = 0; j < n && found[j].key == 0; j++) {
        votes[voting->labels[found[j].row]]++;
        total++;
    }
    return total;
}

/* weight: as sl_knn_weigh has it; NULL: not yet computed. */
static double count(const struct sl_knn_voting *voting, const struct sl_neighbour *found,
                    const double *weight, size_t n, double *votes)
{
    double total = 0;
    if (voting->weights == SL_KNN_DISTANCE && found[0].key == 0)
        return count_on_top(voting, found, n, votes);
    for (size_t j = 0; j < n; j++) {
        const double vote = weight ? weight[j] : weight_of(voting, found[j].key);
        votes[voting->labels[found[j].row]] += vote;
        total += vote;
    }
    return total;
}

void sl_knn_vote(const struct sl_knn_voting *voting, const struct sl_neighbour *found, const double *weight,
                 size_t n, double *votes, int32_t *label, float *score)
{
    int best = 0;
    memset(votes, 0, (size_t)voting->k * sizeof *votes);
    const double total = count(voting, found, weight, n, votes);
    for (int c = 0; c < voting->k; c++) {
        votes[c] /= total;
        if (votes[c] > votes[best])
            best = c;
        if (score)
            score[c] = (float)votes[c];
    }
    if (label)
        *label = best;
}

int sl_knn_is_beyond(const struct sl_neighbour *found, size_t n)
{
    return !isfinite(found[n - 1].key);
}

int sl_knn_fail_beyond(size_t row, struct sl_error *err)
{
    return sl_fail(
        err, SL_EDATA,
        "row %zu: distances are beyond the range of double numbers: scale the features, or lower p", row);
}

/* Labels, scores or both of m rows x; *beyond is the first whose distances are no numbers, or m. */
static int classify_block(const struct sl_knn_rows *rows, const struct sl_knn_voting *voting,
                          size_t n_neighbors, const void *x, size_t m, int32_t *labels, float *scores,
                          size_t *beyond)
{
    struct sl_neighbour *found = sl_alloc(m * n_neighbors, sizeof *found);
    double *votes = sl_alloc((size_t)voting->k, sizeof *votes);
    int code = found && votes ? sl_knn_search(rows, x, m, n_neighbors, found, NULL) : SL_ENOMEM;
    for (*beyond = 0; *beyond < m && !code; ++*beyond) {
        const size_t i = *beyond;
        if (sl_knn_is_beyond(found + i * n_neighbors, n_neighbors))
            break;
        sl_knn_vote(voting, found + i * n_neighbors, NULL, n_neighbors, votes, labels ? labels + i : NULL,
                    scores ? scores + i * (size_t)voting->k : NULL);
    }
    free(found);
    free(votes);
    return code;
}

/* The view's rows from one on; head: of sparse ones. */
static const void *rows_from(const struct sl_view *x, size_t first, struct sl_csr *head)
{
    if (x->dtype != SL_SPARSE)
        return (const char *)x->x + first * x->d * (x->dtype == SL_U8 ? 1 : sizeof(float));
    *head = *(const struct sl_csr *)x->x;
    head->start += first;
    return head;
}

int sl_knn_classify(const struct sl_knn_rows *rows, const struct sl_knn_voting *voting, size_t n_neighbors,
                    const struct sl_view *x, int threads, int32_t *labels, float *scores,
                    struct sl_error *err)
{
    const size_t k = (size_t)voting->k;
    size_t first_beyond = x->n;
    int worst = SL_OK;
    if (x->dtype != rows->dtype || x->d != rows->d)
        return sl_fail(err, SL_EUSAGE, "the rows differ in type or width from the training rows");
    threads = sl_threads_for(sl_knn_operations(rows, x->n), threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(max                                \
                                                                          : worst) reduction(min             \
                                                                                             : first_beyond)
    for (size_t first = 0; first < x->n; first += SL_KNN_QUERIES) {
        const size_t m = x->n - first < SL_KNN_QUERIES ? x->n - first : SL_KNN_QUERIES;
        size_t beyond = m;
        struct sl_csr head;
        const int code =
            classify_block(rows, voting, n_neighbors, rows_from(x, first, &head), m,
                           labels ? labels + first : NULL, scores ? scores + first * k : NULL, &beyond);
        worst = code > worst ? code : worst;
        if (!code && beyond < m && first + beyond < first_beyond)
            first_beyond = first + beyond;
    }
    if (worst)
        return sl_product_fail(worst, err);
    return first_beyond < x->n ? sl_knn_fail_beyond(first_beyond, err) : SL_OK;
}
