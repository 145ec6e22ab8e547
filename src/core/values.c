/* values.c - several values of one hyperparameter, as a person writes them. */
#include "core/memory.h"
#include "core/text.h"
#include <math.h>
#include <shortlist/param.h>
#include <stdio.h>
#include <string.h>

enum { VALUES_MAX = 10000, SCRATCH = SL_TEXT_MAX };

void sl_values_free(struct sl_values *values)
{
    for (size_t i = 0; i < values->n; i++)
        free(values->text[i]);
    free(values->text);
    *values = (struct sl_values){0};
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
    for (size_t i = 0; i < out->n; i++)
        if (strcmp(out->text[i], canonical) == 0)
            return SL_OK;
    if (out->n == VALUES_MAX)
        return sl_fail(err, SL_EUSAGE, "%s: more than %d values", param->name, VALUES_MAX);
    char **grown = sl_realloc(out->text, out->n + 1, sizeof *grown);
    char *copy = sl_strdup(canonical);
    if (grown)
        out->text = grown;
    if (!grown || !copy) {
        free(copy);
        return sl_fail_memory(err);
    }
    out->text[out->n++] = copy;
    return SL_OK;
}

static int add_number(const struct sl_param *param, double value, struct sl_values *out,
                      struct sl_error *err)
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
    long n;
    if (sl_parse_real(copy, &first) || sl_parse_real(last_text, &last))
        return fail_range(param, text, err);
    int is_log = strncmp(how, "log", 3) == 0, is_lin = strncmp(how, "lin", 3) == 0;
    if (is_log || is_lin) {
        if (sl_parse_long(how + 3, &n) || n < 1 || n > VALUES_MAX)
            return fail_range(param, text, err);
        if (is_log && (first <= 0 || last <= 0))
            return sl_fail(err, SL_EUSAGE, "%s: '%s': a logarithmic range needs ends > 0", param->name, text);
        return add_spaced(param, first, last, n, is_log, out, err);
    }
    if (sl_parse_real(how, &step) || step == 0 || (last - first) / step < 0 ||
        (last - first) / step >= VALUES_MAX)
        return fail_range(param, text, err);
    n = (long)floor((last - first) / step + 1e-9) + 1;
    for (long i = 0; i < n; i++) {
        int code = add_number(param, first + (double)i * step, out, err);
        if (code)
            return code;
    }
    return SL_OK;
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

int sl_values_parse(const struct sl_param *param, const char *text, struct sl_values *out,
                    struct sl_error *err)
{
    *out = (struct sl_values){0};
    if (param->type == SL_PARAM_TEXT) { /* a text may hold commas: it is one value */
        int code = add(param, text, out, err);
        if (code)
            sl_values_free(out);
        return code;
    }
    char *copy = sl_strdup(text), *start = copy;
    if (!copy)
        return sl_fail_memory(err);
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
        code = strchr(value, ':') ? add_range(param, value, out, err) : add(param, value, out, err);
    }
    free(copy);
    if (code)
        sl_values_free(out);
    return code;
}
