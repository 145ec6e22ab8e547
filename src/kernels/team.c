/* team.c - threads that stay together while one of them leads. */
#include "kernels/team.h"
#include <omp.h>
#include <stddef.h>

static void follow(struct sl_team *team, int thread, int threads)
{
    for (;;) {
        sl_barrier_wait(&team->barrier, threads);
        if (!team->work)
            return;
        team->work(team->arg, thread);
        sl_barrier_wait(&team->barrier, threads);
    }
}

void sl_team_lead(int threads, void (*lead)(struct sl_team *team, void *arg), void *arg)
{
    struct sl_team team = {.threads = threads};
#pragma omp parallel num_threads(threads)
    {
        int present = omp_get_num_threads();
        if (omp_get_thread_num() == 0) {
            team.threads = present;
            lead(&team, arg);
            team.work = NULL;
            sl_barrier_wait(&team.barrier, present);
        } else
            follow(&team, omp_get_thread_num(), present);
    }
}

void sl_team_all(struct sl_team *team, void (*work)(void *arg, int thread), void *arg)
{
    team->work = work;
    team->arg = arg;
    sl_barrier_wait(&team->barrier, team->threads);
    work(arg, 0);
    sl_barrier_wait(&team->barrier, team->threads);
}
