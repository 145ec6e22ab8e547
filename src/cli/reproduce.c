/* reproduce.c - shortlist reproduce: every table and figure of the published studies, in one folder with an
 * index. */
#include "cli.h"
#include <errno.h>
#include <shortlist/figures.h>
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

enum { FIGURES_MAX = 200, PATH_SIZE = 600 };

struct making {
    const struct cli_args *args;
    int quick;
    char folder[PATH_SIZE / 2]; /* of the page */
    size_t n;
    struct sl_figure_made made[FIGURES_MAX];
    struct cli_study study; /* of the figure at work */
    char *kept;             /* folder of the results that are kept with the program, or NULL; owned */
    const char *store;      /* the one that the study is from */
    char *name;             /* its name, owned */
    char *missing;          /* why it is not there, owned; NULL: it is */
};

static char *copy(const char *text)
{
    char *fresh = strdup(text);
    if (!fresh)
        cli_miss_text();
    return fresh;
}

/* "papoutsis-nets", or "papoutsis-nets-quick". */
static int set_name(struct making *making, const char *experiment)
{
    size_t size = strlen(experiment) + sizeof "-quick";
    free(making->name);
    making->name = malloc(size);
    if (!making->name)
        return cli_fail_memory();
    snprintf(making->name, size, "%s%s", experiment, making->quick ? "-quick" : "");
    return EXIT_DONE;
}

/* Fits what the store does not hold of an experiment. */
static int fit(struct making *making, const char *name)
{
    struct sl_experiment *experiment;
    struct sl_error err = {0};
    if (sl_experiment_open(name, &experiment, &err))
        return cli_fail(&err);
    int status = making->quick && sl_experiment_quick(experiment, &err) ? cli_fail(&err) : EXIT_DONE;
    if (!status) {
        struct cli_searched searched;
        if (!cli_has(making->args, "quiet"))
            cli_line(stderr, "%s", sl_experiment_title(experiment));
        status = cli_search(making->args, experiment, &searched);
        sl_experiment_free(searched.ran);
        if (!status && searched.summary.interrupted)
            status = cli_run_status(&searched.running, &searched.summary, EXIT_DONE);
    }
    sl_experiment_free(experiment);
    return status;
}

static void close_study(struct making *making)
{
    cli_close_study(&making->study);
    free(making->missing);
    making->missing = NULL;
}

/* The study of the experiment, fitted before where that is asked for, or why it is not there. */
static int open_study(struct making *making, const char *experiment)
{
    struct sl_error err = {0};
    close_study(making);
    int status = set_name(making, experiment);
    if (!status && (cli_has(making->args, "full") || making->quick))
        status = fit(making, experiment);
    if (status)
        return status;
    making->store = cli_out(making->args);
    int code = sl_study_load(making->store, making->name, &making->study.study, &err);
    struct sl_error unread;
    if (code == SL_EUSAGE && making->kept && !making->quick &&
        !sl_study_load(making->kept, making->name, &making->study.study, &unread)) {
        making->store = making->kept;
        code = SL_OK;
    }
    if (code || sl_table_make(making->study.study, &making->study.table, &err))
        making->missing = copy(err.text);
    return EXIT_DONE;
}

/* What is drawn or written ----------------------------------------------------------------------------*/

struct drawing {
    char *path; /* owned */
    int whole;  /* it is of the whole study */
};

/* Of several pictures that of the whole study is shown, else the first. */
static void keep_path(void *arg, const struct sl_plot_made *made)
{
    struct drawing *drawing = arg;
    if (drawing->path && (drawing->whole || made->row))
        return;
    free(drawing->path);
    drawing->path = copy(made->path);
    drawing->whole = !made->row;
}

static void draw(struct making *making, const struct sl_figure *figure, struct sl_figure_made *made)
{
    struct sl_error err = {0};
    struct drawing drawing = {0};
    char dir[PATH_SIZE];
    snprintf(dir, sizeof dir, "%s/%s-%s", making->folder, figure->source, figure->id);
    struct sl_plot_request request = {.table = making->study.table,
                                      .kind = sl_plot_find(figure->kind, &err),
                                      .row = figure->row,
                                      .truth = figure->truth,
                                      .out = making->store,
                                      .dir = dir,
                                      .made = keep_path,
                                      .arg = &drawing};
    if (!request.kind || sl_plot_draw(&request, &err))
        made->missing = copy(err.text);
    if (drawing.path && !made->missing)
        made->path = copy(drawing.path + strlen(making->folder) + 1);
    free(drawing.path);
}

static int write_errors(struct making *making, const char *row, FILE *to, struct sl_error *err)
{
    const struct sl_errors_options how = SL_ERRORS_OPTIONS;
    struct sl_scored_rows scored;
    struct sl_errors *errors = NULL;
    int code =
        sl_scored_rows_of_study(making->study.table, row, cli_out(making->args), 1, NULL, &scored, err);
    if (code)
        return code;
    code = sl_errors_make(&scored, &how, &errors, err);
    if (!code)
        code = sl_errors_write(errors, SL_FORMAT_TEXT, 0, to, err);
    sl_errors_free(errors);
    sl_scored_rows_release(&scored);
    return code;
}

/* A table, a class report or an analysis of errors, as text. */
static void write_text(struct making *making, const struct sl_figure *figure, struct sl_figure_made *made)
{
    struct sl_error err = {0};
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    int code = to ? SL_OK : SL_ENOMEM;
    if (!code)
        code = figure->form == SL_FIGURE_TABLE
                   ? sl_table_write(making->study.table, SL_FORMAT_TEXT, NULL, 0, to, &err)
               : figure->form == SL_FIGURE_ERRORS
                   ? write_errors(making, figure->row, to, &err)
                   : sl_row_write(making->study.table, figure->row, SL_FORMAT_TEXT, 0, to, &err);
    if (to && fclose(to))
        code = SL_ENOMEM;
    if (!code) {
        made->text = text;
        return;
    }
    free(text);
    made->missing = copy(*err.text ? err.text : "out of memory");
}

/* Of a study that no store holds: the table that is kept of it, or why there is nothing. */
static void write_kept(struct making *making, const struct sl_figure *figure, struct sl_figure_made *made)
{
    char *text = NULL;
    size_t size;
    FILE *to = making->quick || figure->form != SL_FIGURE_TABLE ? NULL : open_memstream(&text, &size);
    int code = to ? sl_figures_kept_table(figure->experiment, to, NULL) : SL_EUSAGE;
    if (to && fclose(to))
        code = SL_ENOMEM;
    if (code) {
        free(text);
        made->missing = copy(making->missing);
        return;
    }
    made->text = text;
    made->from = copy(
        "These numbers are an earlier version's, of which only the table is kept; --full fits it again.");
}

/* Where and when the kept study ran. */
static const char *tell_kept(const struct sl_study *study)
{
    char text[160];
    snprintf(text, sizeof text, "Kept with the program; it ran on %.10s.", study->created);
    return copy(text);
}

static void make(struct making *making, const struct sl_figure *figure)
{
    struct sl_figure_made *made = &making->made[making->n++];
    *made = (struct sl_figure_made){.figure = figure};
    if (!making->missing && making->store == making->kept)
        made->from = tell_kept(making->study.study);
    if (making->missing)
        write_kept(making, figure, made);
    else if (figure->form == SL_FIGURE_PLOT)
        draw(making, figure, made);
    else if (figure->form == SL_FIGURE_COMMAND)
        made->missing = copy("made by commands of its own");
    else
        write_text(making, figure, made);
}

/* The page --------------------------------------------------------------------------------------------*/

static int write_page(const struct making *making)
{
    struct sl_error err = {0};
    char path[PATH_SIZE], part[PATH_SIZE];
    snprintf(path, sizeof path, "%s/index.html", making->folder);
    snprintf(part, sizeof part, "%s/index.html.part", making->folder);
    FILE *to = fopen(part, "w");
    if (!to) {
        sl_fail(&err, SL_EIO, "%s: %s", part, strerror(errno));
        return cli_fail(&err);
    }
    int code = sl_figures_write(making->made, making->n, making->quick, to, &err);
    if (fclose(to) && !code)
        code = sl_fail(&err, SL_EIO, "%s: %s", part, strerror(errno));
    if (!code && rename(part, path))
        code = sl_fail(&err, SL_EIO, "%s: %s", path, strerror(errno));
    if (code) {
        remove(part);
        return cli_fail(&err);
    }
    cli_line(stdout, "%s", path);
    return EXIT_DONE;
}

static int make_folder(struct making *making)
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

static void release(struct making *making)
{
    close_study(making);
    free(making->name);
    free(making->kept);
    for (size_t i = 0; i < making->n; i++) {
        free((char *)making->made[i].path);
        free((char *)making->made[i].text);
        free((char *)making->made[i].missing);
        free((char *)making->made[i].from);
    }
    free(making);
}

static int make_all(struct making *making, const char *source)
{
    const struct sl_figure *figure, *before = NULL;
    int status = make_folder(making);
    for (size_t i = 0; (figure = sl_figure_at(i)) && making->n < FIGURES_MAX && !status; i++) {
        if (source && strcmp(figure->source, source) != 0)
            continue;
        if (!before || strcmp(before->experiment, figure->experiment) != 0)
            status = open_study(making, figure->experiment);
        before = figure;
        if (!status)
            make(making, figure);
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
    struct making *making = calloc(1, sizeof *making);
    if (!making)
        return cli_fail_memory();
    making->args = args;
    making->quick = cli_has(args, "quick");
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
        "what is missing.  Fitting goes on where it was interrupted.",
    .examples = "  shortlist reproduce --quick\n"
                "  shortlist reproduce slides --full\n",
    .options = options,
    .least = 0,
    .most = 1,
    .run = reproduce,
};
