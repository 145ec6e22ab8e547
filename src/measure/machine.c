/* machine.c - a description of the machine, from /proc, /etc/os-release and the compiler's constants.
 *
 * Library versions are those of the headers it was built with: asking oneDNN or OpenMP at run time could
 * start threads, which must not happen before a fork. */
#include "measure/machine.h"
#include "core/cores.h"
#include "core/memory.h"
#include "core/text.h"
#include <dnnl_version.h>
#include <gsl/gsl_version.h>
#include <jansson.h>
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

static void add_field(struct sl_string *json, const char *name, const char *value)
{
    sl_string_add(json, "\"%s\": ", name);
    sl_string_add_json(json, value);
    sl_string_add(json, ", ");
}

static void add_libraries(struct sl_string *json)
{
    sl_string_add(json, "\"libraries\": {");
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        sl_string_add(json, "%s\"%s\": ", i ? ", " : "", libraries[i].name);
        sl_string_add_json(json, libraries[i].version);
    }
    sl_string_add(json, "}");
}

char *sl_machine_json(void)
{
    struct sl_string json = {0};
    struct utsname name = {0};
    char cpu[256], system[256];
    uname(&name);
    find_value("/proc/cpuinfo", "model name", " \t:\n", cpu, sizeof cpu);
    find_value("/etc/os-release", "PRETTY_NAME", " =\"\n", system, sizeof system);
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    sl_string_add(&json, "{");
    add_field(&json, "cpu", cpu[0] ? cpu : name.machine);
    sl_string_add(&json, "\"cores\": %d, ", sl_cores());
    if (pages > 0 && page > 0)
        sl_string_add(&json, "\"memory\": %lld, ", (long long)pages * page);
    add_field(&json, "isa", sl_machine_isa());
    add_field(&json, "system", system[0] ? system : name.sysname);
    add_field(&json, "kernel", name.release);
    add_field(&json, "compiler", compiler);
    add_libraries(&json);
    sl_string_add(&json, "}");
    if (json.failed)
        sl_string_release(&json);
    return json.text;
}
