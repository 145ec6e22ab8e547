/* schedule.c - the learning rate of each step.
 *
 * Sources: scikit-learn's MLPClassifier (invscaling); Loshchilov and Hutter, "SGDR" (ICLR 2017), without
 * restarts (cosine); Smith and Topin, "Super-convergence" (2018), with a straight warm-up from 1/25 of the
 * peak and the cosine behind it (one_cycle). */
#include "nn/train/schedule.h"
#include <math.h>

static const double pi = 3.14159265358979323846, warm_up_from = 1.0 / 25;

/* From 1 at 0 to 0 at 1. */
static double half_wave(double share)
{
    return 0.5 * (1 + cos(pi * share));
}

static double one_cycle(double done, double total, double pct_start)
{
    double warm = pct_start * total;
    if (done < warm)
        return warm_up_from + (1 - warm_up_from) * done / warm;
    return half_wave((done - warm) / (total - warm));
}

double sl_schedule_rate(const struct sl_schedule *s, const struct sl_moment *at)
{
    double total = (double)at->epochs * (double)at->steps;
    double done = (double)at->epoch * (double)at->steps + (double)at->step;
    switch (s->kind) {
    case SL_RATE_INVSCALING:
        return s->rate / pow((double)at->epoch * (double)at->rows + 1, s->power_t);
    case SL_RATE_STEP:
        return s->rate * pow(s->gamma, (double)(at->epoch / (size_t)s->step_size));
    case SL_RATE_COSINE:
        return s->rate * half_wave(done / total);
    case SL_RATE_ONE_CYCLE:
        return s->rate * one_cycle(done, total, s->pct_start);
    default:
        return s->rate;
    }
}
