/* curve.h - the learning curves of a row: what they hold, and their means over folds and repeats. */
#ifndef SL_SHOW_CURVE_H
#define SL_SHOW_CURVE_H

#include <shortlist/show.h>

/* What is measured by epoch. */
enum { SL_TRAIN_LOSS, SL_VALIDATION_LOSS, SL_TRAIN_ACCURACY, SL_VALIDATION_ACCURACY, SL_CURVES };

struct sl_curve {
    const struct sl_study_row *row;
    size_t epochs, n; /* of the longest; curves */
    int measured[SL_CURVES];
    double low[SL_CURVES], high[SL_CURVES]; /* of the means */
};

void sl_curve_look(const struct sl_study_row *row, struct sl_curve *curve);
double sl_curve_value(const struct sl_epoch *epoch, int which);
/* At the i-th epoch, over the curves that go so far; NaN: none has it. */
double sl_curve_mean(const struct sl_curve *curve, size_t i, int which);
int sl_curve_has_loss(const struct sl_curve *curve);
int sl_curve_has_accuracy(const struct sl_curve *curve);
/* 1 where the two rows' losses compare: the same classifier's, by the same loss. */
int sl_curve_same_loss(const struct sl_curve *a, const struct sl_curve *b);

#endif
