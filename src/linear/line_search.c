/* line_search.c - the line search of Moré and Thuente.
 *
 * J. J. Moré and D. J. Thuente, "Line search algorithms with guaranteed sufficient decrease", ACM TOMS 20
 * (1994): an interval that holds a step with
 *     f(step) <= f(0) + DECREASE step f'(0)   and   |f'(step)| <= CURVATURE |f'(0)|
 * is narrowed by cubic and quadratic interpolation; as long as no step of the first stage lowers f
 * enough, the function interpolated is psi(step) = f(step) - f(0) - DECREASE step f'(0). */
#include "linear/line_search.h"
#include <math.h>

#define DECREASE 1e-3
#define CURVATURE 0.9
#define WIDTH 0.1 /* relative width of the interval at which the search gives up */
#define STEP_MAX 1e10
#define SHRINK 0.66 /* the interval's width falls at least by this in two steps, or is halved */
#define REACH 4.0   /* before there is an interval, steps grow at most by this factor */

int sl_line_search_begin(struct sl_line_search *line, double f0, double slope0, double step)
{
    if (!isfinite(f0) || !(slope0 < 0) || !isfinite(slope0) || !(step > 0))
        return 0;
    *line = (struct sl_line_search){
        .step = step,
        .f0 = f0,
        .slope0 = slope0,
        .best = {0, f0, slope0},
        .other = {0, f0, slope0},
        .low = 0,
        .high = step + REACH * step,
        .wall = STEP_MAX,
        .width = STEP_MAX,
        .width_before = 2 * STEP_MAX,
    };
    return 1;
}

/* The minimiser of the cubic through both points' values and slopes, as a share of the way from a to b. */
static double cubic(const struct sl_line_point *a, const struct sl_line_point *b)
{
    double theta = 3 * (a->f - b->f) / (b->step - a->step) + a->slope + b->slope;
    double scale = fmax(fabs(theta), fmax(fabs(a->slope), fabs(b->slope)));
    double square = (theta / scale) * (theta / scale) - (a->slope / scale) * (b->slope / scale);
    double gamma = scale * sqrt(fmax(0, square));
    if (b->step < a->step)
        gamma = -gamma;
    return (gamma - a->slope + theta) / (2 * gamma - a->slope + b->slope);
}

static double along(const struct sl_line_point *a, const struct sl_line_point *b, double share)
{
    return a->step + share * (b->step - a->step);
}

/* Case 3 of the paper: the slope keeps its sign and flattens; the cubic may have no minimum beyond t. */
static double beyond(const struct sl_line_search *line, const struct sl_line_point *x,
                     const struct sl_line_point *t)
{
    double theta = 3 * (x->f - t->f) / (t->step - x->step) + x->slope + t->slope;
    double scale = fmax(fabs(theta), fmax(fabs(x->slope), fabs(t->slope)));
    double square = (theta / scale) * (theta / scale) - (x->slope / scale) * (t->slope / scale);
    double gamma = scale * sqrt(fmax(0, square));
    if (t->step > x->step)
        gamma = -gamma;
    double share = (gamma - t->slope + theta) / (gamma + (x->slope - t->slope) + gamma);
    double cubic_step = share < 0 && gamma != 0 ? t->step + share * (x->step - t->step)
                        : t->step > x->step     ? line->high
                                                : line->low;
    double secant_step = t->step + t->slope / (t->slope - x->slope) * (x->step - t->step);
    int cubic_nearer = fabs(cubic_step - t->step) < fabs(secant_step - t->step);
    if (!line->bracketed) {
        double next = cubic_nearer ? secant_step : cubic_step;
        return fmax(line->low, fmin(line->high, next));
    }
    double next = cubic_nearer ? cubic_step : secant_step;
    double limit = t->step + SHRINK * (line->other.step - t->step);
    return t->step > x->step ? fmin(limit, next) : fmax(limit, next);
}

/* The trial step of the paper's section 4, and the interval with t in place of one of its ends. */
static double next_step(struct sl_line_search *line, const struct sl_line_point *t)
{
    const struct sl_line_point x = line->best, y = line->other;
    int opposite = t->slope * (x.slope / fabs(x.slope)) < 0;
    double next;
    if (t->f > x.f) { /* 1: higher, the minimum lies between */
        double by_cubic = along(&x, t, cubic(&x, t));
        double by_square =
            x.step + x.slope / ((x.f - t->f) / (t->step - x.step) + x.slope) / 2 * (t->step - x.step);
        next = fabs(by_cubic - x.step) < fabs(by_square - x.step) ? by_cubic
                                                                  : by_cubic + (by_square - by_cubic) / 2;
        line->bracketed = 1;
    } else if (opposite) { /* 2: lower, and the slope changed sign */
        double by_cubic = along(t, &x, cubic(t, &x));
        double by_secant = t->step + t->slope / (t->slope - x.slope) * (x.step - t->step);
        next = fabs(by_cubic - t->step) > fabs(by_secant - t->step) ? by_cubic : by_secant;
        line->bracketed = 1;
    } else if (fabs(t->slope) < fabs(x.slope)) /* 3: lower, same sign, flatter */
        next = beyond(line, &x, t);
    else if (line->bracketed) /* 4: lower, same sign, no flatter */
        next = along(t, &y, cubic(t, &y));
    else
        next = t->step > x.step ? line->high : line->low;

    if (t->f > x.f)
        line->other = *t;
    else {
        if (opposite)
            line->other = x;
        line->best = *t;
    }
    return next;
}

/* Without the line of sufficient decrease: psi for f. */
static struct sl_line_point lowered(struct sl_line_point p, double slope)
{
    p.f -= p.step * slope;
    p.slope -= slope;
    return p;
}

static struct sl_line_point raised(struct sl_line_point p, double slope)
{
    p.f += p.step * slope;
    p.slope += slope;
    return p;
}

/* Bounds of the next step; halves an interval that shrinks too slowly. */
static void narrow(struct sl_line_search *line)
{
    const double x = line->best.step, y = line->other.step;
    if (!line->bracketed) {
        line->low = line->step + 1.1 * (line->step - x);
        line->high = line->step + REACH * (line->step - x);
        if (line->wall < STEP_MAX) {
            line->high = fmin(line->high, x + (line->wall - x) / 2);
            line->low = fmin(line->low, line->high);
            line->step = fmin(line->step, line->high);
        }
        return;
    }
    if (fabs(y - x) >= SHRINK * line->width_before)
        line->step = x + (y - x) / 2;
    line->width_before = line->width;
    line->width = fabs(y - x);
    line->low = fmin(x, y);
    line->high = fmax(x, y);
}

enum sl_line_verdict sl_line_search_next(struct sl_line_search *line, double f, double slope)
{
    double descent = DECREASE * line->slope0, target = line->f0 + line->step * descent;
    if (!isfinite(f) || !isfinite(slope)) { /* too far: back to where numbers are */
        line->wall = line->step;
        line->step = line->best.step + (line->step - line->best.step) / 2;
        return line->step > line->best.step && line->step < line->wall ? SL_LINE_TRY : SL_LINE_ROUNDING;
    }
    if (f <= target && fabs(slope) <= CURVATURE * -line->slope0)
        return SL_LINE_FOUND;
    if (line->bracketed &&
        (line->step <= line->low || line->step >= line->high || line->high - line->low <= WIDTH * line->high))
        return SL_LINE_ROUNDING;
    if (line->step >= STEP_MAX && f <= target && slope <= descent)
        return SL_LINE_ROUNDING;
    if (f <= target && slope >= 0)
        line->decreasing = 1;
    struct sl_line_point t = {line->step, f, slope};
    if (!line->decreasing && f <= line->best.f && f > target) {
        t = lowered(t, descent);
        line->best = lowered(line->best, descent);
        line->other = lowered(line->other, descent);
        line->step = next_step(line, &t);
        line->best = raised(line->best, descent);
        line->other = raised(line->other, descent);
    } else
        line->step = next_step(line, &t);
    narrow(line);
    line->step = fmin(STEP_MAX, fmax(0, line->step));
    int too_small = line->bracketed && (line->step <= line->low || line->step >= line->high ||
                                        line->high - line->low <= WIDTH * line->high);
    if (too_small)
        line->step = line->best.step; /* evaluated once more, then taken */
    return SL_LINE_TRY;
}
