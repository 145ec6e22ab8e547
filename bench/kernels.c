/* kernels.c - the rate of every kernel beside what the machine could do, and its error.
 *
 *     kernels [--quick] [--threads N] [--json] [--list] [NAME...]
 *
 * A rate is work by time of the fastest of several runs on all threads; its ceiling is measured in the
 * same process, before and after.  The error is the largest absolute difference from the kernel's plain
 * reference on the same arrays: 0 for whole numbers.  Exit status 1 when an error is above its tolerance. */
#include "core/cores.h"
#include "core/json_text.h"
#include "core/text.h"
#include "kernel_bench.h"
#include "measure/machine.h"
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *unit, *what;
} ceilings[BENCH_CEILINGS] = {
    [BENCH_SGEMM] = {"sgemm", "GFLOP/s", "oneDNN's sgemm on large squares"},
    [BENCH_INT8] = {"int8", "GOP/s", "oneDNN's 8-bit integer GEMM on large squares"},
    [BENCH_INT16] = {"int16", "GOP/s", "AVX2's 16-bit multiply-adds, from registers to registers"},
    [BENCH_BF16] = {"bf16", "GFLOP/s", "AVX-512's products of bf16, from registers to registers"},
    [BENCH_MEMORY] = {"memory", "GB/s", "a plain loop over an array larger than the caches"},
    [BENCH_L2] = {"L2", "GB/s", "the same over half of each core's second-level cache"},
};

static const struct bench_case *const tables[] = {bench_cases_dense, bench_cases_conv, bench_cases_bytes,
                                                  bench_cases_passes};
enum { TABLES = sizeof tables / sizeof *tables, LINES_MAX = 160 };

struct running {
    const struct bench_case *c;
    struct bench_arrays *a;
};

static void run_case(void *arg)
{
    struct running *running = arg;
    running->c->run(running->a);
}

struct figure {
    double rate, error;
};

static int is_good(const struct bench_case *c, const struct figure *f)
{
    return f->error <= c->tolerance;
}

static int measure_case(const struct bench_case *c, const struct bench_setting *setting, struct figure *out)
{
    struct bench_arrays a = {.threads = setting->threads, .of = c};
    struct running running = {c, &a};
    double work = c->make(&a);
    if (!a.failed) {
        out->rate = 1e-9 * work / bench_time(run_case, &running, setting->seconds);
        out->error = c->error(&a);
    }
    if (c->release)
        c->release(&a);
    while (a.blocks > 0)
        free(a.block[--a.blocks]);
    return a.failed ? -1 : 0;
}

static void print_line(const struct bench_case *c, const struct figure *f, const double *peak)
{
    double top = peak[c->ceiling];
    char text[32] = "n/a";
    if (top > 0)
        snprintf(text, sizeof text, "%.0f %%", 100 * f->rate / top);
    printf("%-29s %-26s %8.1f %-8s %6s of %-7s %9.2g  %s\n", c->kernel, c->shape, f->rate, c->unit, text,
           ceilings[c->ceiling].name, f->error, is_good(c, f) ? "ok" : "WRONG");
}

static int print_head(const struct bench_setting *setting, const double *peak)
{
    char *machine = sl_json_print(sl_machine_json());
    if (!machine)
        return -1;
    printf("machine  %s\nthreads  %d\n", machine, setting->threads);
    for (int i = 0; i < BENCH_CEILINGS; i++)
        printf("%-8s %8.1f %-8s %s\n", ceilings[i].name, peak[i], ceilings[i].unit, ceilings[i].what);
    printf("\n%-29s %-26s %17s %17s %9s\n", "kernel", "shape", "rate", "of its ceiling", "error");
    free(machine);
    return 0;
}

static json_t *line_json(const struct bench_case *c, const struct figure *f, const double *peak)
{
    double top = peak[c->ceiling];
    json_t *line = json_object();
    sl_json_set(&line, "kernel", sl_json_string(c->kernel));
    sl_json_set(&line, "shape", sl_json_string(c->shape));
    sl_json_set(&line, "rate", sl_json_number(f->rate));
    sl_json_set(&line, "unit", sl_json_string(c->unit));
    sl_json_set(&line, "ceiling", sl_json_string(ceilings[c->ceiling].name));
    sl_json_set(&line, "share", sl_json_number(top > 0 ? f->rate / top : NAN));
    sl_json_set(&line, "error", sl_json_number(f->error));
    sl_json_set(&line, "tolerance", sl_json_number(c->tolerance));
    sl_json_set(&line, "good", json_boolean(is_good(c, f)));
    return line;
}

/* No names: all. A name is the beginning of a kernel's. */
static int wanted(const struct bench_case *c, char **names, int n)
{
    for (int i = 0; i < n; i++) {
        if (strncmp(c->kernel, names[i], strlen(names[i])) == 0)
            return 1;
    }
    return n == 0;
}

/* The ceilings once before the kernels and once after: of a busy machine the better moment counts. */
static int raise_ceilings(const struct bench_setting *setting, double *peak)
{
    double now[BENCH_CEILINGS];
    if (bench_ceilings(setting, now) != 0)
        return -1;
    for (int i = 0; i < BENCH_CEILINGS; i++)
        peak[i] = fmax(peak[i], now[i]);
    return 0;
}

struct line {
    const struct bench_case *c;
    struct figure f;
};

static int measure_all(const struct bench_setting *setting, char **names, int n, struct line *lines)
{
    int count = 0;
    for (int t = 0; t < TABLES; t++) {
        for (const struct bench_case *c = tables[t]; c->kernel && count < LINES_MAX; c++) {
            if (!wanted(c, names, n))
                continue;
            fprintf(stderr, "%s, %s\n", c->kernel, c->shape);
            if (measure_case(c, setting, &lines[count].f) != 0)
                return -1;
            lines[count++].c = c;
        }
    }
    return count;
}

/* Both return -1 when out of memory. */
static int print_text(const struct bench_setting *setting, const double *peak, const struct line *lines,
                      int n)
{
    if (print_head(setting, peak) != 0)
        return -1;
    for (int i = 0; i < n; i++)
        print_line(lines[i].c, &lines[i].f, peak);
    return 0;
}

static int print_json(const struct bench_setting *setting, const double *peak, const struct line *lines,
                      int n)
{
    json_t *report = json_object(), *tops = json_object(), *kernels = json_array();
    for (int i = 0; i < BENCH_CEILINGS; i++)
        sl_json_set(&tops, ceilings[i].name, sl_json_number(peak[i]));
    for (int i = 0; i < n; i++)
        sl_json_add(&kernels, line_json(lines[i].c, &lines[i].f, peak));
    sl_json_set(&report, "machine", sl_machine_json());
    sl_json_set(&report, "threads", json_integer(setting->threads));
    sl_json_set(&report, "ceilings", tops);
    sl_json_set(&report, "kernels", kernels);
    int failed = !report || json_dumpf(report, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) != 0;
    json_decref(report);
    putchar('\n');
    return failed ? -1 : 0;
}

/* The number of kernels whose error is too large, or -1 when out of memory. */
static int run_all(const struct bench_setting *setting, char **names, int n, int json)
{
    struct line lines[LINES_MAX] = {{0}};
    double peak[BENCH_CEILINGS] = {0};
    int bad = 0;
    if (raise_ceilings(setting, peak) != 0)
        return -1;
    int count = measure_all(setting, names, n, lines);
    if (count < 0 || raise_ceilings(setting, peak) != 0)
        return -1;
    for (int i = 0; i < count; i++)
        bad += !is_good(lines[i].c, &lines[i].f);
    return (json ? print_json : print_text)(setting, peak, lines, count) == 0 ? bad : -1;
}

static int list(void)
{
    for (int t = 0; t < TABLES; t++)
        for (const struct bench_case *c = tables[t]; c->kernel; c++)
            printf("%-24s %s\n", c->kernel, c->shape);
    return 0;
}

int main(int argc, char **argv)
{
    struct bench_setting setting = {.threads = sl_cores(), .seconds = 1};
    int json = 0, i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        long number = 0;
        if (strcmp(argv[i], "--list") == 0)
            return list();
        if (strcmp(argv[i], "--json") == 0) {
            json = 1;
        } else if (strcmp(argv[i], "--quick") == 0) {
            setting.quick = 1;
            setting.seconds = 0.1;
        } else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc &&
                   sl_parse_long(argv[i + 1], &number) == 0 && number > 0 && number < 4096) {
            setting.threads = (int)number;
            i++;
        } else {
            fprintf(stderr, "usage: kernels [--quick] [--threads N] [--json] [--list] [NAME...]\n");
            return 2;
        }
    }
    omp_set_num_threads(setting.threads);
    int bad = run_all(&setting, argv + i, argc - i, json);
    if (bad < 0)
        fprintf(stderr, "kernels: out of memory\n");
    return bad ? 1 : 0;
}
