/* unit.h - the unit of work: trials that run together in one process. */
#ifndef SL_STUDY_UNIT_H
#define SL_STUDY_UNIT_H

#include <shortlist/plan.h>

/* What is to become of a trial. */
enum sl_unit_wish {
    SL_UNIT_NONE,   /* not run */
    SL_UNIT_ALONE,  /* in a unit of its own */
    SL_UNIT_SHARED, /* with others, where its classifier can fit them together */
};

struct sl_unit {
    size_t n;
    const size_t *trials; /* (n) indices in the plan, ascending; the units' */
};

/* Owns its arrays; sl_units_release. */
struct sl_units {
    size_t n;
    struct sl_unit *units; /* (n) by their first trial */
    size_t *trials;
};

/* Pure.  Trials of one unit have the same classifier, hyperparameters (but those that are marked SL_SHARED),
 * scaling, seed, repeat and number of rows to fit; and the same fold, where each fold is encoded or scaled by
 * itself.  wish (trials of the plan): enum sl_unit_wish.  shape: of the training file.  SL_ENOMEM. */
int sl_units_make(const struct sl_plan *plan, const struct sl_view *shape, const unsigned char *wish,
                  struct sl_units *out, struct sl_error *err);
/* Cuts the largest groups until there are as many units as are wanted, or none that can be cut without
 * another result. Pure: the same units and number give the same parts (unit_split.c).  SL_ENOMEM. */
int sl_units_split(struct sl_units *units, const struct sl_plan *plan, size_t wanted, struct sl_error *err);

/* Members of a group that may round otherwise in other company: enough that what they share costs little
 * beside them, and so few that a large sweep is many units, wherever it runs. */
enum { SL_ROUNDING_GROUP_MOST = 256 };
/* Cuts those that have more.  sl_units_make does so. */
int sl_units_bound(struct sl_units *units, const struct sl_plan *plan, struct sl_error *err);
void sl_units_release(struct sl_units *units);

#endif
