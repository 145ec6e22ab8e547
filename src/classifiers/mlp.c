/* mlp.c - multi-layer perceptron: dense layers, trained by Adam or SGD on the softmax cross-entropy.
 *
 * A thin classifier over src/nn.  Hyperparameters, initial weights, loss, schedules and stopping rules are
 * those of scikit-learn's MLPClassifier; dropout is ours.  Two classes have two softmax outputs here (one
 * logistic output there); solver lbfgs is left out.
 * Cost: an epoch 6 n p flops for p weights, less the first layer's backward pass; predict 2 p a row. */
#include "core/memory.h"
#include "core/text.h"
#include "nn/train.h"
#include <math.h>
#include <shortlist/classifier.h>
#include <stdio.h>
#include <string.h>

struct config {
    struct sl_ints hidden_layer_sizes;
    int activation;
    double dropout;
    struct sl_train_options train; /* batch_size 0: auto; all but what scikit-learn does not have */
};

static const char *const activations[] = {"identity", "sigmoid", "tanh", "relu"}; /* layers */
static const struct sl_word activation_words[] = {{"identity", 0}, {"logistic", 1}, {"tanh", 2}, {"relu", 3}, {NULL, 0}};
static const struct sl_word solver_words[] = {{"adam", SL_ADAM}, {"sgd", SL_SGD}, {NULL, 0}};
static const struct sl_word batch_words[] = {{"auto", 0}, {NULL, 0}};
static const struct sl_word schedule_words[] = {{"constant", SL_RATE_CONSTANT},
                                                {"invscaling", SL_RATE_INVSCALING},
                                                {"adaptive", SL_RATE_ADAPTIVE},
                                                {NULL, 0}};

#define AT(field) offsetof(struct config, field)
#define TRAIN(field) offsetof(struct config, train.field)
static const struct sl_param params[] = {
    {"hidden_layer_sizes", SL_PARAM_INTS, AT(hidden_layer_sizes), "100", 1, 1 << 16, 0, NULL,
     "16,100,[512,512]", "width of each hidden layer"},
    {"activation", SL_PARAM_CHOICE, AT(activation), "relu", 0, 0, 0, activation_words, "relu,tanh,logistic",
     "of the hidden layers"},
    {"solver", SL_PARAM_CHOICE, TRAIN(optimiser.kind), "adam", 0, 0, 0, solver_words, NULL, "how the weights are changed"},
    {"alpha", SL_PARAM_REAL, TRAIN(alpha), "0.0001", 0, INFINITY, SL_LOG, NULL, "1e-5,1e-4,1e-3,1e-2",
     "L2 penalty, divided by the rows of a batch"},
    {"batch_size", SL_PARAM_INT, TRAIN(batch_size), "auto", 1, 1 << 20, SL_LOG, batch_words, NULL,
     "rows a step; auto: 200, or all if there are fewer"},
    {"learning_rate", SL_PARAM_CHOICE, TRAIN(schedule.kind), "constant", 0, 0, 0, schedule_words, NULL,
     "schedule of the learning rate; solver sgd only"},
    {"learning_rate_init", SL_PARAM_REAL, TRAIN(schedule.rate), "0.001", 0, INFINITY, SL_LOG | SL_OPEN_MIN, NULL,
     "1e-4:1e-2:log5", "learning rate at the start"},
    {"power_t", SL_PARAM_REAL, TRAIN(schedule.power_t), "0.5", 0, INFINITY, 0, NULL, NULL, "exponent of the invscaling schedule"},
    {"max_iter", SL_PARAM_INT, TRAIN(epochs), "200", 1, 1 << 30, SL_LOG, NULL, NULL, "epochs at most"},
    {"shuffle", SL_PARAM_CHOICE, TRAIN(shuffle), "true", 0, 0, 0, sl_words_bool, NULL, "a new order of the rows every epoch"},
    {"tol", SL_PARAM_REAL, TRAIN(tol), "0.0001", 0, INFINITY, SL_LOG, NULL, NULL,
     "a smaller improvement of the loss (of the accuracy with early_stopping) counts as none"},
    {"momentum", SL_PARAM_REAL, TRAIN(optimiser.momentum), "0.9", 0, 1, 0, NULL, NULL, "of solver sgd"},
    {"nesterovs_momentum", SL_PARAM_CHOICE, TRAIN(optimiser.nesterov), "true", 0, 0, 0, sl_words_bool, NULL,
     "look ahead by the momentum"},
    {"early_stopping", SL_PARAM_CHOICE, TRAIN(early_stopping), "false", 0, 0, 0, sl_words_bool, NULL,
     "judge by held-out training rows, and keep the best weights"},
    {"validation_fraction", SL_PARAM_REAL, TRAIN(validation_fraction), "0.1", 0, 1, SL_OPEN_MIN | SL_OPEN_MAX, NULL, NULL,
     "share of the training rows that early_stopping holds out"},
    {"n_iter_no_change", SL_PARAM_INT, TRAIN(n_iter_no_change), "10", 1, 1 << 30, 0, NULL, NULL,
     "epochs without improvement after which to stop"},
    {"beta_1", SL_PARAM_REAL, TRAIN(optimiser.beta_1), "0.9", 0, 1, SL_OPEN_MAX, NULL, NULL, "decay of adam's first moment"},
    {"beta_2", SL_PARAM_REAL, TRAIN(optimiser.beta_2), "0.999", 0, 1, SL_OPEN_MAX, NULL, NULL, "decay of adam's second moment"},
    {"epsilon", SL_PARAM_REAL, TRAIN(optimiser.epsilon), "1e-8", 1e-30, 1e6, SL_LOG, NULL, NULL, "keeps adam from dividing by 0"},
    {"dropout", SL_PARAM_REAL, AT(dropout), "0", 0, 1, SL_OPEN_MAX, NULL, "0,0.2,0.3,0.5",
     "share of hidden outputs dropped while training"},
    {0},
};
#undef TRAIN
#undef AT

/* "dense 512, relu, dropout 0.3, dense classes" */
static void write_net(const struct config *config, struct sl_string *line)
{
    char rate[32];
    sl_print_real(config->dropout, rate, sizeof rate);
    for (int i = 0; i < config->hidden_layer_sizes.n; i++) {
        sl_string_add(line, "dense %d, %s, ", config->hidden_layer_sizes.v[i], activations[config->activation]);
        if (config->dropout > 0)
            sl_string_add(line, "dropout %s, ", rate);
    }
    sl_string_add(line, "dense classes");
}

static int new_network(const struct config *config, const struct sl_view *like, struct sl_network **out,
                       struct sl_error *err)
{
    struct sl_string line = {0};
    struct sl_shape in = {1, 1, (int)like->d};
    write_net(config, &line);
    *out = NULL;
    int code = line.failed ? sl_fail_memory(err) : sl_network_new(line.text, in, like->k, out, err);
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
        return sl_fail(err, SL_EUSAGE, "hidden_layer_sizes: these make %.0f weights on %zu features, at most %d are "
                       "allowed", weights, view->d, 1 << 28);
    return SL_OK;
}

static int mlp_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct config *config = fit->config;
    struct sl_train_options options = config->train;
    options.init = SL_INIT_SKLEARN;
    options.monitor = SL_MONITOR_ACCURACY;
    if (!options.batch_size)
        options.batch_size = 200;
    if (options.optimiser.kind != SL_SGD)
        options.schedule.kind = SL_RATE_CONSTANT;
    struct sl_network *network;
    int code = new_network(config, fit->train, &network, err);
    if (!code)
        code = sl_network_train(network, fit, &options, err);
    if (code) {
        sl_network_free(network);
        network = NULL;
    }
    *out = network;
    return code;
}

static int mlp_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                    struct sl_error *err)
{
    struct sl_network *network;
    int code = new_network(config, like, &network, err);
    if (!code)
        code = sl_network_load(network, r, err);
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
    .flags = SL_WANTS_SCALED | SL_RANDOM | SL_PROBABILITIES | SL_ITERATES | SL_ROW_ORDER,
    .config_size = sizeof(struct config),
    .params = params,
    .check = mlp_check,
    .fit = mlp_fit,
    .predict = sl_network_predict,
    .scores = sl_network_scores,
    .save = sl_network_save,
    .load = mlp_load,
    .free = sl_network_free,
};
