/* vote.c - from neighbours to labels and shares of classes (Cover and Hart, 1967).  O(neighbours + k) a row.
 */
#include "neighbours/vote.h"
#include "core/memory.h"
#include "neighbours/search.h"
#include <math.h>
#include <string.h>

double sl_knn_unit(const struct sl_view *view)
{
    return view->dtype == SL_U8 ? fabs((double)view->scale) : 1;
}

static void count(const struct sl_knn_voting *voting, const struct sl_neighbour *found, size_t n,
                  double *votes)
{
    /* As scikit-learn: where a neighbour is at distance 0, only those at distance 0 vote. */
    const int on_top = voting->weights == SL_KNN_DISTANCE && found[0].key == 0;
    double total = 0;
    memset(votes, 0, (size_t)voting->k * sizeof *votes);
    for (size_t j = 0; j < n; j++) {
        double weight = 1;
        if (on_top)
            weight = found[j].key == 0;
        else if (voting->weights == SL_KNN_DISTANCE)
            weight = 1 / (voting->unit * pow(found[j].key, 1 / voting->p));
        votes[voting->labels[found[j].row]] += weight;
        total += weight;
    }
    for (int c = 0; c < voting->k; c++)
        votes[c] /= total;
}

void sl_knn_vote(const struct sl_knn_voting *voting, const struct sl_neighbour *found, size_t n,
                 double *votes, int32_t *label, float *score)
{
    int best = 0;
    count(voting, found, n, votes);
    for (int c = 0; c < voting->k; c++) {
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
    return sl_fail(err, SL_EDATA,
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
        sl_knn_vote(voting, found + i * n_neighbors, n_neighbors, votes, labels ? labels + i : NULL,
                    scores ? scores + i * (size_t)voting->k : NULL);
    }
    free(found);
    free(votes);
    return code;
}

int sl_knn_classify(const struct sl_knn_rows *rows, const struct sl_knn_voting *voting, size_t n_neighbors,
                    const struct sl_view *x, int threads, int32_t *labels, float *scores,
                    struct sl_error *err)
{
    const size_t size = x->d * (x->dtype == SL_U8 ? 1 : sizeof(float)), k = (size_t)voting->k;
    size_t first_beyond = x->n;
    int failed = 0;
    if (x->dtype != rows->dtype || x->d != rows->d)
        return sl_fail(err, SL_EUSAGE, "the rows differ in type or width from the training rows");
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(| : failed) reduction(min : first_beyond)
    for (size_t first = 0; first < x->n; first += SL_KNN_QUERIES) {
        const size_t m = x->n - first < SL_KNN_QUERIES ? x->n - first : SL_KNN_QUERIES;
        size_t beyond = m;
        if (classify_block(rows, voting, n_neighbors, (const char *)x->x + first * size, m,
                           labels ? labels + first : NULL, scores ? scores + first * k : NULL, &beyond))
            failed = 1;
        else if (beyond < m && first + beyond < first_beyond)
            first_beyond = first + beyond;
    }
    if (failed)
        return sl_fail_memory(err);
    return first_beyond < x->n ? sl_knn_fail_beyond(first_beyond, err) : SL_OK;
}
