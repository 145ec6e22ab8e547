/* embed_one.c - one embedding in a fresh process, as one line of JSON.
 *
 *     embed_one pca|tsne DATA PART ROWS NUMBER THREADS
 *
 * The first ROWS rows (0: all) of PART (train or test); NUMBER: components, or iterations of a t-SNE of
 * perplexity
 * 30.  The time is that of the library's call: of the PCA alone, without coordinates; of t-SNE with the
 * search for neighbours. */
#include "core/clock.h"
#include "core/memory.h"
#include <jansson.h>
#include <math.h>
#include <shortlist/embed.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

struct job {
    const char *method, *data, *part;
    size_t rows;
    int number, threads;
};

static int open_rows(const struct job *job, struct sl_dataset **data, struct sl_error *err)
{
    struct sl_dataset *all;
    const int test = strcmp(job->part, "test") == 0;
    int code = sl_dataset_open(job->data, test ? SL_PART_TEST : SL_PART_TRAIN, NULL, &all, err);
    if (code)
        return code;
    const size_t n = sl_dataset_view(all).n, m = job->rows && job->rows < n ? job->rows : n;
    uint32_t *rows = sl_alloc(m, sizeof *rows);
    for (size_t i = 0; rows && i < m; i++)
        rows[i] = (uint32_t)i;
    code = rows ? sl_dataset_take(all, rows, m, data, err) : sl_fail_memory(err);
    free(rows);
    sl_dataset_free(all);
    return code;
}

static int time_pca(const struct job *job, const struct sl_features *features, json_t *out,
                    struct sl_error *err)
{
    struct sl_pca *pca;
    const double start = sl_now();
    int code = sl_pca_fit(features, (size_t)job->number, job->threads, &pca, err);
    if (code)
        return code;
    json_object_set_new(out, "seconds", json_real(sl_now() - start));
    double sum = 0;
    for (size_t c = 0; c < pca->k; c++)
        sum += pca->variance[c];
    json_object_set_new(out, "explained", json_real(sum / pca->total));
    sl_pca_free(pca);
    return SL_OK;
}

static int time_tsne(const struct job *job, const struct sl_features *features, const int32_t *y, json_t *out,
                     struct sl_error *err)
{
    struct sl_tsne_options options = SL_TSNE_OPTIONS;
    struct sl_embedding_quality quality;
    double divergence;
    options.n_iter = job->number;
    options.threads = job->threads;
    float *at = sl_alloc(sl_features_rows(features), 2 * sizeof *at);
    const double start = sl_now();
    int code = at ? sl_tsne(features, &options, at, &divergence, err) : sl_fail_memory(err);
    json_object_set_new(out, "seconds", json_real(sl_now() - start));
    if (!code)
        code = sl_embedding_measure(features, at, 2, y, job->threads, &quality, err);
    free(at);
    if (code)
        return code;
    json_object_set_new(out, "divergence", json_real(divergence));
    json_object_set_new(out, "trustworthiness", json_real(quality.trustworthiness));
    json_object_set_new(out, "kept", json_real(quality.kept));
    json_object_set_new(out, "accuracy", json_real(quality.accuracy));
    return SL_OK;
}

static int measure(const struct job *job, json_t *out, struct sl_error *err)
{
    struct sl_dataset *data;
    struct sl_features *features = NULL;
    struct rusage usage;
    const struct sl_features_options how = {.scaling = SL_SCALE_MINMAX, .threads = job->threads};
    int code = open_rows(job, &data, err);
    if (code)
        return code;
    code = sl_features_new(data, &how, &features, err);
    if (!code)
        code = strcmp(job->method, "pca") == 0 ? time_pca(job, features, out, err)
                                               : time_tsne(job, features, sl_dataset_view(data).y, out, err);
    getrusage(RUSAGE_SELF, &usage);
    json_object_set_new(out, "peak_memory", json_integer((json_int_t)usage.ru_maxrss * 1024));
    sl_features_free(features);
    sl_dataset_free(data);
    return code;
}

int main(int argc, char **argv)
{
    struct sl_error err = {0};
    if (argc != 7) {
        fprintf(stderr, "usage: embed_one pca|tsne DATA PART ROWS NUMBER THREADS\n");
        return 2;
    }
    const struct job job = {argv[1],       argv[2],      argv[3], strtoul(argv[4], NULL, 10),
                            atoi(argv[5]), atoi(argv[6])};
    json_t *out = json_object();
    int code = measure(&job, out, &err);
    if (code)
        fprintf(stderr, "embed_one: %s\n", err.text);
    else {
        json_dumpf(out, stdout, JSON_COMPACT);
        puts("");
    }
    json_decref(out);
    return code != SL_OK;
}
