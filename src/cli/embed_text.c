/* embed_text.c - what shortlist embed prints. */
#include "embed_job.h"
#include "json.h"
#include <math.h>

enum { SHOWN = 10 /* components that the text has a line for */ };

static void print_variance(const struct sl_pca *pca)
{
    const size_t shown = pca->k <= SHOWN ? pca->k : SHOWN;
    double sum = 0;
    printf("\n%9s  %12s  %6s  %6s\n", "component", "variance", "share", "sum");
    for (size_t c = 0; c < pca->k; c++) {
        sum += pca->variance[c];
        if (c + 1 < shown || c + 1 == pca->k)
            printf("%9zu  %12.6g  %5.2f%%  %5.2f%%\n", c + 1, pca->variance[c],
                   100 * pca->variance[c] / pca->total, 100 * sum / pca->total);
        else if (c + 1 == shown)
            printf("%9s\n", "...");
    }
}

static void print_share(const char *name, double value)
{
    if (isnan(value))
        printf("%-22s  n/a\n", name);
    else
        printf("%-22s  %.4f\n", name, value);
}

static void print_quality(const struct cli_embed_points *points)
{
    const struct sl_embedding_quality *q = &points->quality;
    printf("\n");
    print_share("trustworthiness", q->trustworthiness);
    print_share("neighbours kept", q->kept);
    if (!isnan(q->accuracy))
        print_share("accuracy of 1-NN", q->accuracy);
    printf("(of %zu rows and their %zu nearest by %s coordinate%s)\n", q->rows, q->k,
           points->k == 1   ? "the one"
           : points->k == 2 ? "the two"
                            : "all",
           points->k == 1 ? "" : "s");
}

static void print_points(const struct cli_embed_job *job, const struct cli_embed_points *points)
{
    const struct sl_pca *pca = points->pca;
    char what[200];
    if (pca)
        snprintf(what, sizeof what, "%zu principal component%s%s", pca->k, pca->k == 1 ? "" : "s",
                 pca->approximate ? " (by the randomised method)" : "");
    else
        snprintf(what, sizeof what, "t-SNE of perplexity %.4g, %d iterations: divergence %.4f",
                 job->how.perplexity, job->how.n_iter, points->divergence);
    cli_line(stdout, "%s%s%s: %zu rows of %zu feature%s, %s", sl_dataset_name(job->data),
             points->layer ? ", layer " : "", points->layer ? points->layer : "", job->n,
             sl_features_width(points->features), sl_features_width(points->features) == 1 ? "" : "s", what);
    if (!pca && sl_tsne_reduced(points->features))
        printf("so wide rows are not kept in memory: t-SNE sees their %zu leading principal components\n",
               sl_tsne_reduced(points->features));
    if (pca)
        print_variance(pca);
    print_quality(points);
}

void cli_embed_print(const struct cli_embed_job *job)
{
    print_points(job, &job->points);
    if (job->beside.at) {
        printf("\n");
        print_points(job, &job->beside);
    }
}

static json_t *number(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static void add_pca(json_t **o, const struct sl_pca *pca)
{
    json_t *variances = json_array();
    for (size_t c = 0; c < pca->k; c++)
        cli_json_add(&variances, json_real(pca->variance[c]));
    cli_json_set(o, "variance", variances);
    cli_json_set(o, "total_variance", json_real(pca->total));
    cli_json_set(o, "approximate", json_boolean(pca->approximate));
}

static void add_tsne(json_t **o, const struct cli_embed_job *job, const struct cli_embed_points *points)
{
    cli_json_set(o, "perplexity", json_real(job->how.perplexity));
    cli_json_set(o, "iterations", json_integer(job->how.n_iter));
    cli_json_set(o, "seed", json_integer((json_int_t)job->how.seed));
    cli_json_set(o, "divergence", json_real(points->divergence));
}

static json_t *points_json(const struct cli_embed_job *job, const struct cli_embed_points *points)
{
    const struct sl_embedding_quality *q = &points->quality;
    json_t *o = json_object();
    cli_json_set(&o, "data", cli_json_text(sl_dataset_name(job->data)));
    cli_json_set(&o, "layer", points->layer ? cli_json_text(points->layer) : json_null());
    cli_json_set(&o, "method", json_string(points->pca ? "pca" : "tsne"));
    cli_json_set(&o, "n", cli_json_count(job->n));
    cli_json_set(&o, "n_features", cli_json_count(sl_features_width(points->features)));
    cli_json_set(&o, "n_components", cli_json_count(points->k));
    if (points->pca)
        add_pca(&o, points->pca);
    else
        add_tsne(&o, job, points);
    cli_json_set(&o, "rows_measured", cli_json_count(q->rows));
    cli_json_set(&o, "neighbours", cli_json_count(q->k));
    cli_json_set(&o, "trustworthiness", number(q->trustworthiness));
    cli_json_set(&o, "kept", number(q->kept));
    cli_json_set(&o, "accuracy", number(q->accuracy));
    return o;
}

int cli_embed_print_json(const struct cli_embed_job *job)
{
    json_t *o = points_json(job, &job->points);
    if (job->beside.at)
        cli_json_set(&o, "beside", points_json(job, &job->beside));
    return cli_write_json(o);
}
