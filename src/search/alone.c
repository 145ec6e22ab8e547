/* alone.c - refuses under mpirun what takes several runs. */
#include "search/alone.h"
#include "study/mpi.h"

int sl_search_alone(const char *what, struct sl_error *err)
{
    int size, rank;
    sl_mpi_where(&size, &rank);
    return size > 1
               ? sl_fail(
                     err, SL_EUSAGE,
                     "%s takes several runs, and mpirun's ranks serve one: give the command without mpirun "
                     "(what is done is kept)",
                     what)
               : SL_OK;
}
