/* mpi.h - the Message Passing Interface, as far as a run of trials needs it.
 *
 * The program is not linked with MPI: a module (src/mpi/module.c, built where MPI is installed) is loaded
 * when the program finds itself started by mpirun, so that it starts as fast as ever elsewhere. */
#ifndef SL_STUDY_MPI_H
#define SL_STUDY_MPI_H

#include <shortlist/error.h>
#include <stddef.h>

/* What the module gives.  Messages are bytes; all calls come from one thread. */
struct sl_mpi_functions {
    int (*begin)(int *rank, int *size); /* 0, or MPI's code */
    int (*send)(int to, const void *bytes, size_t n);
    /* Is a message there?  1, from whom and how long; 0 none. */
    int (*look)(int *from, size_t *n);
    int (*receive)(int from, void *bytes, size_t n);
    void (*end)(void);
    void (*abort)(int status); /* ends all ranks */
};

#define SL_MPI_MODULE "shortlist_mpi.so"
#define SL_MPI_SYMBOL "sl_mpi"

/* Number and rank of the processes that mpirun has started, by its environment; 1 and 0 without it. */
void sl_mpi_where(int *size, int *rank);

/* Loads the module.  NULL with SL_EUSAGE where there is none. */
const struct sl_mpi_functions *sl_mpi_load(struct sl_error *err);

#endif
