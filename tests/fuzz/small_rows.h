/* small_rows.h - a few labelled rows, of each kind, for the files that the seeds are made of. */
#ifndef FUZZ_SMALL_ROWS_H
#define FUZZ_SMALL_ROWS_H

#include <shortlist/classifier.h>
#include <shortlist/dataset.h>

/* 36 rows of 36 features in 3 classes that are easily told apart: images of bytes (SL_U8), floats (SL_F32),
 * or sparse rows (SL_SPARSE). */
struct sl_dataset *small_rows(enum sl_dtype dtype);

/* A configuration of the type that keeps a fit short; sets (NULL-terminated pairs of a name and a value, or
 * NULL) come on top of that, and each must be allowed. free() it. */
void *small_config(const struct sl_classifier_type *type, const char *const *sets);

/* The nets whose trainings go on from a state: the classifier, then sets as above. */
enum { SMALL_NETS = 4 };
extern const char *const small_nets[SMALL_NETS][12];
/* Fits such a net on the small rows for so many epochs; the state may be NULL. */
int small_net_fit(int net, const char *epochs, const struct sl_fit_state *state, struct sl_error *err);

#endif
