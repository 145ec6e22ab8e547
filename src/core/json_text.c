/* json_text.c - JSON texts as values.
 *
 * Jansson passes over failed allocations while it collects a token: a character is left out, and the value is
 * another one.  So its allocator is put behind one that keeps count of failures; it stays there, the
 * process's own. */
#include "core/json_text.h"
#include <errno.h>
#include <pthread.h>
#include <stddef.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static json_malloc_t allocate;
static _Thread_local unsigned failures;

static void *count_failures(size_t size)
{
    void *p = allocate(size);
    failures += p == NULL;
    return p;
}

static void stand_before(void)
{
    json_free_t release;
    json_get_alloc_funcs(&allocate, &release);
    json_set_alloc_funcs(count_failures, release);
}

json_t *sl_json_parse(const char *text, int *no_memory)
{
    if (!text || !*text)
        return NULL;
    pthread_once(&once, stand_before);
    failures = 0;
    errno = 0; /* numbers are read with memory that does not come from the allocator that counts */
    json_t *value = json_loads(text, 0, NULL);
    if (!failures && (value || errno != ENOMEM))
        return value;
    json_decref(value);
    *no_memory = 1;
    return NULL;
}
