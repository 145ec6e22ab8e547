/* power_law.c - fits cost(n) = a + b n^c by least squares of relative deviations.
 *
 * For a given exponent c, a and b >= 0 follow from two linear equations; c is the best of a grid.  A larger
 * size counts for more, as what is wanted lies beyond it.  Three sizes with noise allow many pairs of a floor
 * and an exponent, whose costs far away differ widely: so an exponent other than the usual one has to pay, as
 * much as deviations of the costs by chance do for an exponent that is off by 0.4 (a normal prior of that
 * width).  Chance changes a cost y by its share of y and by the grain, so that small costs, which are all
 * chance, bend nothing.  Cost: a few hundred exponents by the number of sizes. */
#include "measure/power_law.h"
#include <math.h>

static const double step = 0.01, width = 0.4, least_error = 1.1;
static const double tiny = 1e-9; /* a cost, in seconds or bytes: to divide by */

struct fit {
    struct sl_power_law law;
    double deviation; /* what is to be small */
};

/* The sums of the two linear equations, in x = (n / largest)^c. */
struct sums {
    double w, x, xx, y, xy;
};

static double relative_weight(double size, double largest, double cost, struct sl_law_bounds bounds)
{
    const double scale = fmax(cost, tiny) + bounds.grain / bounds.chance;
    return sqrt(size / largest) / (scale * scale);
}

static struct sums add_up(const double *size, const double *cost, size_t count, double c,
                          struct sl_law_bounds bounds)
{
    struct sums s = {0};
    const double largest = size[count - 1];
    for (size_t i = 0; i < count; i++) {
        const double w = relative_weight(size[i], largest, cost[i], bounds), x = pow(size[i] / largest, c);
        s.w += w;
        s.x += w * x;
        s.xx += w * x * x;
        s.y += w * cost[i];
        s.xy += w * x * cost[i];
    }
    return s;
}

static double deviation(const double *size, const double *cost, size_t count, const struct sl_power_law *law,
                        struct sl_law_bounds bounds)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const double off = sl_power_law_at(law, size[i]) - cost[i];
        sum += off * off * relative_weight(size[i], size[count - 1], cost[i], bounds);
    }
    return sum;
}

/* Neither a nor b is negative: where both at once would make one so, it is 0 and the other alone is fitted.
 */
static struct fit fit_exponent(const double *size, const double *cost, size_t count, double c,
                               struct sl_law_bounds bounds)
{
    const double off = (c - bounds.usual) * bounds.chance / width;
    const struct sums s = add_up(size, cost, count, c, bounds);
    const double determinant = s.w * s.xx - s.x * s.x;
    double a = 0, b = s.xy / s.xx;
    if (determinant > 1e-12 * s.w * s.xx) {
        const double both_b = (s.w * s.xy - s.x * s.y) / determinant, both_a = (s.y - both_b * s.x) / s.w;
        if (both_b < 0) {
            a = s.y / s.w;
            b = 0;
        } else if (both_a >= 0) {
            a = both_a;
            b = both_b;
        }
    }
    struct fit fit = {.law = {a, b / pow(size[count - 1], c), c}};
    fit.deviation = deviation(size, cost, count, &fit.law, bounds) + off * off;
    return fit;
}

static int are_usable(const double *size, const double *cost, size_t count)
{
    if (count > SL_LAW_MOST)
        return 0;
    for (size_t i = 0; i < count; i++)
        if (!isfinite(size[i]) || !isfinite(cost[i]) || size[i] <= 0 || cost[i] < 0 ||
            (i && size[i] <= size[i - 1]))
            return 0;
    return 1;
}

static struct sl_power_law fit_best(const double *size, const double *cost, size_t count,
                                    struct sl_law_bounds bounds)
{
    const int steps = (int)lround((bounds.most - bounds.least) / step);
    struct fit best = fit_exponent(size, cost, count, bounds.least, bounds);
    for (int i = 1; i <= steps; i++) {
        const struct fit one = fit_exponent(size, cost, count, bounds.least + i * step, bounds);
        if (one.deviation < best.deviation)
            best = one;
    }
    return best.law;
}

int sl_power_law_fit(const double *size, const double *cost, size_t count, struct sl_law_bounds bounds,
                     struct sl_power_law *law)
{
    if (count < SL_LAW_LEAST || !are_usable(size, cost, count))
        return -1;
    *law = fit_best(size, cost, count, bounds);
    return 0;
}

double sl_power_law_at(const struct sl_power_law *law, double size)
{
    return law->floor + law->factor * pow(size, law->exponent);
}

static double factor_between(double a, double b)
{
    a = fmax(a, tiny);
    b = fmax(b, tiny);
    return a > b ? a / b : b / a;
}

static double error_without(const double *size, const double *cost, size_t count, size_t without,
                            struct sl_law_bounds bounds, double at, double whole)
{
    double fewer[SL_LAW_MOST], costs[SL_LAW_MOST];
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (i != without) {
            fewer[n] = size[i];
            costs[n++] = cost[i];
        }
    const struct sl_power_law law = fit_best(fewer, costs, n, bounds);
    return factor_between(sl_power_law_at(&law, at), whole);
}

double sl_power_law_error(const double *size, const double *cost, size_t count, struct sl_law_bounds bounds,
                          double at)
{
    struct sl_power_law law;
    double error = least_error;
    if (sl_power_law_fit(size, cost, count, bounds, &law))
        return NAN;
    const double whole = sl_power_law_at(&law, at);
    for (size_t i = 0; i < count; i++) {
        error = fmax(error, factor_between(sl_power_law_at(&law, size[i]), cost[i]));
        error = fmax(error, error_without(size, cost, count, i, bounds, at, whole));
    }
    return error;
}
