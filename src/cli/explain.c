/* explain.c - shortlist explain: why a saved model decides as it does. */
#include "explain_options.h"
#include "explain_rows.h"
#include "explain_text.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {"method", 'm', "METHOD", "how:\n#\n'shortlist list methods' says more of each"},
    {"rows", 'r', "LIST",
     "rows, the first being 0: 3,10:20 (10 to 19), or all (default what a method\n"
     "explains in seconds)"},
    {"class", 0, "CLASS", "only rows of this class"},
    {"wrong", 0, NULL, "only rows that the model predicts wrongly"},
    {"pair", 0, "A>B", "only rows of class A that the model takes for B"},
    {"limit", 0, "N", "the first N of these rows"},
    {"target", 0, "WHICH",
     "whose score is explained: predicted, true, both, all or a class (default\n"
     "predicted)"},
    {"layer", 0, "LAYER", "grad-cam: of 'shortlist list nets NET', as conv2 (default the last convolution)"},
    {"samples", 0, "N",
     "gradients, steps, perturbed rows or coalitions for each row;\n"
     "repeats of permutation"},
    {"segments", 0, "KIND",
     "lime, kernel-shap: how an image is divided: slic (superpixels, the\n"
     "default) or grid"},
    {"regions", 0, "N", "into about so many (default 49)"},
    {"window", 0, "PIXELS", "occlusion: side of the window (default a seventh of the image's)"},
    {"agreement", 0, NULL, "lime: how far the five top regions agree over 10 seeds"},
    {"noise", 0, "SHARE", "smoothgrad: standard deviation, as a share of a row's range (default 0.15)"},
    {"background", 0, "WHICH",
     "what rows are compared with: zero (a black image), or N rows drawn from the\n"
     "training part (default the method's: zero for images, 50 for tables)"},
    {"seed", 0, "S", "of what is drawn (default 42)"},
    CLI_DATA_OPTIONS,
    CLI_PICTURE_OPTIONS,
    {"no-label", 0, NULL, "the data holds no labels"},
    {"part", 'p', "PART", "train or test (default test where the data has a test part)"},
    {"values", 0, "FORMAT", "of the values' file: npy or csv (default npy)"},
    {"faithfulness", 0, NULL,
     "deletion and insertion curves: what becomes of the score as pixels go or come"},
    {"randomise", 0, NULL, "networks: explains again with random weights: does the map depend on them?"},
    {"no-pictures", 0, NULL, "writes files only, and draws nothing"},
    {"threads", 't', "N", "threads (default all cores)"},
    {"out", 'o', "DIR", "folder of the files (default results/explanations/METHOD)"},
    {0},
};

struct job {
    struct cli_model_rows rows;
    struct cli_chosen chosen;
    int32_t *labels;              /* (rows): predicted */
    struct sl_dataset *explained; /* the chosen rows */
    struct sl_dataset *background;
    uint64_t *ids; /* of the chosen rows, and the next three: (n) */
    int32_t *truth, *predicted;
    float *scores;
    struct sl_explain_options options;
    struct {
        int faithfulness, randomise;
    } checks;
    const struct sl_explain_method *method;
    struct sl_explained values;
    struct sl_faithfulness faithfulness;
    struct sl_randomised randomised[CLI_RANDOMISED];
    size_t n_randomised;
    long seed;
};

/* Options ------------------------------------------------------------------------------------------- */

static int read_options(const struct cli_args *args, struct job *job)
{
    const char *values = cli_value(args, "values"), *noise = cli_value(args, "noise");
    const char *method = cli_value(args, "method");
    const char *segments = cli_value(args, "segments");
    long threads = 0, samples = 0, regions = 0, window = 0;
    struct sl_error err;
    job->seed = 42;
    if (!method)
        return cli_usage(args->command, "--method says how; 'shortlist list methods' shows what there is");
    if (!(job->method = sl_explain_method_find(method, &err)))
        return cli_reject(args->command, "--method: ", &err);
    int status = cli_check_part(args);
    if (!status)
        status = cli_whole(args, "threads", 1, 1024, &threads);
    if (!status)
        status = cli_whole(args, "samples", 1, 1000000, &samples);
    if (!status)
        status = cli_whole(args, "regions", 1, 10000, &regions);
    if (!status)
        status = cli_whole(args, "window", 1, 10000, &window);
    if (!status && segments && strcmp(segments, "slic") != 0 && strcmp(segments, "grid") != 0)
        status =
            cli_usage(args->command, "--segments: '%.40s' is not allowed: it takes slic or grid", segments);
    if (!status)
        status = cli_whole(args, "seed", 0, 1L << 62, &job->seed);
    if (!status)
        status = cli_read_options(args, &job->rows.read);
    if (!status && noise && (sl_parse_real(noise, &job->options.noise) || !(job->options.noise > 0)))
        status =
            cli_usage(args->command, "--noise: '%.40s' is not allowed: it takes a number above 0", noise);
    if (!status && values && strcmp(values, "npy") != 0 && strcmp(values, "csv") != 0)
        status = cli_usage(args->command, "--values: '%.40s' is not allowed: it takes npy or csv", values);
    job->rows.read.no_label = cli_has(args, "no-label");
    job->options.method = method;
    job->options.layer = cli_value(args, "layer");
    job->options.threads = (int)threads;
    job->options.samples = (int)samples;
    job->options.seed = (uint64_t)job->seed;
    job->options.segments = segments && strcmp(segments, "grid") == 0 ? SL_SEGMENTS_GRID : SL_SEGMENTS_SLIC;
    job->options.regions = (int)regions;
    job->options.window = (int)window;
    job->options.agreement = cli_has(args, "agreement");
    job->checks.faithfulness = cli_has(args, "faithfulness");
    job->checks.randomise = cli_has(args, "randomise");
    return status ? status : cli_check_explain_options(args, method);
}

/* The background ------------------------------------------------------------------------------------ */

static int zero_background(struct job *job, struct sl_error *err)
{
    const struct sl_view like = sl_model_like(job->rows.model);
    float *zeros = calloc(like.d, sizeof *zeros);
    const struct sl_view view = {
        .dtype = SL_F32, .n = 1, .d = like.d, .x = zeros, .k = 1, .scale = 1, .image = like.image};
    int code = zeros ? sl_dataset_new(&view, "zero", NULL, &job->background, err) : sl_fail_memory(err);
    free(zeros);
    return code;
}

/* n of the rows, all of them where there are no more, in ascending order (Knuth's algorithm S). */
static int draw_rows(struct job *job, const struct sl_dataset *from, size_t n, struct sl_error *err)
{
    const size_t all = sl_dataset_view(from).n;
    struct sl_rng *rng = sl_rng_new((uint64_t)job->seed, "background");
    uint32_t *rows = malloc((n < all ? n : all) * sizeof *rows);
    size_t taken = 0;
    for (size_t i = 0; rows && rng && i < all && taken < n; i++)
        if (sl_rng_uniform(rng) * (double)(all - i) < (double)(n - taken))
            rows[taken++] = (uint32_t)i;
    int code = rows && rng ? sl_dataset_take(from, rows, taken, &job->background, err) : sl_fail_memory(err);
    free(rows);
    sl_rng_free(rng);
    return code;
}

static int draw_background(struct job *job, size_t n, struct sl_error *err)
{
    struct sl_dataset *train = NULL;
    int code = cli_open_training_part(&job->rows, &train, err);
    if (!code)
        code = draw_rows(job, train ? train : job->rows.data, n, err);
    sl_dataset_free(train);
    return code;
}

static int choose_background(const struct cli_args *args, struct job *job, struct sl_error *err)
{
    const char *which = cli_value(args, "background");
    const int images = sl_model_like(job->rows.model).image.height > 0;
    long n = job->method->background > 0 ? job->method->background : images ? 0 : 50;
    if (which && strcmp(which, "zero") == 0)
        n = 0;
    else if (which && (sl_parse_long(which, &n) || n < 1 || n > 1000000))
        return sl_fail(
            err, SL_EUSAGE,
            "--background: '%.40s' is not allowed: it takes the word zero, or a number of rows from 1 on",
            which);
    return n ? draw_background(job, (size_t)n, err) : zero_background(job, err);
}

/* Work ---------------------------------------------------------------------------------------------- */

static int predict(struct job *job, struct sl_error *err)
{
    job->labels = malloc((job->rows.view.n + 1) * sizeof *job->labels);
    return job->labels
               ? sl_model_predict(job->rows.model, &job->rows.view, job->options.threads, job->labels, err)
               : sl_fail_memory(err);
}

/* What is known of the chosen rows. */
static int gather(struct job *job, struct sl_error *err)
{
    const size_t n = job->chosen.n, k = (size_t)sl_model_classes(job->rows.model);
    int code = sl_dataset_take(job->rows.data, job->chosen.rows, n, &job->explained, err);
    if (code)
        return code;
    const struct sl_view view = sl_dataset_view(job->explained);
    job->ids = malloc(n * sizeof *job->ids);
    job->predicted = malloc(n * sizeof *job->predicted);
    job->truth = malloc(n * sizeof *job->truth);
    job->scores = malloc(n * k * sizeof *job->scores);
    if (!job->ids || !job->predicted || !job->truth || !job->scores)
        return sl_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        job->ids[i] = job->chosen.rows[i];
        job->predicted[i] = job->labels[job->chosen.rows[i]];
        job->truth[i] = job->rows.truth ? job->rows.truth[job->chosen.rows[i]] : -1;
    }
    if (sl_model_type(job->rows.model)->scores)
        return sl_model_scores(job->rows.model, &view, job->options.threads, job->scores, err);
    free(job->scores);
    job->scores = NULL;
    return SL_OK;
}

static int explain(struct job *job, struct sl_error *err)
{
    const struct sl_view view = sl_dataset_view(job->explained),
                         background = sl_dataset_view(job->background);
    const size_t pairs = job->chosen.n * job->chosen.m;
    struct sl_explainer *explainer = NULL;
    job->options.background = &background;
    int code = sl_explainer_new(job->rows.model, &job->options, &explainer, err);
    if (!code) {
        job->values.values = pairs > SIZE_MAX / 8 / view.d ? NULL : malloc(pairs * view.d * sizeof(float));
        job->values.score = malloc(pairs * sizeof *job->values.score);
        code = job->values.values && job->values.score
                   ? sl_explain(explainer, &view, job->ids, job->chosen.classes, job->chosen.m, &job->values,
                                err)
                   : sl_fail_memory(err);
    }
    if (!code && job->checks.faithfulness)
        code = sl_faithfulness(explainer, &view, job->ids, job->chosen.classes, job->chosen.m,
                               job->values.values, &job->faithfulness, err);
    sl_explainer_free(explainer);
    if (!code && job->checks.randomise)
        code = sl_randomised_check(job->rows.model, &job->options, &view, job->ids, job->chosen.classes,
                                   job->chosen.m, job->values.values, job->randomised, CLI_RANDOMISED,
                                   &job->n_randomised, err);
    return code;
}

static void tell_path(void *to, const char *path)
{
    cli_line(to, "%s", path);
}

static int tell(const struct cli_args *args, const struct job *job, struct sl_error *err)
{
    const struct sl_explanation x = {.model = job->rows.model,
                                     .method = job->method,
                                     .data = job->explained,
                                     .n = job->chosen.n,
                                     .m = job->chosen.m,
                                     .ids = job->ids,
                                     .truth = job->truth,
                                     .predicted = job->predicted,
                                     .scores = job->scores,
                                     .classes = job->chosen.classes,
                                     .explained = job->values};
    const char *values = cli_value(args, "values"), *out = cli_value(args, "out");
    char folder[256];
    snprintf(folder, sizeof folder, "results/explanations/%s", job->method->name);
    if (job->chosen.limited)
        cli_line(stderr, "%s is slow: the first %zu of %zu rows; --rows all or --limit N takes more",
                 job->method->name, job->chosen.n, job->chosen.found);
    cli_print_explanation(&x);
    if (job->checks.faithfulness)
        cli_print_faithfulness(&job->faithfulness);
    if (job->checks.randomise)
        cli_print_randomised(job->randomised, job->n_randomised);
    int code = sl_explanation_write(&x, out ? out : folder,
                                    values && strcmp(values, "csv") == 0 ? SL_VALUES_CSV : SL_VALUES_NPY,
                                    tell_path, stdout, err);
    if (!code && job->checks.faithfulness)
        code = sl_faithfulness_write(&job->faithfulness, out ? out : folder, tell_path, stdout, err);
    if (!code && !cli_has(args, "no-pictures"))
        code = sl_explanation_draw(&x, out ? out : folder, tell_path, stdout, err);
    if (!code && job->checks.faithfulness && !cli_has(args, "no-pictures"))
        code = sl_faithfulness_draw(&x, &job->faithfulness, out ? out : folder, tell_path, stdout, err);
    return code;
}

/* Permutation importance of the chosen rows, or what the model alone tells. */
static int measure_importance(const struct job *job, double *accuracy, struct sl_importance *out,
                              struct sl_error *err)
{
    const struct sl_view view = sl_dataset_view(job->explained);
    const struct sl_importance_options how = {
        .repeats = job->options.samples, .seed = job->options.seed, .threads = job->options.threads};
    if (job->method->of_model)
        return sl_model_importance(job->rows.model, job->method, out, err);
    if (!job->rows.truth)
        return sl_fail(err, SL_EUSAGE, "permutation needs labels, and the data has none");
    return sl_permutation_importance(job->rows.model, &view, job->truth, &how, accuracy, out, err);
}

static int weigh_columns(const struct cli_args *args, const struct job *job, struct sl_error *err)
{
    const char *out = cli_value(args, "out");
    char usual[64];
    snprintf(usual, sizeof usual, "results/explanations/%s", job->method->name);
    const char *folder = out ? out : usual;
    const size_t n = job->method->of_model ? 0 : job->chosen.n;
    struct sl_importance *importance = malloc(sl_model_like(job->rows.model).d * sizeof *importance);
    double accuracy = 0;
    int code = importance ? measure_importance(job, &accuracy, importance, err) : sl_fail_memory(err);
    if (!code)
        cli_print_importance(job->rows.model, job->method, importance, n, accuracy);
    if (!code)
        code = sl_importance_write(job->rows.model, importance, folder, tell_path, stdout, err);
    if (!code && !cli_has(args, "no-pictures"))
        code = sl_importance_draw(job->rows.model, job->method, importance, n, accuracy, folder, tell_path,
                                  stdout, err);
    free(importance);
    return code;
}

static void release(struct job *job)
{
    cli_release_model_rows(&job->rows);
    cli_release_chosen(&job->chosen);
    sl_dataset_free(job->explained);
    sl_dataset_free(job->background);
    free(job->labels);
    free(job->ids);
    free(job->truth);
    free(job->predicted);
    free(job->scores);
    free(job->values.values);
    free(job->values.score);
}

static int run(const struct cli_args *args, struct job *job)
{
    struct sl_error err = {0};
    int status = read_options(args, job);
    if (status)
        return status;
    int code = cli_open_model_rows(args, &job->rows, &err);
    if (!code)
        code = predict(job, &err);
    if (code)
        return cli_fail(&err);
    status = cli_choose_rows(args, &job->rows, job->labels, job->method->usual, &job->chosen);
    if (status)
        return status;
    code = gather(job, &err);
    if (!code && job->method->of_all)
        code = weigh_columns(args, job, &err);
    if (code || job->method->of_all)
        return code ? cli_fail(&err) : EXIT_DONE;
    status = cli_choose_classes(args, &job->rows, job->rows.truth ? job->truth : NULL, job->predicted,
                                &job->chosen);
    if (status)
        return status;
    code = choose_background(args, job, &err);
    if (!code)
        code = explain(job, &err);
    if (!code)
        code = tell(args, job, &err);
    return code ? cli_fail(&err) : EXIT_DONE;
}

static int explain_command(const struct cli_args *args)
{
    struct job job = {0};
    int status = run(args, &job);
    release(&job);
    return status;
}

const struct cli_command cli_explain = {
    .name = "explain",
    .summary = "explain a saved model's predictions: what speaks for a class, and what against it",
    .synopsis = "MODEL DATA",
    .description =
        "Says what each pixel, or each column, adds to the score of a class, before the softmax, for rows\n"
        "of DATA and a model that 'shortlist run --save-models' kept.  Prints a line a row: true and\n"
        "predicted class with their probabilities, the score, that of the baseline, and by how much of\n"
        "their difference the values miss it (the completeness error).  Into --out go rows.csv (the same\n"
        "for all rows), the values, mean.csv (the mean |value| of each column, for each class), and "
        "pictures.  What\n"
        "a model can not be explained by is refused, with the methods that can.\n"
        "Pictures of any size are rows of a model of images, as for 'shortlist predict'.",
    .examples =
        "  shortlist explain results/shortlist/models/cnn.slm fashion-mnist --method grad-cam --wrong\n"
        "  shortlist explain cnn.slm fashion-mnist -m integrated-gradients --pair 'Shirt>Coat' --target "
        "both\n"
        "  shortlist explain mlp.slm fashion-mnist -m smoothgrad --rows 0:10 --values csv\n",
    .options = options,
    .least = 2,
    .most = 2,
    .run = explain_command,
};
