/* plot_critical.c - a critical-difference diagram over several data sets: the mean rank of each row, and a
 * bar over each run of rows no two of which differ.
 *
 * Rows of several studies are the same by their names; those that every study has are ranked in each, ties
 * sharing their ranks.  Pairs are compared by Wilcoxon's signed-rank test on the data sets, exact up to 25
 * differences and else by the normal approximation, with Holm's correction (Demsar 2006; Benavoli et al.
 * 2016), at 5 %.  Below five data sets it is refused: folds of one are not independent, and fewer say
 * nothing.  With five the least p-value is 0.0625, so that all rows are joined. */
#include "core/memory.h"
#include "show/plots/plot.h"
#include "show/plots/rows.h"
#include <math.h>
#include <shortlist/metrics.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_SETS = 5, EXACT = 25, ROWS_MOST = 40, AXIS_WIDTH = 460, PITCH = 24, NAME_WIDTH = 260, BAR = 12 };

struct ranked {
    const char *name;
    double rank;          /* mean over the data sets */
    const double *scores; /* (m) */
};

struct diagram {
    struct sl_picture *picture;
    size_t n, m;         /* rows; data sets */
    struct ranked *rows; /* (n), the best mean rank first */
    double *scores;      /* (n, m), higher is better */
    unsigned char *differ;
};

static const struct sl_table *table_at(const struct diagram *d, size_t i)
{
    return i ? d->picture->request->others[i - 1] : d->picture->table;
}

static double score_of(const struct sl_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->rows[i].row->name, name) == 0)
            return sl_metric_rises(table->metric) ? table->rows[i].score : -table->rows[i].score;
    return NAN;
}

/* Different data alone count. */
static size_t count_data(const struct diagram *d)
{
    size_t different = 0;
    for (size_t i = 0; i < d->m; i++) {
        int is_new = table_at(d, i)->metric == d->picture->table->metric;
        for (size_t j = 0; j < i; j++)
            is_new &= strcmp(table_at(d, i)->study->data_hash, table_at(d, j)->study->data_hash) != 0;
        different += (size_t)is_new;
    }
    return different;
}

static void collect(struct diagram *d)
{
    const struct sl_table *first = d->picture->table;
    for (size_t i = 0; i < first->n && d->n < ROWS_MOST; i++) {
        double *scores = d->scores + d->n * d->m;
        int whole = 1;
        for (size_t t = 0; t < d->m; t++) {
            scores[t] = score_of(table_at(d, t), first->rows[i].row->name);
            whole &= !isnan(scores[t]);
        }
        if (whole)
            d->rows[d->n++] = (struct ranked){.name = first->rows[i].row->name, .scores = scores};
    }
}

static int best_first(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->scores > y->scores) - (x->scores < y->scores); /* as the rows of the first table come */
}

static void rank(struct diagram *d)
{
    for (size_t i = 0; i < d->n; i++)
        for (size_t t = 0; t < d->m; t++) {
            double above = 0, equal = 0;
            for (size_t j = 0; j < d->n; j++) {
                above += d->rows[j].scores[t] > d->rows[i].scores[t];
                equal += d->rows[j].scores[t] == d->rows[i].scores[t];
            }
            d->rows[i].rank += (above + (equal + 1) / 2) / (double)d->m;
        }
    qsort(d->rows, d->n, sizeof *d->rows, best_first);
}

static int by_size(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

/* Share of the 2^n signs whose sum of ranks (doubled, so that shared ranks are whole) is at most `sum`,
 * twice. */
static double exact_p(const unsigned *doubled, size_t n, unsigned sum)
{
    double ways[EXACT * (EXACT + 1) + 1] = {1}, total = 0, below = 0;
    unsigned most = 0;
    for (size_t i = 0; i < n; i++) {
        most += doubled[i];
        for (unsigned s = most; s >= doubled[i]; s--)
            ways[s] += ways[s - doubled[i]];
    }
    for (unsigned s = 0; s <= most; s++) {
        total += ways[s];
        below += s <= sum ? ways[s] : 0;
    }
    return fmin(2 * below / total, 1);
}

/* Of differences (n); zeros are dropped, as Wilcoxon has it.  1 where nothing is left. */
double sl_wilcoxon(double *difference, size_t n)
{
    size_t m = 0;
    double plus = 0, minus = 0, ties = 0;
    unsigned doubled[EXACT];
    for (size_t i = 0; i < n; i++)
        if (difference[i] != 0)
            difference[m++] = difference[i];
    qsort(difference, m, sizeof *difference, by_size);
    for (size_t i = 0, j; i < m; i = j) {
        for (j = i; j < m && fabs(difference[j]) == fabs(difference[i]);)
            j++;
        double shared = (double)(i + 1 + j) / 2, size = (double)(j - i);
        ties += size * size * size - size;
        for (size_t e = i; e < j; e++) {
            *(difference[e] > 0 ? &plus : &minus) += shared;
            if (e < EXACT)
                doubled[e] = (unsigned)lround(2 * shared);
        }
    }
    if (m <= EXACT)
        return m ? exact_p(doubled, m, (unsigned)lround(2 * fmin(plus, minus))) : 1;
    double count = (double)m, mean = count * (count + 1) / 4;
    double variance = count * (count + 1) * (2 * count + 1) / 24 - ties / 48;
    return erfc((mean - fmin(plus, minus)) / sqrt(variance) / sqrt(2));
}

static int compare(struct diagram *d)
{
    size_t n = d->n, pairs = 0;
    double *p = sl_alloc_zero(n * n, sizeof *p), *difference = sl_alloc_zero(d->m, sizeof *difference);
    for (size_t i = 0; i < n && p && difference; i++)
        for (size_t j = i + 1; j < n; j++) {
            for (size_t t = 0; t < d->m; t++)
                difference[t] = d->rows[i].scores[t] - d->rows[j].scores[t];
            p[pairs++] = sl_wilcoxon(difference, d->m);
        }
    int failed = !p || !difference;
    if (!failed) {
        sl_holm(p, pairs);
        pairs = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                d->differ[i * n + j] = p[pairs++] < 0.05;
    }
    free(p);
    free(difference);
    return failed ? -1 : 0;
}

/* Bars beside the names, as they stand under each other: one for each largest run. */
static size_t write_bars(struct diagram *d, double x, double top)
{
    size_t bars = 0, reached = 0;
    for (size_t first = 0; first < d->n; first++) {
        size_t last = first;
        for (int same = 1; same && last + 1 < d->n; last += (size_t)same)
            for (size_t i = first; i <= last && same; i++)
                same = !d->differ[i * d->n + last + 1];
        if (last == first || last <= reached)
            continue;
        sl_figure_box(&d->picture->figure, x + (double)bars * BAR, top + ((double)first + 0.25) * PITCH,
                      x + (double)bars * BAR + 6, top + ((double)last + 0.75) * PITCH, SL_BLUE);
        bars++;
        reached = last;
    }
    return bars;
}

static int draw(struct diagram *d, struct sl_error *err)
{
    struct sl_figure *figure = &d->picture->figure;
    const char *full[ROWS_MOST];
    char *names[ROWS_MOST] = {0}, rest[300];
    double widest = 60;
    for (size_t i = 0; i < d->n; i++)
        full[i] = d->rows[i].name;
    char *start = sl_names_fit(full, d->n, SL_TEXT, NAME_WIDTH, names);
    if (!start)
        return sl_fail_memory(err);
    free(start);
    for (size_t i = 0; i < d->n; i++)
        widest = fmax(widest, sl_text_pixels(names[i], SL_TEXT));
    snprintf(rest, sizeof rest,
             "%zu data sets; by %s; a bar joins rows that can not be told apart (Wilcoxon's signed-rank "
             "test, Holm's correction, 5 %%)%s",
             d->m, sl_measure_types[d->picture->table->metric].name,
             d->m == DATA_SETS ? "; with five no two rows can be" : "");
    double left = widest + SL_MARGIN + 64;
    figure->width = (int)(left + AXIS_WIDTH + 30 + BAR * (double)d->n + SL_MARGIN);
    double top = sl_figure_titles(figure, "Mean ranks", rest, 0) + 24;
    snprintf(figure->alt, sizeof figure->alt, "Mean ranks over %s", rest);
    struct sl_panel panel = {
        .left = left, .top = top, .right = left + AXIS_WIDTH, .bottom = top + PITCH * (double)d->n};
    figure->height = (int)panel.bottom + 56;
    sl_axis_linear(&panel.x, 1, (double)d->n, 1, (double)d->n, AXIS_WIDTH, 1);
    sl_axis_places(&panel.y, d->n, 1);
    panel.x.title = "mean rank (1: the best)";
    sl_figure_panel(figure, &panel);
    fprintf(figure->csv, "place,mean_rank,row\n");
    for (size_t i = 0; i < d->n; i++) {
        double y = top + ((double)i + 0.5) * PITCH;
        sl_figure_text(figure, left - 56, y, SL_RIGHT, SL_TEXT, SL_INK, names[i]);
        sl_figure_textf(figure, left - 12, y, SL_RIGHT, SL_TEXT, SL_GREY, "%.2f", d->rows[i].rank);
        fprintf(figure->csv, "%zu,%.6g,", i, d->rows[i].rank);
        sl_figure_field(figure, d->rows[i].name);
        fputc('\n', figure->csv);
        free(names[i]);
    }
    write_bars(d, panel.right + 24, top);
    sl_figure_plot(figure,
                   "using (%g):1:($2 - %g):(0) with vectors nohead linewidth 1.4 linecolor rgb '#c5ced6'",
                   panel.x.low, panel.x.low);
    sl_figure_plot(figure,
                   "using 2:1 with points pointtype 7 pointsize 1.2 * size linecolor rgb '" SL_BLUE "'");
    sl_figure_panel_end(figure);
    return SL_OK;
}

int sl_plot_critical_difference(struct sl_picture *picture, struct sl_error *err)
{
    struct diagram d = {.picture = picture, .m = picture->request->n_others + 1};
    size_t different = count_data(&d);
    if (different < DATA_SETS || different < d.m) {
        snprintf(picture->reason, sizeof picture->reason,
                 "%zu different data sets judged by one metric were given; it needs %d and more, as folds of "
                 "one are "
                 "not independent",
                 different, DATA_SETS);
        return SL_OK;
    }
    size_t most = picture->table->n < ROWS_MOST ? picture->table->n : ROWS_MOST;
    d.rows = sl_alloc_zero(most, sizeof *d.rows);
    d.scores = sl_alloc_zero(most * d.m, sizeof *d.scores);
    d.differ = sl_alloc_zero(most * most, 1);
    int code = d.rows && d.scores && d.differ ? SL_OK : sl_fail_memory(err);
    if (!code)
        collect(&d);
    if (!code && d.n < 2)
        snprintf(picture->reason, sizeof picture->reason,
                 "fewer than two rows have the same name in all studies");
    if (!code && d.n > 1) {
        rank(&d);
        code = compare(&d) ? sl_fail_memory(err) : sl_picture_begin(picture, 620, 400, err);
        if (!code)
            code = draw(&d, err);
    }
    free(d.rows);
    free(d.scores);
    free(d.differ);
    return code;
}
