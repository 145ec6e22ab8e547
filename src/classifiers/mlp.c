/* mlp.c - multi-layer perceptron: dense layers, trained by Adam or SGD on the cross-entropy.
 *
 * A thin classifier over src/nn.  Hyperparameters, initial weights, loss, schedules and stopping rules are
 * those of scikit-learn's MLPClassifier: softmax outputs, of two classes one logistic output.  Dropout and
 * class_weight are ours, and that two classes may have two softmax outputs; solver lbfgs is left out. Cost:
 * an epoch 6 n p flops for p weights, less the first layer's backward pass; predict 2 p a row. */
#include "classifiers/params.h"
#include "core/memory.h"
#include "core/text.h"
#include "kernels/gemm.h"
#include "nn/train/checkpoints.h"
#include <math.h>
#include <shortlist/classifier.h>
#include <stdio.h>
#include <string.h>

struct config {
    struct sl_ints hidden_layer_sizes;
    int activation;
    double dropout;
    int binary_output;
    struct sl_train_options train; /* batch_size 0: auto; all but what scikit-learn does not have */
};

static const char *const activations[] = {"identity", "sigmoid", "tanh", "relu"}; /* layers */
static const struct sl_word activation_words[] = {
    {"identity", 0}, {"logistic", 1}, {"tanh", 2}, {"relu", 3}, {NULL, 0}};
static const struct sl_word solver_words[] = {{"adam", SL_ADAM}, {"sgd", SL_SGD}, {NULL, 0}};
enum { LOGISTIC, SOFTMAX };
static const struct sl_word output_words[] = {{"logistic", LOGISTIC}, {"softmax", SOFTMAX}, {NULL, 0}};
static const struct sl_word batch_words[] = {{"auto", 0}, {NULL, 0}};
static const struct sl_word schedule_words[] = {{"constant", SL_RATE_CONSTANT},
                                                {"invscaling", SL_RATE_INVSCALING},
                                                {"adaptive", SL_RATE_ADAPTIVE},
                                                {NULL, 0}};

static const struct sl_param params[] = {
    SL_INTS_PARAM("hidden_layer_sizes", struct config, hidden_layer_sizes, "100", 1, 1 << 16,
                  "16,100,[512,512]", "width of each hidden layer"),
    SL_CHOICE_PARAM("activation", struct config, activation, "relu", activation_words, "relu,tanh,logistic",
                    "of the hidden layers"),
    SL_CHOICE_PARAM("solver", struct config, train.optimiser.kind, "adam", solver_words, NULL,
                    "how the weights are changed"),
    SL_REAL_PARAM("alpha", struct config, train.alpha, "0.0001", 0, INFINITY, SL_LOG | SL_SIMPLER_HIGH,
                  "1e-5,1e-4,1e-3,1e-2", "L2 penalty, divided by the rows of a batch"),
    SL_INT_OR_WORD_PARAM("batch_size", struct config, train.batch_size, "auto", 1, 1 << 20, SL_LOG,
                         batch_words, NULL, "rows a step; auto: 200, or all if there are fewer"),
    SL_CHOICE_PARAM("learning_rate", struct config, train.schedule.kind, "constant", schedule_words, NULL,
                    "schedule of the learning rate; solver sgd only"),
    SL_LEARNING_RATE_INIT_PARAM(struct config, "learning rate at the start"),
    SL_POWER_T_PARAM(struct config),
    SL_INT_PARAM("max_iter", struct config, train.epochs, "200", 1, 1 << 30,
                 SL_LOG | SL_SIMPLER_LOW | SL_BUDGET | SL_SHARED, "25,50,100,200", "epochs at most"),
    SL_SHUFFLE_PARAM(struct config, "rows"),
    SL_REAL_PARAM("tol", struct config, train.tol, "0.0001", 0, INFINITY, SL_LOG, NULL,
                  "a smaller improvement of the loss (of the accuracy with early_stopping) counts as none"),
    SL_MOMENTUM_PARAM(struct config, "of solver sgd"),
    SL_NESTEROVS_MOMENTUM_PARAM(struct config),
    SL_EARLY_STOPPING_PARAM(struct config, train.early_stopping, NULL,
                            "judge by held-out training rows, and keep the best weights"),
    SL_VALIDATION_FRACTION_PARAM(struct config, train.validation_fraction, NULL,
                                 "share of the training rows that early_stopping holds out"),
    SL_INT_PARAM("n_iter_no_change", struct config, train.n_iter_no_change, "10", 1, 1 << 30, 0, NULL,
                 "epochs without improvement after which to stop"),
    SL_BETA_1_PARAM(struct config),
    SL_BETA_2_PARAM(struct config),
    SL_EPSILON_PARAM(struct config, "1e-8"),
    SL_REAL_PARAM("dropout", struct config, dropout, "0", 0, 1, SL_OPEN_MAX | SL_SIMPLER_HIGH,
                  "0,0.2,0.3,0.5", "share of hidden outputs dropped while training"),
    SL_CHOICE_PARAM(
        "binary_output", struct config, binary_output, "logistic", output_words, NULL,
        "of two classes: one logistic output, as scikit-learn has it, or two softmax outputs; more "
        "classes have softmax"),
    SL_CLASS_WEIGHT_PARAM(struct config, train.balanced, SL_CLASS_WEIGHT_GRID, SL_CLASS_WEIGHT_HELP),
    {0}};

static const struct sl_later later[] = {{"binary_output", "softmax", 2}, SL_CLASS_WEIGHT_LATER, {0}};

/* "dense 512, relu, dropout 0.3, dense classes" */
static void write_net(const struct config *config, struct sl_string *line)
{
    char rate[32];
    sl_print_real(config->dropout, rate, sizeof rate);
    for (int i = 0; i < config->hidden_layer_sizes.n; i++) {
        sl_string_add(line, "dense %d, %s, ", config->hidden_layer_sizes.v[i],
                      activations[config->activation]);
        if (config->dropout > 0)
            sl_string_add(line, "dropout %s, ", rate);
    }
    sl_string_add(line, "dense classes");
}

static int new_network(const void *vconfig, const struct sl_view *like, struct sl_network **out,
                       struct sl_error *err)
{
    const struct config *config = vconfig;
    struct sl_string line = {0};
    struct sl_shape in = {1, 1, (int)like->d};
    write_net(config, &line);
    *out = NULL;
    int code = line.failed ? sl_fail_memory(err)
               : like->k == 2 && config->binary_output == LOGISTIC
                   ? sl_network_new_logistic(line.text, in, out, err)
                   : sl_network_new(line.text, in, like->k, out, err);
    sl_string_release(&line);
    return code;
}

static int mlp_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    size_t in = view->d;
    double weights = 0;
    for (int i = 0; i < config->hidden_layer_sizes.n; i++) {
        weights += (double)in * config->hidden_layer_sizes.v[i];
        in = (size_t)config->hidden_layer_sizes.v[i];
    }
    if (weights > 1 << 28)
        return sl_fail(err, SL_EUSAGE,
                       "hidden_layer_sizes: these make %.0f weights on %zu features, at most %d are "
                       "allowed",
                       weights, view->d, 1 << 28);
    return SL_OK;
}

static int batch_size(const struct config *config)
{
    return config->train.batch_size ? config->train.batch_size : 200;
}

/* Each layer multiplies with its weights, and for their gradient with the gradients of a batch. */
static void mlp_warm_up(const void *vconfig, const struct sl_view *view)
{
    const struct config *config = vconfig;
    size_t in = view->d, batch = (size_t)batch_size(config);
    batch = batch < view->n ? batch : view->n;
    for (int i = 0; i <= config->hidden_layer_sizes.n; i++) {
        int last = i == config->hidden_layer_sizes.n;
        size_t out = last ? (size_t)view->k : (size_t)config->hidden_layer_sizes.v[i];
        sl_gemm_warm_up(0, batch, out, in);
        sl_gemm_warm_up(1, in, out, batch);
        in = out;
    }
}

static struct sl_train_options train_options(const void *vconfig)
{
    const struct config *config = vconfig;
    struct sl_train_options options = config->train;
    options.init = SL_INIT_SKLEARN;
    options.monitor = SL_MONITOR_ACCURACY;
    options.batch_size = batch_size(config);
    if (options.optimiser.kind != SL_SGD)
        options.schedule.kind = SL_RATE_CONSTANT;
    return options;
}

static int mlp_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct sl_train_options options = train_options(fit->config);
    struct sl_network *network;
    int code = new_network(fit->config, fit->train, &network, err);
    if (!code)
        code = sl_network_train(network, fit, &options, err);
    if (code) {
        sl_network_free(network);
        network = NULL;
    }
    *out = network;
    return code;
}

/* No schedule of these depends on max_iter: fewer epochs are the first of more. */
static int mlp_shares(const void *config, const struct sl_view *view)
{
    (void)config;
    (void)view;
    return 1;
}

static int mlp_fit_group(const struct sl_group *group, struct sl_error *err)
{
    static const struct sl_network_kind kind = {new_network, train_options};
    return sl_network_train_group(group, &kind, err);
}

static int mlp_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                    struct sl_error *err)
{
    struct sl_network *network;
    int code = new_network(config, like, &network, err);
    if (!code)
        code = sl_network_load(network, r, like, err);
    if (code) {
        sl_network_free(network);
        network = NULL;
    }
    *out = network;
    return code;
}

const struct sl_classifier_type sl_classifier_mlp = {
    .name = "mlp",
    .title = "Multi-layer perceptron",
    .reference = "Rumelhart, Hinton, Williams, Nature 323 (1986); Kingma, Ba, ICLR 2015 (Adam)",
    .flags = SL_WANTS_SCALED | SL_RANDOM | SL_PROBABILITIES | SL_ITERATES | SL_ROW_ORDER | SL_WEIGHS_ROWS |
             SL_SHARES_STREAM | SL_FOLDS_APART,
    .inside = SL_INSIDE_NETWORK,
    .config_size = sizeof(struct config),
    .params = params,
    .later = later,
    .check = mlp_check,
    .warm_up = mlp_warm_up,
    .fit = mlp_fit,
    .fit_group = mlp_fit_group,
    .shares = mlp_shares,
    .predict = sl_network_predict,
    .scores = sl_network_scores,
    .save = sl_network_save,
    .load = mlp_load,
    .free = sl_network_free,
};
