/* json_text.c - JSON: texts as values, and values as texts.
 *
 * Jansson passes over failed allocations while it collects a token: a character is left out, and the value is
 * another one, or, where it was a string's last quote, the string is sought and copied far beyond its end. So
 * its allocator is put behind one that leaves the parser where memory runs out, which loses what it had
 * allocated; it stays there, the process's own (tests/lsan.supp). */
#include "core/json_text.h"
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <shortlist/text.h>
#include <stddef.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static json_malloc_t allocate;
static _Thread_local jmp_buf *parser; /* where to go from it; NULL: this thread is in none */

static void *allocate_or_leave(size_t size)
{
    void *p = allocate(size);
    if (!p && parser)
        longjmp(*parser, 1);
    return p;
}

static void stand_before(void)
{
    json_free_t release;
    json_get_alloc_funcs(&allocate, &release);
    json_set_alloc_funcs(allocate_or_leave, release);
}

json_t *sl_json_parse(const char *text, int *no_memory)
{
    jmp_buf left;
    if (!text || !*text)
        return NULL;
    pthread_once(&once, stand_before);
    if (setjmp(left)) {
        parser = NULL;
        *no_memory = 1;
        return NULL;
    }
    parser = &left;
    errno = 0; /* numbers are read with memory that does not come from that allocator */
    json_t *value = json_loads(text, 0, NULL);
    parser = NULL;
    *no_memory |= !value && errno == ENOMEM;
    return value;
}

json_t *sl_json_string(const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    char *clean = sl_text_utf8(text);
    value = clean ? json_string(clean) : NULL;
    free(clean);
    return value;
}

json_t *sl_json_number(double value)
{
    if (!isfinite(value))
        return json_null();
    if (value == floor(value) && fabs(value) < 1e15)
        return json_integer((json_int_t)value);
    return json_real(value);
}

void sl_json_add(json_t **list, json_t *value)
{
    if (json_array_append_new(*list, value) == 0)
        return;
    json_decref(*list);
    *list = NULL;
}

void sl_json_set(json_t **object, const char *key, json_t *value)
{
    if (json_object_set_new(*object, key, value) == 0)
        return;
    json_decref(*object);
    *object = NULL;
}

/* Without memory for the comparison the digits count as too few: more of them are not wrong. */
static int reads_back(const char *text, const json_t *value)
{
    int no_memory = 0;
    json_t *back = sl_json_parse(text, &no_memory);
    int same = json_equal(back, value);
    json_decref(back);
    return same;
}

char *sl_json_print(json_t *value)
{
    enum { DIGITS = 15, MOST_DIGITS = 17 };
    char *text = NULL;
    for (size_t digits = DIGITS; value && digits <= MOST_DIGITS; digits++) {
        free(text);
        text = json_dumps(value, JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(digits));
        if (!text || reads_back(text, value))
            break;
    }
    json_decref(value);
    return text;
}
