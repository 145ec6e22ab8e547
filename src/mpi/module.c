/* module.c - the module that speaks MPI for the program (study/mpi.h).
 *
 * One thread calls it; messages are bytes with one tag.  Errors end the job, which is MPI's default: what was
 * done stands in the store, and the same command resumes. */
#include "study/mpi.h"
#include <mpi.h>

enum { TAG = 1 };

static int begin(int *rank, int *size)
{
    int given;
    int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given);
    if (!code)
        code = MPI_Comm_rank(MPI_COMM_WORLD, rank);
    return code ? code : MPI_Comm_size(MPI_COMM_WORLD, size);
}

static int send(int to, const void *bytes, size_t n)
{
    return MPI_Send(bytes, (int)n, MPI_BYTE, to, TAG, MPI_COMM_WORLD);
}

static int look(int *from, size_t *n)
{
    MPI_Status status;
    int there = 0, count = 0;
    if (MPI_Iprobe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &there, &status) || !there)
        return 0;
    MPI_Get_count(&status, MPI_BYTE, &count);
    *from = status.MPI_SOURCE;
    *n = (size_t)count;
    return 1;
}

static int receive(int from, void *bytes, size_t n)
{
    return MPI_Recv(bytes, (int)n, MPI_BYTE, from, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void end(void)
{
    MPI_Finalize();
}

static void stop_all(int status)
{
    MPI_Abort(MPI_COMM_WORLD, status);
}

extern const struct sl_mpi_functions sl_mpi;
const struct sl_mpi_functions sl_mpi = {begin, send, look, receive, end, stop_all};
