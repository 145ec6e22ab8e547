/* param.c - one hyperparameter: parsing, printing and describing. */
#include "core/names.h"
#include "core/text.h"
#include <math.h>
#include <shortlist/param.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct sl_word sl_words_bool[] = {{"false", 0}, {"true", 1}, {NULL, 0}};

static void *field(const struct sl_param *param, void *config)
{
    return (char *)config + param->offset;
}

static const void *const_field(const struct sl_param *param, const void *config)
{
    return (const char *)config + param->offset;
}

static const struct sl_word *word_named(const struct sl_param *param, const char *text)
{
    for (const struct sl_word *w = param->words; w && w->name; w++)
        if (strcasecmp(w->name, text) == 0)
            return w;
    return NULL;
}

static const struct sl_word *word_valued(const struct sl_param *param, double value)
{
    for (const struct sl_word *w = param->words; w && w->name; w++)
        if (w->value == value)
            return w;
    return NULL;
}

static int fail_value(const struct sl_param *param, const char *text, struct sl_error *err)
{
    char allowed[512];
    sl_param_describe(param, allowed, sizeof allowed);
    const char *names[64];
    size_t n = 0;
    for (const struct sl_word *w = param->words; w && w->name && n < 64; w++)
        names[n++] = w->name;
    return sl_fail(err, SL_EUSAGE, "%s: '%.60s' is not allowed: it takes %s%s", param->name, text, allowed,
                   sl_did_you_mean(text, names, n).text);
}

static int in_bounds(const struct sl_param *param, double value)
{
    if (value < param->min || value > param->max)
        return 0;
    if ((param->flags & SL_OPEN_MIN) && value == param->min)
        return 0;
    return !((param->flags & SL_OPEN_MAX) && value == param->max);
}

static int set_number(const struct sl_param *param, void *to, const char *text, struct sl_error *err)
{
    const struct sl_word *word = word_named(param, text);
    double value;
    if (word)
        value = word->value;
    else if (param->type == SL_PARAM_INT) {
        long whole;
        if (sl_parse_long(text, &whole) || !in_bounds(param, (double)whole))
            return fail_value(param, text, err);
        value = (double)whole;
    } else if (sl_parse_real(text, &value) || !in_bounds(param, value))
        return fail_value(param, text, err);
    if (param->type == SL_PARAM_INT)
        *(int *)to = (int)value;
    else
        *(double *)to = value;
    return SL_OK;
}

static int set_choice(const struct sl_param *param, int *to, const char *text, struct sl_error *err)
{
    const struct sl_word *word = word_named(param, text);
    if (!word)
        return fail_value(param, text, err);
    *to = (int)word->value;
    return SL_OK;
}

/* Cuts blanks off both ends, and one pair of brackets around the rest. */
static char *strip(char *text, int brackets)
{
    text += strspn(text, " ");
    size_t n = strlen(text);
    while (n && text[n - 1] == ' ')
        text[--n] = 0;
    int paired = n > 1 && ((*text == '[' && text[n - 1] == ']') || (*text == '(' && text[n - 1] == ')'));
    if (!brackets || !paired)
        return text;
    text[n - 1] = 0;
    return strip(text + 1, 0);
}

/* "512,512", with or without brackets or parentheses; blanks may stand between. */
static int set_ints(const struct sl_param *param, struct sl_ints *to, const char *text, struct sl_error *err)
{
    struct sl_ints list = {0};
    char copy[256];
    if (strlen(text) >= sizeof copy)
        return fail_value(param, text, err);
    strcpy(copy, text);
    for (char *at = strip(copy, 1), *next; at; at = next) {
        next = strchr(at, ',');
        if (next)
            *next++ = 0;
        at = strip(at, 0);
        if (!*at && !next && list.n) /* Python's "(100,)" */
            break;
        long value;
        if (list.n == SL_INTS_MAX || sl_parse_long(at, &value) || !in_bounds(param, (double)value))
            return fail_value(param, text, err);
        list.v[list.n++] = (int)value;
    }
    *to = list;
    return SL_OK;
}

static int set_text(const struct sl_param *param, char *to, const char *text, struct sl_error *err)
{
    size_t n = strlen(text);
    if (n >= SL_TEXT_MAX)
        return sl_fail(err, SL_EUSAGE, "%s: the text has %zu characters, at most %d are allowed", param->name,
                       n, SL_TEXT_MAX - 1);
    memset(to, 0, SL_TEXT_MAX);
    memcpy(to, text, n);
    return SL_OK;
}

static int set_value(const struct sl_param *param, void *config, const char *text, struct sl_error *err)
{
    void *to = field(param, config);
    switch (param->type) {
    case SL_PARAM_INT:
    case SL_PARAM_REAL:
        return set_number(param, to, text, err);
    case SL_PARAM_CHOICE:
        return set_choice(param, to, text, err);
    case SL_PARAM_INTS:
        return set_ints(param, to, text, err);
    case SL_PARAM_TEXT:
        return set_text(param, to, text, err);
    }
    return sl_fail(err, SL_EINTERNAL, "%s: unknown type", param->name);
}

const struct sl_param *sl_param_find(const struct sl_param *table, const char *name, struct sl_error *err)
{
    const char *names[128];
    size_t n = 0;
    for (const struct sl_param *p = table; p->name; p++) {
        if (strcmp(p->name, name) == 0)
            return p;
        if (n < sizeof names / sizeof *names)
            names[n++] = p->name;
    }
    sl_fail_unknown(err, "hyperparameter", name, names, n);
    return NULL;
}

void sl_config_default(const struct sl_param *table, void *config)
{
    for (const struct sl_param *p = table; p->name; p++)
        set_value(p, config, p->def, NULL);
}

void sl_config_before(const struct sl_param *table, const struct sl_later *later, void *config)
{
    for (; later && later->name; later++)
        sl_config_set(table, config, later->name, later->before, NULL);
}

int sl_config_set(const struct sl_param *table, void *config, const char *name, const char *text,
                  struct sl_error *err)
{
    const struct sl_param *param = sl_param_find(table, name, err);
    return param ? set_value(param, config, text, err) : SL_EUSAGE;
}

static void print_ints(const struct sl_ints *list, char *buf, size_t size)
{
    size_t used = 0;
    if (size)
        buf[0] = 0;
    for (int i = 0; i < list->n && used < size; i++)
        used += (size_t)snprintf(buf + used, size - used, "%s%d", i ? "," : "", list->v[i]);
}

void sl_param_print(const struct sl_param *param, const void *config, char *buf, size_t size)
{
    const void *from = const_field(param, config);
    double value = param->type == SL_PARAM_REAL                                    ? *(const double *)from
                   : param->type == SL_PARAM_INT || param->type == SL_PARAM_CHOICE ? *(const int *)from
                                                                                   : 0;
    const struct sl_word *word = word_valued(param, value);
    switch (param->type) {
    case SL_PARAM_INT:
    case SL_PARAM_REAL:
    case SL_PARAM_CHOICE:
        if (word)
            snprintf(buf, size, "%s", word->name);
        else if (param->type == SL_PARAM_REAL)
            sl_print_real(value, buf, size);
        else
            snprintf(buf, size, "%d", (int)value);
        break;
    case SL_PARAM_INTS:
        print_ints(from, buf, size);
        break;
    case SL_PARAM_TEXT:
        snprintf(buf, size, "%s", (const char *)from);
        break;
    }
}

int sl_param_equal(const struct sl_param *param, const void *a, const void *b)
{
    const void *x = const_field(param, a), *y = const_field(param, b);
    switch (param->type) {
    case SL_PARAM_INT:
    case SL_PARAM_CHOICE:
        return *(const int *)x == *(const int *)y;
    case SL_PARAM_REAL:
        return *(const double *)x == *(const double *)y;
    case SL_PARAM_INTS:
        return memcmp(x, y, sizeof(struct sl_ints)) == 0;
    case SL_PARAM_TEXT:
        return strcmp(x, y) == 0;
    }
    return 0;
}

/* Room for one value of any type. */
union value {
    int i;
    double d;
    struct sl_ints list;
    char text[SL_TEXT_MAX];
};

/* 1 if the configuration holds the value of this text: both are printed alike. */
static int holds(const struct sl_param *param, const void *config, const char *text)
{
    char value[SL_TEXT_MAX], other[SL_TEXT_MAX];
    struct sl_param at_start = *param;
    union value scratch = {0};
    at_start.offset = 0;
    set_value(&at_start, &scratch, text, NULL);
    sl_param_print(&at_start, &scratch, other, sizeof other);
    sl_param_print(param, config, value, sizeof value);
    return strcmp(value, other) == 0;
}

int sl_param_is_before(const struct sl_param *param, const struct sl_later *later, const void *config, int k)
{
    for (; later && later->name; later++)
        if (strcmp(later->name, param->name) == 0)
            return (later->classes && later->classes != k) || holds(param, config, later->before);
    return 0;
}

void sl_config_print(const struct sl_param *table, const void *config, char *buf, size_t size)
{
    size_t used = 0;
    if (size)
        buf[0] = 0;
    for (const struct sl_param *p = table; p->name && used < size; p++) {
        char value[SL_TEXT_MAX];
        if (holds(p, config, p->def))
            continue;
        sl_param_print(p, config, value, sizeof value);
        used += (size_t)snprintf(buf + used, size - used, "%s%s=%s", used ? " " : "", p->name, value);
    }
}

static void describe_number(const struct sl_param *param, char *buf, size_t size)
{
    char low[32], high[32];
    const char *kind = param->type == SL_PARAM_REAL ? "a real number" : "a whole number";
    int has_low = isfinite(param->min), has_high = isfinite(param->max);
    if (param->type == SL_PARAM_REAL) {
        sl_print_real(param->min, low, sizeof low);
        sl_print_real(param->max, high, sizeof high);
    } else { /* "2000000000", not "2e+09" */
        snprintf(low, sizeof low, "%.0f", param->min);
        snprintf(high, sizeof high, "%.0f", param->max);
    }
    const char *from = param->flags & SL_OPEN_MIN ? ">" : ">=";
    const char *to = param->flags & SL_OPEN_MAX ? "<" : "<=";
    if (has_low && has_high)
        snprintf(buf, size, "%s %s %s and %s %s", kind, from, low, to, high);
    else if (has_low)
        snprintf(buf, size, "%s %s %s", kind, from, low);
    else if (has_high)
        snprintf(buf, size, "%s %s %s", kind, to, high);
    else
        snprintf(buf, size, "%s", kind);
}

void sl_param_describe(const struct sl_param *param, char *buf, size_t size)
{
    char kind[160] = "";
    if (param->type == SL_PARAM_INT || param->type == SL_PARAM_REAL)
        describe_number(param, kind, sizeof kind);
    else if (param->type == SL_PARAM_INTS) {
        char each[120];
        describe_number(param, each, sizeof each);
        snprintf(kind, sizeof kind, "a list, each %s", each);
    } else if (param->type == SL_PARAM_TEXT)
        snprintf(kind, sizeof kind, "a text");
    size_t used = (size_t)snprintf(buf, size, "%s", kind);
    for (const struct sl_word *w = param->words; w && w->name && used < size; w++) {
        const char *join = w == param->words ? (*kind ? ", or " : "") : " | ";
        used += (size_t)snprintf(buf + used, size - used, "%s%s", join, w->name);
    }
}
