/* centroids.h - a row belongs to the class whose centre is nearest. */
#ifndef SL_DENSITIES_CENTROIDS_H
#define SL_DENSITIES_CENTROIDS_H

#include <shortlist/error.h>
#include <shortlist/pack.h>
#include <shortlist/view.h>

struct sl_centroids_options {
    int manhattan;           /* distances |x - c| summed, from medians; else squared, from means */
    double shrink_threshold; /* 0: none */
};

struct sl_centroids;

/* SL_ENOMEM; SL_EDIVERGED: shrinking where no feature varies within the classes. */
int sl_centroids_fit(const struct sl_centroids_options *options, const struct sl_view *train, int threads,
                     struct sl_centroids **out, struct sl_error *err);
void sl_centroids_free(void *model); /* NULL is allowed */

/* The functions of a descriptor; scores are negative distances. */
int sl_centroids_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                         struct sl_error *err);
int sl_centroids_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                        struct sl_error *err);
void sl_centroids_save(const void *model, struct sl_writer *w);
/* options: only manhattan counts. */
int sl_centroids_load(struct sl_reader *r, const struct sl_view *like,
                      const struct sl_centroids_options *options, struct sl_centroids **out,
                      struct sl_error *err);

#endif
