/* values.c - several values of one hyperparameter, as a person writes them.
 *
 * How many values a text asks for is known before one of them is made.  Those that come again are found in a
 * hash table with open addressing.  Cost: linear in the text and in the values. */
#include "core/hash.h"
#include "core/memory.h"
#include "core/range.h"
#include "core/text.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SCRATCH = SL_TEXT_MAX, SLOTS_MIN = 32 };

void sl_values_free(struct sl_values *values)
{
    for (size_t i = 0; i < values->n; i++)
        free(values->text[i]);
    free(values->text);
    free(values->slots);
    *values = (struct sl_values){0};
}

/* The set ------------------------------------------------------------------------------------------ */

/* The slot that holds text, or the free one where it belongs. */
static size_t slot_of(const struct sl_values *values, const char *text)
{
    size_t slot = sl_hash64(text, strlen(text), 0) % values->n_slots;
    while (values->slots[slot] && strcmp(values->text[values->slots[slot] - 1], text) != 0)
        slot = (slot + 1) % values->n_slots;
    return slot;
}

/* Room for one more: at most half of the slots are taken. */
static int reserve(struct sl_values *values)
{
    if (values->n_slots >= 2 * (values->n + 1))
        return 0;
    size_t n = values->n_slots ? 2 * values->n_slots : SLOTS_MIN;
    char **text = sl_realloc(values->text, n / 2, sizeof *text);
    size_t *slots = sl_alloc_zero(n, sizeof *slots);
    values->text = text ? text : values->text;
    if (!text || !slots) {
        free(slots);
        return -1;
    }
    free(values->slots);
    values->slots = slots;
    values->n_slots = n;
    for (size_t i = 0; i < values->n; i++)
        slots[slot_of(values, text[i])] = i + 1;
    return 0;
}

static int add_once(struct sl_values *values, const char *text, struct sl_error *err)
{
    if (reserve(values))
        return sl_fail_memory(err);
    size_t slot = slot_of(values, text);
    if (values->slots[slot])
        return SL_OK;
    values->text[values->n] = sl_strdup(text);
    if (!values->text[values->n])
        return sl_fail_memory(err);
    values->slots[slot] = ++values->n;
    return SL_OK;
}

/* Values ------------------------------------------------------------------------------------------- */

/* Counts n values more before they are made; n may be more than any integer holds. */
static int ask(const struct sl_param *param, const char *text, double n, struct sl_values *out,
               struct sl_error *err)
{
    if (n + (double)out->asked > SL_VALUES_MAX || n < 1) {
        char more[40] = "";
        if (out->asked && n >= 1)
            snprintf(more, sizeof more, " after %zu others", out->asked);
        if (n > 1e15 || isnan(n))
            return sl_fail(err, SL_EUSAGE, "%s: '%.60s' asks for too many values: at most %d are allowed",
                           param->name, text, SL_VALUES_MAX);
        return sl_fail(err, SL_EUSAGE, "%s: '%.60s' asks for %.0f value%s%s: 1 to %d are allowed",
                       param->name, text, n, n == 1 ? "" : "s", more, SL_VALUES_MAX);
    }
    out->asked += (size_t)n;
    return SL_OK;
}

/* Checks one value against the row and adds its canonical text, once. */
static int add(const struct sl_param *param, const char *text, struct sl_values *out, struct sl_error *err)
{
    union {
        double d;
        struct sl_ints list;
        char text[SL_TEXT_MAX];
    } config = {0};
    struct sl_param table[2] = {*param, {0}};
    table[0].offset = 0;
    char canonical[SCRATCH];
    int code = sl_config_set(table, &config, param->name, text, err);
    if (code)
        return code;
    sl_param_print(table, &config, canonical, sizeof canonical);
    return add_once(out, canonical, err);
}

static int add_single(const struct sl_param *param, const char *text, struct sl_values *out,
                      struct sl_error *err)
{
    int code = ask(param, text, 1, out, err);
    return code ? code : add(param, text, out, err);
}

/* A range without steps: all values between its ends. */
static int set_whole(const struct sl_param *param, const char *text, const struct sl_range *range,
                     struct sl_values *out, struct sl_error *err)
{
    struct sl_values ends = {0};
    if (out->asked)
        return sl_fail(err, SL_EUSAGE,
                       "%s: '%.60s' has no steps and stands by itself, not among other values", param->name,
                       text);
    int code = add(param, range->first_text, &ends, err);
    if (!code)
        code = add(param, range->last_text, &ends, err);
    sl_values_free(&ends);
    out->is_whole = 1;
    out->is_log = range->is_log;
    out->low = range->first;
    out->high = range->last;
    return code ? code : ask(param, text, 1, out, err);
}

/* Words have no ranges: a colon in one is a word that is not allowed, and the message says which are. */
static int is_range(const struct sl_param *param, const char *value)
{
    return (param->type == SL_PARAM_INT || param->type == SL_PARAM_REAL) && strchr(value, ':');
}

static int add_range(const struct sl_param *param, const char *text, struct sl_values *out,
                     struct sl_error *err)
{
    struct sl_range range;
    int code = sl_range_parse(param, text, &range, err);
    if (!code && range.kind == SL_RANGE_WHOLE)
        return set_whole(param, text, &range, out, err);
    if (!code)
        code = ask(param, text, range.n, out, err);
    if (code)
        return code;
    size_t n = (size_t)range.n;
    double *values = sl_alloc(n, sizeof *values);
    if (!values)
        return sl_fail_memory(err);
    sl_range_values(param, &range, values);
    for (size_t i = 0; i < n && !code; i++) {
        char value[SL_RANGE_TEXT];
        sl_range_text(param, &range, values, i, value);
        code = add(param, value, out, err);
    }
    free(values);
    return code;
}

/* Cuts the next value off at a comma outside brackets; returns the rest, or NULL at the end. */
static char *cut(char *text)
{
    int depth = 0;
    for (char *c = text; *c; c++) {
        depth += *c == '[' || *c == '(';
        depth -= *c == ']' || *c == ')';
        if (*c == ',' && depth <= 0) {
            *c = 0;
            return c + 1;
        }
    }
    return NULL;
}

static char *trim(char *text)
{
    text += strspn(text, " ");
    for (size_t n = strlen(text); n && text[n - 1] == ' '; n--)
        text[n - 1] = 0;
    return text;
}

static int add_list(const struct sl_param *param, char *start, struct sl_values *out, struct sl_error *err)
{
    /* [0.1, 1, 10]: brackets around the whole list, as in an experiment file. */
    start = trim(start);
    size_t n = strlen(start);
    if (param->type != SL_PARAM_INTS && n > 1 && start[0] == '[' && start[n - 1] == ']') {
        start[n - 1] = 0;
        start++;
    }
    int code = SL_OK;
    for (char *next; start && !code; start = next) {
        next = cut(start);
        char *value = trim(start);
        if (out->is_whole)
            return sl_fail(err, SL_EUSAGE,
                           "%s: a range without steps stands by itself, not among other values", param->name);
        code =
            is_range(param, value) ? add_range(param, value, out, err) : add_single(param, value, out, err);
    }
    return code;
}

int sl_values_add(const struct sl_param *param, const char *text, struct sl_values *out, struct sl_error *err)
{
    if (param->type == SL_PARAM_TEXT) /* a text may hold commas: it is one value */
        return add_single(param, text, out, err);
    char *copy = sl_strdup(text);
    if (!copy)
        return sl_fail_memory(err);
    int code = add_list(param, copy, out, err);
    free(copy);
    return code;
}

int sl_values_parse(const struct sl_param *param, const char *text, struct sl_values *out,
                    struct sl_error *err)
{
    *out = (struct sl_values){0};
    int code = sl_values_add(param, text, out, err);
    if (code)
        sl_values_free(out);
    return code;
}
