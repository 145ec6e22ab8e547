/* other_sort.c - for LD_PRELOAD: a qsort that is right, but leaves equal elements in another order than the C
 * library's.
 *
 * qsort and qsort_r turn the array round and then sort it stably, so that elements which compare equal come
 * out in the reverse of the order that they came in.  The standard leaves that order open, and glibc's own is
 * stable only while it gets memory: what a program prints must not depend on it.  Only calls from the
 * program's own file are answered so; those from shared libraries (SQLite, Jansson) go to the C library.
 *
 * A comparator that contradicts itself, as one that meets NaN may, ends the process: neighbours in the result
 * are asked about each other both ways, and all are held against the first and the last.
 *
 * SORT_MARK=FILE is made when equal elements that differ were sorted, so that whoever compares knows that
 * there was something to see. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

typedef int compare_function(const void *a, const void *b, void *context);
typedef void sort_function(void *array, size_t n, size_t size, compare_function *compare, void *context);

struct sort {
    size_t size;
    compare_function *compare;
    void *context;
};

static int order(const struct sort *s, const char *a, const char *b)
{
    return s->compare(a, b, s->context);
}

/* Is it the program's code? */
static int is_own(void *caller)
{
    Dl_info program, from;
    return dladdr((void *)getauxval(AT_ENTRY), &program) && dladdr(caller, &from) &&
           from.dli_fbase == program.dli_fbase;
}

static void turn_round(char *array, size_t n, size_t size, char *one)
{
    for (size_t i = 0; i < n / 2; i++) {
        char *a = array + i * size, *b = array + (n - 1 - i) * size;
        memcpy(one, a, size);
        memcpy(a, b, size);
        memcpy(b, one, size);
    }
}

/* Stably, by merging; scratch (n * size). */
static void merge_sort(const struct sort *s, char *array, size_t n, char *scratch)
{
    const size_t half = n / 2;
    char *left = scratch, *right = array + half * s->size, *to = array;
    if (n < 2)
        return;
    merge_sort(s, array, half, scratch);
    merge_sort(s, right, n - half, scratch);
    memcpy(scratch, array, half * s->size);
    for (size_t l = 0, r = half; l < half; to += s->size) {
        const int takes_right = r < n && order(s, left, right) > 0;
        memcpy(to, takes_right ? right : left, s->size);
        *(takes_right ? &right : &left) += s->size;
        *(takes_right ? &r : &l) += 1;
    }
}

static void fail(const char *what)
{
    fprintf(stderr, "other_sort: %s\n", what);
    abort();
}

static void mark(void)
{
    const char *path = getenv("SORT_MARK");
    int file = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (file >= 0)
        close(file);
}

static void check(const struct sort *s, const char *array, size_t n)
{
    const char *last = array + (n - 1) * s->size;
    int differs = 0;
    for (size_t i = 1; i < n; i++) {
        const char *a = array + (i - 1) * s->size, *b = a + s->size;
        const int forth = order(s, a, b), back = order(s, b, a);
        if (forth > 0 || (forth < 0) != (back > 0) || order(s, array, b) > 0 || order(s, a, last) > 0)
            fail("a comparator contradicts itself");
        differs |= !forth && memcmp(a, b, s->size) != 0;
    }
    if (differs)
        mark();
}

static void sort_otherwise(const struct sort *s, char *array, size_t n)
{
    if (n < 2)
        return;
    char *scratch = malloc(n * s->size);
    if (!scratch)
        fail("out of memory");
    turn_round(array, n, s->size, scratch);
    merge_sort(s, array, n, scratch);
    check(s, array, n);
    free(scratch);
}

static int without_context(const void *a, const void *b, void *context)
{
    return (*(__compar_fn_t *)context)(a, b);
}

static void sort(void *caller, void *array, size_t n, const struct sort *s)
{
    static sort_function *real;
    if (is_own(caller)) {
        sort_otherwise(s, array, n);
        return;
    }
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "qsort_r");
    real(array, n, s->size, s->compare, s->context);
}

void qsort_r(void *array, size_t n, size_t size, compare_function *compare, void *context)
{
    const struct sort s = {size, compare, context};
    sort(__builtin_return_address(0), array, n, &s);
}

void qsort(void *array, size_t n, size_t size, __compar_fn_t compare)
{
    const struct sort s = {size, without_context, &compare};
    sort(__builtin_return_address(0), array, n, &s);
}
