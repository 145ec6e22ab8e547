/* estimates.c - a file of estimates: written whole, read by key.  Cost: O(n log n) for n entries. */
#include "study/estimates.h"
#include "core/file.h"
#include "core/json_text.h"
#include "core/memory.h"
#include <math.h>
#include <string.h>

#define FORMAT "shortlist-estimate"
enum { VERSION = 1 };

/* Writing ----------------------------------------------------------------------------------------- */

static json_t *entry(const struct sl_plan *plan, size_t trial, const char *key,
                     const struct sl_trial_estimate *of)
{
    const struct sl_trial *t = &plan->trials[trial];
    json_t *object = json_object();
    sl_json_set(&object, "key", sl_json_string(key));
    sl_json_set(&object, "classifier", sl_json_string(t->type->name));
    sl_json_set(&object, "row", sl_json_string(plan->rows[t->row].name));
    sl_json_set(&object, "seconds", sl_json_number(of->seconds));
    sl_json_set(&object, "megabytes", sl_json_number(of->megabytes));
    return object;
}

int sl_estimates_write(const char *path, const struct sl_plan *plan, char (*keys)[33],
                       const struct sl_trial_estimate *of, struct sl_error *err)
{
    json_t *object = json_object(), *units = json_array();
    double seconds = 0, megabytes = 0;
    for (size_t i = 0; i < plan->n_trials; i++) {
        sl_json_add(&units, entry(plan, i, keys[i], &of[i]));
        seconds += isnan(of[i].seconds) ? 0 : of[i].seconds;
        megabytes = fmax(megabytes, of[i].megabytes); /* a NaN is not the larger */
    }
    sl_json_set(&object, "format", sl_json_string(FORMAT));
    sl_json_set(&object, "version", sl_json_number(VERSION));
    sl_json_set(&object, "seconds", sl_json_number(seconds));
    sl_json_set(&object, "megabytes", sl_json_number(megabytes));
    sl_json_set(&object, "units", units);
    char *text = sl_json_print(object);
    if (!text)
        return sl_fail_memory(err);
    int code = sl_file_write(path, text, strlen(text), err);
    free(text);
    return code;
}

/* Reading ----------------------------------------------------------------------------------------- */

struct place {
    const char *key;
    size_t trial;
};

static int by_key(const void *va, const void *vb)
{
    const struct place *a = va, *b = vb;
    return strcmp(a->key, b->key);
}

/* Seconds or megabytes: not negative, or null. */
static int read_number(const json_t *entry, const char *name, double *value)
{
    const json_t *number = json_object_get(entry, name);
    *value = json_is_number(number) ? json_number_value(number) : NAN;
    return json_is_null(number) || (json_is_number(number) && *value >= 0);
}

/* Equal trials have equal keys, which stand together.  The number of trials that the entry is for; -1: it is
 * no entry. */
static long take_entry(const json_t *entry, const struct place *places, size_t n,
                       struct sl_trial_estimate *of)
{
    struct sl_trial_estimate read;
    const struct place wanted = {.key = json_string_value(json_object_get(entry, "key"))};
    if (!wanted.key || !read_number(entry, "seconds", &read.seconds) ||
        !read_number(entry, "megabytes", &read.megabytes))
        return -1;
    const struct place *found = n ? bsearch(&wanted, places, n, sizeof *places, by_key) : NULL;
    if (!found)
        return 0;
    while (found > places && strcmp(found[-1].key, wanted.key) == 0)
        found--;
    long taken = 0;
    for (; found < places + n && strcmp(found->key, wanted.key) == 0; found++, taken++)
        of[found->trial] = read;
    return taken;
}

static int take_entries(const char *path, const json_t *units, const struct place *places, size_t n,
                        struct sl_trial_estimate *of, struct sl_error *err)
{
    long found = 0;
    for (size_t i = 0; i < json_array_size(units); i++) {
        const long taken = take_entry(json_array_get(units, i), places, n, of);
        if (taken < 0)
            return sl_fail(err, SL_EDATA, "%s: entry %zu of units: expected a key, seconds and megabytes",
                           path, i + 1);
        found += taken;
    }
    if (n && !found)
        return sl_fail(err, SL_EUSAGE,
                       "%s: estimates of other trials: none of its keys is one of this run, whose data, rows "
                       "or seed differ",
                       path);
    return SL_OK;
}

static int open_file(const char *path, json_t **object, struct sl_error *err)
{
    unsigned char *bytes = NULL;
    size_t size;
    int no_memory = 0, code = sl_file_read(path, &bytes, &size, err);
    if (code)
        return code;
    *object = sl_json_parse((const char *)bytes, &no_memory);
    free(bytes);
    const char *format = json_string_value(json_object_get(*object, "format"));
    if (no_memory)
        return sl_fail_memory(err);
    if (!format || strcmp(format, FORMAT) != 0)
        code = sl_fail(err, SL_EDATA, "%s: no file of estimates: 'shortlist estimate --out FILE' makes one",
                       path);
    else if (json_integer_value(json_object_get(*object, "version")) != VERSION ||
             !json_is_array(json_object_get(*object, "units")))
        code = sl_fail(err, SL_EDATA, "%s: estimates of another version than %d, which this program reads",
                       path, VERSION);
    if (code)
        json_decref(*object);
    return code;
}

int sl_estimates_read(const char *path, char (*keys)[33], size_t n, struct sl_trial_estimate *of,
                      struct sl_error *err)
{
    json_t *object = NULL;
    int code = open_file(path, &object, err);
    if (code)
        return code;
    struct place *places = sl_alloc(n, sizeof *places);
    for (size_t i = 0; places && i < n; i++) {
        places[i] = (struct place){keys[i], i};
        of[i] = (struct sl_trial_estimate){NAN, NAN};
    }
    if (places && n)
        qsort(places, n, sizeof *places, by_key);
    code = places ? take_entries(path, json_object_get(object, "units"), places, n, of, err)
                  : sl_fail_memory(err);
    free(places);
    json_decref(object);
    return code;
}

int sl_estimates_seconds(const char *path, char (*keys)[33], size_t n, double *seconds, struct sl_error *err)
{
    struct sl_trial_estimate *of = sl_alloc(n, sizeof *of);
    double sum = 0, known = 0;
    if (!of)
        return sl_fail_memory(err);
    int code = sl_estimates_read(path, keys, n, of, err);
    for (size_t i = 0; i < n && !code; i++)
        if (!isnan(of[i].seconds)) {
            sum += of[i].seconds;
            known++;
        }
    for (size_t i = 0; i < n && !code; i++)
        seconds[i] = !isnan(of[i].seconds) ? of[i].seconds : known > 0 ? sum / known : 1;
    free(of);
    return code;
}
