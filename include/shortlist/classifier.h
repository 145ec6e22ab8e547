/* classifier.h - what a classifier is.
 *
 * Adding a classifier
 *   1. Copy src/classifiers/majority.c, the annotated example, to src/classifiers/NAME.c.
 *   2. Declare its configuration struct and its hyperparameter table (scikit-learn's names, defaults
 *      and meaning, in the macros of param.h), write the functions below, and end the file with
 *      const struct sl_classifier_type sl_classifier_NAME = { .name = "NAME", ... };
 *   3. Add X(NAME) to src/classifiers/registry.h.
 * Parsing, help, sweeps, model files, the store, the tables and the conformance tests follow from that.
 */
#ifndef SHORTLIST_CLASSIFIER_H
#define SHORTLIST_CLASSIFIER_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <shortlist/pack.h>
#include <shortlist/param.h>
#include <shortlist/rng.h>
#include <shortlist/spent.h>
#include <shortlist/view.h>
#include <signal.h>

SL_API_BEGIN

/* One point of a learning curve.  NaN: not measured. */
struct sl_epoch {
    int epoch; /* 1, 2, ... */
    double train_loss, train_accuracy;
    double validation_loss, validation_accuracy;
    double learning_rate; /* of the epoch's last step */
    double seconds;       /* since the fit began */
    int epochs;           /* there will be at most so many; 0: not known.  For progress, not stored */
};

/* What a fit says of itself. */
struct sl_fit_report {
    int n_iter;          /* iterations or epochs; -1: does not apply */
    int converged;       /* 1 yes, 0 stopped by a limit, -1 does not apply */
    double objective;    /* the value that was minimised (or the dual that was maximised); NaN: none */
    double oob_accuracy; /* on rows that trees were not grown on; NaN: not measured */
    /* Seconds (and CPU seconds of all threads) spent measuring and reporting points of the learning curve:
     * not part of the fit. */
    double aside, aside_cpu;
};

/* A report that says nothing (with math.h). */
#define SL_NO_REPORT                                                                                         \
    ((struct sl_fit_report){.n_iter = -1, .converged = -1, .objective = NAN, .oob_accuracy = NAN})

/* Of a fit that goes on where another one of fewer epochs has ended: of the same rows, stream and
 * configuration but for the hyperparameter marked SL_BUDGET, on which no other epoch depends.  Its result,
 * report and curve are those of a fit that was never interrupted.  A type whose fits can not do so leaves
 * kept empty. */
struct sl_fit_state {
    const unsigned char
        *bytes; /* (size) what was kept; NULL: from the beginning.  SL_EDATA: of another fit */
    size_t size;
    struct sl_writer *kept; /* NULL, or gets what a later fit goes on from */
};

/* What fit is given.  Everything stays the caller's. */
struct sl_fit {
    const struct sl_view *train;         /* labelled, at least one row; with weights, each above 0, only where
                                            SL_WEIGHS_ROWS is set */
    const struct sl_view *validation;    /* labelled, or NULL: for early stopping and curves only */
    const void *config;                  /* the type's configuration struct, already checked */
    struct sl_rng *rng;                  /* the trial's own stream */
    int threads;                         /* >= 1; also OpenMP's default in the calling thread */
    const volatile sig_atomic_t *cancel; /* NULL, or a flag: when it is raised return SL_ECANCELLED soon,
                                            or, where that makes sense, the best model so far */
    /* NULL, or called after every epoch; a return value other than 0 asks to stop there. */
    int (*on_epoch)(void *arg, const struct sl_epoch *point);
    void *arg;
    struct sl_fit_report *report;     /* never NULL; preset to SL_NO_REPORT */
    const struct sl_fit_state *state; /* NULL: neither goes on, nor will another */
};

/* Several fits that share work: folds of the same rows, values of hyperparameters that one fit serves. ----*/

/* Which rows of a view one fit takes, and which are scored.  Both in the order in which a separate fit has
 * them, which is that of the view. */
struct sl_group_part {
    const uint32_t *fit, *score; /* ascending row numbers */
    size_t n_fit, n_score;       /* at least one each */
};

/* One fit of a group. */
struct sl_member {
    const void *config; /* differs from those of the others only in hyperparameters marked SL_SHARED */
    size_t part;
    struct sl_rng *rng; /* its own stream, as in struct sl_fit */
};

/* What a group says of a member that is done. */
struct sl_member_result {
    size_t member;
    /* Either the fitted model, which passes to the callee, or the labels (n_score), the scores (n_score, k;
     * NULL: the type has none) and the size that a saved model would have. */
    void *model;
    const int32_t *labels;
    const float *scores;
    size_t model_bytes;
    const struct sl_epoch *curve; /* (n_curve) the points that a separate fit calls on_epoch with */
    size_t n_curve;
    struct sl_fit_report report;
    struct sl_spent fit,
        score; /* its own time, and its equal share of what it shares; score only with labels */
};

/* What fit_group is given.  Everything stays the caller's. */
struct sl_group {
    const struct sl_view *rows; /* labelled: those of all parts; weights as in struct sl_fit, of those that
                                   are fitted */
    const struct sl_group_part *parts;
    size_t n_parts;
    const struct sl_member *members;
    size_t n_members;
    size_t memory; /* bytes that it may take, about; 0: as many as it likes */
    int threads;   /* as in struct sl_fit, and cancel, too */
    const volatile sig_atomic_t *cancel;
    /* Called once for each member as soon as it is done, in any order; a value other than SL_OK ends the
     * group. */
    int (*done)(void *arg, const struct sl_member_result *result);
    void *arg;
};

enum sl_classifier_flags {
    SL_WANTS_SCALED = 1,  /* works badly on features of different ranges */
    SL_NEEDS_IMAGES = 2,  /* the view's image must be set */
    SL_RANDOM = 4,        /* another seed gives another model */
    SL_PROBABILITIES = 8, /* scores gives probabilities (rows sum to 1), else margins */
    SL_ITERATES = 16,     /* calls on_epoch */
    SL_ROW_ORDER = 32,    /* the model may depend on the order of the training rows */
    SL_GROUP_ROUNDS = 64, /* fit_group may round otherwise than fit, and end elsewhere within the tolerance */
    SL_WEIGHS_ROWS = 128, /* fit takes rows with weights */
    SL_TAKES_SPARSE =
        256, /* fit, predict and scores take SL_SPARSE, too: whichever the model was fitted on */
    SL_SHARES_STREAM = 512, /* a trial's stream does not know the hyperparameters marked SL_SHARED: one
                               training serves them */
    SL_FOLDS_APART = 1024,  /* folds share nothing: a group has the members of one */
    SL_TAKES_MISSING =
        2048, /* fit, predict and scores take floats that are NaN: missing values of the user's table */
    SL_TAKES_CATEGORIES = 4096, /* and columns of categories as codes (codes in view.h), NaN among them */
};

/* What a fitted model is: for those that look into it (explanations, embeddings). */
enum sl_inside {
    SL_INSIDE_OWN,      /* the type's own */
    SL_INSIDE_NETWORK,  /* a struct sl_network (nn/pass/network.h) */
    SL_INSIDE_LINEAR,   /* a struct sl_linear (linear/model.h) */
    SL_INSIDE_TREE,     /* a struct sl_tree_model (trees/model.h) */
    SL_INSIDE_FOREST,   /* a struct sl_forest (trees/forest_model.h) */
    SL_INSIDE_BOOSTING, /* a struct sl_boost (boosting/model.h) */
};

/* One kind of classifier.  All functions may be called for different models at the same time.
 * Callers go through model.h, which checks views (feature counts, NaN, labels) before it calls. */
struct sl_classifier_type {
    const char *name;      /* "logreg": lower case, what a user types */
    const char *title;     /* "Logistic regression" */
    const char *reference; /* literature of the method as it is built here */
    unsigned flags;        /* enum sl_classifier_flags */
    enum sl_inside inside;
    size_t config_size;            /* of the configuration struct, zeroed before defaults are set */
    const struct sl_param *params; /* the hyperparameter table */
    const struct sl_later *later;  /* NULL, or those of them that were added after the type was released */
    /* NULL, or a number that is raised where the same stream comes to give such a configuration another
     * model: above 0 its trials are other work than they were. */
    int (*draws)(const void *config);
    /* With SL_TAKES_CATEGORIES: NULL, or does this configuration want categories as other types get them? */
    int (*spreads_categories)(const void *config);
    /* With SL_SHARES_STREAM: NULL, or does each value of the marked hyperparameters need a training of its
     * own here?  The stream then knows them. */
    int (*trains_apart)(const void *config);

    /* NULL, or: are these hyperparameters, each within its bounds, possible together and on this
     * view?  SL_EUSAGE with a text that names the hyperparameter.  The view's x may be NULL: only
     * its shape counts, and whether it has weights. */
    int (*check)(const void *config, const struct sl_view *view, struct sl_error *err);

    /* NULL, or brings up what fits of such rows, and predictions with them, will use of other libraries: the
     * first call of one, or loading it, takes some 30 ms, which are no work on the rows.  For whoever
     * measures times: in the process that fits, before its clock starts.  Changes no result; what goes wrong
     * is for fit to tell.  The view's x is NULL. */
    void (*warm_up)(const void *config, const struct sl_view *view);

    /* Makes *model, which owns all that it needs: neither the views nor the configuration need outlive
     * the call.  Never writes to the views.  On error *model is NULL.  SL_EDIVERGED where its numbers,
     * or those on the way to them, are not finite; a model that saves such a number is refused.  A class
     * without rows is never predicted; one class alone is always predicted.  The same views, configuration
     * and stream give the same model, bit for bit, whatever the number of threads, on one kind of processor.
     */
    int (*fit)(const struct sl_fit *fit, void **model, struct sl_error *err);

    /* NULL, or fits many at once: each member's model or labels and scores are those of fit, predict and
     * scores on its part alone, bit for bit (but see SL_GROUP_ROUNDS).  SL_ECANCELLED, SL_ENOMEM or what done
     * returned; members that done was not called for are fitted one by one then. */
    int (*fit_group)(const struct sl_group *group, struct sl_error *err);
    /* With fit_group: can this configuration be a member on such rows (n: those of its part that are fitted)?
     */
    int (*shares)(const void *config, const struct sl_view *view);

    /* labels (n).  Writes nothing in the model; a row's label does not depend on the other rows. */
    int (*predict)(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                   struct sl_error *err);

    /* NULL, or scores (n, k), the larger the likelier: probabilities where SL_PROBABILITIES is set;
     * 0 probability or -infinity margin for classes without training rows.  Other scores are finite, or
     * SL_EDATA names the row (the first is row 0): so does predict where it can not tell. */
    int (*scores)(const void *model, const struct sl_view *x, int threads, float *scores,
                  struct sl_error *err);

    /* Writes the model so that load gives one that predicts the same, byte for byte.  Also called after
     * every fit, to see that all numbers are finite. */
    void (*save)(const void *model, struct sl_writer *w);

    /* Reads what save wrote, and what it wrote into files of older formats (r->format).  like has the dtype,
     * d, k, scale, offset and image of the training view, and no rows.  The record may be hostile: sizes are
     * checked before memory is taken, and every index is checked against its range.  The reader refuses
     * numbers that are not finite; load refuses those that no fit gives.  SL_EDATA when it does not hold a
     * model. */
    int (*load)(struct sl_reader *r, const struct sl_view *like, const void *config, void **model,
                struct sl_error *err);

    void (*free)(void *model); /* NULL is allowed */
};

/* The registry: built-in types first, in the order in which lists show them. */
size_t sl_classifier_count(void);
const struct sl_classifier_type *sl_classifier_at(size_t i);
/* NULL with SL_EUSAGE, the nearest name and the list of names, when there is none called so. */
const struct sl_classifier_type *sl_classifier_find(const char *name, struct sl_error *err);
/* Adds a type for the rest of the process (not thread-safe; before any other call).  The type is
 * checked (name unique, table sound) and not copied. */
int sl_classifier_register(const struct sl_classifier_type *type, struct sl_error *err);

SL_API_END
#endif
