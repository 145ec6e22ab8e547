/* logistic_problem.h - a problem of logistic regression, and many of them as columns of one matrix: what the
 * files that multiply it share. */
#ifndef SL_LINEAR_LOGISTIC_PROBLEM_H
#define SL_LINEAR_LOGISTIC_PROBLEM_H

#include "data/classes.h"
#include <shortlist/view.h>
#include <stdatomic.h>

/* Sum over its part's rows of weight loss, plus penalty / 2 times the squared weights (not the intercepts).
 * Variables, and their gradient: W (vectors, ld), padded as in kernels/skinny.h, then b (vectors). */
struct sl_logistic_problem {
    size_t part;
    const struct sl_classes *classes; /* of the part, by row of the view */
    int vectors;                      /* 1: class own against the rest; else one for each class */
    int own;
    const float *weight; /* (classes->m) of a row, by its class */
    double penalty;      /* 1 / C in scikit-learn's terms */
    int fit_intercept;
    const double *x;
    double *g;
    double f, loss; /* loss: without the penalty */
    size_t column;  /* the first of its columns, which are one for each vector */
};

/* How rows and columns are multiplied. */
enum sl_logistic_way {
    SL_COLUMNS_SKINNY, /* few columns: kernels/skinny.h */
    SL_COLUMNS_DENSE,  /* kernels/gemm.h */
    SL_COLUMNS_SPARSE, /* bytes that are mostly 0: kernels/sparse_bytes.h */
};

struct sl_logistic_desk;

struct sl_logistic_columns {
    const struct sl_view *view;
    size_t n_parts, n, ld; /* n: rows that some part fits */
    int sparse;            /* the view's bytes are mostly 0 */
    uint32_t *order;       /* (n) those that the same parts fit are neighbours */
    /* of the problems at hand */
    struct sl_logistic_problem **problems; /* by part; the caller's */
    size_t n_problems;
    enum sl_logistic_way way;
    size_t columns, ldc;             /* all vectors; padded */
    size_t matrix;                   /* elements of W, and of a chunk's G */
    int most_vectors;                /* of one problem */
    size_t block, chunks;            /* rows of a block; parts of the rows, each with sums of its own */
    size_t *first;                   /* (n_parts + 1) problems of each part */
    float *W, *G;                    /* (d, ldc), (chunks, d, ldc); skinny: (ldc, ld), (chunks, ldc, ld) */
    double *b, *gb, *losses;         /* (ldc), (chunks, ldc), (chunks, n_problems) */
    struct sl_logistic_desk **desks; /* (threads) */
    int threads;
    _Atomic size_t next; /* task of this evaluation */
    _Atomic int failed;  /* SL_OK, or the code of a product */
};

#endif
