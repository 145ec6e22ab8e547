/* plot.c - shortlist plot: a study's pictures. */
#include "cli.h"
#include <string.h>

static const struct cli_option options[] = {
    {"row", 'r', "ROW", "only this row, for plots that show one row"},
    {"metric", 0, "METRIC", CLI_SHOWN_METRIC_HELP},
    {"out", 'o', "DIR", "folder of the store; pictures go to DIR/STUDY/plots/ (default results)"},
    {0},
};

static int is_kind(const char *word)
{
    for (size_t i = 0; i < sl_plot_count(); i++)
        if (strcmp(sl_plot_at(i)->name, word) == 0)
            return 1;
    return 0;
}

static int plot(const struct cli_args *args)
{
    struct cli_study opened;
    const char *study = args->n ? args->word[0] : NULL, *kind = args->n > 1 ? args->word[1] : NULL;
    if (args->n == 1 && is_kind(study)) { /* `shortlist plot confusion`: of the last study */
        kind = study;
        study = NULL;
    }
    int status = cli_open_study(args, study, &opened);
    if (status)
        return status;
    status = cli_draw(opened.table, kind, cli_value(args, "row"), cli_out(args), stdout);
    cli_close_study(&opened);
    return status;
}

const struct cli_command cli_plot = {
    .name = "plot",
    .summary = "draw a study's plots with gnuplot",
    .synopsis = "[STUDY] [KIND]",
    .description =
        "Draws a study in the store (without STUDY, the one that ran last) and prints the pictures'\n"
        "paths.  Without KIND, every plot that the study has data for.  KIND is one of\n"
        "  accuracy-time  accuracy, or the metric, with its interval against fit time\n"
        "  sweep          accuracy, or the metric, against a swept hyperparameter\n"
        "  curves         learning curves by epoch: one picture a row, and one of all\n"
        "  confusion      confusion matrix, one picture a row\n"
        "Each picture is written as SVG and PNG, with its data (.dat) and its gnuplot script (.gp)\n"
        "beside it: edit these and run 'gnuplot NAME.gp' there to redraw it.  Where a picture can not\n"
        "be drawn, the others are, and the exit status is 1.",
    .examples = "  shortlist plot\n"
                "  shortlist plot shortlist accuracy-time\n"
                "  shortlist plot shortlist confusion --row 'decision tree'\n",
    .options = options,
    .least = 0,
    .most = 2,
    .run = plot,
};
