/* timing.h - times of work that is done several times. */
#ifndef SL_MEASURE_TIMING_H
#define SL_MEASURE_TIMING_H

#include <stddef.h>

enum { SL_TIMING_RUNS_MOST = 1000 };

struct sl_timing {
    int runs;                 /* that count */
    double median, mean, std; /* std: sample standard deviation, NaN for one run */
    double least, most;
};

/* Is the work to be done once more?  asked: timing runs, 0: as many as its brevity wants.  first: seconds of
 * the first run; n: runs after it, which took spent seconds. */
int sl_timing_more(int asked, double first, size_t n, double spent);

/* Of the runs' seconds (n >= 1), the first run's first: where there are others, it was a warm-up and does not
 * count.  Sorts them. */
struct sl_timing sl_timing_of(double *seconds, size_t n);

#endif
