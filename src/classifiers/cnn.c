/* cnn.c - convolutional network on images: any net of one line, trained by Adam or SGD on the softmax
 * cross-entropy.
 *
 * A thin classifier over src/nn, whose layers are listed in nn/layer.h.  The default net has three
 * convolutions, 241,546 parameters on 28x28 grey images of 10 classes.  Initial weights as Keras has them;
 * alpha is scikit-learn's L2 (divided by the rows of a batch).  Early stopping is judged by held-out
 * training rows only.
 * Cost: an epoch is about three forward passes of n images. */
#include "core/memory.h"
#include "nn/train.h"
#include <math.h>
#include <shortlist/classifier.h>
#include <string.h>

struct config {
    char net[SL_TEXT_MAX];
    int optimizer, batch_size, epochs, learning_rate, shuffle, nesterovs_momentum, early_stopping,
        n_iter_no_change;
    double learning_rate_init, power_t, alpha, tol, momentum, validation_fraction, beta_1, beta_2, epsilon;
};

static const struct sl_word optimizer_words[] = {{"adam", SL_ADAM}, {"sgd", SL_SGD}, {NULL, 0}};
static const struct sl_word schedule_words[] = {{"constant", SL_RATE_CONSTANT},
                                                {"invscaling", SL_RATE_INVSCALING},
                                                {"adaptive", SL_RATE_ADAPTIVE},
                                                {NULL, 0}};

#define AT(field) offsetof(struct config, field)
static const struct sl_param params[] = {
    {"net", SL_TEXT, AT(net), "cnn3", 0, 0, 0, NULL, NULL,
     "the layers, such as 'conv 32 3x3, relu, maxpool 2, flatten, dense classes', or cnn1, cnn2, cnn3, benchmark"},
    {"optimizer", SL_CHOICE, AT(optimizer), "adam", 0, 0, 0, optimizer_words, NULL, "how the weights are changed"},
    {"learning_rate_init", SL_REAL, AT(learning_rate_init), "0.001", 0, INFINITY, SL_LOG | SL_OPEN_MIN, NULL,
     "1e-4:1e-2:log5", "learning rate at the start"},
    {"batch_size", SL_INT, AT(batch_size), "32", 1, 1 << 16, SL_LOG, NULL, "32,64,256", "images a step"},
    {"epochs", SL_INT, AT(epochs), "10", 1, 1 << 20, SL_LOG, NULL, "5,10,20", "passes over the training images"},
    {"alpha", SL_REAL, AT(alpha), "0", 0, INFINITY, 0, NULL, "0,0.01,0.1", "L2 penalty, divided by the rows of a batch"},
    {"learning_rate", SL_CHOICE, AT(learning_rate), "constant", 0, 0, 0, schedule_words, NULL,
     "schedule of the learning rate; optimizer sgd only"},
    {"power_t", SL_REAL, AT(power_t), "0.5", 0, INFINITY, 0, NULL, NULL, "exponent of the invscaling schedule"},
    {"shuffle", SL_CHOICE, AT(shuffle), "true", 0, 0, 0, sl_words_bool, NULL, "a new order of the images every epoch"},
    {"momentum", SL_REAL, AT(momentum), "0.9", 0, 1, 0, NULL, NULL, "of optimizer sgd"},
    {"nesterovs_momentum", SL_CHOICE, AT(nesterovs_momentum), "true", 0, 0, 0, sl_words_bool, NULL,
     "look ahead by the momentum"},
    {"early_stopping", SL_CHOICE, AT(early_stopping), "false", 0, 0, 0, sl_words_bool, NULL,
     "judge by held-out training images, stop when they stop improving, and keep the best weights"},
    {"validation_fraction", SL_REAL, AT(validation_fraction), "0.1", 0, 1, SL_OPEN_MIN | SL_OPEN_MAX, NULL, NULL,
     "share of the training images that early_stopping holds out"},
    {"n_iter_no_change", SL_INT, AT(n_iter_no_change), "5", 1, 1 << 20, 0, NULL, NULL,
     "epochs without improvement after which early_stopping ends the fit"},
    {"tol", SL_REAL, AT(tol), "0", 0, INFINITY, 0, NULL, NULL,
     "a smaller improvement counts as none: of the accuracy with early_stopping, of the loss for the adaptive schedule"},
    {"beta_1", SL_REAL, AT(beta_1), "0.9", 0, 1, SL_OPEN_MAX, NULL, NULL, "decay of adam's first moment"},
    {"beta_2", SL_REAL, AT(beta_2), "0.999", 0, 1, SL_OPEN_MAX, NULL, NULL, "decay of adam's second moment"},
    {"epsilon", SL_REAL, AT(epsilon), "1e-7", 1e-30, 1e6, SL_LOG, NULL, NULL, "keeps adam from dividing by 0"},
    {0},
};
#undef AT

static struct sl_shape shape_of(const struct sl_view *view)
{
    if (view->image.height == 0)
        return (struct sl_shape){1, 1, (int)view->d};
    return (struct sl_shape){view->image.height, view->image.width, view->image.channels};
}

static int cnn_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    struct sl_net *net;
    int code = sl_net_new(config->net, shape_of(view), view->k, &net, err);
    sl_net_free(net);
    return code;
}

static int cnn_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct config *config = fit->config;
    int adaptive = config->optimizer == SL_SGD && config->learning_rate == SL_RATE_ADAPTIVE;
    const struct sl_train_options options = {
        .optimiser = {.kind = config->optimizer,
                      .momentum = config->momentum,
                      .nesterov = config->nesterovs_momentum,
                      .beta_1 = config->beta_1,
                      .beta_2 = config->beta_2,
                      .epsilon = config->epsilon},
        .init = SL_INIT_KERAS,
        .batch_size = config->batch_size,
        .epochs = config->epochs,
        .shuffle = config->shuffle,
        .learning_rate = config->learning_rate_init,
        .power_t = config->power_t,
        .schedule = config->learning_rate,
        .alpha = config->alpha,
        .tol = config->tol,
        .n_iter_no_change = config->early_stopping || adaptive ? config->n_iter_no_change : 0,
        .early_stopping = config->early_stopping,
        .validation_fraction = config->validation_fraction,
    };
    struct sl_network *network;
    int code = sl_network_new(config->net, shape_of(fit->train), fit->train->k, &network, err);
    if (!code)
        code = sl_network_train(network, fit, &options, err);
    if (!code && !options.n_iter_no_change)
        fit->report->converged = -1; /* it was told how long to train */
    if (code) {
        sl_network_free(network);
        network = NULL;
    }
    *out = network;
    return code;
}

static int cnn_load(struct sl_reader *r, const struct sl_view *like, const void *vconfig, void **out,
                    struct sl_error *err)
{
    const struct config *config = vconfig;
    struct sl_network *network;
    int code = sl_network_new(config->net, shape_of(like), like->k, &network, err);
    if (!code)
        code = sl_network_load(network, r, err);
    if (code) {
        sl_network_free(network);
        network = NULL;
    }
    *out = network;
    return code;
}

const struct sl_classifier_type sl_classifier_cnn = {
    .name = "cnn",
    .title = "Convolutional network",
    .reference = "LeCun et al., Proc. IEEE 86 (1998); Kingma, Ba, ICLR 2015 (Adam)",
    .flags = SL_WANTS_SCALED | SL_NEEDS_IMAGES | SL_RANDOM | SL_PROBABILITIES | SL_ITERATES | SL_ROW_ORDER,
    .config_size = sizeof(struct config),
    .params = params,
    .check = cnn_check,
    .fit = cnn_fit,
    .predict = sl_network_predict,
    .scores = sl_network_scores,
    .save = sl_network_save,
    .load = cnn_load,
    .free = sl_network_free,
};
