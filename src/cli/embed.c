/* embed.c - shortlist embed: rows, or what a layer of a network makes of them, as points of few dimensions.
 */
#include "embed_job.h"
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
    {"components", 0, "K", "pca: how many (default 2, or as many as there are)"},
    {"perplexity", 0, "P",
     "tsne: about how many neighbours a row has (default 30, at most a third of the\n"
     "other rows)"},
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
    {"plots", 0, "DIR", "draws pictures into the folder: points by class, images in a grid, components"},
    {"zoom", 0, "CLASS", "a picture of where the points of this class lie, too"},
    {"beside", 0, "LAYER", "of the model: points of this layer, or of the input, drawn beside the others"},
    {"threads", 't', "N", "threads (default all cores)"},
    {"format", 'f', "FORMAT", "of what is printed: text or json (default text)"},
    {0},
};

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

/* The class of --zoom. */
static int find_zoom(const struct cli_args *args, struct cli_embed_job *job, struct sl_error *err)
{
    const char *zoom = cli_value(args, "zoom"), *names[64];
    const int k = sl_dataset_view(job->data).k;
    int known = 0;
    for (int c = 0; zoom && c < k; c++) {
        if (strcmp(sl_dataset_class(job->data, c), zoom) == 0)
            job->zoom = c;
        if (known < 64)
            names[known++] = sl_dataset_class(job->data, c);
    }
    return !zoom || job->zoom >= 0 ? SL_OK
                                   : sl_fail(err, SL_EUSAGE, "--zoom: there is no class '%.60s'%s", zoom,
                                             sl_did_you_mean(zoom, names, (size_t)known).text);
}

static int load_pca(struct cli_embed_job *job, const char *file, const char *model, struct sl_error *err)
{
    int code = sl_pca_load(file, &job->points.pca, &job->preparation, err);
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

/* What nobody asked for is what the rows allow: few have fewer neighbours, a feature alone one component. */
static void fit_defaults(const struct cli_args *args, struct cli_embed_job *job,
                         const struct sl_features *features)
{
    const size_t n = sl_features_rows(features), d = sl_features_width(features);
    const size_t most = n - 1 < d ? n - 1 : d;
    if (!cli_has(args, "components") && n > 1 && most && most < (size_t)job->components)
        job->components = (long)most;
    if (!cli_has(args, "perplexity") && n > 4 && (double)(n - 1) / 3 < job->how.perplexity)
        job->how.perplexity = (double)(n - 1) / 3;
}

/* Embedding ---------------------------------------------------------------------------------------- */

static int place_by_pca(const struct cli_embed_job *job, struct cli_embed_points *points,
                        struct sl_error *err)
{
    int code = points->pca ? SL_OK
                           : sl_pca_fit(points->features, (size_t)job->components, (int)job->threads,
                                        &points->pca, err);
    if (code)
        return code;
    points->k = points->pca->k;
    points->at = malloc(job->n * points->k * sizeof *points->at);
    return points->at ? sl_pca_apply(points->pca, points->features, (int)job->threads, points->at, err)
                      : sl_fail_memory(err);
}

static int place_by_tsne(const struct cli_embed_job *job, struct cli_embed_points *points,
                         struct sl_error *err)
{
    points->k = 2;
    points->at = malloc(job->n * 2 * sizeof *points->at);
    return points->at ? sl_tsne(points->features, &job->how, points->at, &points->divergence, err)
                      : sl_fail_memory(err);
}

static int place(const struct cli_args *args, struct cli_embed_job *job, struct cli_embed_points *points,
                 struct sl_error *err)
{
    const struct sl_features_options how = {.scaling = job->scaling,
                                            .encoding = &job->of.read.encoding,
                                            .preparation = job->preparation,
                                            .model = job->of.model,
                                            .layer = points->layer,
                                            .threads = (int)job->threads};
    int code = sl_features_new(job->data, &how, &points->features, err);
    if (!code)
        fit_defaults(args, job, points->features);
    if (!code)
        code = job->tsne ? place_by_tsne(job, points, err) : place_by_pca(job, points, err);
    return code ? code
                : sl_embedding_measure(points->features, points->at, points->k, sl_dataset_view(job->data).y,
                                       (int)job->threads, &points->quality, err);
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
    const char *save = cli_value(args, "save");
    int code = place(args, job, &job->points, err);
    if (!code && save)
        code = sl_pca_save(job->points.pca, job->points.features, save, err);
    if (!code && job->beside.layer)
        code = place(args, job, &job->beside, err);
    return code || !job->of.model ? code : predict(job, err);
}

/* Writing ------------------------------------------------------------------------------------------ */

static struct sl_embedding embedding_of(const struct cli_embed_job *job,
                                        const struct cli_embed_points *points)
{
    return (struct sl_embedding){.data = job->data,
                                 .row = job->row,
                                 .id = job->of.id,
                                 .axis = job->tsne ? "tsne" : "pc",
                                 .k = points->k,
                                 .at = points->at,
                                 .model = job->of.model,
                                 .predicted = job->predicted};
}

static void made(void *arg, const char *path)
{
    (void)arg;
    cli_line(stderr, "%s", path);
}

static void name_points(const struct cli_embed_points *points, char *text, size_t size)
{
    if (!points->layer)
        snprintf(text, size, "the rows");
    else if (strcmp(points->layer, "input") == 0)
        snprintf(text, size, "the input");
    else
        snprintf(text, size, "layer %.80s", points->layer);
}

static int draw(const struct cli_embed_job *job, const char *folder, struct sl_error *err)
{
    const struct sl_embedding points = embedding_of(job, &job->points),
                              beside = embedding_of(job, &job->beside);
    char title[300], subtitle[200], names[2][100];
    name_points(&job->points, names[0], sizeof names[0]);
    name_points(&job->beside, names[1], sizeof names[1]);
    snprintf(title, sizeof title, "%s of %s%s%s", job->tsne ? "t-SNE" : "Principal components", names[0],
             job->beside.at ? ", and of " : "", job->beside.at ? names[1] : "");
    snprintf(subtitle, sizeof subtitle, "%.100s, %zu rows", sl_dataset_name(job->data), job->n);
    const struct sl_embedding_pictures pictures = {.embedding = &points,
                                                   .beside = job->beside.at ? &beside : NULL,
                                                   .names = {names[0], names[1]},
                                                   .title = title,
                                                   .subtitle = subtitle,
                                                   .zoom = job->zoom,
                                                   .pca = job->points.pca};
    return sl_embedding_draw(&pictures, folder, made, NULL, err);
}

static int write_out(const struct cli_args *args, const struct cli_embed_job *job, struct sl_error *err)
{
    const char *out = cli_value(args, "out"), *plots = cli_value(args, "plots");
    const struct sl_embedding points = embedding_of(job, &job->points);
    int code = out ? sl_embedding_write(&points, out, err) : SL_OK;
    return code || !plots ? code : draw(job, plots, err);
}

static void release_points(struct cli_embed_points *points)
{
    sl_features_free(points->features);
    sl_pca_free(points->pca);
    free(points->at);
}

static void release(struct cli_embed_job *job)
{
    release_points(&job->points);
    release_points(&job->beside);
    sl_preparation_free(job->preparation);
    if (job->data != job->of.data)
        sl_dataset_free(job->data);
    cli_release_model_rows(&job->of);
    free(job->row);
    free(job->predicted);
}

static int run(const struct cli_args *args)
{
    struct cli_embed_job job = {
        .components = 2, .scaling = SL_SCALE_MINMAX, .how = SL_TSNE_OPTIONS, .zoom = -1};
    struct sl_error err = {0};
    int status = cli_embed_parse(args, &job);
    if (status)
        return status;
    int code = read_rows(args, &job, &err);
    if (!code)
        code = find_zoom(args, &job, &err);
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
    .examples = "  shortlist embed fashion-mnist --out points.csv --plots pictures\n"
                "  shortlist embed fashion-mnist --model cnn.slm --layer 13 --beside input --plots pictures "
                "--zoom Bag\n"
                "  shortlist embed wine.csv --method pca --scale standard --save wine.pca\n"
                "  shortlist embed new.csv --pca wine.pca --out new-points.csv\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
