/* qda.h - quadratic discriminant analysis: Gaussian classes, each with a covariance matrix of its own. */
#ifndef SL_DENSITIES_QDA_H
#define SL_DENSITIES_QDA_H

#include <shortlist/error.h>
#include <shortlist/pack.h>
#include <shortlist/view.h>

struct sl_qda;

/* Covariances become (1 - reg_param) S + reg_param I.  SL_ENOMEM, SL_EINTERNAL; SL_EDIVERGED: one is
 * singular. */
int sl_qda_fit(const struct sl_view *train, double reg_param, int threads, struct sl_qda **out,
               struct sl_error *err);
void sl_qda_free(void *model); /* NULL is allowed */

/* The functions of a descriptor. */
int sl_qda_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                   struct sl_error *err);
int sl_qda_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                  struct sl_error *err);
void sl_qda_save(const void *model, struct sl_writer *w);
int sl_qda_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **model,
                struct sl_error *err);

#endif
