/* tsne.c - t-SNE of rows: neighbours, probabilities, a beginning, and the descent.
 *
 * van der Maaten and Hinton, Visualizing data using t-SNE, JMLR 9, 2008.  The neighbours of each row, three
 * times the perplexity, are exact: whole distances where rows are bytes.  It begins with the first two
 * principal components, so that the picture shows what is far apart, too (Kobak and Berens, Nature
 * Communications 10, 2019); a little noise keeps equal rows from lying on each other.  Cost: of the
 * neighbours O(n^2 d). */
#include "explain/tsne.h"
#include "core/cores.h"
#include "core/memory.h"
#include "explain/near.h"
#include <math.h>
#include <shortlist/rng.h>

enum { REDUCED = 50 /* components of rows that are too wide to be kept */ };
#define BEGINNING 1e-4 /* standard deviation of the first coordinate */

static int check(size_t n, const struct sl_tsne_options *o, struct sl_error *err)
{
    if (n < 5) /* a perplexity above 1, of a third of the other rows */
        return sl_fail(err, SL_EUSAGE, "t-SNE takes 5 rows at least: there %s %zu", n == 1 ? "is" : "are", n);
    if (!(o->perplexity > 1) || 3 * o->perplexity > (double)(n - 1))
        return sl_fail(err, SL_EUSAGE,
                       "perplexity %g: of %zu rows it is above 1 and at most %.4g, a third of the other rows",
                       o->perplexity, n, (double)(n - 1) / 3);
    return SL_OK;
}

/* Two principal components, or one, of the same scale as scikit-learn's, and noise. */
static int begin(const struct sl_features *features, const struct sl_tsne_options *o, int threads, float *y,
                 struct sl_error *err)
{
    const size_t n = sl_features_rows(features), k = sl_features_width(features) > 1 ? 2 : 1;
    struct sl_rng *rng = sl_rng_new(o->seed, "t-SNE");
    float *at = sl_alloc(n * k, sizeof *at);
    struct sl_pca *pca = NULL;
    int code = rng && at ? sl_pca_fit(features, k, threads, &pca, err) : sl_fail_memory(err);
    if (!code)
        code = sl_pca_apply(pca, features, threads, at, err);
    for (size_t i = 0; i < n && !code; i++)
        for (size_t c = 0; c < 2; c++) {
            const double place = c < k && !o->random ? (double)at[i * k + c] / sqrt(pca->variance[0]) : 0;
            y[2 * i + c] = (float)(BEGINNING * (place + (o->random ? 1 : 0.01) * sl_rng_normal(rng)));
        }
    sl_pca_free(pca);
    sl_rng_free(rng);
    free(at);
    return code;
}

static int embed_kept(const struct sl_features *features, const struct sl_tsne_options *options, float *y,
                      double *divergence, struct sl_error *err)
{
    const size_t n = sl_features_rows(features), k = (size_t)(3 * options->perplexity);
    const int threads = options->threads > 0 ? options->threads : sl_cores();
    struct sl_affinities a = {0};
    int code;
    struct sl_neighbour *near = sl_alloc(n, k * sizeof *near);
    code = near ? begin(features, options, threads, y, err) : sl_fail_memory(err);
    if (!code)
        code = sl_near_rows(features, k, threads, options->cancel, near, err);
    if (!code)
        code = sl_affinities_init(&a, near, n, k, options->perplexity, threads, err);
    free(near);
    if (!code)
        code = sl_tsne_optimise(&a, NULL, options, y, divergence, err);
    sl_affinities_release(&a);
    return code;
}

int sl_tsne(const struct sl_features *features, const struct sl_tsne_options *options, float *y,
            double *divergence, struct sl_error *err)
{
    struct sl_features *reduced = NULL;
    int code = check(sl_features_rows(features), options, err);
    if (code)
        return code;
    if (!sl_features_are_kept(features))
        code = sl_features_reduce(features, sl_tsne_reduced(features), options->threads, &reduced, err);
    if (!code)
        code = embed_kept(reduced ? reduced : features, options, y, divergence, err);
    sl_features_free(reduced);
    return code;
}

size_t sl_tsne_reduced(const struct sl_features *features)
{
    const size_t most = sl_features_rows(features) - 1;
    return sl_features_are_kept(features) ? 0 : most < REDUCED ? most : REDUCED;
}
