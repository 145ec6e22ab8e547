/* errors.c - shortlist errors: where a study's row, or a saved model, errs. */
#include "model_rows.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct cli_option options[] = {
    {"near", 0, "MARGIN",
     "rows whose margin is at most that lie near the boundary (default: the tenth of\n"
     "all rows with the smallest margins)"},
    {"clusters", 0, "N", "clusters that each class is taken apart into; 1: none (default 2)"},
    {"list", 0, "N", "rows of each list, and pairs of classes (default 10)"},
    {"known", 0, "FILE",
     "numbers of rows whose labels are known to be wrong, one a line from 0 on, to\n"
     "compare the suspects with"},
    {"seed", 0, "S", "of the clusters (default 42)"},
    {"repeat", 0, "R", "STUDY: of a row with several repeats the one to look at, from 1 on (default 1)"},
    {"data", 'd', "DATA", "STUDY: where its data lie now (default where they did)"},
    {"out", 'o', "DIR", "STUDY: folder of the store (default results)"},
    {"part", 'p', "PART", "MODEL: train or test (default test where the data has a test part)"},
    CLI_DATA_OPTIONS,
    {"plots", 0, "DIR",
     "draws pictures into the folder: margins, subsets, and of images those of the\n"
     "lists and of each class's clusters"},
    {"threads", 't', "N", "threads (default all cores)"},
    {"format", 'f', "FORMAT", "text, markdown, csv, json, latex or html (default text)"},
    {"width", 'w', "COLUMNS", "of the text (default the terminal's, else 100)"},
    {0},
};

struct job {
    struct sl_errors_options how;
    uint32_t *known;
    enum sl_output_format format;
    int width, of_model, repeat;
    struct cli_study study;
    struct cli_model_rows rows;
    struct sl_scored_rows scored;
    struct sl_errors *errors;
};

/* Options ------------------------------------------------------------------------------------------ */

static int add_known(struct job *job, const char *file, const char *line, size_t number)
{
    const size_t n = job->how.n_known;
    long row;
    char text[24];
    const size_t length = strcspn(line, "\r\n");
    if (!length)
        return EXIT_DONE;
    snprintf(text, sizeof text, "%.*s", (int)(length < 23 ? length : 23), line);
    if (length >= sizeof text || sl_parse_long(text, &row) || row < 0 || row > UINT32_MAX) {
        cli_line(stderr, "shortlist: %s, line %zu: '%s' is no number of a row", file, number, text);
        return EXIT_ERROR;
    }
    if ((n & (n - 1)) == 0) { /* at powers of two, and 0 */
        uint32_t *grown = realloc(job->known, (n ? 2 * n : 1) * sizeof *grown);
        if (!grown)
            return cli_fail_memory();
        job->known = grown;
    }
    job->known[job->how.n_known++] = (uint32_t)row;
    return EXIT_DONE;
}

static int read_known(struct job *job, const char *file)
{
    struct stat about;
    char *line = NULL;
    size_t room = 0, number = 0;
    int status = EXIT_DONE;
    errno = 0;
    FILE *from = stat(file, &about) == 0 && S_ISREG(about.st_mode) ? fopen(file, "r") : NULL;
    if (!from) {
        cli_line(stderr, "shortlist: %s can not be read%s%s", file, errno ? ": " : ": it is no file",
                 errno ? strerror(errno) : "");
        return EXIT_ERROR;
    }
    while (!status && getline(&line, &room, from) >= 0)
        status = add_known(job, file, line, ++number);
    free(line);
    fclose(from);
    job->how.known = job->known;
    return status;
}

static int read_options(const struct cli_args *args, struct job *job)
{
    const char *near = cli_value(args, "near"), *known = cli_value(args, "known"), *columns;
    long clusters = 2, list = 10, threads = 0, repeat = 1, seed = 42, width = cli_width();
    int status = cli_format(args, &job->format, &columns);
    if (!status && job->format == SL_FORMAT_CV_RESULTS)
        status = cli_usage(args->command, "--format: cv_results is of whole tables, not of an analysis");
    if (!status)
        status = cli_whole(args, "clusters", 1, 20, &clusters);
    if (!status)
        status = cli_whole(args, "list", 1, 100000, &list);
    if (!status)
        status = cli_whole(args, "repeat", 1, 1000000, &repeat);
    if (!status)
        status = cli_whole(args, "threads", 1, 1024, &threads);
    if (!status)
        status = cli_whole(args, "seed", 0, 1L << 62, &seed);
    if (!status)
        status = cli_whole(args, "width", 40, 1000, &width);
    if (!status && near && (sl_parse_real(near, &job->how.near) || !(job->how.near > 0)))
        status = cli_usage(args->command, "--near: '%.40s' is not allowed: it takes a number above 0", near);
    if (!status)
        status = cli_check_part(args);
    if (!status)
        status = cli_read_options(args, &job->rows.read);
    if (!status && known)
        status = read_known(job, known);
    job->how.clusters = (int)clusters;
    job->how.listed = (size_t)list;
    job->how.threads = (int)threads;
    job->how.seed = (uint64_t)seed;
    job->width = (int)width;
    job->repeat = (int)repeat;
    return status;
}

/* Options of the other kind would do nothing. */
static int check_kind(const struct cli_args *args, int of_model)
{
    static const char *const studies[] = {"data", "out", "repeat", NULL};
    static const char *const models[] = {"part",          "label",   "drop",      "columns", "id",
                                         "label-numeric", "header",  "delimiter", "decimal", "labels",
                                         "data-format",   "storage", NULL};
    for (const char *const *name = of_model ? studies : models; *name; name++)
        if (cli_has(args, *name))
            return cli_usage(args->command, "--%s is for %s, and '%.80s' is %s", *name,
                             of_model ? "STUDY" : "MODEL", args->word[0], of_model ? "a file" : "no file");
    return EXIT_DONE;
}

/* Work --------------------------------------------------------------------------------------------- */

static int is_file(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

static int score_study(const struct cli_args *args, struct job *job)
{
    struct sl_error err = {0};
    int status = cli_open_study(args, args->word[0], &job->study);
    if (status)
        return status;
    int code = sl_scored_rows_of_study(job->study.table, args->word[1], job->repeat, cli_out(args), 1,
                                       cli_value(args, "data"), &job->scored, &err);
    return code ? cli_fail(&err) : EXIT_DONE;
}

static int score_model(const struct cli_args *args, struct job *job)
{
    struct sl_error err = {0};
    int code = cli_open_model_rows(args, &job->rows, &err);
    if (code)
        return cli_fail(&err);
    if (!job->rows.truth)
        return cli_usage(args->command,
                         "there is nothing to compare predictions with: the data has no labels");
    code = sl_scored_rows_of_model(job->rows.model, job->rows.data, job->rows.truth, job->how.threads,
                                   &job->scored, &err);
    job->scored.of_test = job->rows.of_test;
    return code ? cli_fail(&err) : EXIT_DONE;
}

static void tell(void *arg, const char *path)
{
    (void)arg;
    cli_line(stderr, "%s", path);
}

static int analyse(const struct cli_args *args, struct job *job)
{
    const char *plots = cli_value(args, "plots");
    struct sl_error err = {0};
    int code = sl_errors_make(&job->scored, &job->how, &job->errors, &err);
    if (!code && job->how.n_known && !job->errors->suspects.why && !job->errors->suspects.known)
        cli_line(stderr, "--known: none of the rows that it names was scored; they count from 0 in the data");
    if (!code)
        code = sl_errors_write(job->errors, job->format, job->width, stdout, &err);
    if (!code && plots)
        code = sl_errors_draw(job->errors, plots, tell, NULL, &err);
    return code ? cli_fail(&err) : EXIT_DONE;
}

static void release(struct job *job)
{
    sl_errors_free(job->errors);
    sl_scored_rows_release(&job->scored);
    cli_close_study(&job->study);
    cli_release_model_rows(&job->rows);
    free(job->known);
}

static int errors(const struct cli_args *args)
{
    struct job job = {.how = SL_ERRORS_OPTIONS, .of_model = is_file(args->word[0])};
    int status = read_options(args, &job);
    if (!status)
        status = check_kind(args, job.of_model);
    if (!status)
        status = job.of_model ? score_model(args, &job) : score_study(args, &job);
    if (!status)
        status = analyse(args, &job);
    release(&job);
    return status;
}

const struct cli_command cli_errors = {
    .name = "errors",
    .summary = "where a row of a study, or a saved model, errs: pairs, margins, subsets, labels",
    .synopsis = "{STUDY ROW | MODEL DATA}",
    .description =
        "Looks at the scored rows of a study's row or, where the first word is a file, at a saved model's\n"
        "predictions of DATA: which classes are confused most; how far right and wrong predictions lie\n"
        "from the boundary (the margin: the largest score less the second); error rates of subsets, with\n"
        "intervals and a test: classes, clusters inside each class, the brightness of images and the size\n"
        "of what they show, values of a table's features; rows that are wrong and sure of it, and those\n"
        "nearest to the boundary; labels that may be wrong (confident learning, from probabilities of fits\n"
        "that did not see the row: with --folds of all training rows); and, of a study, which rows several\n"
        "of its rows get wrong together.  Of several repeats it looks at one (--repeat), and tells how many\n"
        "of its errors the others make, too.  What needs scores, or the data, is left out where they are\n"
        "gone, and named.  CSV has a line for each scored row; JSON holds all numbers.",
    .examples = "  shortlist errors shortlist MLP\n"
                "  shortlist errors folds 'logistic regression' --list 50 --format json\n"
                "  shortlist errors seeds MLP --repeat 2\n"
                "  shortlist errors results/nets/models/cnn.slm fashion-mnist --plots pictures\n"
                "  shortlist errors shortlist k-NN --format csv >rows.csv\n",
    .options = options,
    .least = 2,
    .most = 2,
    .run = errors,
};
