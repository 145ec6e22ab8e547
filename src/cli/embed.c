/* embed.c - shortlist embed: rows, or what a layer of a network makes of them, as points of few dimensions.
 */
#include "embed_job.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    CLI_DATA_OPTIONS,
    CLI_CELL_OPTIONS,
    {"method", 'm', "METHOD", "tsne: t-SNE, in the plane; pca: principal components (default tsne)"},
    {"model", 0, "MODEL", "a saved model: rows as it sees them, and its predictions"},
    {"layer", 0, "LAYER",
     "of the model, a network: what it computes in the place of the rows;\n"
     "by name or number as 'shortlist list nets NET' shows them: 4, conv2, dense (the\n"
     "last one)"},
    {"components", 0, "K", "pca: how many (default 2)"},
    {"perplexity", 0, "P", "tsne: about how many neighbours a row has (default 30)"},
    {"iterations", 0, "N", "tsne: steps, the first 250 of them with exaggeration (default 1000)"},
    {"exaggeration", 0, "E", "tsne: of what pulls, at first (default 12)"},
    {"learning-rate", 0, "R", "tsne: of the gradient (default rows / exaggeration / 4, at least 50)"},
    {"init", 0, "WAY", "tsne: begins with pca, the two leading components, or random (default pca)"},
    {"seed", 0, "S", "tsne: of the noise at the beginning (default 42)"},
    {"part", 'p', "PART", "train or test (default test where the data has a test part)"},
    {"rows", 'r', "N", "so many rows, evenly spaced among those of the part (default all)"},
    {"scale", 0, "KIND",
     "scaling of the features: none, minmax or standard (default minmax), where\n"
     "there is no model, which has its own"},
    {"save", 0, "FILE", "pca: keep the components, for new rows"},
    {"pca", 0, "FILE", "the components that --save kept: maps these rows, fits nothing"},
    {"out", 'o', "FILE", "the coordinates as CSV (default: none are written)"},
    {"threads", 't', "N", "threads (default all cores)"},
    {"format", 'f', "FORMAT", "of what is printed: text or json (default text)"},
    {0},
};

/* Requests ----------------------------------------------------------------------------------------- */

static int one_of(const struct cli_args *args, const char *option, const char *const *words, int n,
                  int *which)
{
    const char *value = cli_value(args, option);
    if (!value)
        return EXIT_DONE;
    for (int i = 0; i < n; i++)
        if (strcmp(value, words[i]) == 0) {
            *which = i;
            return EXIT_DONE;
        }
    return cli_usage(args->command, "--%s: '%.40s' is not allowed: it takes %s or %s%s", option, value,
                     words[0], words[1], sl_did_you_mean(value, words, (size_t)n).text);
}

static int real_above(const struct cli_args *args, const char *option, double least, double *value)
{
    const char *text = cli_value(args, option);
    if (text && (sl_parse_real(text, value) || !(*value > least)))
        return cli_usage(args->command, "--%s: '%.40s' is not allowed: it takes a number above %g", option,
                         text, least);
    return EXIT_DONE;
}

static int parse_tsne(const struct cli_args *args, struct sl_tsne_options *how)
{
    static const char *const ways[] = {"pca", "random"};
    long iterations = how->n_iter, seed = (long)how->seed;
    int status = real_above(args, "perplexity", 1, &how->perplexity);
    if (!status)
        status = real_above(args, "exaggeration", 0, &how->early_exaggeration);
    if (!status)
        status = real_above(args, "learning-rate", 0, &how->learning_rate);
    if (!status)
        status = cli_whole(args, "iterations", 1, 1 << 24, &iterations);
    if (!status)
        status = cli_whole(args, "seed", 0, LONG_MAX, &seed);
    if (!status)
        status = one_of(args, "init", ways, 2, &how->random);
    how->n_iter = (int)iterations;
    how->seed = (uint64_t)seed;
    return status;
}

/* Options that only one of the methods has, or that say what another says. */
static int check_together(const struct cli_args *args, const struct cli_embed_job *job)
{
    static const char *const of_tsne[] = {"perplexity",    "iterations", "exaggeration",
                                          "learning-rate", "init",       "seed"};
    static const char *const of_pca[] = {"components", "save", "pca"};
    static const char *const kept[] = {"components", "scale", "save", "missing", "categories"};
    for (size_t i = 0; !job->tsne && i < sizeof of_tsne / sizeof *of_tsne; i++)
        if (cli_has(args, of_tsne[i]))
            return cli_usage(args->command, "--%s belongs to --method tsne", of_tsne[i]);
    for (size_t i = 0; job->tsne && i < sizeof of_pca / sizeof *of_pca; i++)
        if (cli_has(args, of_pca[i]))
            return cli_usage(args->command, "--%s belongs to --method pca", of_pca[i]);
    for (size_t i = 0; cli_has(args, "pca") && i < sizeof kept / sizeof *kept; i++)
        if (cli_has(args, kept[i]))
            return cli_usage(args->command, "--pca has all that --%s says: leave it out", kept[i]);
    if (cli_has(args, "layer") && !cli_has(args, "model"))
        return cli_usage(args->command, "--layer: whose? --model names the network");
    if (cli_has(args, "model") && cli_has(args, "scale"))
        return cli_usage(args->command, "--model has its own scaling: leave --scale out");
    return EXIT_DONE;
}

static int parse(const struct cli_args *args, struct cli_embed_job *job)
{
    static const char *const formats[] = {"text", "json"}, *const methods[] = {"pca", "tsne"};
    const char *scale = cli_value(args, "scale");
    struct sl_error err;
    int status = cli_read_options(args, &job->of.read);
    job->tsne = !cli_has(args, "pca");
    job->layer = cli_value(args, "layer");
    if (!status)
        status = cli_encoding_options(args, &job->of.read);
    if (!status)
        status = cli_check_part(args);
    if (!status)
        status = one_of(args, "format", formats, 2, &job->json);
    if (!status)
        status = one_of(args, "method", methods, 2, &job->tsne);
    if (!status)
        status = cli_whole(args, "components", 1, 1 << 20, &job->components);
    if (!status)
        status = cli_whole(args, "rows", 1, 1L << 32, &job->rows);
    if (!status)
        status = cli_whole(args, "threads", 1, 1024, &job->threads);
    if (!status)
        status = parse_tsne(args, &job->how);
    if (!status && scale && sl_scaling_kind_parse(scale, &job->scaling, &err))
        return cli_reject(args->command, "--scale: ", &err);
    job->how.threads = (int)job->threads;
    return status ? status : check_together(args, job);
}

/* Reading ------------------------------------------------------------------------------------------ */

static int open_part(const struct cli_args *args, struct cli_model_rows *of, struct sl_error *err)
{
    const char *part = cli_value(args, "part"), *spec = args->word[0], *note;
    enum sl_part wanted = part && strcmp(part, "train") == 0 ? SL_PART_TRAIN : SL_PART_TEST;
    int code = sl_dataset_open(spec, wanted, &of->read, &of->data, err);
    if (code == SL_ENOPART && !part)
        code = sl_dataset_open(spec, SL_PART_TRAIN, &of->read, &of->data, err);
    for (size_t i = 0; !code && (note = sl_dataset_note(of->data, i)); i++)
        cli_line(stderr, "%s", note);
    of->id = of->read.id;
    return code;
}

/* The rows of --rows alone. */
static int take_rows(struct cli_embed_job *job, struct sl_error *err)
{
    const size_t all = sl_dataset_view(job->of.data).n;
    job->n = job->rows && (size_t)job->rows < all ? (size_t)job->rows : all;
    job->row = malloc((job->n + !job->n) * sizeof *job->row);
    if (!job->row)
        return sl_fail_memory(err);
    for (size_t i = 0; i < job->n; i++)
        job->row[i] = (uint32_t)((double)i * ((double)all / (double)job->n));
    job->data = job->of.data;
    return job->n == all ? SL_OK : sl_dataset_take(job->of.data, job->row, job->n, &job->data, err);
}

static int load_pca(struct cli_embed_job *job, const char *file, const char *model, struct sl_error *err)
{
    int code = sl_pca_load(file, &job->pca, &job->preparation, err);
    if (code)
        return code;
    if (!job->preparation && !model)
        return sl_fail(err, SL_EUSAGE, "%s: components of what a model computes: --model is to name it",
                       file);
    if (job->preparation && model)
        return sl_fail(err, SL_EUSAGE, "%s: components of a data set's own rows: leave --model out", file);
    if (job->preparation) {
        job->of.read.fitted = sl_preparation_encoding(job->preparation);
        job->of.read.n_features = sl_preparation_columns(job->preparation);
        job->of.read.keep_doubles = 1;
    }
    return SL_OK;
}

static int read_rows(const struct cli_args *args, struct cli_embed_job *job, struct sl_error *err)
{
    const char *file = cli_value(args, "pca"), *model = cli_value(args, "model");
    int code = file ? load_pca(job, file, model, err) : SL_OK;
    if (!code)
        code = model ? cli_open_rows_of(args, model, args->word[0], &job->of, err)
                     : open_part(args, &job->of, err);
    return code ? code : take_rows(job, err);
}

/* Embedding ---------------------------------------------------------------------------------------- */

static int place_by_pca(struct cli_embed_job *job, const char *save, struct sl_error *err)
{
    int code = job->pca
                   ? SL_OK
                   : sl_pca_fit(job->features, (size_t)job->components, (int)job->threads, &job->pca, err);
    if (code)
        return code;
    job->k = job->pca->k;
    job->at = malloc(job->n * job->k * sizeof *job->at);
    code = job->at ? sl_pca_apply(job->pca, job->features, (int)job->threads, job->at, err)
                   : sl_fail_memory(err);
    return code || !save ? code : sl_pca_save(job->pca, job->features, save, err);
}

static int place_by_tsne(struct cli_embed_job *job, struct sl_error *err)
{
    job->k = 2;
    job->at = malloc(job->n * 2 * sizeof *job->at);
    return job->at ? sl_tsne(job->features, &job->how, job->at, &job->divergence, err) : sl_fail_memory(err);
}

static int predict(struct cli_embed_job *job, struct sl_error *err)
{
    const struct sl_view view = sl_dataset_view(job->data);
    job->predicted = malloc(job->n * sizeof *job->predicted);
    return job->predicted ? sl_model_predict(job->of.model, &view, (int)job->threads, job->predicted, err)
                          : sl_fail_memory(err);
}

static int embed(const struct cli_args *args, struct cli_embed_job *job, struct sl_error *err)
{
    const struct sl_features_options how = {.scaling = job->scaling,
                                            .encoding = &job->of.read.encoding,
                                            .preparation = job->preparation,
                                            .model = job->of.model,
                                            .layer = job->layer,
                                            .threads = (int)job->threads};
    int code = sl_features_new(job->data, &how, &job->features, err);
    if (!code)
        code = job->tsne ? place_by_tsne(job, err) : place_by_pca(job, cli_value(args, "save"), err);
    if (!code && job->of.model)
        code = predict(job, err);
    return code ? code
                : sl_embedding_measure(job->features, job->at, job->k, sl_dataset_view(job->data).y,
                                       (int)job->threads, &job->quality, err);
}

static int write_out(const struct cli_args *args, const struct cli_embed_job *job, struct sl_error *err)
{
    const char *out = cli_value(args, "out");
    const struct sl_embedding embedding = {.data = job->data,
                                           .row = job->row,
                                           .id = job->of.id,
                                           .axis = job->tsne ? "tsne" : "pc",
                                           .k = job->k,
                                           .at = job->at,
                                           .model = job->of.model,
                                           .predicted = job->predicted};
    return out ? sl_embedding_write(&embedding, out, err) : SL_OK;
}

static void release(struct cli_embed_job *job)
{
    sl_features_free(job->features);
    sl_pca_free(job->pca);
    sl_preparation_free(job->preparation);
    if (job->data != job->of.data)
        sl_dataset_free(job->data);
    cli_release_model_rows(&job->of);
    free(job->row);
    free(job->at);
    free(job->predicted);
}

static int run(const struct cli_args *args)
{
    struct cli_embed_job job = {.components = 2, .scaling = SL_SCALE_MINMAX, .how = SL_TSNE_OPTIONS};
    struct sl_error err = {0};
    int status = parse(args, &job);
    if (status)
        return status;
    int code = read_rows(args, &job, &err);
    if (!code)
        code = embed(args, &job, &err);
    if (!code)
        code = write_out(args, &job, &err);
    if (code)
        status = cli_fail(&err);
    else if (job.json)
        status = cli_embed_print_json(&job);
    else
        cli_embed_print(&job);
    release(&job);
    return status;
}

const struct cli_command cli_embed = {
    .name = "embed",
    .summary = "rows as points of few dimensions: t-SNE, principal components",
    .synopsis = "DATA",
    .description =
        "Gives every row of DATA, or what a layer of a network makes of it, a place in few dimensions:\n"
        "by t-SNE in the plane, such that rows that are near each other are near there, or along the\n"
        "principal components, the directions of largest variance.  Prints how good a picture of the rows\n"
        "the points are: trustworthiness (1: what is near there is near), the share of a row's 15 nearest\n"
        "that are kept, and the accuracy of the nearest neighbour there.  t-SNE's neighbours are exact; "
        "what\n"
        "pushes points apart is computed exactly up to 1,000 rows, by a tree (Barnes and Hut) below 2,000,\n"
        "else on a grid.  The result is the same on any number of threads.\n"
        "Each component has the sign that makes its largest entry positive.  Up to 4,096 features or rows\n"
        "the components are exact; beyond, a randomised method finds them.  --save keeps them, with\n"
        "encoding and scaling, and --pca maps new rows by what was kept.",
    .examples = "  shortlist embed fashion-mnist --out points.csv\n"
                "  shortlist embed fashion-mnist --model cnn.slm --layer dense1 --out dense.csv\n"
                "  shortlist embed wine.csv --method pca --scale standard --save wine.pca\n"
                "  shortlist embed new.csv --pca wine.pca --out new-points.csv\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
