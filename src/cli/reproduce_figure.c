/* reproduce_figure.c - one figure of shortlist reproduce: its picture, table or class report. */
#include "reproduce.h"
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 125 /* of a table on the page */ };

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
    drawing->path = cli_copy(made->path);
    drawing->whole = !made->row;
}

static void draw(struct cli_making *making, const struct sl_figure *figure, struct sl_figure_made *made)
{
    struct sl_error err = {0};
    struct drawing drawing = {0};
    char dir[CLI_REPRODUCE_PATH];
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
        made->missing = cli_copy(err.text);
    if (drawing.path && !made->missing)
        sl_figure_made_add(made, drawing.path + strlen(making->folder) + 1);
    free(drawing.path);
}

/* A table or a class report, as text. */
static void write_text(struct cli_making *making, const struct sl_figure *figure, struct sl_figure_made *made)
{
    struct sl_error err = {0};
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    int code = to ? SL_OK : SL_ENOMEM;
    if (!code)
        code = figure->form == SL_FIGURE_TABLE
                   ? sl_table_write(making->study.table, SL_FORMAT_TEXT, NULL, WIDTH, to, &err)
                   : sl_row_write(making->study.table, figure->row, SL_FORMAT_TEXT, 0, to, &err);
    if (to && fclose(to))
        code = SL_ENOMEM;
    if (!code) {
        made->text = text;
        return;
    }
    free(text);
    made->missing = cli_copy(*err.text ? err.text : "out of memory");
}

/* Of a study that no store holds: the table that is kept of it, or why there is nothing. */
static void write_kept(struct cli_making *making, const struct sl_figure *figure, struct sl_figure_made *made)
{
    char *text = NULL;
    size_t size;
    FILE *to = making->quick || figure->form != SL_FIGURE_TABLE ? NULL : open_memstream(&text, &size);
    int code = to ? sl_figures_kept_table(figure->experiment, to, NULL) : SL_EUSAGE;
    if (to && fclose(to))
        code = SL_ENOMEM;
    if (code) {
        free(text);
        made->missing = cli_copy(making->missing);
        return;
    }
    made->text = text;
    made->from = cli_copy(
        "These numbers are an earlier version's, of which only the table is kept; --full fits it again.");
}

/* Where and when the kept study ran. */
static char *tell_kept(const struct sl_study *study)
{
    char text[160];
    snprintf(text, sizeof text, "Kept with the program; it ran on %.10s.", study->created);
    return cli_copy(text);
}

/* Which published numbers are not within our intervals, and why, where the experiment says so. */
static void compare(struct cli_making *making, struct sl_figure_made *made)
{
    struct sl_error err = {0};
    char *outside = NULL;
    if (sl_figures_outside(making->study.table, &outside, &err))
        cli_miss_text();
    made->outside = outside;
    if (outside && making->why)
        made->why = cli_copy(making->why);
}

void cli_make_figure(struct cli_making *making, const struct sl_figure *figure)
{
    struct sl_figure_made *made = &making->made[making->n++];
    *made = (struct sl_figure_made){.figure = figure};
    if (figure->form == SL_FIGURE_COMMAND) {
        cli_make_by_command(making, figure, made);
        return;
    }
    if (!making->missing && making->store == making->kept)
        made->from = tell_kept(making->study.study);
    if (making->missing)
        write_kept(making, figure, made);
    else if (figure->form == SL_FIGURE_PLOT)
        draw(making, figure, made);
    else
        write_text(making, figure, made);
    if (!making->missing && figure->form == SL_FIGURE_TABLE)
        compare(making, made);
}
