/* run.h - what the fits of this room are given beside a method's own options: threads, randomness, and who
 * hears of their progress.  Everything stays the caller's. */
#ifndef SL_LINEAR_RUN_H
#define SL_LINEAR_RUN_H

#include <shortlist/classifier.h>

struct sl_linear_run {
    int threads;                         /* >= 1 */
    struct sl_rng *rng;                  /* NULL for a method that draws nothing */
    const volatile sig_atomic_t *cancel; /* NULL, or a flag: raised, the fit returns SL_ECANCELLED soon */
    /* NULL, or called after every epoch or iteration; a return value other than 0 asks to stop there. */
    int (*on_epoch)(void *arg, const struct sl_epoch *point);
    void *arg;
};

#endif
