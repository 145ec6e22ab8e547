/* cnn.c - convolutional network on images: any net of one line, trained by Adam, AdamW or SGD on the softmax
 * cross-entropy.
 *
 * A thin classifier over src/nn, whose layers are listed in nn/layers/layer.h.  The default net has three
 * convolutions, 241,546 parameters on 28x28 grey images of 10 classes.  Initial weights as Keras has them;
 * alpha is scikit-learn's L2 (divided by the rows of a batch); other names are PyTorch's.  Early stopping is
 * judged by held-out training rows only.
 * Cost: an epoch is about three forward passes of n images. */
#include "classifiers/params.h"
#include "core/memory.h"
#include "kernels/conv/conv.h"
#include "kernels/gemm.h"
#include "nn/train/checkpoints.h"
#include <math.h>
#include <shortlist/classifier.h>
#include <string.h>

struct config {
    char net[SL_TEXT_MAX];
    int blocks, filters, activation; /* of net mini-resnet */
    struct sl_train_options train;   /* all but init, which is Keras's */
    struct sl_tta tta;
};

static const char *const activations[] = {"relu", "elu", "tanh", "sigmoid"};
static const struct sl_word activation_words[] = {
    {"relu", 0}, {"elu", 1}, {"tanh", 2}, {"sigmoid", 3}, {NULL, 0}};
static const struct sl_word optimizer_words[] = {
    {"adam", SL_ADAM}, {"adamw", SL_ADAMW}, {"sgd", SL_SGD}, {NULL, 0}};
static const struct sl_word schedule_words[] = {{"constant", SL_RATE_CONSTANT},
                                                {"step", SL_RATE_STEP},
                                                {"cosine", SL_RATE_COSINE},
                                                {"one_cycle", SL_RATE_ONE_CYCLE},
                                                {"invscaling", SL_RATE_INVSCALING},
                                                {"adaptive", SL_RATE_ADAPTIVE},
                                                {NULL, 0}};
static const struct sl_word monitor_words[] = {
    {"loss", SL_MONITOR_LOSS}, {"accuracy", SL_MONITOR_ACCURACY}, {NULL, 0}};

static const struct sl_param params[] = {
    SL_TEXT_PARAM(
        "net", struct config, net, "cnn3",
        "the layers, such as 'conv 32 3x3, relu, maxpool 2, flatten, dense classes', or a name that "
        "'shortlist list nets' shows"),
    SL_INT_PARAM("blocks", struct config, blocks, "3", 1, 30, SL_SIMPLER_LOW, NULL,
                 "of net mini-resnet: residual blocks"),
    SL_INT_PARAM(
        "filters", struct config, filters, "32", 1, 1024, SL_LOG | SL_SIMPLER_LOW, NULL,
        "of net mini-resnet: filters of its first convolution; twice as many each time that the image is "
        "halved"),
    SL_CHOICE_PARAM("activation", struct config, activation, "relu", activation_words, NULL,
                    "of net mini-resnet"),
    SL_CHOICE_PARAM("optimizer", struct config, train.optimiser.kind, "adam", optimizer_words,
                    "adam,adamw,sgd",
                    "how the weights are changed; adamw: adam with weight_decay in the place of alpha"),
    SL_LEARNING_RATE_INIT_PARAM(struct config, "learning rate at the start; with one_cycle its peak"),
    SL_INT_PARAM("batch_size", struct config, train.batch_size, "32", 1, 1 << 16, SL_LOG, "32,64,256",
                 "images a step"),
    SL_INT_PARAM("epochs", struct config, train.epochs, "10", 1, 1 << 20,
                 SL_LOG | SL_SIMPLER_LOW | SL_BUDGET | SL_SHARED, "5,10,20",
                 "passes over the training images"),
    SL_REAL_PARAM("alpha", struct config, train.alpha, "0", 0, INFINITY, SL_SIMPLER_HIGH, "0,0.01,0.1",
                  "L2 penalty, divided by the rows of a batch"),
    SL_REAL_PARAM("weight_decay", struct config, train.optimiser.weight_decay, "0.01", 0, INFINITY,
                  SL_SIMPLER_HIGH, "0.001,0.01,0.1",
                  "of optimizer adamw: a step takes learning rate x weight_decay of each weight off it"),
    SL_REAL_PARAM(
        "label_smoothing", struct config, train.label_smoothing, "0", 0, 1, SL_OPEN_MAX, "0,0.05,0.1",
        "share of the label's 1 that is spread over all classes, also in the training loss that is shown"),
    SL_INT_PARAM(
        "shift", struct config, train.augment.shift, "0", 0, 1 << 12, 0, "0,1,2",
        "augmentation: each image a step sees is moved by up to so many pixels, sideways and up or down"),
    SL_REAL_PARAM("flip", struct config, train.augment.flip, "0", 0, 1, 0, "0,0.5",
                  "augmentation: probability of a mirror image, left for right"),
    SL_REAL_PARAM("rotation", struct config, train.augment.rotation, "0", 0, 180, 0, "0,10",
                  "augmentation: rotated by up to so many degrees, either way"),
    SL_REAL_PARAM("zoom", struct config, train.augment.zoom, "0", 0, 1, SL_OPEN_MAX, "0,0.1",
                  "augmentation: scaled by a factor from 1 - zoom to 1 + zoom"),
    SL_REAL_PARAM(
        "crop", struct config, train.augment.crop, "0", 0, 1, SL_OPEN_MAX, "0,0.2",
        "augmentation: a random window, with sides of 1 - crop to 1 of the image's, is enlarged to its size"),
    SL_REAL_PARAM("erase", struct config, train.augment.erase, "0", 0, 1, 0, "0,0.5",
                  "augmentation: probability that a random rectangle, of 2 to 20 % of the image, is erased"),
    SL_REAL_PARAM(
        "prune_ratio", struct config, train.prune_ratio, "0", 0, 1, SL_OPEN_MAX, "0,0.5",
        "of the images whose loss, when last trained on, was below the mean of all, the share that an epoch "
        "leaves out by lot; those of them that stay weigh more instead. The first epoch and the last eighth, "
        "one at least, take all images. The loss and accuracy shown of the others are estimates"),
    SL_REAL_PARAM(
        "ema_decay", struct config, train.ema_decay, "0", 0, 1, SL_OPEN_MAX, "0,0.99,0.999",
        "0, or keep a mean of the weights over the steps, in which a step's share decays by this factor; "
        "it is what is judged and kept"),
    SL_BOOL_PARAM(
        "predict_flip", struct config, tta.flip, "false", "false,true",
        "prediction: the mean of the probabilities of an image and of its mirror image; takes twice as long"),
    SL_INT_PARAM(
        "predict_shift", struct config, tta.shift, "0", 0, 1 << 12, 0, "0,1",
        "prediction: the mean over an image and the same moved by so many pixels to the four corners; takes "
        "five times as long"),
    SL_CHOICE_PARAM(
        "learning_rate", struct config, train.schedule.kind, "constant", schedule_words,
        "constant,cosine,one_cycle",
        "schedule of the learning rate: step and invscaling lower it after epochs, cosine to 0 at the "
        "end, one_cycle first up, then to 0, adaptive where the loss stands still"),
    SL_INT_PARAM("step_size", struct config, train.schedule.step_size, "10", 1, 1 << 20, SL_LOG, NULL,
                 "epochs after which the step schedule lowers the rate"),
    SL_REAL_PARAM("gamma", struct config, train.schedule.gamma, "0.1", 0, 1, SL_OPEN_MIN, NULL,
                  "what the step schedule multiplies the rate by"),
    SL_REAL_PARAM("pct_start", struct config, train.schedule.pct_start, "0.3", 0, 1,
                  SL_OPEN_MIN | SL_OPEN_MAX, NULL,
                  "share of the steps in which one_cycle goes up to its peak"),
    SL_POWER_T_PARAM(struct config),
    SL_SHUFFLE_PARAM(struct config, "images"),
    SL_MOMENTUM_PARAM(struct config, "of optimizer sgd"),
    SL_NESTEROVS_MOMENTUM_PARAM(struct config),
    SL_EARLY_STOPPING_PARAM(
        struct config, train.early_stopping, NULL,
        "judge by held-out training images, stop when they stop improving, and keep the best "
        "weights"),
    SL_CHOICE_PARAM("monitor", struct config, train.monitor, "loss", monitor_words, NULL,
                    "what of the held-out images early_stopping is judged by"),
    SL_VALIDATION_FRACTION_PARAM(struct config, train.validation_fraction, NULL,
                                 "share of the training images that early_stopping holds out"),
    SL_INT_PARAM("n_iter_no_change", struct config, train.n_iter_no_change, "5", 1, 1 << 20, 0, NULL,
                 "epochs without improvement after which early_stopping ends the fit"),
    SL_REAL_PARAM(
        "tol", struct config, train.tol, "0", 0, INFINITY, 0, NULL,
        "a smaller improvement counts as none: of monitor with early_stopping, of the loss for the adaptive "
        "schedule"),
    SL_BETA_1_PARAM(struct config),
    SL_BETA_2_PARAM(struct config),
    SL_EPSILON_PARAM(struct config, "1e-7"),
    SL_CLASS_WEIGHT_PARAM(struct config, train.balanced, SL_CLASS_WEIGHT_GRID, SL_CLASS_WEIGHT_HELP),
    {0}};

static const struct sl_later later[] = {{"prune_ratio", "0", 0}, SL_CLASS_WEIGHT_LATER, {0}};

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

static int new_network(const void *vconfig, const struct sl_view *like, struct sl_network **out,
                       struct sl_error *err)
{
    const struct config *config = vconfig;
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
        return sl_fail(err, SL_EUSAGE, "alpha=%g: optimizer adamw takes weight_decay instead",
                       config->train.alpha);
    int code = write_line(config, &line, err);
    if (!code)
        code = sl_net_new(line.text, shape_of(view), view->k, &net, err);
    sl_string_release(&line);
    sl_net_free(net);
    return code;
}

/* Which layers there are, and on what images, hardly matters: all of oneDNN's kernels come up with the first.
 */
static void cnn_warm_up(const void *config, const struct sl_view *view)
{
    const struct sl_conv_shape shape = {.rows = 1,
                                        .height = 8,
                                        .width = 8,
                                        .channels = 8,
                                        .filters = 8,
                                        .side = 3,
                                        .stride = 1,
                                        .padding = 1};
    struct sl_conv *conv;
    (void)config;
    (void)view;
    sl_gemm_warm_up(0, 1, SIZE_MAX, SIZE_MAX);
    if (sl_conv_new(&shape, 1, SL_CONV_DIRECT, &conv, NULL) == SL_OK)
        sl_conv_free(conv);
}

static struct sl_train_options train_options(const void *vconfig)
{
    const struct config *config = vconfig;
    struct sl_train_options options = config->train;
    options.init = SL_INIT_KERAS;
    if (!options.early_stopping && options.schedule.kind != SL_RATE_ADAPTIVE)
        options.n_iter_no_change = 0;
    return options;
}

static int cnn_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
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

static int cnn_trains_apart(const void *config)
{
    return sl_train_apart(&((const struct config *)config)->train);
}

static int cnn_shares(const void *config, const struct sl_view *view)
{
    (void)view;
    return !cnn_trains_apart(config);
}

static int cnn_fit_group(const struct sl_group *group, struct sl_error *err)
{
    static const struct sl_network_kind kind = {new_network, train_options};
    return sl_network_train_group(group, &kind, err);
}

static int cnn_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
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

const struct sl_classifier_type sl_classifier_cnn = {
    .name = "cnn",
    .title = "Convolutional network",
    .reference = "LeCun et al., Proc. IEEE 86 (1998); Kingma, Ba, ICLR 2015 (Adam)",
    .flags = SL_WANTS_SCALED | SL_NEEDS_IMAGES | SL_RANDOM | SL_PROBABILITIES | SL_ITERATES | SL_ROW_ORDER |
             SL_WEIGHS_ROWS | SL_SHARES_STREAM | SL_FOLDS_APART,
    .inside = SL_INSIDE_NETWORK,
    .config_size = sizeof(struct config),
    .params = params,
    .later = later,
    .trains_apart = cnn_trains_apart,
    .check = cnn_check,
    .warm_up = cnn_warm_up,
    .fit = cnn_fit,
    .fit_group = cnn_fit_group,
    .shares = cnn_shares,
    .predict = sl_network_predict,
    .scores = sl_network_scores,
    .save = sl_network_save,
    .load = cnn_load,
    .free = sl_network_free,
};
