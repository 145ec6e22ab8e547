/* runs.c - what takes several runs, one after the other. */
#include "search/runs.h"
#include "study/mpi.h"
#include <string.h>

int sl_search_alone(const char *what, const struct sl_run_options *options, struct sl_error *err)
{
    int size, rank;
    if (options->shards > 1)
        return sl_fail(
            err, SL_EUSAGE,
            "%s selects by all outcomes, and a shard has a part of them: merge the shards' stores, and "
            "give the command without shard",
            what);
    sl_mpi_where(&size, &rank);
    return size > 1
               ? sl_fail(
                     err, SL_EUSAGE,
                     "%s takes several runs, and mpirun's ranks serve one: give the command without mpirun "
                     "(what is done is kept)",
                     what)
               : SL_OK;
}

void sl_search_add(struct sl_run_summary *sum, const struct sl_run_summary *one)
{
    sum->trials += one->trials;
    sum->held += one->held;
    sum->run += one->run;
    sum->failed += one->failed;
    sum->interrupted |= one->interrupted;
    if (*one->left_out)
        memcpy(sum->left_out, one->left_out, sizeof sum->left_out);
    if (*one->scores)
        memcpy(sum->scores, one->scores, sizeof sum->scores);
}
