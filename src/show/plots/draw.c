/* draw.c - which pictures a request gives, and their drawing: all tables and scripts are written first, then
 * one gnuplot draws them. */
#include "core/file.h"
#include "core/memory.h"
#include "show/plots/kinds.h"
#include "show/plots/sweep.h"
#include "show/report.h"
#include "show/rules.h"
#include <string.h>

enum { STEM = 200 };

struct drawing {
    const struct sl_plot_request *request;
    const struct sl_table *table;
    const struct sl_table_row *row, *against; /* asked for */
    struct sl_error *err;
    size_t n, room; /* pictures that are written */
    char **stems;
    struct sl_plot_made *pictures; /* path: NULL so far; alt: owned */
    size_t kept;                   /* pictures that were drawn before */
    size_t found;                  /* of the kind at work */
    char why[256];                 /* it has none; "" where that is not known */
    size_t failed;                 /* pictures that could not be drawn */
    struct sl_error reason;        /* of the first of them */
};

/* One more picture; 0, or SL_ENOMEM. */
static int add_picture(struct drawing *drawing, const struct sl_plot_kind *kind,
                       const struct sl_picture *picture, const char *stem)
{
    if (drawing->n == drawing->room) {
        size_t room = 2 * drawing->room + 16;
        char **stems = sl_realloc(drawing->stems, room, sizeof *stems);
        drawing->stems = stems ? stems : drawing->stems;
        struct sl_plot_made *pictures = stems ? sl_realloc(drawing->pictures, room, sizeof *pictures) : NULL;
        drawing->pictures = pictures ? pictures : drawing->pictures;
        if (!pictures)
            return sl_fail_memory(drawing->err);
        drawing->room = room;
    }
    char *name = sl_strdup(stem), *alt = sl_strdup(picture->figure.alt);
    if (!name || !alt) {
        free(name);
        free(alt);
        return sl_fail_memory(drawing->err);
    }
    drawing->stems[drawing->n] = name;
    drawing->pictures[drawing->n++] =
        (struct sl_plot_made){.kind = kind, .row = picture->row ? picture->row->row->name : NULL, .alt = alt};
    return SL_OK;
}

/* Of a picture that was drawn before. */
static int tell_made(struct drawing *drawing, const struct sl_plot_kind *kind,
                     const struct sl_picture *picture, const char *stem)
{
    char *path = sl_format("%s/%s", drawing->request->dir, stem);
    if (!path)
        return sl_fail_memory(drawing->err);
    struct sl_plot_made made = {kind, picture->row ? picture->row->row->name : NULL, path,
                                picture->figure.alt};
    if (drawing->request->made)
        drawing->request->made(drawing->request->arg, &made);
    drawing->kept++;
    free(path);
    return SL_OK;
}

static int write_picture(struct drawing *drawing, const struct sl_plot_kind *kind, struct sl_picture *picture,
                         const char *stem)
{
    const char *folder = drawing->request->dir;
    int code = sl_figure_end(&picture->figure) ? sl_fail_memory(drawing->err) : SL_OK, drawn = 0;
    if (!code && drawing->request->keep)
        code = sl_picture_is_drawn(picture, folder, stem, drawing->request->svg_only, &drawn, drawing->err);
    if (drawn)
        return tell_made(drawing, kind, picture, stem);
    if (!code)
        code = sl_folder_make(folder, drawing->err);
    if (!code)
        code = sl_picture_write(picture, folder, stem, drawing->err);
    if (!code)
        code = add_picture(drawing, kind, picture, stem);
    return code;
}

/* A kind that can not be made of what there is leaves the others alone, unless it was asked for by name. */
static int make(struct drawing *drawing, const struct sl_plot_kind *kind, sl_plot_fill fill,
                struct sl_picture *picture, const char *stem)
{
    picture->request = drawing->request;
    picture->table = drawing->table;
    int code = fill(picture, drawing->err);
    if (!code && picture->figure.has_data) {
        drawing->found++;
        code = write_picture(drawing, kind, picture, stem);
    } else if (!code && *picture->reason && !*drawing->why)
        memcpy(drawing->why, picture->reason, sizeof drawing->why);
    sl_figure_release(&picture->figure);
    return code;
}

/* Which pictures ----------------------------------------------------------------------------------- */

/* KIND-ROW, with a number where an earlier row's name gives the same file name. */
static void row_stem(const struct sl_table *table, size_t row, const char *kind, char *stem)
{
    char slug[96], other[96];
    size_t before = 0;
    sl_slug(table->rows[row].row->name, slug, sizeof slug);
    for (size_t i = 0; i < row; i++) {
        sl_slug(table->rows[i].row->name, other, sizeof other);
        before += strcmp(slug, other) == 0;
    }
    if (before)
        snprintf(stem, STEM, "%s-%s-%zu", kind, slug, before + 1);
    else
        snprintf(stem, STEM, "%s-%s", kind, slug);
}

static int make_row(struct drawing *drawing, const struct sl_plot_kind *kind, size_t i,
                    const struct sl_table_row *against)
{
    char stem[STEM];
    struct sl_picture picture = {.row = &drawing->table->rows[i], .against = against};
    row_stem(drawing->table, i, kind->name, stem);
    return make(drawing, kind, sl_plot_filler(kind), &picture, stem);
}

/* Every row, the one asked for, or, where no kind was, the best. */
static int make_rows(struct drawing *drawing, const struct sl_plot_kind *kind)
{
    const struct sl_table *table = drawing->table;
    int best_only = !drawing->request->kind && !drawing->row, code = SL_OK;
    for (size_t i = 0; i < table->n && !code; i++)
        if (drawing->row ? drawing->row == &table->rows[i] : !best_only || i == table->best)
            code = make_row(drawing, kind, i, NULL);
    return code;
}

/* The best two where no others are asked for. */
static int make_pair(struct drawing *drawing, const struct sl_plot_kind *kind)
{
    const struct sl_table *table = drawing->table;
    const struct sl_table_row *first = drawing->row, *second = drawing->against;
    if (!first && table->best < table->n)
        first = &table->rows[table->best];
    for (size_t i = 0; i < table->n && !drawing->against; i++) {
        const struct sl_table_row *row = &table->rows[i];
        if (row == first || !row->n_scores)
            continue;
        if (!second || sl_table_is_better(table, i, (size_t)(second - table->rows)))
            second = row;
    }
    if (!first || !second || first == second)
        return SL_OK;
    return make_row(drawing, kind, (size_t)(first - table->rows), second);
}

/* One picture for each classifier that is swept; its name is in the file's where there are several. */
static int make_sweeps(struct drawing *drawing, const struct sl_plot_kind *kind)
{
    const struct sl_table *table = drawing->table;
    size_t swept = 0;
    int code = SL_OK;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < table->n && !code; i++) {
            const char *classifier = table->rows[i].row->classifier;
            int first = 1;
            for (size_t j = 0; j < i; j++)
                first &= strcmp(table->rows[j].row->classifier, classifier) != 0;
            if (!first || !sl_is_swept(table, classifier))
                continue;
            char stem[STEM] = "sweep", slug[96];
            sl_slug(classifier, slug, sizeof slug);
            if (swept > 1)
                snprintf(stem, sizeof stem, "sweep-%s", slug);
            struct sl_picture picture = {.classifier = classifier};
            if (pass)
                code = make(drawing, kind, sl_plot_filler(kind), &picture, stem);
            else
                swept++;
        }
    return code;
}

static int make_kind(struct drawing *drawing, const struct sl_plot_kind *kind)
{
    sl_plot_fill together = sl_plot_together(kind);
    struct sl_picture picture = {0};
    int code = SL_OK;
    if (sl_plot_filler(kind) == sl_plot_sweep)
        return make_sweeps(drawing, kind);
    if (kind->per == SL_PLOT_PER_PAIR)
        return make_pair(drawing, kind);
    if (kind->per != SL_PLOT_PER_ROW)
        return make(drawing, kind, sl_plot_filler(kind), &picture, kind->name);
    if (together && !drawing->row)
        code = make(drawing, kind, together, &picture, kind->name);
    if (together && !drawing->request->kind && drawing->found) /* it shows the best row, too */
        return code;
    return code || drawing->request->together ? code : make_rows(drawing, kind);
}

/* Drawing ------------------------------------------------------------------------------------------ */

static int picture_done(void *arg, size_t i, const struct sl_error *reason)
{
    struct drawing *drawing = arg;
    struct sl_plot_made *made = &drawing->pictures[i];
    if (reason) {
        if (!drawing->failed++)
            drawing->reason = *reason;
        return SL_OK;
    }
    char *path = sl_format("%s/%s", drawing->request->dir, drawing->stems[i]);
    if (!path)
        return sl_fail_memory(drawing->err);
    made->path = path;
    if (drawing->request->made)
        drawing->request->made(drawing->request->arg, made);
    made->path = NULL;
    free(path);
    return SL_OK;
}

/* What is said at the end of the pictures that could not be drawn. */
static int fail_drawing(const struct drawing *drawing, int missing)
{
    size_t more = drawing->failed - 1;
    if (missing)
        return sl_fail(
            drawing->err, SL_EIO,
            "gnuplot is not installed (Debian: apt install gnuplot-nox): %zu picture%s not drawn; data "
            "and scripts are in %s",
            drawing->failed, more ? "s are" : " is", drawing->request->dir);
    if (!more)
        return sl_fail(drawing->err, drawing->reason.code, "%s", drawing->reason.text);
    return sl_fail(drawing->err, drawing->reason.code, "%s; %zu more picture%s not drawn",
                   drawing->reason.text, more, more > 1 ? "s are" : " is");
}

static int draw(struct drawing *drawing)
{
    struct sl_gnuplot gnuplot = {.folder = drawing->request->dir,
                                 .stems = drawing->stems,
                                 .n = drawing->n,
                                 .svg_only = drawing->request->svg_only,
                                 .done = picture_done,
                                 .arg = drawing};
    sl_file_clean(drawing->request->dir, ".csv");
    sl_file_clean(drawing->request->dir, ".gp");
    int code = sl_gnuplot_draw(&gnuplot, drawing->err);
    return code || !drawing->failed ? code : fail_drawing(drawing, gnuplot.missing);
}

static int find_row(const struct sl_table *table, const char *name, const struct sl_table_row **row,
                    struct sl_error *err)
{
    *row = name ? sl_table_find(table, name, err) : NULL;
    return name && !*row ? SL_EUSAGE : SL_OK;
}

static int make_all(struct drawing *drawing)
{
    const struct sl_plot_request *request = drawing->request;
    const char *row = request->row;
    int code = SL_OK;
    for (size_t i = 0; i < sl_plot_count() && !code; i++) {
        const struct sl_plot_kind *kind = sl_plot_at(i);
        if (request->kind ? kind != request->kind
                          : !kind->by_default || (row && kind->per != SL_PLOT_PER_ROW))
            continue;
        drawing->found = 0;
        *drawing->why = 0;
        code = make_kind(drawing, kind);
        if (!code && request->kind && !drawing->found)
            code = sl_fail(drawing->err, SL_EUSAGE, "study %s%s%.80s has no data for the plot %s: %s%s",
                           drawing->table->study->name, row ? ", row " : "", row ? row : "", kind->name,
                           *drawing->why ? drawing->why : "it needs ", *drawing->why ? "" : kind->needs);
    }
    if (!code && !drawing->n && !drawing->kept)
        code = sl_fail(drawing->err, SL_EUSAGE,
                       "study %s has nothing to draw: none of its rows ended well and was scored",
                       drawing->table->study->name);
    return code;
}

int sl_plot_draw(const struct sl_plot_request *request, struct sl_error *err)
{
    struct drawing drawing = {.request = request, .table = request->table, .err = err};
    const struct sl_plot_kind *kind = request->kind;
    int code = find_row(request->table, request->row, &drawing.row, err);
    if (!code)
        code = find_row(request->table, request->against, &drawing.against, err);
    if (!code && drawing.row && kind && kind->per != SL_PLOT_PER_ROW && kind->per != SL_PLOT_PER_PAIR)
        code = sl_fail(err, SL_EUSAGE, "the plot %s shows all rows: leave out the row", kind->name);
    if (!code)
        code = make_all(&drawing);
    if (!code)
        code = draw(&drawing);
    for (size_t i = 0; i < drawing.n; i++) {
        free(drawing.stems[i]);
        free((char *)drawing.pictures[i].alt);
    }
    free(drawing.stems);
    free(drawing.pictures);
    return code;
}
