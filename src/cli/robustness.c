/* robustness.c - shortlist robustness: how well models predict images that are disturbed. */
#include "robustness_text.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    CLI_DATA_OPTIONS,
    {"part", 'p', "PART", "train or test (default test where the data has a test part)"},
    {"rows", 'r', "N", "so many rows, evenly spaced among those of the part (default all)"},
    {"seed", 0, "S", "of what is drawn: noise, directions, places (default 42)"},
    {"threads", 't', "N", "threads (default all cores)"},
    {"plots", 0, "DIR", "draws accuracy against strength into the folder"},
    {"format", 'f', "FORMAT", "text, markdown, csv or json (default text)"},
    {0},
};

struct job {
    struct cli_robust table;
    long threads, rows, seed;
    int form;
};

static int parse(const struct cli_args *args, struct job *job, struct sl_read_options *read)
{
    static const char *const forms[] = {"text", "markdown", "csv", "json"};
    const char *format = cli_value(args, "format");
    int known = !format;
    for (int i = 0; i < 4 && format; i++)
        if (strcmp(format, forms[i]) == 0) {
            job->form = i;
            known = 1;
        }
    if (!known)
        return cli_usage(args->command,
                         "--format: '%.40s' is not allowed: it takes text, markdown, csv or json%s", format,
                         sl_did_you_mean(format, forms, 4).text);
    int status = cli_check_part(args);
    if (!status)
        status = cli_whole(args, "threads", 1, 1024, &job->threads);
    if (!status)
        status = cli_whole(args, "rows", 1, 1000000000, &job->rows);
    if (!status)
        status = cli_whole(args, "seed", 0, 1L << 62, &job->seed);
    return status ? status : cli_read_options(args, read);
}

/* The file's name without folder and ending, and the whole where two are alike. */
static char *name_of(const struct cli_args *args, int model)
{
    const char *path = args->word[model], *slash = strrchr(path, '/'), *from = slash ? slash + 1 : path;
    for (int i = 0; i < args->n - 1; i++) {
        const char *other = args->word[i], *of = strrchr(other, '/');
        if (i != model && strcmp(of ? of + 1 : other, from) == 0)
            return strdup(path);
    }
    const size_t n = strlen(from);
    return strndup(from, n > 4 && strcmp(from + n - 4, ".slm") == 0 ? n - 4 : n);
}

/* The rows of --rows: (n of them) with what is true of them. */
static int take_rows(struct cli_model_rows *of, size_t n, struct sl_dataset **taken, struct sl_error *err)
{
    const size_t all = of->view.n;
    uint32_t *rows = malloc(n * sizeof *rows);
    if (!rows)
        return sl_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        rows[i] = (uint32_t)((double)i * ((double)all / (double)n));
        of->truth[i] = of->truth[rows[i]];
    }
    int code = sl_dataset_take(of->data, rows, n, taken, err);
    free(rows);
    return code;
}

static int measure(const struct cli_args *args, struct job *job, int model,
                   const struct sl_read_options *read, struct sl_error *err)
{
    struct cli_model_rows of = {.read = *read};
    struct sl_dataset *taken = NULL;
    struct sl_robustness *result = &job->table.results[model];
    const struct sl_robustness_options how = {.seed = (uint64_t)job->seed, .threads = (int)job->threads};
    int code = cli_open_rows_of(args, args->word[model], args->word[args->n - 1], &of, err);
    if (!code && !of.truth)
        code = sl_fail(err, SL_EUSAGE, "%s has no labels, which accuracy needs", of.spec);
    if (!code && job->rows && (size_t)job->rows < of.view.n)
        code = take_rows(&of, (size_t)job->rows, &taken, err);
    result->right = calloc(sl_distortion_count(), sizeof *result->right);
    if (!code && !result->right)
        code = sl_fail_memory(err);
    if (!code) {
        const struct sl_view view = taken ? sl_dataset_view(taken) : of.view;
        code = sl_robustness_measure(of.model, &view, of.truth, &how, result, err);
    }
    sl_dataset_free(taken);
    cli_release_model_rows(&of);
    return code ? sl_fail_prefix(err, "%s", args->word[model]) : SL_OK;
}

static void tell_path(void *to, const char *path)
{
    cli_line(to, "%s", path);
}

static int draw(const struct cli_args *args, const struct job *job, struct sl_error *err)
{
    const char *folder = cli_value(args, "plots");
    char subtitle[300];
    if (!folder)
        return SL_OK;
    snprintf(subtitle, sizeof subtitle, "%.100s, %zu rows; none: undisturbed", job->table.data,
             job->table.results->n);
    return sl_robustness_draw(job->table.results, (const char *const *)job->table.names, job->table.n,
                              subtitle, folder, tell_path, stderr, err);
}

static int work(const struct cli_args *args, struct job *job, const struct sl_read_options *read)
{
    struct sl_error err = {0};
    int code = SL_OK;
    for (size_t m = 0; m < job->table.n && !code; m++) {
        job->table.names[m] = name_of(args, (int)m);
        code = job->table.names[m] ? measure(args, job, (int)m, read, &err) : sl_fail_memory(&err);
    }
    if (code)
        return cli_fail(&err);
    int status = cli_print_robustness(&job->table, job->form);
    if (!status && draw(args, job, &err))
        status = cli_fail(&err);
    return status;
}

static int run(const struct cli_args *args)
{
    struct job job = {.seed = 42};
    struct sl_read_options read = {0};
    int status = parse(args, &job, &read);
    if (status)
        return status;
    job.table =
        (struct cli_robust){.data = args->word[args->n - 1], .n = (size_t)args->n - 1, .seed = job.seed};
    job.table.names = calloc(job.table.n, sizeof *job.table.names);
    job.table.results = calloc(job.table.n, sizeof *job.table.results);
    status = job.table.names && job.table.results ? work(args, &job, &read) : cli_fail_memory();
    for (size_t m = 0; m < job.table.n; m++) {
        if (job.table.names)
            free(job.table.names[m]);
        if (job.table.results)
            free(job.table.results[m].right);
    }
    free(job.table.names);
    free(job.table.results);
    return status;
}

const struct cli_command cli_robustness = {
    .name = "robustness",
    .summary = "accuracy of saved models under noise, blur, shifts and other distortions of images",
    .synopsis = "MODEL... DATA",
    .description =
        "Predicts the images of DATA, which needs labels, by models that 'shortlist run --save-models'\n"
        "kept: as they are, and disturbed in nine ways at five strengths each: noise, blur, shift,\n"
        "rotation, scale, contrast, brightness, occlusion and the loss of JPEG's blocks.  Prints the\n"
        "accuracy of each model, a table a distortion, and the means over all.  All models see the same\n"
        "disturbed images, whatever the number of threads; a stronger distortion moves an image the same\n"
        "way as a weaker one.  Works in blocks of rows, so that memory does not grow with their number.",
    .examples = "  shortlist run --models knn,svm,cnn --save-models --name kept\n"
                "  shortlist robustness results/kept/models/*.slm fashion-mnist --plots pictures\n"
                "  shortlist robustness cnn.slm fashion-mnist --rows 2000 --format csv >robustness.csv\n",
    .options = options,
    .least = 2,
    .most = -1,
    .run = run,
};
