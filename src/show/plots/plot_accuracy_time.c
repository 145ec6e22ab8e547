/* plot_accuracy_time.c - accuracy, or the table's metric, with its interval against fit time, on a
 * logarithmic axis, and the front of the rows that no other row beats in both.
 *
 * Where a fit was timed several times, a bar goes from the fastest run to the slowest.
 * Axes are chosen here, so that labels can be placed in pixels.  A row far below all others (a majority
 * class among trained classifiers) does not flatten the rest: it is marked at the axis with its accuracy. */
#include "core/memory.h"
#include "core/text.h"
#include "show/numbers.h"
#include "show/plots/plot.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double shortest = 1e-6; /* seconds: no clock here is finer, and 0 has no logarithm */
enum { LEFT = 82, RIGHT = 28, TOP = 84, BOTTOM = 66, LABELS_MOST = 40, NAME_MOST = 48 /* characters */ };

struct point {
    const struct sl_table_row *row;
    double time, score;           /* as drawn */
    double time_least, time_most; /* of the timing runs; NaN: one run only */
    int best, front, below;
};

struct axes {
    double x_low, x_high, y_low, y_high; /* x: log10 of seconds */
    double width, height;                /* pixels inside the frame */
};

static double low_of(const struct sl_table_row *row)
{
    return isnan(row->score_low) ? row->score : row->score_low;
}

static double high_of(const struct sl_table_row *row)
{
    return isnan(row->score_high) ? row->score : row->score_high;
}

static int by_score(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    return (x->score < y->score) - (x->score > y->score);
}

static double at_least_shortest(double seconds)
{
    return isnan(seconds) ? NAN : fmax(seconds, shortest);
}

static size_t collect(const struct sl_table *table, struct point *points)
{
    size_t n = 0;
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_table_row *row = &table->rows[i];
        if (isnan(row->score) || isnan(row->fit_time))
            continue;
        points[n++] = (struct point){.row = row,
                                     .time = fmax(row->fit_time, shortest),
                                     .score = row->score,
                                     .time_least = at_least_shortest(row->fit_time_min),
                                     .time_most = at_least_shortest(row->fit_time_max),
                                     .best = i == table->best};
    }
    qsort(points, n, sizeof *points, by_score);
    for (size_t i = 0; i < n / 2 && !sl_metric_rises(table->metric); i++) {
        struct point point = points[i];
        points[i] = points[n - 1 - i];
        points[n - 1 - i] = point;
    }
    return n;
}

/* From the best down, a point is on the front if it is faster than all before it. */
static void mark_front(struct point *points, size_t n)
{
    double fastest = INFINITY;
    for (size_t i = 0; i < n; i++)
        if (points[i].time < fastest) {
            points[i].front = 1;
            fastest = points[i].time;
        }
}

/* Points sorted by a metric that rises, the best first: a gap of over 0.1 and over twice the spread of at
 * least three points above it leaves the points under it below the axis. */
static void mark_below(struct point *points, size_t n)
{
    for (size_t i = 3; i < n; i++) {
        double spread = points[0].score - points[i - 1].score;
        double step = points[i - 1].score - points[i].score;
        if (step < 0.1 || step < 2 * spread)
            continue;
        for (size_t j = i; j < n; j++)
            points[j].below = 1;
        return;
    }
}

static void choose_axes(const struct sl_picture *picture, const struct point *points, size_t n,
                        struct axes *axes)
{
    *axes = (struct axes){INFINITY,
                          -INFINITY,
                          INFINITY,
                          -INFINITY,
                          picture->width - LEFT - RIGHT,
                          picture->height - TOP - BOTTOM};
    for (size_t i = 0; i < n; i++) {
        axes->x_low = fmin(axes->x_low, log10(fmin(points[i].time, points[i].time_least))); /* not NaN's */
        axes->x_high = fmax(axes->x_high, log10(fmax(points[i].time, points[i].time_most)));
        if (points[i].below)
            continue;
        axes->y_low = fmin(axes->y_low, low_of(points[i].row));
        axes->y_high = fmax(axes->y_high, high_of(points[i].row));
    }
    double x_pad = fmax(0.08 * (axes->x_high - axes->x_low), 0.15);
    double y_pad = fmax(0.06 * (axes->y_high - axes->y_low), 0.004);
    axes->x_low -= x_pad;
    axes->x_high += x_pad;
    const enum sl_measure_unit unit = sl_measure_types[picture->table->metric].unit;
    axes->y_high = unit == SL_MEASURED_LOSS ? axes->y_high + y_pad : fmin(axes->y_high + y_pad, 1.005);
    axes->y_low = points[n - 1].below               ? axes->y_low - 4 * y_pad
                  : unit == SL_MEASURED_COEFFICIENT ? axes->y_low - y_pad
                                                    : fmax(axes->y_low - y_pad, -0.005);
}

static double to_x(const struct axes *axes, double seconds)
{
    return (log10(seconds) - axes->x_low) / (axes->x_high - axes->x_low) * axes->width;
}

static double to_y(const struct axes *axes, double score)
{
    return (score - axes->y_low) / (axes->y_high - axes->y_low) * axes->height;
}

static double drawn_score(const struct axes *axes, const struct point *point)
{
    double bottom = axes->y_low + 0.03 * (axes->y_high - axes->y_low);
    return point->below ? bottom : point->score;
}

/* The front's steps as thin boxes: two for each pair of neighbours.  boxes has room for 2 n. */
static size_t front_boxes(const struct axes *axes, const struct point *points, size_t n, struct sl_box *boxes)
{
    size_t m = 0;
    const struct point *last = NULL;
    for (size_t i = n; i-- > 0;) {
        const struct point *p = &points[i];
        if (!p->front || p->below)
            continue;
        if (last) {
            double x0 = to_x(axes, last->time), x1 = to_x(axes, p->time);
            double y0 = to_y(axes, last->score), y1 = to_y(axes, p->score);
            boxes[m++] = (struct sl_box){x0, y0 - 3, x1, y0 + 3};
            boxes[m++] = (struct sl_box){x1 - 3, y0, x1 + 3, y1};
        }
        last = p;
    }
    return m;
}

/* The bars of the timing runs.  boxes has room for n. */
static size_t run_boxes(const struct axes *axes, const struct point *points, size_t n, struct sl_box *boxes)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        const struct point *p = &points[i];
        double y = to_y(axes, p->score);
        if (!p->below && !isnan(p->time_least))
            boxes[m++] = (struct sl_box){to_x(axes, p->time_least), y - 3, to_x(axes, p->time_most), y + 3};
    }
    return m;
}

/* Rows of one classifier are told apart by what follows its name. */
static const char *short_name(const struct sl_table *table, const struct sl_table_row *row)
{
    const char *classifier = row->row->classifier, *name = row->row->name;
    size_t n = strlen(classifier);
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->rows[i].row->classifier, classifier) != 0)
            return name;
    if (table->n < 2 || strncmp(name, classifier, n) != 0 || (name[n] && name[n] != ' '))
        return name;
    return name[n] ? name + n + 1 : "defaults";
}

static void make_labels(const struct sl_table *table, const struct axes *axes, const struct point *points,
                        size_t n, struct sl_label *labels, char (*texts)[300], struct sl_box *boxes)
{
    for (size_t i = 0; i < n; i++) {
        const struct point *p = &points[i];
        char *name = sl_picture_shortened(short_name(table, p->row), NAME_MOST);
        if (p->below)
            snprintf(texts[i], sizeof texts[i], "%s (%.3f)", name ? name : "", p->score);
        else
            snprintf(texts[i], sizeof texts[i], "%s", name ? name : "");
        free(name);
        double y = to_y(axes, drawn_score(axes, p));
        labels[i] = (struct sl_label){.text = texts[i],
                                      .x = to_x(axes, p->time),
                                      .y = y,
                                      .low = y,
                                      .high = y,
                                      .shown = n <= LABELS_MOST || p->front || p->best};
        if (!p->below) {
            labels[i].low = to_y(axes, low_of(p->row));
            labels[i].high = to_y(axes, high_of(p->row));
        }
    }
    size_t m = front_boxes(axes, points, n, boxes);
    m += run_boxes(axes, points, n, boxes + m);
    sl_labels_place(labels, n, boxes, m, axes->width, axes->height);
}

/* Block 0: seconds, metric, low, high, 0 / 1 tied / 2 best, below the axis or not, seconds of the fastest and
 * the slowest run. */
static void write_points(struct sl_picture *picture, const struct axes *axes, const struct point *points,
                         size_t n)
{
    sl_string_add(&picture->data, "# fit_time\t%s\tlow\thigh\tmark\tbelow\tfastest\tslowest\tname\n",
                  sl_measure_types[picture->table->metric].name);
    for (size_t i = 0; i < n; i++) {
        const struct sl_table_row *row = points[i].row;
        int mark = points[i].best ? 2 : row->tied_with_best == 1;
        sl_string_add(&picture->data, "%.6g\t%.6f\t%.6f\t%.6f\t%d\t%d\t%.6g\t%.6g\t", points[i].time,
                      drawn_score(axes, &points[i]), low_of(row), high_of(row), mark, points[i].below,
                      points[i].time_least, points[i].time_most);
        sl_picture_field(picture, row->row->name);
        sl_string_add(&picture->data, "\n");
    }
    sl_picture_block_end(picture);
}

/* The labels: seconds and metric of the anchor, side, text. */
static void write_labels(struct sl_picture *picture, const struct axes *axes, const struct sl_label *labels,
                         size_t n)
{
    static const char *const names[] = {"x", "y", "side"};
    int shown = 0;
    for (size_t i = 0; i < n; i++) {
        char variable[40];
        if (!labels[i].shown)
            continue;
        double x = axes->x_low + labels[i].at_x / axes->width * (axes->x_high - axes->x_low);
        double y = axes->y_low + labels[i].at_y / axes->height * (axes->y_high - axes->y_low);
        const double values[] = {pow(10, x), y, labels[i].side};
        snprintf(variable, sizeof variable, "label_%d", ++shown);
        sl_picture_text(picture, variable, labels[i].text, 0);
        for (int v = 0; v < 3; v++) {
            snprintf(variable, sizeof variable, "label_%d_%s", shown, names[v]);
            sl_picture_number(picture, variable, values[v]);
        }
    }
    sl_picture_number(picture, "n_labels", shown);
}

/* Block 1: the front, as a staircase from the fastest on. */
static void write_front(struct sl_picture *picture, const struct point *points, size_t n)
{
    for (size_t i = n; i-- > 0;)
        if (points[i].front && !points[i].below)
            sl_string_add(&picture->data, "%.6g\t%.6f\n", points[i].time, points[i].score);
    sl_picture_block_end(picture);
}

/* Powers of ten, and multiples of them where there would be too few. */
static void write_ticks(struct sl_picture *picture, const struct axes *axes)
{
    static const double steps[] = {1, 2, 5, 3, 4, 6, 7, 8, 9};
    double decades = axes->x_high - axes->x_low;
    int n = 0, per_decade = decades < 0.8 ? 9 : decades < 2.2 ? 3 : 1;
    for (double decade = floor(axes->x_low); decade <= ceil(axes->x_high); decade++)
        for (int i = 0; i < per_decade; i++) {
            double tick = steps[i] * pow(10, decade);
            char variable[40];
            if (log10(tick) < axes->x_low || log10(tick) > axes->x_high)
                continue;
            snprintf(variable, sizeof variable, "tick_%d", ++n);
            sl_picture_number(picture, variable, tick);
        }
    sl_picture_number(picture, "n_ticks", n);
}

/* Is there a bar to draw? */
static int any_runs(const struct point *points, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!points[i].below && !isnan(points[i].time_least))
            return 1;
    return 0;
}

static void write_settings(struct sl_picture *picture, const struct axes *axes, const struct point *points,
                           size_t n)
{
    const struct sl_study *study = picture->table->study;
    char rest[200], rows[40];
    sl_print_count(study->n_train, rows, sizeof rows);
    snprintf(rest, sizeof rest,
             ", %s training rows; bars: 95 %% intervals; line: no row is both faster and %s", rows,
             picture->table->metric == SL_MEASURE_accuracy ? "more accurate" : "better");
    sl_picture_number(picture, "has_runs", any_runs(points, n));
    sl_picture_text(picture, "y_name", sl_measure_types[picture->table->metric].name, 0);
    sl_picture_titles(picture, sl_picture_study_title(picture), rest);
    sl_picture_number(picture, "x_low", pow(10, axes->x_low));
    sl_picture_number(picture, "x_high", pow(10, axes->x_high));
    sl_picture_number(picture, "y_low", axes->y_low);
    sl_picture_number(picture, "y_high", axes->y_high);
    write_ticks(picture, axes);
    sl_picture_number(picture, "margin_left", LEFT);
    sl_picture_number(picture, "margin_right", RIGHT);
    sl_picture_number(picture, "margin_top", TOP);
    sl_picture_number(picture, "margin_bottom", BOTTOM);
}

int sl_plot_accuracy_time(struct sl_picture *picture, struct sl_error *err)
{
    size_t most = picture->table->n;
    struct point *points = sl_alloc_zero(most, sizeof *points);
    struct sl_label *labels = sl_alloc_zero(most, sizeof *labels);
    char(*texts)[300] = sl_alloc_zero(most, sizeof *texts);
    struct sl_box *boxes = sl_alloc_zero(3 * most, sizeof *boxes);
    int code = points && labels && texts && boxes ? SL_OK : sl_fail_memory(err);
    size_t n = code ? 0 : collect(picture->table, points);
    if (n) {
        struct axes axes;
        mark_front(points, n);
        if (sl_metric_rises(picture->table->metric))
            mark_below(points, n);
        choose_axes(picture, points, n, &axes);
        make_labels(picture->table, &axes, points, n, labels, texts, boxes);
        write_settings(picture, &axes, points, n);
        write_points(picture, &axes, points, n);
        write_labels(picture, &axes, labels, n);
        write_front(picture, points, n);
        picture->has_data = 1;
    }
    free(points);
    free(labels);
    free(texts);
    free(boxes);
    return code;
}
