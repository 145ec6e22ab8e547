/* cnn.c - convolutional network on images: any net of one line, trained by Adam, AdamW or SGD on the softmax
 * cross-entropy.
 *
 * A thin classifier over src/nn, whose layers are listed in nn/layer.h.  The default net has three
 * convolutions, 241,546 parameters on 28x28 grey images of 10 classes.  Initial weights as Keras has them;
 * alpha is scikit-learn's L2 (divided by the rows of a batch); other names are PyTorch's.  Early stopping is
 * judged by held-out training rows only.
 * Cost: an epoch is about three forward passes of n images. */
#include "core/memory.h"
#include "nn/train.h"
#include <math.h>
#include <shortlist/classifier.h>
#include <string.h>

struct config {
    char net[SL_TEXT_MAX];
    int blocks, filters, activation; /* of net mini-resnet */
    struct sl_train_options train; /* all but init, which is Keras's */
    struct sl_tta tta;
};

static const char *const activations[] = {"relu", "elu", "tanh", "sigmoid"};
static const struct sl_word activation_words[] = {{"relu", 0}, {"elu", 1}, {"tanh", 2}, {"sigmoid", 3}, {NULL, 0}};
static const struct sl_word optimizer_words[] = {{"adam", SL_ADAM}, {"adamw", SL_ADAMW}, {"sgd", SL_SGD}, {NULL, 0}};
static const struct sl_word schedule_words[] = {{"constant", SL_RATE_CONSTANT},
                                                {"step", SL_RATE_STEP},
                                                {"cosine", SL_RATE_COSINE},
                                                {"one_cycle", SL_RATE_ONE_CYCLE},
                                                {"invscaling", SL_RATE_INVSCALING},
                                                {"adaptive", SL_RATE_ADAPTIVE},
                                                {NULL, 0}};
static const struct sl_word monitor_words[] = {{"loss", SL_MONITOR_LOSS}, {"accuracy", SL_MONITOR_ACCURACY}, {NULL, 0}};

#define AT(field) offsetof(struct config, field)
#define TRAIN(field) offsetof(struct config, train.field)
static const struct sl_param params[] = {
    {"net", SL_TEXT, AT(net), "cnn3", 0, 0, 0, NULL, NULL,
     "the layers, such as 'conv 32 3x3, relu, maxpool 2, flatten, dense classes', or a name that 'shortlist list nets' shows"},
    {"blocks", SL_INT, AT(blocks), "3", 1, 30, 0, NULL, NULL, "of net mini-resnet: residual blocks"},
    {"filters", SL_INT, AT(filters), "32", 1, 1024, SL_LOG, NULL, NULL,
     "of net mini-resnet: filters of its first convolution; twice as many each time that the image is halved"},
    {"activation", SL_CHOICE, AT(activation), "relu", 0, 0, 0, activation_words, NULL,
     "of net mini-resnet"},
    {"optimizer", SL_CHOICE, TRAIN(optimiser.kind), "adam", 0, 0, 0, optimizer_words, "adam,adamw,sgd",
     "how the weights are changed; adamw: adam with weight_decay in the place of alpha"},
    {"learning_rate_init", SL_REAL, TRAIN(schedule.rate), "0.001", 0, INFINITY, SL_LOG | SL_OPEN_MIN, NULL,
     "1e-4:1e-2:log5", "learning rate at the start; with one_cycle its peak"},
    {"batch_size", SL_INT, TRAIN(batch_size), "32", 1, 1 << 16, SL_LOG, NULL, "32,64,256", "images a step"},
    {"epochs", SL_INT, TRAIN(epochs), "10", 1, 1 << 20, SL_LOG, NULL, "5,10,20", "passes over the training images"},
    {"alpha", SL_REAL, TRAIN(alpha), "0", 0, INFINITY, 0, NULL, "0,0.01,0.1", "L2 penalty, divided by the rows of a batch"},
    {"weight_decay", SL_REAL, TRAIN(optimiser.weight_decay), "0.01", 0, INFINITY, 0, NULL, "0.001,0.01,0.1",
     "of optimizer adamw: a step takes learning rate x weight_decay of each weight off it"},
    {"label_smoothing", SL_REAL, TRAIN(label_smoothing), "0", 0, 1, SL_OPEN_MAX, NULL, "0,0.05,0.1",
     "share of the label's 1 that is spread over all classes, also in the training loss that is shown"},
    {"shift", SL_INT, TRAIN(augment.shift), "0", 0, 1 << 12, 0, NULL, "0,1,2",
     "augmentation: each image a step sees is moved by up to so many pixels, sideways and up or down"},
    {"flip", SL_REAL, TRAIN(augment.flip), "0", 0, 1, 0, NULL, "0,0.5",
     "augmentation: probability of a mirror image, left for right"},
    {"rotation", SL_REAL, TRAIN(augment.rotation), "0", 0, 180, 0, NULL, "0,10",
     "augmentation: rotated by up to so many degrees, either way"},
    {"zoom", SL_REAL, TRAIN(augment.zoom), "0", 0, 1, SL_OPEN_MAX, NULL, "0,0.1",
     "augmentation: scaled by a factor from 1 - zoom to 1 + zoom"},
    {"crop", SL_REAL, TRAIN(augment.crop), "0", 0, 1, SL_OPEN_MAX, NULL, "0,0.2",
     "augmentation: a random window, with sides of 1 - crop to 1 of the image's, is enlarged to its size"},
    {"erase", SL_REAL, TRAIN(augment.erase), "0", 0, 1, 0, NULL, "0,0.5",
     "augmentation: probability that a random rectangle, of 2 to 20 % of the image, is erased"},
    {"ema_decay", SL_REAL, TRAIN(ema_decay), "0", 0, 1, SL_OPEN_MAX, NULL, "0,0.99,0.999",
     "0, or keep a mean of the weights over the steps, in which a step's share decays by this factor; it is what "
     "is judged and kept"},
    {"predict_flip", SL_CHOICE, AT(tta.flip), "false", 0, 0, 0, sl_words_bool, "false,true",
     "prediction: the mean of the probabilities of an image and of its mirror image; takes twice as long"},
    {"predict_shift", SL_INT, AT(tta.shift), "0", 0, 1 << 12, 0, NULL, "0,1",
     "prediction: the mean over an image and the same moved by so many pixels to the four corners; takes five times "
     "as long"},
    {"learning_rate", SL_CHOICE, TRAIN(schedule.kind), "constant", 0, 0, 0, schedule_words, "constant,cosine,one_cycle",
     "schedule of the learning rate: step and invscaling lower it after epochs, cosine to 0 at the end, one_cycle "
     "first up, then to 0, adaptive where the loss stands still"},
    {"step_size", SL_INT, TRAIN(schedule.step_size), "10", 1, 1 << 20, SL_LOG, NULL, NULL,
     "epochs after which the step schedule lowers the rate"},
    {"gamma", SL_REAL, TRAIN(schedule.gamma), "0.1", 0, 1, SL_OPEN_MIN, NULL, NULL,
     "what the step schedule multiplies the rate by"},
    {"pct_start", SL_REAL, TRAIN(schedule.pct_start), "0.3", 0, 1, SL_OPEN_MIN | SL_OPEN_MAX, NULL, NULL,
     "share of the steps in which one_cycle goes up to its peak"},
    {"power_t", SL_REAL, TRAIN(schedule.power_t), "0.5", 0, INFINITY, 0, NULL, NULL,
     "exponent of the invscaling schedule"},
    {"shuffle", SL_CHOICE, TRAIN(shuffle), "true", 0, 0, 0, sl_words_bool, NULL, "a new order of the images every epoch"},
    {"momentum", SL_REAL, TRAIN(optimiser.momentum), "0.9", 0, 1, 0, NULL, NULL, "of optimizer sgd"},
    {"nesterovs_momentum", SL_CHOICE, TRAIN(optimiser.nesterov), "true", 0, 0, 0, sl_words_bool, NULL,
     "look ahead by the momentum"},
    {"early_stopping", SL_CHOICE, TRAIN(early_stopping), "false", 0, 0, 0, sl_words_bool, NULL,
     "judge by held-out training images, stop when they stop improving, and keep the best weights"},
    {"monitor", SL_CHOICE, TRAIN(monitor), "loss", 0, 0, 0, monitor_words, NULL,
     "what of the held-out images early_stopping is judged by"},
    {"validation_fraction", SL_REAL, TRAIN(validation_fraction), "0.1", 0, 1, SL_OPEN_MIN | SL_OPEN_MAX, NULL, NULL,
     "share of the training images that early_stopping holds out"},
    {"n_iter_no_change", SL_INT, TRAIN(n_iter_no_change), "5", 1, 1 << 20, 0, NULL, NULL,
     "epochs without improvement after which early_stopping ends the fit"},
    {"tol", SL_REAL, TRAIN(tol), "0", 0, INFINITY, 0, NULL, NULL,
     "a smaller improvement counts as none: of monitor with early_stopping, of the loss for the adaptive schedule"},
    {"beta_1", SL_REAL, TRAIN(optimiser.beta_1), "0.9", 0, 1, SL_OPEN_MAX, NULL, NULL, "decay of adam's first moment"},
    {"beta_2", SL_REAL, TRAIN(optimiser.beta_2), "0.999", 0, 1, SL_OPEN_MAX, NULL, NULL, "decay of adam's second moment"},
    {"epsilon", SL_REAL, TRAIN(optimiser.epsilon), "1e-7", 1e-30, 1e6, SL_LOG, NULL, NULL,
     "keeps adam from dividing by 0"},
    {0},
};
#undef TRAIN
#undef AT

static struct sl_shape shape_of(const struct sl_view *view)
{
    if (view->image.height == 0)
        return (struct sl_shape){1, 1, (int)view->d};
    return (struct sl_shape){view->image.height, view->image.width, view->image.channels};
}

static int write_line(const struct config *config, struct sl_string *line, struct sl_error *err)
{
    const struct sl_net_options options = {config->blocks, config->filters, activations[config->activation]};
    return sl_net_line(config->net, &options, line, err);
}

static int new_network(const struct config *config, const struct sl_view *like, struct sl_network **out,
                       struct sl_error *err)
{
    struct sl_string line = {0};
    *out = NULL;
    int code = write_line(config, &line, err);
    if (!code)
        code = sl_network_new(line.text, shape_of(like), like->k, out, err);
    if (!code)
        (*out)->tta = config->tta;
    sl_string_release(&line);
    return code;
}

static int cnn_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    struct sl_string line = {0};
    struct sl_net *net = NULL;
    if (config->train.optimiser.kind == SL_ADAMW && config->train.alpha > 0)
        return sl_fail(err, SL_EUSAGE, "alpha=%g: optimizer adamw takes weight_decay instead", config->train.alpha);
    int code = write_line(config, &line, err);
    if (!code)
        code = sl_net_new(line.text, shape_of(view), view->k, &net, err);
    sl_string_release(&line);
    sl_net_free(net);
    return code;
}

static int cnn_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct config *config = fit->config;
    struct sl_train_options options = config->train;
    options.init = SL_INIT_KERAS;
    if (!options.early_stopping && options.schedule.kind != SL_RATE_ADAPTIVE)
        options.n_iter_no_change = 0;
    struct sl_network *network;
    int code = new_network(config, fit->train, &network, err);
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
