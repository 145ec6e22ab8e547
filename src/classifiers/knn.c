/* knn.c - k nearest neighbours (Fix and Hodges, 1951; Cover and Hart, 1967), exactly.
 *
 * scikit-learn: KNeighborsClassifier(algorithm="brute"), whatever the algorithm here.  Of equal distances the
 * lower training row is nearer; of equal votes the lower label wins.  n_neighbors beyond the training rows
 * means all of them. Cost: fit O(n d), a copy of the rows; predict O(n d) a row, see neighbours/scan.c. */
#include "core/memory.h"
#include "data/csr.h"
#include "kernels/bytegram.h"
#include "neighbours/folds.h"
#include <math.h>
#include <shortlist/classifier.h>
#include <string.h>

enum { MINKOWSKI, EUCLIDEAN, MANHATTAN };
enum { AUTO, BRUTE };

struct config {
    int n_neighbors;
    int weights;
    double p;
    int metric;
    int algorithm;
};

static const struct sl_word weights_words[] = {
    {"uniform", SL_KNN_UNIFORM}, {"distance", SL_KNN_DISTANCE}, {NULL, 0}};
static const struct sl_word metric_words[] = {
    {"minkowski", MINKOWSKI}, {"euclidean", EUCLIDEAN}, {"manhattan", MANHATTAN}, {NULL, 0}};
static const struct sl_word algorithm_words[] = {{"auto", AUTO}, {"brute", BRUTE}, {NULL, 0}};

static const struct sl_param params[] = {
    SL_INT_PARAM("n_neighbors", struct config, n_neighbors, "5", 1, 1e6, SL_LOG | SL_SHARED | SL_SIMPLER_HIGH,
                 "1,3,5,7,9,15,25", "neighbours that vote"),
    SL_FLAGGED_CHOICE_PARAM("weights", struct config, weights, "uniform", SL_SHARED, weights_words,
                            "uniform,distance", "weight of a vote: 1, or 1 / distance"),
    SL_REAL_PARAM("p", struct config, p, "2", 1, 100, 0, "1,2", "power of the Minkowski metric"),
    SL_CHOICE_PARAM("metric", struct config, metric, "minkowski", metric_words, "euclidean,manhattan",
                    "euclidean is minkowski with p=2, manhattan with p=1"),
    SL_CHOICE_PARAM("algorithm", struct config, algorithm, "auto", algorithm_words, NULL,
                    "brute measures every row; auto leaves out those that a bound rules out; both are exact"),
    {0}};

struct model {
    int k;         /* classes */
    size_t wanted; /* neighbours, at most the rows */
    int weights;
    double unit; /* of the features, as in the training view */
    struct sl_knn_rows rows;
    int32_t *labels; /* (n) */
};

static void knn_free(void *vmodel)
{
    struct model *model = vmodel;
    if (!model)
        return;
    sl_knn_rows_release(&model->rows);
    free(model->labels);
    free(model);
}

static struct sl_knn_options search_options(const struct config *config, int threads)
{
    return (struct sl_knn_options){
        .p = config->metric == EUCLIDEAN   ? 2
             : config->metric == MANHATTAN ? 1
                                           : config->p,
        .brute = config->algorithm == BRUTE,
        .threads = threads,
    };
}

/* The view's rows and labels are copied. */
static int model_new(const struct config *config, const struct sl_view *train, int threads,
                     struct model **out, struct sl_error *err)
{
    const struct sl_knn_options options = search_options(config, threads);
    const size_t n = train->n;
    struct model *model = sl_alloc_zero(1, sizeof *model);
    *out = NULL;
    if (!model)
        return sl_fail_memory(err);
    model->k = train->k;
    model->wanted = (size_t)config->n_neighbors < n ? (size_t)config->n_neighbors : n;
    model->weights = config->weights;
    model->unit = sl_knn_unit(train);
    model->labels = sl_alloc(n, sizeof *model->labels);
    int code = model->labels ? sl_knn_rows_init(&model->rows, train, model->wanted, &options, err)
                             : sl_fail_memory(err);
    if (code) {
        knn_free(model);
        return code;
    }
    memcpy(model->labels, train->y, n * sizeof *model->labels);
    *out = model;
    return SL_OK;
}

static int knn_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    (void)view;
    if (config->metric == EUCLIDEAN && config->p != 2)
        return sl_fail(err, SL_EUSAGE, "p: metric=euclidean means p=2; leave p out or take metric=minkowski");
    if (config->metric == MANHATTAN && config->p != 2 && config->p != 1)
        return sl_fail(err, SL_EUSAGE, "p: metric=manhattan means p=1; leave p out or take metric=minkowski");
    return SL_OK;
}

static void knn_warm_up(const void *config, const struct sl_view *view)
{
    const struct sl_knn_options options = search_options(config, 1);
    sl_knn_warm_up(view->dtype, view->n, view->d, &options);
}

static int knn_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    struct model *model;
    int code = model_new(fit->config, fit->train, fit->threads, &model, err);
    *out = model;
    return code;
}

static int classify(const struct model *model, const struct sl_view *x, int threads, int32_t *labels,
                    float *scores, struct sl_error *err)
{
    const struct sl_knn_voting voting = {.labels = model->labels,
                                         .k = model->k,
                                         .weights = model->weights,
                                         .p = model->rows.p,
                                         .unit = model->unit};
    return sl_knn_classify(&model->rows, &voting, model->wanted, x, threads, labels, scores, err);
}

static int knn_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                       struct sl_error *err)
{
    return classify(model, x, threads, labels, NULL, err);
}

static int knn_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                      struct sl_error *err)
{
    return classify(model, x, threads, NULL, scores, err);
}

/* Many at once: one search for every fold, number of neighbours and weighting.  As a separate fit only copies
 * the rows, what is shared is booked as scoring. */

enum { GROUP_BYTES = 64 << 20 }; /* of neighbours that are kept */

static int knn_shares(const void *vconfig, const struct sl_view *view)
{
    const struct config *config = vconfig;
    return (double)config->n_neighbors * (double)view->n * sizeof(struct sl_neighbour) <= GROUP_BYTES;
}

struct knn_group {
    const struct sl_group *group;
    struct sl_knn_options options;
    struct sl_knn_folds folds;
    int32_t *fold;   /* (n) of each row: the part that scores it; -1: none */
    int32_t *labels; /* (n) */
    float *scores;   /* (n, k) */
    struct sl_spent search;
};

static size_t most_neighbors(const struct sl_group *group)
{
    int most = 1;
    for (size_t m = 0; m < group->n_members; m++) {
        const struct config *config = group->members[m].config;
        most = config->n_neighbors > most ? config->n_neighbors : most;
    }
    return (size_t)most;
}

static struct sl_knn_voting voting_of(const struct knn_group *g, int weights)
{
    const struct sl_view *rows = g->group->rows;
    return (struct sl_knn_voting){
        .labels = rows->y, .k = rows->k, .weights = weights, .p = g->options.p, .unit = sl_knn_unit(rows)};
}

static int any_by_distance(const struct sl_group *group)
{
    for (size_t m = 0; m < group->n_members; m++)
        if (((const struct config *)group->members[m].config)->weights == SL_KNN_DISTANCE)
            return 1;
    return 0;
}

/* Each part fits the rows that it does not score, in their order, so parts are folds. */
static int search_group(struct knn_group *g, struct sl_error *err)
{
    const struct sl_group *group = g->group;
    const size_t n = group->rows->n;
    struct sl_spent start = sl_spent_now();
    g->fold = sl_alloc(n, sizeof *g->fold);
    g->labels = sl_alloc(n, sizeof *g->labels);
    g->scores = sl_alloc(n * (size_t)group->rows->k, sizeof *g->scores);
    if (!g->fold || !g->labels || !g->scores)
        return sl_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        g->fold[i] = -1;
    for (size_t p = 0; p < group->n_parts; p++)
        for (size_t i = 0; i < group->parts[p].n_score; i++)
            g->fold[group->parts[p].score[i]] = (int32_t)p;
    int code = sl_knn_folds_search(group->rows, g->fold, (int)group->n_parts, most_neighbors(group),
                                   &g->options, &g->folds, err);
    const struct sl_knn_voting by_distance = voting_of(g, SL_KNN_DISTANCE);
    if (!code && any_by_distance(group))
        code = sl_knn_folds_weigh(&g->folds, &by_distance, group->threads, err);
    g->search = sl_spent_since(start);
    return code;
}

/* One vote gives labels and scores: the time to write the scores down, which nowhere counts, is a small part.
 */
static int finish_member(struct knn_group *g, size_t m, struct sl_error *err)
{
    const struct sl_group *group = g->group;
    const struct sl_view *rows = group->rows;
    const struct config *config = group->members[m].config;
    const struct sl_group_part *part = &group->parts[group->members[m].part];
    const struct sl_knn_voting voting = voting_of(g, config->weights);
    const size_t k = (size_t)config->n_neighbors,
                 row = rows->d * (rows->dtype == SL_U8 ? 1 : sizeof(float)) + sizeof *rows->y;
    struct sl_spent start = sl_spent_now();
    int code =
        sl_knn_folds_predict(&g->folds, &voting, part->score, part->n_score, k, g->labels, g->scores, err);
    struct sl_spent own = sl_spent_since(start);
    if (code)
        return code;
    const struct sl_member_result result = {.member = m,
                                            .labels = g->labels,
                                            .scores = g->scores,
                                            .model_bytes = sizeof(uint64_t) + part->n_fit * row,
                                            .report = SL_NO_REPORT,
                                            .score = sl_spent_add(own, g->search, (double)group->n_members)};
    return group->done(group->arg, &result);
}

static int knn_fit_group(const struct sl_group *group, struct sl_error *err)
{
    const struct config *first = group->members[0].config;
    struct knn_group g = {.group = group, .options = search_options(first, group->threads)};
    g.options.cancel = group->cancel;
    int code = search_group(&g, err);
    for (size_t m = 0; m < group->n_members && !code; m++)
        code = group->cancel && *group->cancel ? SL_ECANCELLED : finish_member(&g, m, err);
    sl_knn_folds_release(&g.folds);
    free(g.fold);
    free(g.labels);
    free(g.scores);
    return code;
}

static void save_sparse(const struct sl_csr *rows, size_t n, struct sl_writer *w)
{
    for (size_t i = 0; i < n; i++)
        sl_put_u64(w, rows->start[i + 1] - rows->start[i]);
    sl_put_i32s(w, (const int32_t *)rows->column, rows->start[n]); /* below INT32_MAX */
    sl_put_f32s(w, rows->value, rows->start[n]);
}

static void knn_save(const void *vmodel, struct sl_writer *w)
{
    const struct model *model = vmodel;
    const size_t n = model->rows.n, d = model->rows.d;
    sl_put_u64(w, n);
    sl_put_i32s(w, model->labels, n);
    if (model->rows.dtype == SL_SPARSE)
        save_sparse(model->rows.sparse.rows, n, w);
    else if (model->rows.dtype == SL_U8)
        sl_put_bytes(w, model->rows.bytes, n * d);
    else
        sl_put_f32s(w, model->rows.floats, n * d);
}

/* NULL where the record holds no such rows, or memory is short (r->no_memory). */
static void *load_dense(struct sl_reader *r, const struct sl_view *like, size_t n)
{
    const int bytes = like->dtype == SL_U8;
    void *x = sl_alloc(n * like->d, bytes ? 1 : sizeof(float));
    if (!x)
        r->no_memory = r->failed = 1;
    if (x && bytes) {
        sl_get_bytes(r, x, n * like->d);
        sl_bytes_restore(x, n * like->d, x);
    } else if (x)
        sl_get_f32s(r, x, n * like->d);
    return x;
}

static void *load_sparse(struct sl_reader *r, const struct sl_view *like, size_t n)
{
    const size_t most = (r->size - r->at) / (sizeof(int32_t) + sizeof(float));
    size_t entries = 0, at = r->at;
    struct sl_view view = *like;
    for (size_t i = 0; i < n && !r->failed && entries <= most; i++) {
        const uint64_t more = sl_get_u64(r);
        entries = more > most ? most + 1 : entries + more;
    }
    r->failed |= entries > most;
    if (r->failed)
        return NULL;
    struct sl_csr_block rows = sl_csr_alloc(n, entries);
    if (!rows.head) {
        r->no_memory = r->failed = 1;
        return NULL;
    }
    r->at = at;
    for (size_t i = 0; i < n; i++)
        rows.start[i + 1] = rows.start[i] + sl_get_u64(r);
    sl_get_i32s(r, (int32_t *)rows.column, entries);
    sl_get_f32s(r, rows.value, entries);
    view.n = n;
    view.x = rows.head;
    r->failed |= sl_csr_check(&view, NULL) != SL_OK;
    return rows.head;
}

static int knn_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                    struct sl_error *err)
{
    const int sparse = like->dtype == SL_SPARSE;
    const size_t row = sparse ? sizeof(uint64_t) : like->d * (like->dtype == SL_U8 ? 1 : sizeof(float));
    const size_t n = sl_get_count(r, 1, INT32_MAX, row + sizeof(int32_t));
    struct model *model = NULL;
    struct sl_view train = *like;
    int32_t *labels = sl_alloc(n, sizeof *labels);
    void *x = NULL;
    int bad = 0;
    if (labels) {
        sl_get_i32s(r, labels, n);
        x = sparse ? load_sparse(r, like, n) : load_dense(r, like, n);
        for (size_t i = 0; i < n; i++)
            bad |= labels[i] < 0 || labels[i] >= like->k;
    }
    train.n = n;
    train.x = x;
    train.y = labels;
    int code = !labels || r->no_memory ? sl_fail_memory(err)
               : r->failed || bad      ? sl_fail(err, SL_EDATA, "the record does not hold a knn model")
                                       : model_new(config, &train, 1, &model, err);
    free(labels);
    free(x);
    *out = model;
    return code;
}

const struct sl_classifier_type sl_classifier_knn = {
    .name = "knn",
    .title = "k nearest neighbours",
    .reference = "Cover and Hart, Nearest neighbor pattern classification, IEEE Trans. Inf. Theory 13, 1967",
    .flags = SL_WANTS_SCALED | SL_PROBABILITIES | SL_ROW_ORDER | SL_TAKES_SPARSE,
    .config_size = sizeof(struct config),
    .params = params,
    .check = knn_check,
    .warm_up = knn_warm_up,
    .fit = knn_fit,
    .fit_group = knn_fit_group,
    .shares = knn_shares,
    .predict = knn_predict,
    .scores = knn_scores,
    .save = knn_save,
    .load = knn_load,
    .free = knn_free,
};
