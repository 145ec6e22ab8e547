/* states.h - where the fits of a rung leave what those of the next one go on from. */
#ifndef SL_SEARCH_STATES_H
#define SL_SEARCH_STATES_H

#include <shortlist/run.h>

struct sl_states {
    int used;             /* 0: rungs do not differ in epochs, and nothing is kept */
    char *study, *folder; /* OUT/STUDY and OUT/STUDY/rungs; owned, as are */
    char *from, *to;      /* the folders of the last rung and this one */
};

/* SL_ENOMEM. */
int sl_states_init(struct sl_states *states, const char *out, const char *study, int used,
                   struct sl_error *err);
/* Before rung r (0, 1, ...) runs: names and makes its folders, which go into the options.  SL_EIO, SL_ENOMEM.
 */
int sl_states_begin(struct sl_states *states, int r, int is_last, struct sl_run_options *options,
                    struct sl_error *err);
/* After it has: what it went on from is removed, after the last rung the whole folder. */
void sl_states_end(struct sl_states *states, int r);
void sl_states_release(struct sl_states *states);

#endif
