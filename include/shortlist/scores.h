/* scores.h - scores of the classes, and which of them the store keeps. */
#ifndef SHORTLIST_SCORES_H
#define SHORTLIST_SCORES_H

#include <shortlist/api.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

/* Which scores of each row the store keeps, of classifiers that give scores. */
enum sl_keep_scores {
    SL_KEEP_AUTO, /* those of all classes as long as the study's take at most 50 MB, else the top ones */
    SL_KEEP_ALL,
    SL_KEEP_TOP, /* the two largest, with their classes */
    SL_KEEP_NONE,
};

/* Scores of the classes, 16 bits each.  Probabilities are code / 65535; margins low + step * (code - 1), and
 * code 0 is -infinity: a class without training rows. */
struct sl_scores {
    size_t n;     /* rows; 0: none were kept */
    int k, width; /* classes that the model knows; scores kept of a row */
    int probabilities;
    double low, step; /* of margins */
    uint16_t *codes;  /* (n, width) */
    /* (n, width): whose they are, the largest first; NULL: scores of all classes, in order. */
    uint16_t *classes;
};
void sl_scores_free(struct sl_scores *scores);
/* The i-th score kept of a row, i < width. */
double sl_scores_value(const struct sl_scores *scores, size_t row, int i);

SL_API_END
#endif
