/* naive_bayes.h - naive Bayes: given the class, the features are taken to be independent. */
#ifndef SL_DENSITIES_NAIVE_BAYES_H
#define SL_DENSITIES_NAIVE_BAYES_H

#include <shortlist/error.h>
#include <shortlist/pack.h>
#include <shortlist/view.h>

enum sl_bayes_features { SL_BAYES_GAUSSIAN, SL_BAYES_MULTINOMIAL, SL_BAYES_BERNOULLI };

struct sl_bayes_options {
    enum sl_bayes_features features;
    double var_smoothing; /* Gaussian: added to variances, as a share of the largest of a feature */
    double alpha;         /* the others: added to counts; below 1e-10 it is 1e-10 */
    double binarize;      /* Bernoulli: what is above it is 1 */
    int fit_prior;        /* classes by their shares of the rows, else all alike */
};

struct sl_bayes;

/* By the view's weights, if it has any.  SL_ENOMEM; SL_EDATA: a negative feature (multinomial); SL_EDIVERGED:
 * a variance of 0 that nothing is added to. */
int sl_bayes_fit(const struct sl_bayes_options *options, const struct sl_view *train, int threads,
                 struct sl_bayes **out, struct sl_error *err);
void sl_bayes_free(void *model); /* NULL is allowed */

/* The functions of a descriptor. */
int sl_bayes_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                     struct sl_error *err);
int sl_bayes_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                    struct sl_error *err);
void sl_bayes_save(const void *model, struct sl_writer *w);
/* options: only features and binarize count. */
int sl_bayes_load(struct sl_reader *r, const struct sl_view *like, const struct sl_bayes_options *options,
                  struct sl_bayes **out, struct sl_error *err);

#endif
