/* mpi.c - finds out whether mpirun has started the program, and loads the module that speaks MPI. */
#include "study/mpi.h"
#include "core/text.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int number_in(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    long number;
    return text && sl_parse_long(text, &number) == 0 && number >= 0 && number < 1 << 24 ? (int)number
                                                                                        : otherwise;
}

/* As Open MPI names them, and other starters after the interfaces of process managers. */
void sl_mpi_where(int *size, int *rank)
{
    static const char *const names[][2] = {{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
                                           {"PMI_SIZE", "PMI_RANK"}};
    *size = 1;
    *rank = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names && *size == 1; i++) {
        *size = number_in(names[i][0], 1);
        *rank = number_in(names[i][1], 0);
    }
    if (*size < 1 || *rank >= *size) {
        *size = 1;
        *rank = 0;
    }
}

/* Beside the program, or where it is installed. */
static void *open_module(void)
{
    char path[4096];
    ssize_t n =
        readlink("/proc/self/exe", path, sizeof path - sizeof "/../" SL_LIBDIR "/shortlist/" SL_MPI_MODULE);
    if (n <= 0)
        return NULL;
    path[n] = 0;
    char *end = strrchr(path, '/');
    if (!end)
        return NULL;
    strcpy(end, "/" SL_MPI_MODULE);
    void *module = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!module) {
        strcpy(end, "/../" SL_LIBDIR "/shortlist/" SL_MPI_MODULE);
        module = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    }
    return module;
}

const struct sl_mpi_functions *sl_mpi_load(struct sl_error *err)
{
    void *module = open_module();
    const struct sl_mpi_functions *functions = module ? dlsym(module, SL_MPI_SYMBOL) : NULL;
    if (!functions)
        sl_fail(err, SL_EUSAGE,
                "mpirun has started several processes, but this build has no MPI: build with libopenmpi-dev "
                "installed, or give each process its share of the work with --shard I/N");
    return functions;
}
