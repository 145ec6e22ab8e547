/* The probe of time and memory, and the description of the machine. */
#include "measure/machine.h"
#include "measure/probe.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Needs the headers above. */
#include <cmocka.h>

enum { MIB = 1 << 20 };

/* Takes memory that the process has not had before, touches it, gives it back. */
static int use_memory(size_t bytes)
{
    volatile char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return -1;
    for (size_t i = 0; i < bytes; i += 512)
        p[i] = 1;
    return munmap((void *)p, bytes);
}

/* In a child, as a trial is: what was there before the start does not count, freed peaks do. */
static int probe_child(void)
{
    struct sl_probe probe;
    char *before = malloc(64 * MIB);
    if (!before)
        return 10;
    memset(before, 1, 64 * MIB);
    if (use_memory(96 * MIB))
        return 11;
    sl_probe_start(&probe);
    if (use_memory(48 * MIB))
        return 12;
    sl_probe_stop(&probe);
    free(before);
    if (probe.peak_bytes < 0)
        return 1; /* not measured here */
    return probe.peak_bytes > 44 * MIB && probe.peak_bytes < 56 * MIB ? 0 : 2;
}

static void test_memory(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(probe_child());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 1)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_time(void **state)
{
    struct sl_probe probe;
    (void)state;
    sl_probe_start(&probe);
    nanosleep(&(struct timespec){0, 50000000}, NULL);
    sl_probe_stop(&probe);
    /* Asleep: the wall clock goes on, the CPU clock does not. */
    assert_true(probe.wall >= 0.05);
    assert_true(probe.cpu >= 0 && probe.cpu < probe.wall);
    sl_probe_start(&probe);
    clock_t start = clock();
    while (clock() - start < CLOCKS_PER_SEC / 20)
        ;
    sl_probe_stop(&probe);
    assert_true(probe.cpu > 0.04 && probe.wall > 0.04);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    assert_non_null(text);
    assert_true(strlen(text) > 0);
    return text;
}

static void test_machine(void **state)
{
    (void)state;
    json_t *object = sl_machine_json();
    assert_non_null(object);
    text_of(object, "cpu");
    text_of(object, "system");
    text_of(object, "kernel");
    text_of(object, "compiler");
    assert_string_equal(text_of(object, "isa"), sl_machine_isa());
    assert_true(json_integer_value(json_object_get(object, "cores")) >= 1);
    assert_true(json_integer_value(json_object_get(object, "memory")) > 64 * MIB);
    const json_t *libraries = json_object_get(object, "libraries");
    assert_string_equal(text_of(libraries, "jansson"), JANSSON_VERSION);
    assert_true(strchr(text_of(libraries, "oneDNN"), '.') &&
                strchr("0123456789", *text_of(libraries, "oneDNN")));
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
