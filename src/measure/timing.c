/* timing.c - times of work that is done several times: when it is done once more, and what the times say.
 *
 * A single reading of a short time is mostly noise: a page that comes late, another process.  The median of a
 * few runs is not, and the first run, which finds caches cold, is left out where there are others (as
 * hyperfine does).  Without a number of runs, only what takes less than 0.1 s is repeated: twice, and up to
 * ten times as long as that takes 20 ms in all.  So a row costs at most 0.2 s more, and one of a small table
 * 20 ms. */
#include "measure/timing.h"
#include "core/order.h"
#include <math.h>
#include <stdlib.h>

static const double brief = 0.1, budget = 0.02; /* seconds */
enum { LEAST = 2, MOST = 10 };

int sl_timing_more(int asked, double first, size_t n, double spent)
{
    if (asked)
        return asked > 1 && n < (size_t)asked;
    if (!(first < brief) || n >= MOST)
        return 0;
    return n < LEAST || spent + spent / (double)n <= budget;
}

struct sl_timing sl_timing_of(double *seconds, size_t n)
{
    const size_t warm_up = n > 1;
    double sum = 0, squares = 0;
    seconds += warm_up;
    n -= warm_up;
    qsort(seconds, n, sizeof *seconds, sl_by_real);
    for (size_t i = 0; i < n; i++)
        sum += seconds[i];
    struct sl_timing t = {.runs = (int)n,
                          .median = 0.5 * (seconds[(n - 1) / 2] + seconds[n / 2]),
                          .mean = sum / (double)n,
                          .std = NAN,
                          .least = seconds[0],
                          .most = seconds[n - 1]};
    for (size_t i = 0; i < n; i++)
        squares += (seconds[i] - t.mean) * (seconds[i] - t.mean);
    if (n > 1)
        t.std = sqrt(squares / (double)(n - 1));
    return t;
}
