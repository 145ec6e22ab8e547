/* nearest_centroid.c - the class whose centre is nearest, as scikit-learn's NearestCentroid. */
#include "densities/centroids.h"
#include <shortlist/classifier.h>

enum { EUCLIDEAN, MANHATTAN };

struct config {
    int metric;
    double shrink_threshold;
};

static const struct sl_word metrics[] = {{"euclidean", EUCLIDEAN}, {"manhattan", MANHATTAN}, {0}};
static const struct sl_word no_shrinking[] = {{"none", 0}, {0}};

static const struct sl_param params[] = {
    SL_CHOICE_PARAM("metric", struct config, metric, "euclidean", metrics, "euclidean,manhattan",
                    "of distances; euclidean from the means of the classes, manhattan from their medians"),
    SL_REAL_OR_WORD_PARAM("shrink_threshold", struct config, shrink_threshold, "none", 0, 1e6,
                          SL_LOG | SL_OPEN_MIN, no_shrinking, "none,0.1,0.5,1,2,5",
                          "what a centre's distance from the mean of all rows loses, in standard errors"),
    {0}};

static struct sl_centroids_options options_of(const struct config *config)
{
    return (struct sl_centroids_options){.manhattan = config->metric == MANHATTAN,
                                         .shrink_threshold = config->shrink_threshold};
}

static int nearest_centroid_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct sl_centroids_options options = options_of(fit->config);
    struct sl_centroids *model;
    int code = sl_centroids_fit(&options, fit->train, fit->threads, &model, err);
    *out = model;
    return code;
}

static int nearest_centroid_load(struct sl_reader *r, const struct sl_view *like, const void *config,
                                 void **out, struct sl_error *err)
{
    const struct sl_centroids_options options = options_of(config);
    struct sl_centroids *model;
    int code = sl_centroids_load(r, like, &options, &model, err);
    *out = model;
    return code;
}

const struct sl_classifier_type sl_classifier_nearest_centroid = {
    .name = "nearest_centroid",
    .title = "Nearest centroid",
    .reference = "Tibshirani et al., Diagnosis of multiple cancer types by shrunken centroids, PNAS 99, 2002",
    .flags = SL_WANTS_SCALED,
    .config_size = sizeof(struct config),
    .params = params,
    .fit = nearest_centroid_fit,
    .predict = sl_centroids_predict,
    .scores = sl_centroids_scores,
    .save = sl_centroids_save,
    .load = nearest_centroid_load,
    .free = sl_centroids_free,
};
