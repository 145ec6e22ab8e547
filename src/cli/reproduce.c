/* reproduce.c - shortlist reproduce: every table and figure of the published studies, in one folder with an
 * index. */
#include "reproduce.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct cli_option options[] = {
    {"quick", 0, NULL, "fit everything small: fewer rows and epochs, for a first look"},
    {"full", 0, NULL, "fit everything by the published protocols: takes hours"},
    {"threads", 't', "N", "threads of a trial (default: the cores)"},
    {"out", 'o', "DIR", "folder of the store; the page goes to DIR/reproduce (default results)"},
    {"quiet", 'q', NULL, "no progress on stderr"},
    {0},
};

/* "papoutsis-nets", or "papoutsis-nets-quick". */
static int set_name(struct cli_making *making, const char *experiment)
{
    size_t size = strlen(experiment) + sizeof "-quick";
    free(making->name);
    making->name = malloc(size);
    if (!making->name)
        return cli_fail_memory();
    snprintf(making->name, size, "%s%s", experiment, making->quick ? "-quick" : "");
    return EXIT_DONE;
}

/* Of an experiment: does a figure's command look at its models? */
static int wants_models(const char *name)
{
    const struct sl_figure *figure;
    for (size_t i = 0; (figure = sl_figure_at(i)); i++)
        if (strcmp(figure->experiment, name) == 0 && cli_figure_wants_model(figure))
            return 1;
    return 0;
}

/* Fits what the store does not hold of the experiment, or of which a model is wanted and not there. */
static int fit_rows(const struct cli_args *args, const struct sl_experiment *experiment, int saves)
{
    static const struct cli_option save_models = {"save-models", 0, NULL, ""};
    struct cli_searched searched;
    struct cli_args own = *args;
    own.given = calloc(args->n_given + 1, sizeof *own.given);
    if (!own.given)
        return cli_fail_memory();
    if (args->n_given)
        memcpy(own.given, args->given, args->n_given * sizeof *own.given);
    if (saves)
        own.given[own.n_given++] = (struct cli_given){&save_models, ""};
    int status = cli_search(&own, experiment, &searched);
    sl_experiment_free(searched.ran);
    if (!status && searched.summary.interrupted)
        status = cli_run_status(&searched.running, &searched.summary, EXIT_DONE);
    free(own.given);
    return status;
}

/* A seed that is drawn stays what it was, so that what was fitted by it holds. */
static int keep_seed(const struct cli_making *making, struct sl_experiment *experiment)
{
    struct sl_error err = {0}, absent;
    struct sl_study *study;
    char seed[32];
    if (sl_study_load(cli_out(making->args), sl_experiment_name(experiment), &study, &absent))
        return EXIT_DONE;
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)study->seed);
    sl_study_free(study);
    return sl_experiment_set(experiment, "seed", seed, &err) ? cli_fail(&err) : EXIT_DONE;
}

static int fit(const struct cli_making *making, const char *name)
{
    struct sl_experiment *experiment;
    struct sl_error err = {0};
    if (sl_experiment_open(name, &experiment, &err))
        return cli_fail(&err);
    int status = making->quick && sl_experiment_quick(experiment, &err) ? cli_fail(&err) : EXIT_DONE;
    if (!status && !cli_has(making->args, "quiet"))
        cli_line(stderr, "%s", sl_experiment_title(experiment));
    if (!status)
        status = keep_seed(making, experiment);
    if (!status)
        status = fit_rows(making->args, experiment, wants_models(name));
    sl_experiment_free(experiment);
    return status;
}

/* Studies ---------------------------------------------------------------------------------------------*/

static void close_study(struct cli_making *making)
{
    cli_close_study(&making->study);
    free(making->missing);
    free(making->why);
    making->missing = making->why = NULL;
}

/* The experiment's note. */
static int read_note(struct cli_making *making, const char *experiment)
{
    struct sl_experiment *opened;
    struct sl_error err = {0};
    if (sl_experiment_open(experiment, &opened, &err))
        return cli_fail(&err);
    const char *note = sl_experiment_note(opened);
    making->why = note ? cli_copy(note) : NULL;
    sl_experiment_free(opened);
    return EXIT_DONE;
}

/* The study of the experiment, or why it is not there. */
static int open_study(struct cli_making *making, const char *experiment)
{
    struct sl_error err = {0};
    close_study(making);
    int status = set_name(making, experiment);
    if (!status)
        status = read_note(making, experiment);
    if (status)
        return status;
    making->store = cli_out(making->args);
    int code = sl_study_load(making->store, making->name, &making->study.study, &err);
    if (code == SL_EUSAGE && making->kept && !making->quick) {
        code = sl_study_load(making->kept, making->name, &making->study.study, &err);
        if (!code)
            making->store = making->kept;
    }
    if (code == SL_ENOMEM)
        return cli_fail(&err);
    if (code == SL_EUSAGE)
        sl_fail(&err, code, "%s has not been run", making->name);
    if (code || sl_table_make(making->study.study, &making->study.table, &err))
        making->missing = cli_copy(err.text);
    return EXIT_DONE;
}

/* The page --------------------------------------------------------------------------------------------*/

/* So that nobody has to look through the page for it; the page says why. */
static void tell_missing(const struct cli_making *making)
{
    size_t missing = 0;
    for (size_t i = 0; i < making->n; i++)
        missing += making->made[i].missing != NULL;
    if (missing)
        cli_line(stderr, "%zu of %zu tables and figures are not there: the page says why", missing,
                 making->n);
}

static int write_page(const struct cli_making *making)
{
    struct sl_error err = {0};
    char path[CLI_REPRODUCE_PATH];
    snprintf(path, sizeof path, "%s/index.html", making->folder);
    if (sl_figures_save(making->made, making->n, making->quick, path, &err))
        return cli_fail(&err);
    cli_line(stdout, "%s", path);
    tell_missing(making);
    return EXIT_DONE;
}

static int make_folder(struct cli_making *making)
{
    struct sl_error err = {0};
    const char *out = cli_out(making->args);
    if (strlen(out) + sizeof "/reproduce-quick" > sizeof making->folder)
        return cli_usage(making->args->command, "--out: the path is too long");
    snprintf(making->folder, sizeof making->folder, "%s/reproduce%s", out, making->quick ? "-quick" : "");
    if ((mkdir(out, 0777) && errno != EEXIST) || (mkdir(making->folder, 0777) && errno != EEXIST)) {
        sl_fail(&err, SL_EIO, "%s: %s", making->folder, strerror(errno));
        return cli_fail(&err);
    }
    return EXIT_DONE;
}

static void release(struct cli_making *making)
{
    close_study(making);
    free(making->name);
    free(making->kept);
    for (size_t i = 0; i < making->n; i++)
        sl_figure_made_release(&making->made[i]);
    free(making);
}

/* The i-th figure, where it is of the source (NULL: of any); *first: no earlier one is of its experiment. */
static const struct sl_figure *figure_of(size_t i, const char *source, int *first)
{
    const struct sl_figure *figure = sl_figure_at(i);
    *first = 1;
    for (size_t before = 0; before < i; before++)
        if (strcmp(sl_figure_at(before)->experiment, figure->experiment) == 0)
            *first = 0;
    return !source || strcmp(figure->source, source) == 0 ? figure : NULL;
}

/* Before a figure is made, which starts threads: the fits are forked. */
static int fit_all(const struct cli_making *making, const char *source)
{
    int status = EXIT_DONE, first;
    for (size_t i = 0; sl_figure_at(i) && !status; i++) {
        const struct sl_figure *figure = figure_of(i, source, &first);
        if (figure && first)
            status = fit(making, figure->experiment);
    }
    return status;
}

static int make_all(struct cli_making *making, const char *source)
{
    int status = make_folder(making), first;
    if (!status && making->fits)
        status = fit_all(making, source);
    const char *open = "";
    for (size_t i = 0; sl_figure_at(i) && making->n < CLI_FIGURES_MAX && !status; i++) {
        const struct sl_figure *figure = figure_of(i, source, &first);
        if (!figure)
            continue;
        if (strcmp(figure->experiment, open) != 0)
            status = open_study(making, open = figure->experiment);
        if (!status)
            cli_make_figure(making, figure);
    }
    return status ? status : write_page(making);
}

static int reproduce(const struct cli_args *args)
{
    struct sl_error err = {0};
    const char *source = args->n ? args->word[0] : NULL;
    if (source && !sl_source_find(source, &err))
        return cli_reject(args->command, "", &err);
    if (cli_has(args, "quick") && cli_has(args, "full"))
        return cli_usage(args->command, "--quick and --full exclude each other");
    struct cli_making *making = calloc(1, sizeof *making);
    if (!making)
        return cli_fail_memory();
    making->args = args;
    making->quick = cli_has(args, "quick");
    making->fits = making->quick || cli_has(args, "full");
    making->kept = sl_figures_kept();
    int status = make_all(making, source);
    release(making);
    return status;
}

const struct cli_command cli_reproduce = {
    .name = "reproduce",
    .summary = "make the published studies' tables and figures, with an index page",
    .synopsis = "[SOURCE]",
    .description =
        "Makes every table and figure of the published studies, or of one of them, into a folder with an\n"
        "index page: ours beside what was published, each with the commands that make it.  SOURCE is\n"
        "dei-rossi, papoutsis, slides, model-analysis or ghadiyaram.  Without --quick and --full nothing\n"
        "is fitted: the page shows what the store holds, else what is kept with the program, and says\n"
        "what is missing.  Fitting goes on where it was interrupted.  A published number outside our\n"
        "interval is named, with the experiment's note on it.  Embeddings, explanations and robustness are\n"
        "made by commands that look at the models that --quick and --full keep.",
    .examples = "  shortlist reproduce --quick\n"
                "  shortlist reproduce slides --full\n",
    .options = options,
    .least = 0,
    .most = 1,
    .run = reproduce,
};
