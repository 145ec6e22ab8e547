/* sgd.c - linear classifiers by stochastic gradient descent, one-vs-rest, as scikit-learn's SGDClassifier.
 *
 * For each row in a fresh random order, with p = w . x + b and y = +1 for the class, -1 for the rest,
 *     w <- (1 - eta alpha (1 - l1_ratio)) w - eta loss'(p, y) x,     b <- b - eta loss'(p, y),
 * and the cumulative L1 penalty of Tsuruoka, Tsujii and Ananiadou (ACL 2009).  Bottou, "Stochastic
 * gradient descent tricks" (2012), for the schedule "optimal", eta = 1 / (alpha (t0 + t)), and for
 * keeping w as a scale times a vector.  A class stops when the sum of its losses in an epoch (or, with
 * early_stopping, its accuracy on held-out rows) has not improved by tol for n_iter_no_change epochs.
 *
 * O(n d) an epoch and class.  All classes see the rows in one order, so rows are read and converted
 * once for a group of classes; groups run on different threads, and a class's steps are the same to the
 * last bit in any group.  Weights are floats.
 * Leaves out averaging, warm starts, and the regression losses. */
#include "classifiers/sgd_train.h"
#include "core/memory.h"

static const struct sl_word losses[] = {{"hinge", SL_LOSS_HINGE},
                                        {"log_loss", SL_LOSS_LOG},
                                        {"modified_huber", SL_LOSS_MODIFIED_HUBER},
                                        {"squared_hinge", SL_LOSS_SQUARED_HINGE},
                                        {"perceptron", SL_LOSS_PERCEPTRON},
                                        {0}};
static const struct sl_word penalties[] = {{"l2", SL_SGD_L2},
                                           {"l1", SL_SGD_L1},
                                           {"elasticnet", SL_SGD_ELASTICNET},
                                           {"none", SL_SGD_NO_PENALTY},
                                           {0}};
static const struct sl_word rates[] = {{"optimal", SL_SGD_OPTIMAL},
                                       {"constant", SL_SGD_CONSTANT},
                                       {"invscaling", SL_SGD_INVSCALING},
                                       {"adaptive", SL_SGD_ADAPTIVE},
                                       {0}};
static const struct sl_word tolerances[] = {{"none", -1}, {0}};
static const struct sl_word class_weights[] = {{"none", 0}, {"balanced", 1}, {0}};

#define AT(field) offsetof(struct sl_sgd_config, field)
static const struct sl_param params[] = {
    {.name = "loss",
     .type = SL_PARAM_CHOICE,
     .offset = AT(loss),
     .def = "hinge",
     .words = losses,
     .grid = "hinge,log_loss,modified_huber,squared_hinge,perceptron",
     .help = "hinge: linear SVM; log_loss: logistic regression; modified_huber: smooth, bears outliers"},
    {.name = "penalty",
     .type = SL_PARAM_CHOICE,
     .offset = AT(penalty),
     .def = "l2",
     .words = penalties,
     .grid = "l2,l1,elasticnet",
     .help = "norm of the weights in the objective"},
    {.name = "alpha",
     .type = SL_PARAM_REAL,
     .offset = AT(alpha),
     .def = "0.0001",
     .min = 0,
     .max = 1e6,
     .flags = SL_LOG,
     .grid = "1e-06:0.01:log5",
     .help = "weight of the penalty"},
    {.name = "l1_ratio",
     .type = SL_PARAM_REAL,
     .offset = AT(l1_ratio),
     .def = "0.15",
     .min = 0,
     .max = 1,
     .grid = "0.15,0.5,0.85",
     .help = "elasticnet: share of the L1 norm"},
    {.name = "fit_intercept",
     .type = SL_PARAM_CHOICE,
     .offset = AT(fit_intercept),
     .def = "true",
     .words = sl_words_bool,
     .grid = "true,false",
     .help = "fit a constant for each class"},
    {.name = "max_iter",
     .type = SL_PARAM_INT,
     .offset = AT(max_iter),
     .def = "1000",
     .min = 1,
     .max = 1e9,
     .flags = SL_LOG,
     .grid = "5,20,100,1000",
     .help = "limit of epochs"},
    {.name = "tol",
     .type = SL_PARAM_REAL,
     .offset = AT(tol),
     .def = "0.001",
     .min = 0,
     .max = 1e6,
     .flags = SL_LOG,
     .words = tolerances,
     .grid = "0.0001,0.001,0.01",
     .help = "improvement a row below which an epoch counts as none"},
    {.name = "shuffle",
     .type = SL_PARAM_CHOICE,
     .offset = AT(shuffle),
     .def = "true",
     .words = sl_words_bool,
     .grid = "true",
     .help = "another order of the rows in every epoch"},
    {.name = "learning_rate",
     .type = SL_PARAM_CHOICE,
     .offset = AT(learning_rate),
     .def = "optimal",
     .words = rates,
     .grid = "optimal",
     .help = "optimal: 1 / (alpha (t0 + t)); constant: eta0; invscaling: eta0 / t^power_t; "
             "adaptive: eta0, a fifth when stuck"},
    {.name = "eta0",
     .type = SL_PARAM_REAL,
     .offset = AT(eta0),
     .def = "0",
     .min = 0,
     .max = 1e6,
     .flags = SL_LOG,
     .grid = "0.001,0.01,0.1",
     .help = "learning rate at the start, for all schedules but optimal"},
    {.name = "power_t",
     .type = SL_PARAM_REAL,
     .offset = AT(power_t),
     .def = "0.5",
     .min = 0,
     .max = 10,
     .grid = "0.25,0.5",
     .help = "invscaling: exponent"},
    {.name = "early_stopping",
     .type = SL_PARAM_CHOICE,
     .offset = AT(early_stopping),
     .def = "false",
     .words = sl_words_bool,
     .grid = "false,true",
     .help = "hold rows out, and stop by accuracy on them"},
    {.name = "validation_fraction",
     .type = SL_PARAM_REAL,
     .offset = AT(validation_fraction),
     .def = "0.1",
     .min = 0,
     .max = 1,
     .flags = SL_OPEN_MIN | SL_OPEN_MAX,
     .grid = "0.1,0.2",
     .help = "early_stopping: share of the training rows held out, of every class"},
    {.name = "n_iter_no_change",
     .type = SL_PARAM_INT,
     .offset = AT(n_iter_no_change),
     .def = "5",
     .min = 1,
     .max = 1e6,
     .grid = "2,5,10",
     .help = "epochs without improvement before a class stops"},
    {.name = "class_weight",
     .type = SL_PARAM_CHOICE,
     .offset = AT(balanced),
     .def = "none",
     .words = class_weights,
     .grid = "none,balanced",
     .help = "balanced: classes weigh the same however many rows they have"},
    {0}};

static int sgd_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct sl_sgd_config *config = vconfig;
    (void)view;
    if (config->learning_rate != SL_SGD_OPTIMAL && config->eta0 == 0)
        return sl_fail(err, SL_EUSAGE, "eta0 must be above 0 unless learning_rate=optimal");
    if (config->learning_rate == SL_SGD_OPTIMAL && config->alpha == 0)
        return sl_fail(err, SL_EUSAGE, "alpha must be above 0 with learning_rate=optimal");
    return SL_OK;
}

static int sgd_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct sl_sgd_config *config = fit->config;
    struct sl_classes classes;
    *out = NULL;
    int code = sl_classes_find(fit->train, &classes, err);
    if (code)
        return code;
    struct sl_linear *model = sl_linear_new(&classes, fit->train, SL_LINK_MARGIN, 0);
    double *weights = sl_alloc((size_t)classes.m, sizeof *weights);
    if (!model || !weights)
        code = sl_fail_memory(err);
    else if (classes.m > 1) {
        sl_classes_weights(&classes, fit->train->n, config->balanced, weights);
        code = sl_sgd_train(fit, config, &classes, weights, model, err);
    }
    free(weights);
    sl_classes_release(&classes);
    if (code)
        sl_linear_free(model);
    else
        *out = model;
    return code;
}

const struct sl_classifier_type sl_classifier_sgd = {
    .name = "sgd",
    .title = "Stochastic gradient descent",
    .reference = "Bottou, Stochastic gradient descent tricks (2012); one-vs-rest",
    .flags = SL_WANTS_SCALED | SL_RANDOM | SL_ITERATES | SL_ROW_ORDER,
    .config_size = sizeof(struct sl_sgd_config),
    .params = params,
    .check = sgd_check,
    .fit = sgd_fit,
    .predict = sl_linear_predict,
    .scores = sl_linear_scores,
    .save = sl_linear_save,
    .load = sl_linear_load,
    .free = sl_linear_free,
};
