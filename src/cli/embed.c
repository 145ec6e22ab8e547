/* embed.c - shortlist embed: rows as points of few dimensions. */
#include "cli.h"
#include "json.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 10 /* components that the text has a line for */ };

static const struct cli_option options[] = {
    CLI_DATA_OPTIONS,
    CLI_CELL_OPTIONS,
    {"method", 0, "METHOD", "pca: principal components (default); tsne: t-SNE, in the plane"},
    {"components", 0, "K", "pca: how many (default 2)"},
    {"perplexity", 0, "P", "tsne: about how many neighbours a row has (default 30)"},
    {"iterations", 0, "N", "tsne: steps, 250 of them with exaggeration (default 1000)"},
    {"exaggeration", 0, "E", "tsne: of what pulls, at first (default 12)"},
    {"learning-rate", 0, "R", "tsne: of the gradient (default a 4th of the rows by the exaggeration)"},
    {"init", 0, "WAY", "tsne: begins with pca or random (default pca)"},
    {"seed", 0, "S", "tsne: of the noise at the beginning (default 42)"},
    {"part", 'p', "PART", "train or test (default test where the data has a test part)"},
    {"rows", 0, "N", "so many rows, evenly spaced among those of the part (default all)"},
    {"scale", 0, "KIND", "scaling of the features: none, minmax or standard (default minmax)"},
    {"save", 0, "FILE", "pca: keep the components, for new rows"},
    {"pca", 0, "FILE", "the components that --save kept: maps these rows, fits nothing"},
    {"out", 'o', "FILE", "the coordinates as CSV (default: none are written)"},
    {"threads", 't', "N", "threads (default all cores)"},
    {"format", 'f', "FORMAT", "of what is printed: text or json (default text)"},
    {0},
};

struct job {
    struct sl_read_options read;
    long components, rows, threads, iterations, seed;
    int tsne; /* else principal components */
    struct sl_tsne_options how;
    double divergence;
    enum sl_scaling_kind scaling;
    int json;
    struct sl_dataset *data;
    uint32_t *row; /* (n): their numbers in the part */
    size_t n, k;   /* rows, coordinates of each */
    struct sl_features *features;
    struct sl_pca *pca;
    struct sl_preparation *preparation; /* of --pca */
    float *at;                          /* (n, k) */
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
    return cli_usage(args->command, "--%s: '%.40s' is not allowed%s", option, value,
                     sl_did_you_mean(value, words, (size_t)n).text);
}

static int real_above(const struct cli_args *args, const char *option, double least, double *value)
{
    const char *text = cli_value(args, option);
    if (text && (sl_parse_real(text, value) || !(*value > least)))
        return cli_usage(args->command, "--%s: '%.40s' is not allowed: it takes a number above %g", option,
                         text, least);
    return EXIT_DONE;
}

static int parse_tsne(const struct cli_args *args, struct job *job)
{
    static const char *const ways[] = {"pca", "random"};
    job->how = (struct sl_tsne_options)SL_TSNE_OPTIONS;
    job->iterations = job->how.n_iter;
    job->seed = (long)job->how.seed;
    int status = real_above(args, "perplexity", 1, &job->how.perplexity);
    if (!status)
        status = real_above(args, "exaggeration", 0, &job->how.early_exaggeration);
    if (!status)
        status = real_above(args, "learning-rate", 0, &job->how.learning_rate);
    if (!status)
        status = cli_whole(args, "iterations", 1, 1 << 24, &job->iterations);
    if (!status)
        status = cli_whole(args, "seed", 0, LONG_MAX, &job->seed);
    if (!status)
        status = one_of(args, "init", ways, 2, &job->how.random);
    job->how.n_iter = (int)job->iterations;
    job->how.seed = (uint64_t)job->seed;
    job->how.threads = (int)job->threads;
    return status;
}

static int parse(const struct cli_args *args, struct job *job)
{
    static const char *const formats[] = {"text", "json"}, *const methods[] = {"pca", "tsne"},
                             *const parts[] = {"train", "test"};
    const char *scale = cli_value(args, "scale");
    struct sl_error err;
    int part = 0, status = cli_read_options(args, &job->read);
    if (!status)
        status = cli_encoding_options(args, &job->read);
    if (!status)
        status = one_of(args, "format", formats, 2, &job->json);
    if (!status)
        status = one_of(args, "method", methods, 2, &job->tsne);
    if (!status)
        status = one_of(args, "part", parts, 2, &part);
    if (!status)
        status = cli_whole(args, "components", 1, 1 << 20, &job->components);
    if (!status)
        status = cli_whole(args, "rows", 1, 1L << 32, &job->rows);
    if (!status)
        status = cli_whole(args, "threads", 1, 1024, &job->threads);
    if (!status)
        status = parse_tsne(args, job);
    if (!status && scale && sl_scaling_kind_parse(scale, &job->scaling, &err))
        return cli_reject(args->command, "--scale: ", &err);
    if (!status && cli_has(args, "pca") && (cli_has(args, "components") || scale || cli_has(args, "save")))
        return cli_usage(args->command,
                         "--pca says which components and what scaling: leave --components, --scale "
                         "and --save out");
    return status;
}

/* Reading ------------------------------------------------------------------------------------------ */

static int open_part(const struct cli_args *args, struct job *job, struct sl_error *err)
{
    const char *part = cli_value(args, "part"), *spec = args->word[0];
    enum sl_part wanted = part && strcmp(part, "train") == 0 ? SL_PART_TRAIN : SL_PART_TEST;
    int code = sl_dataset_open(spec, wanted, &job->read, &job->data, err);
    return code == SL_ENOPART && !part ? sl_dataset_open(spec, SL_PART_TRAIN, &job->read, &job->data, err)
                                       : code;
}

/* The rows of --rows alone. */
static int take_rows(struct job *job, struct sl_error *err)
{
    const size_t all = sl_dataset_view(job->data).n;
    struct sl_dataset *taken;
    job->n = job->rows && (size_t)job->rows < all ? (size_t)job->rows : all;
    job->row = malloc((job->n + !job->n) * sizeof *job->row);
    if (!job->row)
        return sl_fail_memory(err);
    for (size_t i = 0; i < job->n; i++)
        job->row[i] = (uint32_t)((double)i * ((double)all / (double)job->n));
    if (job->n == all)
        return SL_OK;
    int code = sl_dataset_take(job->data, job->row, job->n, &taken, err);
    if (!code) {
        sl_dataset_free(job->data);
        job->data = taken;
    }
    return code;
}

static int read_rows(const struct cli_args *args, struct job *job, struct sl_error *err)
{
    const char *note, *file = cli_value(args, "pca");
    int code = file ? sl_pca_load(file, &job->pca, &job->preparation, err) : SL_OK;
    if (!code && job->preparation) {
        job->read.fitted = sl_preparation_encoding(job->preparation);
        job->read.n_features = sl_preparation_columns(job->preparation);
        job->read.keep_doubles = 1;
    }
    if (!code)
        code = open_part(args, job, err);
    if (code)
        return code;
    for (size_t i = 0; (note = sl_dataset_note(job->data, i)); i++)
        cli_line(stderr, "%s", note);
    return take_rows(job, err);
}

/* Embedding ---------------------------------------------------------------------------------------- */

static int embed(const struct cli_args *args, struct job *job, struct sl_error *err)
{
    const struct sl_features_options how = {.scaling = job->scaling,
                                            .encoding = &job->read.encoding,
                                            .preparation = job->preparation,
                                            .threads = (int)job->threads};
    const char *save = cli_value(args, "save");
    int code = sl_features_new(job->data, &how, &job->features, err);
    if (!code && job->tsne) {
        job->k = 2;
        job->at = malloc(job->n * 2 * sizeof *job->at);
        return job->at ? sl_tsne(job->features, &job->how, job->at, &job->divergence, err)
                       : sl_fail_memory(err);
    }
    if (!code && !job->pca)
        code = sl_pca_fit(job->features, (size_t)job->components, (int)job->threads, &job->pca, err);
    if (code)
        return code;
    job->k = job->pca->k;
    job->at = malloc(job->n * job->k * sizeof *job->at);
    if (!job->at)
        return sl_fail_memory(err);
    code = sl_pca_apply(job->pca, job->features, (int)job->threads, job->at, err);
    return code || !save ? code : sl_pca_save(job->pca, job->features, save, err);
}

/* Writing ------------------------------------------------------------------------------------------ */

static void print_text(const struct job *job)
{
    const struct sl_pca *pca = job->pca;
    const size_t shown = pca->k <= SHOWN ? pca->k : SHOWN;
    double sum = 0;
    cli_line(stdout, "%s: %zu rows of %zu features, %zu principal component%s%s", sl_dataset_name(job->data),
             job->n, pca->d, pca->k, pca->k == 1 ? "" : "s",
             pca->approximate ? " (by the randomised method)" : "");
    printf("\n%9s  %12s  %6s  %6s\n", "component", "variance", "share", "sum");
    for (size_t c = 0; c < pca->k; c++) {
        sum += pca->variance[c];
        if (c + 1 < shown || c + 1 == pca->k)
            printf("%9zu  %12.6g  %5.2f%%  %5.2f%%\n", c + 1, pca->variance[c],
                   100 * pca->variance[c] / pca->total, 100 * sum / pca->total);
        else if (c + 1 == shown)
            printf("%9s\n", "...");
    }
}

static int print_json(const struct job *job)
{
    const struct sl_pca *pca = job->pca;
    json_t *o = json_object(), *variances = json_array();
    for (size_t c = 0; c < pca->k; c++)
        cli_json_add(&variances, json_real(pca->variance[c]));
    cli_json_set(&o, "data", cli_json_text(sl_dataset_name(job->data)));
    cli_json_set(&o, "method", json_string("pca"));
    cli_json_set(&o, "n", cli_json_count(job->n));
    cli_json_set(&o, "n_features", cli_json_count(pca->d));
    cli_json_set(&o, "n_components", cli_json_count(pca->k));
    cli_json_set(&o, "variance", variances);
    cli_json_set(&o, "total_variance", json_real(pca->total));
    cli_json_set(&o, "approximate", json_boolean(pca->approximate));
    return cli_write_json(o);
}

static void release(struct job *job)
{
    sl_features_free(job->features);
    sl_pca_free(job->pca);
    sl_preparation_free(job->preparation);
    sl_dataset_free(job->data);
    free(job->row);
    free(job->at);
}

static int run(const struct cli_args *args)
{
    struct job job = {.components = 2, .scaling = SL_SCALE_MINMAX};
    struct sl_error err = {0};
    const char *out = cli_value(args, "out");
    int status = parse(args, &job);
    if (status)
        return status;
    int code = read_rows(args, &job, &err);
    if (!code)
        code = embed(args, &job, &err);
    if (!code && job.tsne) {
        printf("divergence %g\n", job.divergence);
        job.json = 2;
    }
    if (!code && out)
        code = sl_embedding_write(&(struct sl_embedding){job.data, job.row, job.read.id, "pc", job.k, job.at},
                                  out, &err);
    if (code)
        status = cli_fail(&err);
    else if (job.json == 2)
        ;
    else if (job.json)
        status = print_json(&job);
    else
        print_text(&job);
    release(&job);
    return status;
}

const struct cli_command cli_embed = {
    .name = "embed",
    .summary = "rows as points of few dimensions: principal components",
    .synopsis = "DATA",
    .description =
        "Gives every row of DATA a place in few dimensions, such that its leading coordinates hold as\n"
        "much of the rows' variance as possible, and prints how much that is.  Each component has the\n"
        "sign that makes its largest entry positive.  Up to 4,096 features or rows the components are\n"
        "exact; beyond, a randomised method finds them.  --save keeps them, with encoding and scaling,\n"
        "and --pca maps new rows by what was kept.",
    .examples = "  shortlist embed fashion-mnist --components 50 --out fashion.csv\n"
                "  shortlist embed wine.csv --scale standard --save wine.pca\n"
                "  shortlist embed new.csv --pca wine.pca --out new-points.csv\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
