/* row_scores.h - what the store keeps of a row's scores, all folds and repeats together. */
#ifndef SL_SHOW_ROW_SCORES_H
#define SL_SHOW_ROW_SCORES_H

#include "show/plots/plot.h"

struct sl_row_scores {
    size_t n;               /* scored rows */
    int k;                  /* classes that the model knows */
    int probabilities, all; /* all: of all classes, else those of the predicted one alone */
    int32_t *truth;         /* (n) */
    float *scores;          /* (n, k), NULL where not all are kept */
    float *confidence;      /* (n): the largest score */
    unsigned char *right;   /* (n) */
};

/* n stays 0 where the store has none, and picture->reason says so. */
int sl_row_scores_read(struct sl_picture *picture, struct sl_row_scores *scores, struct sl_error *err);
void sl_row_scores_release(struct sl_row_scores *scores);

#endif
