/* plot.c - shortlist plot: a study's pictures. */
#include "cli.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {"row", 'r', "ROW", "only this row, for plots that show one row"},
    {"against", 0, "ROW", "the other row, for plots that compare two (default: the best but it)"},
    {"true", 0, "CLASS", "of images only those of this class"},
    {"predicted", 0, "CLASS", "of images only those that are taken for this class"},
    {"data", 0, "DATA", "where the study's data are now, for images and class counts"},
    {"metric", 0, "METRIC", CLI_SHOWN_METRIC_HELP},
    {"out", 'o', "DIR", "folder of the store; pictures go to DIR/STUDY/plots/ (default results)"},
    {0},
};

static int is_kind(const char *word)
{
    const struct sl_plot_kind *kind;
    for (size_t i = 0; (kind = sl_plot_at(i)); i++)
        if (strcmp(kind->name, word) == 0)
            return 1;
    return 0;
}

/* Draws of the first study; the tables of the others stand beside it. */
static int draw(const struct cli_args *args, const struct cli_study *opened, size_t n, const char *kind)
{
    const struct sl_table **others = calloc(n, sizeof *others);
    if (!others)
        return cli_fail_memory();
    for (size_t i = 1; i < n; i++)
        others[i - 1] = opened[i].table;
    struct sl_plot_request request = {.table = opened[0].table,
                                      .others = others,
                                      .n_others = n - 1,
                                      .row = cli_value(args, "row"),
                                      .against = cli_value(args, "against"),
                                      .truth = cli_value(args, "true"),
                                      .predicted = cli_value(args, "predicted"),
                                      .data = cli_value(args, "data"),
                                      .out = cli_out(args)};
    int status = cli_draw(&request, kind, stdout);
    free(others);
    return status;
}

/* One word is a kind, of the study that ran last, or a study; the last one of several is a kind. */
static int plot(const struct cli_args *args)
{
    const char *last = args->n ? args->word[args->n - 1] : NULL;
    const char *kind = last && (args->n > 1 || is_kind(last)) ? last : NULL;
    size_t named = args->n - (kind != NULL), n = named ? named : 1, open = 0;
    struct cli_study *opened = calloc(n, sizeof *opened);
    int status = opened ? 0 : cli_fail_memory();
    for (; open < n && !status; open++)
        status = cli_open_study(args, named ? args->word[open] : NULL, &opened[open]);
    if (!status)
        status = draw(args, opened, n, kind);
    for (size_t i = 0; i < open; i++)
        cli_close_study(&opened[i]);
    free(opened);
    return status;
}

const struct cli_command cli_plot = {
    .name = "plot",
    .summary = "draw a study's plots with gnuplot",
    .synopsis = "[STUDY...] [KIND]",
    .description =
        "Draws a study in the store (without STUDY, the one that ran last) and prints the pictures'\n"
        "paths.  Without KIND, what most people look at first, as far as the study has data for it, and\n"
        "of pictures of one row that of the best.  Several studies are for kinds that compare them.  KIND\n"
        "is one of\n"
        "%\n"
        "Each picture is written as SVG, PNG and PDF, with its data (.csv) and its gnuplot script (.gp)\n"
        "beside it: edit these and run 'gnuplot NAME.gp' there to redraw it.  Where a picture can not\n"
        "be drawn, the others are, and the exit status is 1.",
    .examples = "  shortlist plot\n"
                "  shortlist plot shortlist accuracy-time\n"
                "  shortlist plot shortlist confusion --row 'decision tree'\n"
                "  shortlist plot shortlist confusion-difference --row svm --against knn\n"
                "  shortlist plot shortlist images-wrong --row MLP --true shirt --predicted 'T-shirt/top'\n",
    .options = options,
    .least = 0,
    .most = 100,
    .run = plot,
};
