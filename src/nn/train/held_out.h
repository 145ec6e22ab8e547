/* held_out.h - training rows that are not trained on: early stopping is judged by them. */
#ifndef SL_NN_HELD_OUT_H
#define SL_NN_HELD_OUT_H

#include <shortlist/error.h>
#include <shortlist/rng.h>
#include <shortlist/view.h>

struct sl_held_out {
    struct sl_view view; /* copies of the rows; x, y and weight are owned */
};

/* Shuffles rows (*n), and moves the first fraction of each class of train from them, with their features, to
 * *out; *n rows remain.  SL_EUSAGE when either side would be empty. */
int sl_held_out_take(const struct sl_view *train, double fraction, struct sl_rng *rng, uint32_t *rows,
                     size_t *n, struct sl_held_out *out, struct sl_error *err);
void sl_held_out_release(struct sl_held_out *held_out);

#endif
