/* intervals.c - how sure one can be of a score: Wilson's interval, McNemar's test, the corrected t-test,
 * Holm's correction.
 *
 * Sources: E. B. Wilson, "Probable inference, the law of succession, and statistical inference" (1927);
 * Q. McNemar, "Note on the sampling error of the difference between correlated proportions" (1947), with
 * the continuity correction of A. L. Edwards (1948); S. Holm, "A simple sequentially rejective multiple
 * test procedure" (1979); C. Nadeau and Y. Bengio, "Inference for the generalization error" (2003).
 * Distribution functions are GSL's.  Cost: O(1), O(1), O(m log m). */
#include "core/memory.h"
#include "core/order.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <shortlist/metrics.h>
#include <string.h>

void sl_wilson(uint64_t right, uint64_t n, double level, double *low, double *high)
{
    *low = 0;
    *high = 1;
    if (n == 0 || !(level < 1))
        return;
    /* (p + z^2/2n -+ z sqrt(p (1-p)/n + z^2/4n^2)) / (1 + z^2/n) */
    double p = (double)right / (double)n, size = (double)n;
    double z = level > 0 ? gsl_cdf_ugaussian_Pinv(0.5 + level / 2) : 0;
    double centre = p + z * z / (2 * size);
    double spread = z * sqrt(p * (1 - p) / size + z * z / (4 * size * size));
    double whole = 1 + z * z / size;
    /* The ends are 0 and 1 exactly where all or none are right; rounding must not say otherwise. */
    *low = right == 0 ? 0 : fmax((centre - spread) / whole, 0);
    *high = right == n ? 1 : fmin((centre + spread) / whole, 1);
}

double sl_mcnemar(uint64_t only_a, uint64_t only_b)
{
    enum { EXACT_BELOW = 26 };
    uint64_t fewer = only_a < only_b ? only_a : only_b, more = only_a < only_b ? only_b : only_a;
    if (more < EXACT_BELOW && fewer + more < EXACT_BELOW)
        return fmin(1, 2 * gsl_cdf_binomial_P((unsigned)fewer, 0.5, (unsigned)(fewer + more)));
    /* The correction never reaches beyond "no difference". */
    double difference = fmax((double)(more - fewer) - 1, 0);
    return gsl_cdf_chisq_Q(difference * difference / ((double)fewer + (double)more), 1);
}

/* Training sets of folds and repeats overlap, so that differences are not independent: their variance counts
 * for more than 1 / n of itself. */
double sl_corrected_t(const double *difference, size_t n, double tested)
{
    double mean = 0, sum = 0;
    if (n < 2 || isnan(tested))
        return NAN;
    for (size_t i = 0; i < n; i++)
        mean += difference[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        sum += (difference[i] - mean) * (difference[i] - mean);
    double variance = sum / (double)(n - 1);
    if (variance == 0)
        return mean == 0 ? 1 : 0;
    double t = mean / sqrt((1 / (double)n + tested) * variance);
    return 2 * gsl_cdf_tdist_Q(fabs(t), (double)(n - 1));
}

/* Index of the first of m sorted values that is not below x. */
static size_t lower_bound(const double *sorted, size_t m, double x)
{
    size_t low = 0, high = m;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void sl_holm(double *p, size_t m)
{
    if (m == 0)
        return;
    double *sorted = sl_alloc(m, 2 * sizeof *sorted), *adjusted = sorted ? sorted + m : NULL;
    if (!sorted) { /* Bonferroni's correction needs no memory and is never less strict. */
        for (size_t i = 0; i < m; i++)
            p[i] = fmin(1, p[i] * (double)m);
        return;
    }
    memcpy(sorted, p, m * sizeof *p);
    qsort(sorted, m, sizeof *sorted, sl_by_real);
    double largest = 0;
    for (size_t i = 0; i < m; i++) {
        largest = fmax(largest, fmin(1, sorted[i] * (double)(m - i)));
        adjusted[i] = largest;
    }
    /* Equal p-values share the adjusted value of the first of them. */
    for (size_t i = 0; i < m; i++)
        p[i] = adjusted[lower_bound(sorted, m, p[i])];
    free(sorted);
}
