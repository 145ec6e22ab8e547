/* embed.c - how fast are rows embedded, and how good is the picture?
 *
 *     embed [--targets] [--rows A,B] [--runs N]
 *
 * Images of Fashion-MNIST: the leading 50 principal components of the training images, and t-SNE of
 * perplexity 30 of the test images, and of the training images (once).  Times are those of the library's
 * call, the median of N runs (default 3): of the components without coordinates, of t-SNE with the search for
 * neighbours.  --targets compares with the goals, and exits 1 where one is missed.  What scikit-learn makes
 * of the same test images: python3 bench/lib/tsne_worker.py fashion-mnist. */
#include <shortlist/shortlist.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { RUNS_MOST = 99 };

struct row {
    const char *name, *what;
    enum sl_part part;
    size_t components; /* 0: t-SNE */
    int iterations, once;
    double goal, stretch, kept; /* kept: share of neighbours that is to be reached; 0: none */
};

static const struct row rows[] = {
    {"pca", "60,000 x 784, leading 50", SL_PART_TRAIN, 50, 0, 0, .7, .4, 0},
    {"tsne-10000", "10,000 x 784, 1,000 iterations", SL_PART_TEST, 0, 1000, 0, 5, 3, .405},
    {"tsne-60000", "60,000 x 784, 750 iterations", SL_PART_TRAIN, 0, 750, 1, 45, 30, 0},
};
enum { N_ROWS = sizeof rows / sizeof *rows };

static void die(const struct sl_error *err)
{
    fprintf(stderr, "embed: %s\n", err->text);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds; the points at, of a t-SNE. */
static double run_once(const struct row *row, const struct sl_features *features, float *at,
                       double *divergence)
{
    struct sl_error err;
    struct sl_pca *pca;
    struct sl_tsne_options options = SL_TSNE_OPTIONS;
    options.n_iter = row->iterations;
    const double begin = now();
    if (row->components ? sl_pca_fit(features, row->components, 0, &pca, &err)
                        : sl_tsne(features, &options, at, divergence, &err))
        die(&err);
    const double seconds = now() - begin;
    if (row->components)
        sl_pca_free(pca);
    return seconds;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Prints how good the points are; 1 where they are not good enough. */
static int print_quality(const struct row *row, const struct sl_features *features,
                         const struct sl_view *view, const float *at, double divergence)
{
    struct sl_error err;
    struct sl_embedding_quality q;
    if (sl_embedding_measure(features, at, 2, view->y, 0, &q, &err))
        die(&err);
    const int bad = q.kept < row->kept;
    printf("%-14s neighbours kept %.4f%s, 1-NN %.4f, trustworthiness %.4f, divergence %.4f\n", "", q.kept,
           bad ? " (below its goal)" : "", q.accuracy, q.trustworthiness, divergence);
    return bad;
}

/* Prints a row's lines; 1 where its goal is missed. */
static int run_row(const struct row *row, int runs, int targets)
{
    struct sl_error err;
    struct sl_dataset *data;
    struct sl_features *features;
    const struct sl_features_options how = {.scaling = SL_SCALE_MINMAX};
    double seconds[RUNS_MOST], divergence = 0;
    if (sl_dataset_open("fashion-mnist", row->part, NULL, &data, &err) ||
        sl_features_new(data, &how, &features, &err))
        die(&err);
    const struct sl_view view = sl_dataset_view(data);
    float *at = malloc(view.n * 2 * sizeof *at);
    if (!at)
        die(&(struct sl_error){.text = "out of memory"});
    runs = row->once ? 1 : runs;
    for (int r = 0; r < runs; r++)
        seconds[r] = run_once(row, features, at, &divergence);
    qsort(seconds, (size_t)runs, sizeof *seconds, by_size);
    const double median = seconds[runs / 2];
    int missed = median > row->goal;
    printf("%-14s %-48s %9.3g %-8s", row->name, row->what, median, "s");
    if (targets)
        printf("  goal <= %g: %s, stretch %g: %s", row->goal, missed ? "MISSED" : "met", row->stretch,
               median <= row->stretch ? "met" : "no");
    printf("\n");
    if (!row->components)
        missed |= print_quality(row, features, &view, at, divergence);
    fflush(stdout);
    free(at);
    sl_features_free(features);
    sl_dataset_free(data);
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
    int targets = 0, runs = 3, missed = 0, wanted = 0;
    const char *list = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--targets") == 0)
            targets = 1;
        else if (strcmp(argv[i], "--rows") == 0 && i + 1 < argc)
            list = argv[++i];
        else if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc)
            runs = atoi(argv[++i]);
        else {
            fprintf(stderr, "usage: explain [--targets] [--rows A,B] [--runs N]\n");
            return 2;
        }
    }
    runs = runs < 1 ? 1 : runs > RUNS_MOST ? RUNS_MOST : runs;
    for (int i = 0; i < N_ROWS; i++)
        if (is_wanted(list, rows[i].name)) {
            missed |= run_row(&rows[i], runs, targets);
            wanted = 1;
        }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    if (wanted)
        printf("%-14s %-48s %9.4g %-8s\n", "memory", "at its peak, data included",
               (double)usage.ru_maxrss / 1024, "MiB");
    return missed;
}
