/* figures.c - the published studies that are reproduced, and their tables and figures.
 * One row each; the numbers that tables print beside ours stand in the experiment files. */
#include "core/names.h"
#include <shortlist/figures.h>
#include <string.h>

static const struct sl_source sources[] = {
    {"dei-rossi", "Dei Rossi, Image Classification: Fashion-MNIST (Zalando)"},
    {"papoutsis", "Papoutsis, capstone project: CNNs of one, two and three convolution layers"},
    {"slides", "Slides, Image classification Fashion MNIST: over-fitting and regularisation"},
    {"model-analysis", "Model Analysis: a multi-layer perceptron on a small sample"},
    {"ghadiyaram", "Ghadiyaram and Parimi Venkata: CNN and Mini ResNet, interpretability"},
};
enum { N_SOURCES = sizeof sources / sizeof *sources };

size_t sl_source_count(void)
{
    return N_SOURCES;
}

const struct sl_source *sl_source_at(size_t i)
{
    return i < N_SOURCES ? &sources[i] : NULL;
}

const struct sl_source *sl_source_find(const char *name, struct sl_error *err)
{
    const char *names[N_SOURCES];
    for (size_t i = 0; i < N_SOURCES; i++) {
        names[i] = sources[i].name;
        if (strcmp(names[i], name) == 0)
            return &sources[i];
    }
    sl_fail_unknown(err, "source", name, names, N_SOURCES);
    return NULL;
}

/* clang-format off */
#define TABLE(SOURCE, ID, TITLE, PUBLISHED, EXPERIMENT) \
    {SOURCE, ID, TITLE, PUBLISHED, EXPERIMENT, SL_FIGURE_TABLE, NULL, NULL, NULL}
#define REPORT(SOURCE, ID, TITLE, PUBLISHED, EXPERIMENT, ROW) \
    {SOURCE, ID, TITLE, PUBLISHED, EXPERIMENT, SL_FIGURE_REPORT, NULL, ROW, NULL}
#define PLOT(SOURCE, ID, TITLE, PUBLISHED, EXPERIMENT, KIND, ROW) \
    {SOURCE, ID, TITLE, PUBLISHED, EXPERIMENT, SL_FIGURE_PLOT, KIND, ROW, NULL}
#define COMMAND(SOURCE, ID, TITLE, EXPERIMENT, WORDS) \
    {SOURCE, ID, TITLE, NULL, EXPERIMENT, SL_FIGURE_COMMAND, WORDS, NULL, NULL}

#define DEI "dei-rossi"
#define PAP "papoutsis"
#define SLI "slides"
#define MOD "model-analysis"
#define MOD_MODEL "%m/mlp-128-64.slm"
#define GHA "ghadiyaram"
#define GHA_CNN "%m/cnn-of-three-convolutions.slm"
#define GHA_RESNET "%m/mini-resnet.slm"

static const struct sl_figure figures[] = {
    TABLE(DEI, "table-2", "Table 2: the shortlist", NULL, "shortlist"),
    PLOT(DEI, "table-2-scores", "Table 2 as a picture", NULL, "shortlist", "scores", NULL),
    PLOT(DEI, "table-2-times", "Accuracy against fit time", NULL, "shortlist", "accuracy-time", NULL),
    PLOT(DEI, "figure-1", "Figure 1: logistic regression by C",
         "cross-validated accuracy is highest at C = 0.1, with 0.85614", "dei-rossi-figure-1", "sweep", NULL),
    TABLE(DEI, "svm", "SVM with a linear kernel on the whole training set", "accuracy 0.8515", "dei-rossi-svm"),
    PLOT(DEI, "figure-2", "Figure 2: learning curves of three networks",
         "16 units underfit; 512-512 and 2048-2048 reach validation accuracy about 0.885", "dei-rossi-figure-2", "curves", NULL),
    PLOT(DEI, "figure-3", "Figure 3: learning curves by learning rate", "0.03 was chosen", "dei-rossi-figure-3", "curves", NULL),
    PLOT(DEI, "figure-4", "Figure 4: before and after L2 and dropout", NULL, "dei-rossi-figure-4", "curves", NULL),
    TABLE(DEI, "sigmoid", "Sigmoid in the place of ReLU", "slower to learn, and worse", "dei-rossi-sigmoid"),
    TABLE(DEI, "final", "The final network on the test file", "accuracy 0.8812", "dei-rossi-final"),
    REPORT(DEI, "table-3", "Table 3: its classification report",
           "F1 by class: .85 .98 .81 .91 .81 .97 .68 .95 .97 .97", "dei-rossi-final", "final MLP"),
    {DEI, "figure-5", "Figure 5: shirts that were taken for something else", NULL, "dei-rossi-final", SL_FIGURE_PLOT,
     "images-wrong", "final MLP", "Shirt"},
    PLOT(DEI, "confusion", "Which classes are confused", "shirts are taken for T-shirts, pullovers and coats",
         "dei-rossi-final", "confusion", "final MLP"),

    TABLE(PAP, "nets", "Nets of one to three convolutions, and the benchmark", NULL, "papoutsis-nets"),
    PLOT(PAP, "classes", "Rows of each class", NULL, "papoutsis-nets", "class-counts", NULL),
    PLOT(PAP, "curves", "Learning curves", NULL, "papoutsis-nets", "curves", NULL),
    PLOT(PAP, "confusion", "Three convolutions: confusion matrix", NULL, "papoutsis-nets", "confusion", "three convolutions"),
    REPORT(PAP, "report", "Three convolutions: classification report", "macro F1 0.93; shirt 0.79", "papoutsis-nets",
           "three convolutions"),
    PLOT(PAP, "images", "Three convolutions: test images with true and predicted class", NULL, "papoutsis-nets",
         "images-wrong", "three convolutions"),
    PLOT(PAP, "benchmark-confusion", "Benchmark: confusion matrix", NULL, "papoutsis-nets", "confusion", "dense 512"),
    REPORT(PAP, "benchmark-report", "Benchmark: classification report", "macro F1 0.90; shirt 0.74", "papoutsis-nets",
           "dense 512"),
    TABLE(PAP, "five-runs", "Robustness: five runs", "0.926, 0.929, 0.925, 0.929, 0.930", "papoutsis-five-runs"),
    TABLE(PAP, "random-seed", "Robustness: no fixed random state", "0.927", "papoutsis-random-seed"),
    TABLE(PAP, "noise", "Robustness: Gaussian noise after ReLU and pooling", "0.917", "papoutsis-noise"),
    TABLE(PAP, "auto-split", "Robustness: an automatic validation split", "0.927", "papoutsis-auto-split"),

    TABLE(SLI, "overfitting", "A CNN without regularisation",
          "training accuracy 0.9948, validation accuracy 0.9106; losses 0.0147 and 0.787", "slides-overfitting"),
    PLOT(SLI, "curves-before", "Its learning curves", "the validation loss rises after a few epochs", "slides-overfitting",
         "curves", "without regularisation"),
    TABLE(SLI, "regularised", "The same with dropout", "test accuracy 0.927, loss 0.20; macro F1 0.93, shirt 0.79",
          "slides-regularised"),
    PLOT(SLI, "curves-after", "Its learning curves", NULL, "slides-regularised", "curves", "with dropout"),
    PLOT(SLI, "samples", "Sample images of each class", NULL, "slides-regularised", "samples", NULL),
    PLOT(SLI, "classes", "Rows of each class, training and test", NULL, "slides-regularised", "class-counts", NULL),
    PLOT(SLI, "confusion", "Confusion matrix", NULL, "slides-regularised", "confusion", "with dropout"),
    PLOT(SLI, "images-right", "Test images that are right", NULL, "slides-regularised", "images-right", "with dropout"),
    PLOT(SLI, "images-wrong", "Test images that are wrong", NULL, "slides-regularised", "images-wrong", "with dropout"),
    PLOT(SLI, "class-scores", "Classes high and low in precision, recall and F1", NULL, "slides-regularised", "classes",
         "with dropout"),

    TABLE(MOD, "mlp", "Two hidden layers on 2,500 images", "accuracy 0.812", "model-analysis-mlp"),
    PLOT(MOD, "classes", "Class distribution", NULL, "model-analysis-mlp", "class-counts", NULL),
    PLOT(MOD, "confusion", "Which classes are confused", "coat, pullover and shirt; sandal, sneaker and boot",
         "model-analysis-mlp", "confusion", "MLP 128-64"),
    PLOT(MOD, "images-wrong", "Images that are wrong", NULL, "model-analysis-mlp", "images-wrong", "MLP 128-64"),
    COMMAND(MOD, "pca", "The images along their principal components", "model-analysis-mlp",
            "embed %d --method pca --plots %p"),
    COMMAND(MOD, "tsne", "The images by t-SNE, and the bags closely: clutches, and those with a long strap", "model-analysis-mlp",
            "embed %d --zoom Bag --plots %p"),
    COMMAND(MOD, "layers", "The last hidden layer beside the input", "model-analysis-mlp",
            "embed %d --model " MOD_MODEL " --layer 4 --beside input --plots %p"),
    COMMAND(MOD, "saliency", "Saliency of pullovers that are taken for coats", "model-analysis-mlp",
            "explain " MOD_MODEL " %d --method gradient --pair 'Pullover>Coat' --limit 4 --out %p"),
    COMMAND(MOD, "clusters", "Errors by their distance from the boundary, by subset, and by the two kinds of bag", "model-analysis-mlp",
            "errors " MOD_MODEL " %d --plots %p"),

    TABLE(GHA, "nets", "CNN and Mini ResNet", NULL, "ghadiyaram-nets"),
    PLOT(GHA, "curves", "Their learning curves", NULL, "ghadiyaram-nets", "curves", NULL),
    PLOT(GHA, "confusion", "Mini ResNet: confusion matrix", NULL, "ghadiyaram-nets", "confusion", "Mini ResNet"),
    TABLE(GHA, "blocks", "Tuning: residual blocks", NULL, "ghadiyaram-blocks"),
    TABLE(GHA, "filters", "Tuning: filters", NULL, "ghadiyaram-filters"),
    TABLE(GHA, "activation", "Tuning: activation functions", NULL, "ghadiyaram-activation"),
    COMMAND(GHA, "pca", "What the last hidden layer makes of the images: principal components", "ghadiyaram-nets",
            "embed %d --model " GHA_RESNET " --layer globalavgpool1 --method pca --plots %p"),
    COMMAND(GHA, "tsne", "The same by t-SNE, beside the images themselves", "ghadiyaram-nets",
            "embed %d --model " GHA_RESNET " --layer globalavgpool1 --beside input --plots %p"),
    COMMAND(GHA, "grad-cam", "Grad-CAM of images that are wrong", "ghadiyaram-nets",
            "explain " GHA_CNN " %d --wrong --limit 8 --method grad-cam --out %p"),
    COMMAND(GHA, "shap", "SHAP of the same", "ghadiyaram-nets",
            "explain " GHA_RESNET " %d --wrong --limit 8 --method gradient-shap --out %p"),
    COMMAND(GHA, "lime", "LIME of the same", "ghadiyaram-nets",
            "explain " GHA_RESNET " %d --wrong --limit 8 --method lime --out %p"),
    COMMAND(GHA, "robustness", "Images that are disturbed", "ghadiyaram-nets",
            "robustness " GHA_CNN " " GHA_RESNET " %d --rows 1000 --plots %p"),
    COMMAND(GHA, "out-of-sample", "Pictures of one's own", "ghadiyaram-nets",
            "predict " GHA_RESNET " photographs --show-input %p/seen.png"),
};
/* clang-format on */

const struct sl_figure *sl_figure_at(size_t i)
{
    return i < sizeof figures / sizeof *figures ? &figures[i] : NULL;
}
