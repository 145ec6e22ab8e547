/* test_tiny.c - fits of few rows, and predictions with them, call no threads together. */
#include "conformance.h"

#include "core/threads.h"
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FEW = 150, CLASSES = 3, TEAM = 4 };

static int count_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int n = 0;
    if (!tasks)
        return -1;
    for (const struct dirent *e; (e = readdir(tasks));)
        n += e->d_name[0] != '.';
    closedir(tasks);
    return n;
}

/* Everything that a trial does, with the defaults. */
static void use(type_ptr type, const struct sl_dataset *train, const struct sl_dataset *test, int threads)
{
    struct sl_view x = sl_dataset_view(test);
    sl_model_warm_up(type, NULL, train, threads);
    struct sl_model *model = fit_with(type, NULL, train, 7, threads);
    free(labels_of(model, &x, threads));
    free(scores_of(model, &x, threads));
    sl_model_free(model);
}

/* In a process of its own, as a trial has it: how many threads there are after it. */
static int threads_after(type_ptr type, const struct sl_dataset *train, const struct sl_dataset *test)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setenv("OPENBLAS_NUM_THREADS", "1", 1); /* as a trial's process does, for what LIBLINEAR brings */
        use(type, train, test, TEAM);
        _exit(count_threads());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void no_team(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_F32, FEW, CLASSES, 1),
                      *test = clouds(type, SL_F32, 40, CLASSES, 2);
    sl_thread_operations = SL_THREAD_OPERATIONS;
    assert_int_equal(threads_after(type, train, test), 1);
    sl_thread_operations = 1; /* the count can tell */
    if (strcmp(type->name, "majority") != 0)
        assert_true(threads_after(type, train, test) > 1);
    sl_dataset_free(train);
    sl_dataset_free(test);
}

static const struct property properties[] = {
    /* A convolution of 150 images is work enough for several threads. */
    {.text = "few rows call no threads together", .test = no_team, .unless = SL_NEEDS_IMAGES},
};

int main(void)
{
    return run_properties("tiny", properties, sizeof properties / sizeof *properties);
}
