/* params.h - rows of hyperparameter tables that several classifiers share; the macros of the rows themselves
 * stand in <shortlist/param.h>.  What differs between the classifiers is an argument. */
#ifndef SL_CLASSIFIERS_PARAMS_H
#define SL_CLASSIFIERS_PARAMS_H

#include <math.h>
#include <shortlist/param.h>

/* "none"/"balanced" as a choice (0/1): class_weight. */
extern const struct sl_word sl_words_class_weight[];

#define SL_FLAGGED_CLASS_WEIGHT_PARAM(CONFIG, FIELD, FLAGS, GRID, HELP)                                      \
    SL_FLAGGED_CHOICE_PARAM("class_weight", CONFIG, FIELD, "none", FLAGS, sl_words_class_weight, GRID, HELP)
#define SL_CLASS_WEIGHT_PARAM(CONFIG, FIELD, GRID, HELP)                                                     \
    SL_FLAGGED_CLASS_WEIGHT_PARAM(CONFIG, FIELD, 0, GRID, HELP)
#define SL_CLASS_WEIGHT_GRID "none,balanced"
#define SL_CLASS_WEIGHT_HELP "balanced: classes weigh the same however many rows they have"

#define SL_CLASS_WEIGHT_LATER                                                                                \
    {                                                                                                        \
        "class_weight", "none", 0                                                                            \
    }

#define SL_C_PARAM(CONFIG, FIELD, FLAGS, GRID, HELP)                                                         \
    SL_REAL_PARAM("C", CONFIG, FIELD, "1", 0, 1e12, SL_LOG | SL_OPEN_MIN | SL_SIMPLER_LOW | (FLAGS), GRID,   \
                  HELP)

/* Of a solver that stops at a tolerance of (0, 1]. */
#define SL_FLAGGED_TOL_PARAM(CONFIG, FIELD, FLAGS, DEFAULT, GRID, HELP)                                      \
    SL_REAL_PARAM("tol", CONFIG, FIELD, DEFAULT, 0, 1, SL_LOG | SL_OPEN_MIN | (FLAGS), GRID, HELP)
#define SL_TOL_PARAM(CONFIG, FIELD, DEFAULT, GRID, HELP)                                                     \
    SL_FLAGGED_TOL_PARAM(CONFIG, FIELD, 0, DEFAULT, GRID, HELP)

#define SL_FLAGGED_MAX_ITER_PARAM(CONFIG, FIELD, FLAGS, DEFAULT, GRID, HELP)                                 \
    SL_INT_PARAM("max_iter", CONFIG, FIELD, DEFAULT, 1, 1e9, SL_LOG | SL_SIMPLER_LOW | (FLAGS), GRID, HELP)
#define SL_MAX_ITER_PARAM(CONFIG, FIELD, DEFAULT, GRID, HELP)                                                \
    SL_FLAGGED_MAX_ITER_PARAM(CONFIG, FIELD, 0, DEFAULT, GRID, HELP)

/* Of linear classifiers, whose fits share work where they differ in it. */
#define SL_FIT_INTERCEPT_PARAM(CONFIG, FIELD)                                                                \
    SL_FLAGGED_CHOICE_PARAM("fit_intercept", CONFIG, FIELD, "true", SL_SHARED, sl_words_bool, "true,false",  \
                            "fit a constant for each class")

/* OF: "" or the solver that has it ("liblinear: "). */
#define SL_INTERCEPT_SCALING_PARAM(CONFIG, FIELD, OF)                                                        \
    SL_REAL_PARAM("intercept_scaling", CONFIG, FIELD, "1", 0, 1e6, SL_LOG | SL_OPEN_MIN, "1,10",             \
                  OF "value of the constant feature whose weight is the intercept")

#define SL_EARLY_STOPPING_PARAM(CONFIG, FIELD, GRID, HELP)                                                   \
    SL_BOOL_PARAM("early_stopping", CONFIG, FIELD, "false", GRID, HELP)
#define SL_VALIDATION_FRACTION_PARAM(CONFIG, FIELD, GRID, HELP)                                              \
    SL_REAL_PARAM("validation_fraction", CONFIG, FIELD, "0.1", 0, 1, SL_OPEN_MIN | SL_OPEN_MAX, GRID, HELP)

/* Of networks: CONFIG has a member train, a struct sl_train_options. */
#define SL_LEARNING_RATE_INIT_PARAM(CONFIG, HELP)                                                            \
    SL_REAL_PARAM("learning_rate_init", CONFIG, train.schedule.rate, "0.001", 0, INFINITY,                   \
                  SL_LOG | SL_OPEN_MIN, "1e-4:1e-2:log5", HELP)
#define SL_POWER_T_PARAM(CONFIG)                                                                             \
    SL_REAL_PARAM("power_t", CONFIG, train.schedule.power_t, "0.5", 0, INFINITY, 0, NULL,                    \
                  "exponent of the invscaling schedule")
#define SL_SHUFFLE_PARAM(CONFIG, ROWS)                                                                       \
    SL_BOOL_PARAM("shuffle", CONFIG, train.shuffle, "true", NULL, "a new order of the " ROWS " every epoch")
#define SL_MOMENTUM_PARAM(CONFIG, OF)                                                                        \
    SL_REAL_PARAM("momentum", CONFIG, train.optimiser.momentum, "0.9", 0, 1, 0, NULL, OF)
#define SL_NESTEROVS_MOMENTUM_PARAM(CONFIG)                                                                  \
    SL_BOOL_PARAM("nesterovs_momentum", CONFIG, train.optimiser.nesterov, "true", NULL,                      \
                  "look ahead by the momentum")
#define SL_BETA_1_PARAM(CONFIG)                                                                              \
    SL_REAL_PARAM("beta_1", CONFIG, train.optimiser.beta_1, "0.9", 0, 1, SL_OPEN_MAX, NULL,                  \
                  "decay of adam's first moment")
#define SL_BETA_2_PARAM(CONFIG)                                                                              \
    SL_REAL_PARAM("beta_2", CONFIG, train.optimiser.beta_2, "0.999", 0, 1, SL_OPEN_MAX, NULL,                \
                  "decay of adam's second moment")
#define SL_EPSILON_PARAM(CONFIG, DEFAULT)                                                                    \
    SL_REAL_PARAM("epsilon", CONFIG, train.optimiser.epsilon, DEFAULT, 1e-30, 1e6, SL_LOG, NULL,             \
                  "keeps adam from dividing by 0")

#endif
