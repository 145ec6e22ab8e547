/* explain.c - how fast are a model's predictions explained, and in how much memory?
 *
 *     explain [--targets] [--rows A,B] [--runs N]
 *
 * Fits a convolutional network (net cnn3, one epoch), a tree of depth 10 and a logistic regression on 10,000
 * images of Fashion-MNIST, and explains test images by each method: the median of N runs (default 3) after a
 * warm-up.  --targets compares with the goals, and exits 1 where one is missed. */
#include <math.h>
#include <shortlist/shortlist.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { TRAIN = 10000, RUNS_MOST = 99 };

struct scene {
    struct sl_dataset *train, *test, *background, *zero;
    struct sl_model *cnn, *tree, *logreg;
};

/* A row: so many images, each for so many classes.  goal: seconds for all, or images a second. */
struct row {
    const char *name, *what;
    struct sl_explain_options options;
    size_t model; /* offsetof in struct scene */
    size_t images, classes, block;
    int zero; /* the baseline is a black image, else 50 training images */
    double goal, stretch;
    int is_rate;
};

static const struct row rows[] = {
    {"grad-cam",
     "10,000 images, cnn3",
     {.method = "grad-cam"},
     offsetof(struct scene, cnn),
     10000,
     1,
     10000,
     1,
     1,
     0,
     0},
    {"gradient",
     "10,000 images, cnn3",
     {.method = "gradient"},
     offsetof(struct scene, cnn),
     10000,
     1,
     10000,
     1,
     0,
     0,
     0},
    {"gradient-shap",
     "10 samples an image",
     {.method = "gradient-shap", .samples = 10},
     offsetof(struct scene, cnn),
     2000,
     1,
     2000,
     0,
     1000,
     1800,
     1},
    {"lime",
     "1,000 samples, 49 superpixels",
     {.method = "lime", .samples = 1000, .segments = SL_SEGMENTS_GRID},
     offsetof(struct scene, cnn),
     50,
     1,
     50,
     1,
     25,
     50,
     1},
    {"kernel-shap",
     "49 superpixels, 2,146 coalitions, 1 background",
     {.method = "kernel-shap", .samples = 2146, .segments = SL_SEGMENTS_GRID},
     offsetof(struct scene, cnn),
     30,
     1,
     30,
     1,
     12,
     25,
     1},
    {"tree-shap",
     "10,000 rows, depth-10 tree",
     {.method = "tree-shap"},
     offsetof(struct scene, tree),
     10000,
     1,
     10000,
     1,
     .3,
     0,
     0},
    {"linear-shap",
     "10,000 rows x 10 classes",
     {.method = "linear-shap"},
     offsetof(struct scene, logreg),
     10000,
     10,
     200,
     0,
     .1,
     0,
     0},
};
enum { N_ROWS = sizeof rows / sizeof *rows };

static void die(const struct sl_error *err)
{
    fprintf(stderr, "explain: %s\n", err->text);
    exit(1);
}

static struct sl_dataset *take(const struct sl_dataset *data, size_t n)
{
    struct sl_error err;
    struct sl_dataset *part;
    uint32_t *numbers = malloc(n * sizeof *numbers);
    for (size_t i = 0; numbers && i < n; i++)
        numbers[i] = (uint32_t)i;
    if (!numbers || sl_dataset_take(data, numbers, n, &part, &err))
        die(&err);
    free(numbers);
    return part;
}

static struct sl_model *fit(const char *name, const char *hyperparameter, const char *value,
                            const struct sl_dataset *data)
{
    struct sl_error err;
    struct sl_model *model;
    const struct sl_classifier_type *type = sl_classifier_find(name, &err);
    void *config = type ? calloc(1, type->config_size) : NULL;
    if (!config)
        die(&err);
    sl_config_default(type->params, config);
    if (hyperparameter && sl_config_set(type->params, config, hyperparameter, value, &err))
        die(&err);
    const struct sl_fit_options options = {.scaling = SL_SCALE_MINMAX, .seed = 42};
    fprintf(stderr, "fitting %s\n", name);
    if (sl_model_fit(type, config, data, NULL, &options, NULL, &model, &err))
        die(&err);
    free(config);
    return model;
}

static struct scene open_scene(void)
{
    struct scene s = {0};
    struct sl_error err;
    struct sl_dataset *all;
    float *zeros = calloc(784, sizeof *zeros);
    const struct sl_view black = {
        .dtype = SL_F32, .n = 1, .d = 784, .x = zeros, .k = 1, .scale = 1, .image = {28, 28, 1}};
    if (sl_dataset_open("fashion-mnist", SL_PART_TRAIN, NULL, &all, &err) ||
        sl_dataset_open("fashion-mnist", SL_PART_TEST, &(struct sl_read_options){.like = all}, &s.test,
                        &err) ||
        sl_dataset_new(&black, "black", NULL, &s.zero, &err))
        die(&err);
    s.train = take(all, TRAIN);
    s.background = take(all, 50);
    s.cnn = fit("cnn", "epochs", "1", s.train);
    s.tree = fit("tree", "max_depth", "10", s.train);
    s.logreg = fit("logreg", "max_iter", "20", s.train);
    sl_dataset_free(all);
    free(zeros);
    return s;
}

static void close_scene(struct scene *s)
{
    sl_dataset_free(s->train);
    sl_dataset_free(s->test);
    sl_dataset_free(s->background);
    sl_dataset_free(s->zero);
    sl_model_free(s->cnn);
    sl_model_free(s->tree);
    sl_model_free(s->logreg);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Arrays of a block, which a caller that works block by block has once. */
struct arrays {
    int32_t *classes;
    struct sl_explained out;
};

static struct arrays new_arrays(const struct row *row)
{
    const size_t pairs = row->block * row->classes;
    struct arrays a = {
        malloc(pairs * sizeof *a.classes),
        {malloc(pairs * 784 * sizeof(float)), malloc(pairs * sizeof(struct sl_explained_score))}};
    if (!a.classes || !a.out.values || !a.out.score)
        die(&(struct sl_error){.text = "out of memory"});
    memset(a.out.values, 0, pairs * 784 * sizeof(float));
    for (size_t p = 0; p < pairs; p++)
        a.classes[p] = (int32_t)(row->classes > 1 ? p % row->classes : p % 10);
    return a;
}

/* Seconds for all images; *most: the largest completeness error. */
static double explain(const struct scene *s, const struct row *row, struct arrays *a, double *most)
{
    struct sl_error err;
    struct sl_explainer *explainer;
    struct sl_model *const *model = (struct sl_model *const *)(const void *)((const char *)s + row->model);
    const struct sl_view background = sl_dataset_view(row->zero ? s->zero : s->background);
    struct sl_view view = sl_dataset_view(s->test);
    struct sl_explain_options options = row->options;
    options.background = &background;
    const double begin = now();
    *most = 0;
    if (sl_explainer_new(*model, &options, &explainer, &err))
        die(&err);
    const uint8_t *x = view.x;
    view.n = row->block;
    for (size_t first = 0; first < row->images; first += row->block) {
        view.x = x + first * view.d;
        if (sl_explain(explainer, &view, NULL, a->classes, row->classes, &a->out, &err))
            die(&err);
        for (size_t p = 0; p < row->block * row->classes; p++) {
            const double error = sl_explained_error(&a->out.score[p]);
            *most = error > *most ? error : *most;
        }
    }
    sl_explainer_free(explainer);
    return now() - begin;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double peak_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

/* Prints a row's line; 1 where its goal is missed. */
static int run_row(const struct scene *s, const struct row *row, int runs, int targets)
{
    double seconds[RUNS_MOST], most;
    struct arrays a = new_arrays(row);
    explain(s, row, &a, &most);
    for (int r = 0; r < runs; r++)
        seconds[r] = explain(s, row, &a, &most);
    qsort(seconds, (size_t)runs, sizeof *seconds, by_size);
    const double median = seconds[runs / 2], value = row->is_rate ? (double)row->images / median : median;
    const int missed = row->goal > 0 && (row->is_rate ? value < row->goal : value > row->goal);
    printf("%-14s %-48s %9.3g %-8s", row->name, row->what, value, row->is_rate ? "images/s" : "s");
    if (targets && row->goal > 0)
        printf("  goal %s %g: %s", row->is_rate ? ">=" : "<=", row->goal, missed ? "MISSED" : "met");
    if (targets && row->stretch > 0)
        printf(", stretch %g: %s", row->stretch, value >= row->stretch ? "met" : "no");
    printf("\n");
    fflush(stdout);
    free(a.classes);
    free(a.out.values);
    free(a.out.score);
    return targets && missed;
}

static int is_wanted(const char *list, const char *name)
{
    const size_t n = strlen(name);
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, n) == 0 && (at[n] == ',' || !at[n]))
            return 1;
    return !list;
}

int main(int argc, char **argv)
{
    int targets = 0, runs = 3, missed = 0;
    const char *wanted = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--targets") == 0)
            targets = 1;
        else if (strcmp(argv[i], "--rows") == 0 && i + 1 < argc)
            wanted = argv[++i];
        else if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc)
            runs = atoi(argv[++i]);
        else {
            fprintf(stderr, "usage: explain [--targets] [--rows A,B] [--runs N]\n");
            return 2;
        }
    }
    runs = runs < 1 ? 1 : runs > RUNS_MOST ? RUNS_MOST : runs;
    int n_wanted = 0;
    for (int i = 0; i < N_ROWS; i++)
        n_wanted += is_wanted(wanted, rows[i].name);
    if (!n_wanted)
        return 0;
    struct scene s = open_scene();
    for (int i = 0; i < N_ROWS; i++)
        if (is_wanted(wanted, rows[i].name))
            missed |= run_row(&s, &rows[i], runs, targets);
    const double peak = peak_mib();
    printf("%-14s %-48s %9.4g %-8s%s\n", "memory", "the process at its peak, models and data included", peak,
           "MiB",
           !targets       ? ""
           : peak <= 1024 ? "  goal <= 1024: met"
                          : "  goal <= 1024: MISSED");
    missed |= targets && peak > 1024;
    close_scene(&s);
    return missed;
}
