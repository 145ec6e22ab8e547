/* values.c - several values of one hyperparameter, as a person writes them.
 *
 * How many values a text asks for is known before one of them is made.  Those that come again are found in a
 * hash table with open addressing.  Cost: linear in the text and in the values. */
#include "core/hash.h"
#include "core/memory.h"
#include "core/text.h"
#include <math.h>
#include <shortlist/param.h>
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

static int add_number(const struct sl_param *param, double value, struct sl_values *out, struct sl_error *err)
{
    char text[40];
    if (param->type == SL_PARAM_REAL) {
        /* 12 digits: 0.1 + 0.2 is written 0.3, and 1e-3 ... 1e3 in sevenths come out as powers of ten. */
        snprintf(text, sizeof text, "%.12g", value);
    } else
        snprintf(text, sizeof text, "%.0f", round(value));
    return add(param, text, out, err);
}

static int fail_range(const struct sl_param *param, const char *text, struct sl_error *err)
{
    return sl_fail(err, SL_EUSAGE,
                   "%s: '%.60s' is not a range: write FIRST:LAST:logN, FIRST:LAST:linN or FIRST:LAST:STEP",
                   param->name, text);
}

static int add_spaced(const struct sl_param *param, double first, double last, long n, int is_log,
                      struct sl_values *out, struct sl_error *err)
{
    for (long i = 0; i < n; i++) {
        double t = n == 1 ? 0 : (double)i / (double)(n - 1);
        double value = is_log ? exp(log(first) + t * (log(last) - log(first))) : first + t * (last - first);
        if (i == 0 || i == n - 1)
            value = i ? last : first;
        int code = add_number(param, value, out, err);
        if (code)
            return code;
    }
    return SL_OK;
}

/* The N of "log7": -1 for junk.  More digits than a long holds are very many. */
static double parse_count(const char *text)
{
    long n;
    if (!*text || text[strspn(text, "0123456789")])
        return -1;
    return sl_parse_long(text, &n) ? INFINITY : (double)n;
}

static int add_steps(const struct sl_param *param, double first, double step, long n, struct sl_values *out,
                     struct sl_error *err)
{
    int code = SL_OK;
    for (long i = 0; i < n && !code; i++)
        code = add_number(param, first + (double)i * step, out, err);
    return code;
}

static int add_range(const struct sl_param *param, const char *text, struct sl_values *out,
                     struct sl_error *err)
{
    char copy[128];
    if (strlen(text) >= sizeof copy || (param->type != SL_PARAM_INT && param->type != SL_PARAM_REAL))
        return fail_range(param, text, err);
    strcpy(copy, text);
    char *last_text = strchr(copy, ':'), *how = strchr(last_text + 1, ':');
    if (!how)
        return fail_range(param, text, err);
    *last_text++ = 0;
    *how++ = 0;
    double first, last, step;
    if (sl_parse_real(copy, &first) || sl_parse_real(last_text, &last))
        return fail_range(param, text, err);
    int is_log = strncmp(how, "log", 3) == 0, is_lin = strncmp(how, "lin", 3) == 0;
    if (!is_log && !is_lin && (sl_parse_real(how, &step) || step == 0 || (last - first) / step < 0))
        return fail_range(param, text, err);
    double n = is_log || is_lin ? parse_count(how + 3) : floor((last - first) / step + 1e-9) + 1;
    if (n < 0)
        return fail_range(param, text, err);
    if (is_log && (first <= 0 || last <= 0))
        return sl_fail(err, SL_EUSAGE, "%s: '%.60s': a logarithmic range needs ends > 0", param->name, text);
    int code = ask(param, text, n, out, err);
    if (code)
        return code;
    return is_log || is_lin ? add_spaced(param, first, last, (long)n, is_log, out, err)
                            : add_steps(param, first, step, (long)n, out, err);
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
        code = strchr(value, ':') ? add_range(param, value, out, err) : add_single(param, value, out, err);
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
