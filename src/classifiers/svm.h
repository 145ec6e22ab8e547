/* svm.h - what the files of svm share. */
#ifndef SL_CLASSIFIERS_SVM_H
#define SL_CLASSIFIERS_SVM_H

#include "classifiers/svm_kernel.h"
#include <shortlist/classifier.h>

enum { SL_SVM_OWN, SL_SVM_LIBSVM };

struct sl_svm_config {
    double C;
    int kernel; /* enum sl_svm_kind */
    int degree;
    double gamma; /* or one of the next two */
    double coef0;
    int shrinking;
    double tol;
    double cache_size; /* MB */
    int class_weight;
    int max_iter;
    int break_ties;
    int solver;
};

/* The kernel that a configuration means, its gamma resolved; what the kernel does not use is 0 (linear: gamma
 * 1). */
struct sl_svm_kernel sl_svm_kernel_of(const struct sl_svm_config *config, double gamma);

enum { SL_SVM_GAMMA_SCALE = -1, SL_SVM_GAMMA_AUTO = -2 };

/* The one-vs-one dual problem and its solution, over rows sorted by class (stable).  present: the classes
 * that have rows, ascending; pair (a, b), a < b, of them is number a * present - a (a + 1) / 2 + b - a - 1;
 * a is its positive class. */
struct sl_svm_dual {
    int present;
    int32_t *label;  /* (present) */
    size_t *first;   /* (present + 1): class c is rows first[c] ... first[c + 1] - 1 */
    uint32_t *order; /* (n): row numbers of the view */
    double *C;       /* (present): penalty of each class */
    double *beta;    /* (n, present - 1): y alpha of a row of class c in its pair with class o, in column
                        o < c ? o : o - 1 */
    double *rho;     /* (pairs): decision = sum beta K - rho */
};

size_t sl_svm_pairs(int present);
size_t sl_svm_pair_number(int present, int a, int b);

int sl_svm_dual_init(struct sl_svm_dual *dual, const struct sl_view *train,
                     const struct sl_svm_config *config);
void sl_svm_dual_release(struct sl_svm_dual *dual);

/* Solve all pairs: fill beta, rho and the report.  rows holds the view's rows in dual->order. */
int sl_svm_train_own(const struct sl_fit *fit, const struct sl_svm_rows *rows, struct sl_svm_dual *dual,
                     struct sl_error *err);
int sl_svm_train_libsvm(const struct sl_fit *fit, const struct sl_svm_rows *rows, struct sl_svm_dual *dual,
                        struct sl_error *err);

/* A fitted machine: weight vectors (linear kernel, when they are fewer than support vectors), or support
 * vectors. */
struct sl_svm_model {
    struct sl_svm_kernel kernel;
    int k, present, break_ties;
    int32_t *label; /* (present) */
    float *rho;     /* (pairs) */
    size_t d;
    float *weights;        /* (pairs, sl_lanes(d)), on real values; NULL: support vectors */
    struct sl_svm_rows sv; /* sorted by class; n = 0 with weights */
    size_t *first;         /* (present + 1) */
    float *coef;           /* (sl_svm_coef_at(model, present)): see there */
};

/* Support vectors are asked SL_SVM_TILE at a time.  Coefficients of a tile, n vectors of one class, are
 * (present - 1, sl_lanes(n)), zero beyond n: row o is their beta in the pair with the o-th other class.  The
 * tiles of a class follow each other, and so do the classes. */
enum { SL_SVM_TILE = 512 };
/* Where class c's coefficients begin; c = present: how many there are in all. */
size_t sl_svm_coef_at(const struct sl_svm_model *model, int c);

int sl_svm_model_new(const struct sl_view *train, const struct sl_svm_rows *rows,
                     const struct sl_svm_dual *dual, int break_ties, struct sl_svm_model **out);
/* SL_EDIVERGED where its decisions of its own support vectors may be beyond the range of floats. */
int sl_svm_model_check(const struct sl_svm_model *model, struct sl_error *err);
void sl_svm_model_free(void *model);
void sl_svm_model_save(const void *model, struct sl_writer *w);
int sl_svm_model_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **model,
                      struct sl_error *err);

int sl_svm_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                   struct sl_error *err);
int sl_svm_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                  struct sl_error *err);

#endif
