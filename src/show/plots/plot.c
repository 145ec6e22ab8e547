/* plot.c - the kinds of plots, and which pictures of a kind a study gives.
 * Adding a kind: a function that writes its data and settings, a template in plots/, a line in `kinds`. */
#include "show/plots/plot.h"
#include "core/file.h"
#include "core/memory.h"
#include "core/names.h"
#include "show/plots/sweep.h"
#include "show/report.h"
#include <string.h>

enum { MANY_ROWS = 12, STEM = 200 };

static const struct sl_plot_kind kinds[] = {
    {"accuracy-time", "Accuracy against fit time", 0},
    {"sweep", "Accuracy against a swept hyperparameter", 0},
    {"curves", "Learning curves", 1},
    {"confusion", "Confusion matrix", 1},
};

static const struct {
    int (*fill)(struct sl_picture *picture, struct sl_error *err);
    const char *needs;
    int (*together)(struct sl_picture *picture,
                    struct sl_error *err); /* kinds of one row: NULL, or all rows in
                                              one picture, drawn by KIND-together.gp */
} makers[] = {
    {sl_plot_accuracy_time, "rows that ended well", NULL},
    {sl_plot_sweep, "a classifier with rows that differ in a hyperparameter, as 'shortlist sweep' makes them",
     NULL},
    {sl_plot_curves, "rows of classifiers that report epochs", sl_plot_curves_together},
    {sl_plot_confusion, "rows that ended well", NULL},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

size_t sl_plot_count(void)
{
    return N_KINDS;
}

const struct sl_plot_kind *sl_plot_at(size_t i)
{
    return i < N_KINDS ? &kinds[i] : NULL;
}

const struct sl_plot_kind *sl_plot_find(const char *name, struct sl_error *err)
{
    const char *names[N_KINDS];
    for (size_t i = 0; i < N_KINDS; i++) {
        names[i] = kinds[i].name;
        if (strcmp(names[i], name) == 0)
            return &kinds[i];
    }
    sl_fail_unknown(err, "plot", name, names, N_KINDS);
    return NULL;
}

/* Drawing ------------------------------------------------------------------------------------------ */

struct drawing {
    const struct sl_table *table;
    const char *folder;
    void (*made)(void *arg, const char *path);
    void *arg;
    struct sl_error *err;
    struct sl_gnuplot gnuplot;
    size_t found;           /* pictures of the kind at work that the study has data for */
    size_t failed;          /* pictures that could not be drawn, of all kinds */
    struct sl_error reason; /* of the first of them */
};

static int report(struct drawing *drawing, const char *stem)
{
    static const char *const endings[] = {"svg", "png"};
    for (int i = 0; i < 2 && drawing->made; i++) {
        char *path = sl_format("%s/%s.%s", drawing->folder, stem, endings[i]);
        if (!path)
            return sl_fail_memory(drawing->err);
        drawing->made(drawing->arg, path);
        free(path);
    }
    return SL_OK;
}

/* Writes data and script, and draws.  A picture that fails leaves the others alone: only want of memory and
 * an interruption end the drawing. */
static int make_picture(struct drawing *drawing, const struct sl_picture *picture, const char *template,
                        const char *stem)
{
    struct sl_error reason = {0};
    int code = sl_picture_write(picture, template, drawing->folder, stem, &reason);
    if (!code)
        code = sl_picture_draw(&drawing->gnuplot, drawing->folder, stem, &reason);
    if (!code)
        return report(drawing, stem);
    if (code == SL_ENOMEM || code == SL_ECANCELLED)
        return sl_fail(drawing->err, code, "%s", reason.text);
    if (!drawing->failed++)
        drawing->reason = reason;
    return SL_OK;
}

static int draw(struct drawing *drawing, struct sl_picture *picture, const char *template, const char *stem,
                int (*fill)(struct sl_picture *picture, struct sl_error *err))
{
    int code = fill(picture, drawing->err);
    if (!code && picture->has_data && (picture->settings.failed || picture->data.failed))
        code = sl_fail_memory(drawing->err);
    if (!code && picture->has_data) {
        code = sl_folder_make(drawing->folder, drawing->err);
        sl_file_clean(drawing->folder, ".dat");
        sl_file_clean(drawing->folder, ".gp");
        if (!code)
            code = make_picture(drawing, picture, template, stem);
        drawing->found++;
    }
    sl_string_release(&picture->settings);
    sl_string_release(&picture->data);
    return code;
}

/* What is said at the end of the pictures that could not be drawn. */
static int fail_drawing(const struct drawing *drawing)
{
    size_t more = drawing->failed - 1;
    if (drawing->gnuplot.missing)
        return sl_fail(
            drawing->err, SL_EIO,
            "gnuplot is not installed (Debian: apt install gnuplot-nox): %zu picture%s not drawn; data "
            "and scripts are in %s",
            drawing->failed, more ? "s are" : " is", drawing->folder);
    if (!more)
        return sl_fail(drawing->err, drawing->reason.code, "%s", drawing->reason.text);
    return sl_fail(drawing->err, drawing->reason.code, "%s; %zu more picture%s not drawn",
                   drawing->reason.text, more, more > 1 ? "s are" : " is");
}

static int draw_one(struct drawing *drawing, size_t kind, const char *stem, const struct sl_table_row *row,
                    const char *classifier)
{
    struct sl_picture picture = {
        .table = drawing->table, .row = row, .classifier = classifier, .width = 900, .height = 600};
    return draw(drawing, &picture, kinds[kind].name, stem, makers[kind].fill);
}

static int draw_together(struct drawing *drawing, size_t kind)
{
    struct sl_picture picture = {.table = drawing->table};
    char template[64];
    snprintf(template, sizeof template, "%s-together", kinds[kind].name);
    return draw(drawing, &picture, template, kinds[kind].name, makers[kind].together);
}

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

static int draw_rows(struct drawing *drawing, size_t kind, const struct sl_table_row *only, int few)
{
    const struct sl_table *table = drawing->table;
    int code = SL_OK;
    for (size_t i = 0; i < table->n && !code; i++) {
        char stem[STEM];
        if ((only && only != &table->rows[i]) || (few && !only && table->n > MANY_ROWS && i != table->best))
            continue;
        row_stem(table, i, kinds[kind].name, stem);
        code = draw_one(drawing, kind, stem, &table->rows[i], NULL);
    }
    return code;
}

/* One picture for each classifier that is swept; its name is in the file's where there are several. */
static int draw_sweeps(struct drawing *drawing, size_t kind)
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
            if (pass)
                code = draw_one(drawing, kind, stem, NULL, classifier);
            else
                swept++;
        }
    return code;
}

static int draw_kind(struct drawing *drawing, size_t kind, const struct sl_table_row *row, int few)
{
    if (kinds[kind].per_row) {
        int code = makers[kind].together && !row ? draw_together(drawing, kind) : SL_OK;
        return code ? code : draw_rows(drawing, kind, row, few);
    }
    if (makers[kind].fill == sl_plot_sweep)
        return draw_sweeps(drawing, kind);
    return draw_one(drawing, kind, kinds[kind].name, NULL, NULL);
}

int sl_plot_draw(const struct sl_table *table, const struct sl_plot_kind *kind, const char *row,
                 const char *dir, void (*made)(void *arg, const char *path), void *arg, struct sl_error *err)
{
    struct drawing drawing = {.table = table, .folder = dir, .made = made, .arg = arg, .err = err};
    const struct sl_table_row *found = row ? sl_table_find(table, row, err) : NULL;
    size_t total = 0;
    int code = SL_OK;
    if (row && !found)
        return SL_EUSAGE;
    if (sl_gnuplot_begin(&drawing.gnuplot, err))
        return SL_EUSAGE;
    if (row && kind && !kind->per_row)
        return sl_fail(err, SL_EUSAGE, "the plot %s shows all rows: leave out the row", kind->name);
    for (size_t i = 0; i < N_KINDS && !code; i++) {
        if ((kind && kind != &kinds[i]) || (row && !kinds[i].per_row))
            continue;
        drawing.found = 0;
        code = draw_kind(&drawing, i, found, kind == NULL);
        total += drawing.found;
        if (!code && kind && !drawing.found)
            code = sl_fail(err, SL_EUSAGE, "study %s%s%.80s has no data for the plot %s: it needs %s",
                           table->study->name, row ? ", row " : "", row ? row : "", kinds[i].name,
                           makers[i].needs);
    }
    if (!code && !total)
        code = sl_fail(err, SL_EUSAGE,
                       "study %s has nothing to draw: none of its rows ended well and was scored",
                       table->study->name);
    return code || !drawing.failed ? code : fail_drawing(&drawing);
}
