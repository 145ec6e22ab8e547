/* machine.c - a description of the machine, from /proc, /etc/os-release and the compiler's constants.
 *
 * Library versions are those of the headers it was built with: asking oneDNN or OpenMP at run time could
 * start threads, which must not happen before a fork. */
#include "measure/machine.h"
#include "core/cores.h"
#include <dnnl_version.h>
#include <gsl/gsl_version.h>
#include <shortlist/cpu.h>
#include <shortlist/version.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <svm.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>
#ifdef __aarch64__
#include <sys/auxv.h>
#endif

#define TEXT(x) #x
#define VALUE(x) TEXT(x)

static const struct {
    const char *name, *version;
} libraries[] = {
    {"oneDNN", VALUE(DNNL_VERSION_MAJOR) "." VALUE(DNNL_VERSION_MINOR) "." VALUE(DNNL_VERSION_PATCH)},
    {"GSL", GSL_VERSION},
    {"LIBSVM", VALUE(LIBSVM_VERSION)},
    {"SQLite", SQLITE_VERSION},
    {"jansson", JANSSON_VERSION},
    {"zlib", ZLIB_VERSION},
};

#ifdef __clang__
static const char compiler[] =
    "clang " VALUE(__clang_major__) "." VALUE(__clang_minor__) "." VALUE(__clang_patchlevel__);
#else
static const char compiler[] = "gcc " __VERSION__;
#endif

const char *sl_machine_isa(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    if (avx512 && __builtin_cpu_supports("avx512vnni"))
        return "avx512_vnni";
    if (avx512)
        return "avx512";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return "avx2";
    if (__builtin_cpu_supports("avx"))
        return "avx";
    return __builtin_cpu_supports("sse4.2") ? "sse4.2" : "sse2";
#elif defined(__aarch64__)
    return getauxval(AT_HWCAP) & (1u << 22) ? "sve" : "asimd"; /* HWCAP_SVE */
#else
    return "generic";
#endif
}

/* The value of the first line of a file that begins with key, without separators, blanks and quotes around
 * it; "" where there is none. */
static void find_value(const char *path, const char *key, const char *trim, char *value, size_t size)
{
    char line[512];
    value[0] = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while (!value[0] && fgets(line, sizeof line, file)) {
        if (strncmp(line, key, strlen(key)) != 0)
            continue;
        const char *start = line + strlen(key);
        start += strspn(start, trim);
        snprintf(value, size, "%s", start);
        size_t n = strlen(value);
        while (n && strchr(trim, value[n - 1]))
            value[--n] = 0;
    }
    fclose(file);
}

static json_t *libraries_json(void)
{
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        sl_json_set(&object, libraries[i].name, sl_json_string(libraries[i].version));
    return object;
}

json_t *sl_machine_json(void)
{
    json_t *object = json_object();
    struct utsname name = {0};
    char cpu[256], system[256];
    uname(&name);
    find_value("/proc/cpuinfo", "model name", " \t:\n", cpu, sizeof cpu);
    find_value("/etc/os-release", "PRETTY_NAME", " =\"\n", system, sizeof system);
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    sl_json_set(&object, "cpu", sl_json_string(cpu[0] ? cpu : name.machine));
    sl_json_set(&object, "cores", json_integer(sl_cores()));
    if (pages > 0 && page > 0)
        sl_json_set(&object, "memory", json_integer((json_int_t)pages * page));
    sl_json_set(&object, "isa", sl_json_string(sl_machine_isa()));
    sl_json_set(&object, "loops", sl_json_string(sl_cpu_name(sl_cpu())));
    sl_json_set(&object, "system", sl_json_string(system[0] ? system : name.sysname));
    sl_json_set(&object, "kernel", sl_json_string(name.release));
    sl_json_set(&object, "shortlist", sl_json_string(sl_version()));
    sl_json_set(&object, "compiler", sl_json_string(compiler));
    sl_json_set(&object, "libraries", libraries_json());
    return object;
}
