/* test_warm_up.c - what a process does once only is done by warm_up: a fit and the prediction after it, which
 * are timed, load no library, are not the first to call oneDNN, and start no threads where there is work for
 * all. */
#include "conformance.h"

#include "core/threads.h"
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FEW = 150, MANY = 1200, TEST = 300, CLASSES = 3, TEAM = 4 };

/* What a process has that takes time to come up. */
struct state {
    int libraries, threads;
    int generated; /* pages of code that no file holds: oneDNN's kernels, of one product or another */
};

static int count_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int n = 0;
    assert_non_null(tasks);
    for (const struct dirent *e; (e = readdir(tasks));)
        n += e->d_name[0] != '.';
    closedir(tasks);
    return n;
}

static struct state look(void)
{
    struct state state = {.threads = count_threads()};
    char line[4096];
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        char permissions[8] = "", path[2048] = "";
        assert_true(sscanf(line, "%*s %7s %*s %*s %*s %2047s", permissions, path) >= 1);
        if (!strchr(permissions, 'x'))
            continue;
        state.libraries += *path == '/';
        state.generated += !*path;
    }
    fclose(maps);
    return state;
}

enum { LIBRARY = 1, GENERATED = 2, THREADS = 4 };

/* What came up during the timed part of a trial. */
static int came_up(type_ptr type, const void *config, const struct sl_dataset *train,
                   const struct sl_dataset *test)
{
    struct sl_view x = sl_dataset_view(test);
    sl_model_warm_up(type, config, train, TEAM);
    struct state before = look();
    struct sl_model *model = fit_with(type, config, train, 7, TEAM);
    free(labels_of(model, &x, TEAM));
    struct state after = look();
    sl_model_free(model);
    return (after.libraries > before.libraries ? LIBRARY : 0) |
           (after.generated && !before.generated ? GENERATED : 0) |
           (after.threads > before.threads ? THREADS : 0);
}

/* What warm_up itself brings up for such rows. */
static int warms_up(type_ptr type, const void *config, const struct sl_dataset *train,
                    const struct sl_dataset *test)
{
    (void)test;
    struct state before = look();
    sl_model_warm_up(type, config, train, TEAM);
    struct state after = look();
    return (after.libraries > before.libraries ? LIBRARY : 0) | (after.generated ? GENERATED : 0) |
           (after.threads > before.threads ? THREADS : 0);
}

/* In a process of its own, as a trial has it. */
static int in_child(int (*ask)(type_ptr type, const void *config, const struct sl_dataset *train,
                               const struct sl_dataset *test),
                    type_ptr type, const void *config, const struct sl_dataset *train,
                    const struct sl_dataset *test)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setenv("OPENBLAS_NUM_THREADS", "1", 1); /* as a trial's process does, for what LIBLINEAR brings */
        _exit(ask(type, config, train, test));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static struct sl_dataset *images(size_t n, uint64_t seed)
{
    uint8_t *bytes = sl_alloc(n, IMAGE_D);
    int32_t *y = sl_alloc(n, sizeof *y);
    struct sl_rng *noise = sl_rng_new(seed, "images");
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)(i % CLASSES);
        for (size_t j = 0; j < IMAGE_D; j++)
            bytes[i * IMAGE_D + j] = (uint8_t)(sl_rng_below(noise, 100) + 50 * (j % CLASSES == i % CLASSES));
    }
    struct sl_view view = {.dtype = SL_U8,
                           .n = n,
                           .d = IMAGE_D,
                           .x = bytes,
                           .y = y,
                           .k = CLASSES,
                           .scale = 1,
                           .image = {IMAGE_SIDE, IMAGE_SIDE, 1}};
    struct sl_dataset *data = NULL;
    assert_int_equal(sl_dataset_new(&view, "images", NULL, &data, NULL), SL_OK);
    free(bytes);
    free(y);
    sl_rng_free(noise);
    return data;
}

static void check_images(type_ptr type, const void *config)
{
    struct sl_dataset *train = images(MANY, 1), *test = images(TEST, 2);
    sl_thread_operations = SL_THREAD_OPERATIONS;
    assert_int_equal(in_child(came_up, type, config, train, test) & (LIBRARY | GENERATED), 0);
    sl_thread_operations = 1; /* all threads, from the first piece of work on */
    assert_int_equal(in_child(came_up, type, config, train, test), 0);
    sl_dataset_free(train);
    sl_dataset_free(test);
}

static void nothing_comes_up_later(type_ptr type)
{
    void *config = small_config(type);
    check_images(type, config);
    free(config);
}

/* The same of solvers that are libraries. */
static void nor_with_a_library(type_ptr type)
{
    void *config = small_config(type);
    const char *solvers[] = {"liblinear", "libsvm"};
    for (int i = 0; i < 2; i++)
        if (has_param(type, "solver") &&
            sl_config_set(type->params, config, "solver", solvers[i], NULL) == SL_OK)
            check_images(type, config);
    free(config);
}

static void a_small_table_wants_nothing(type_ptr type)
{
    void *config = small_config(type);
    struct sl_dataset *train = clouds(type, SL_F32, FEW, CLASSES, 1);
    sl_thread_operations = SL_THREAD_OPERATIONS;
    assert_int_equal(in_child(warms_up, type, config, train, NULL), 0);
    assert_int_equal(in_child(came_up, type, config, train, train), 0);
    sl_dataset_free(train);
    free(config);
}

static const struct property properties[] = {
    {.text = "nothing comes up in the timed part", .test = nothing_comes_up_later},
    {.text = "nor with a solver that is a library", .test = nor_with_a_library},
    {.text = "a small table wants nothing", .test = a_small_table_wants_nothing, .unless = SL_NEEDS_IMAGES},
};

int main(void)
{
    return run_properties("warm_up", properties, sizeof properties / sizeof *properties);
}
