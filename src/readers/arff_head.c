/* arff_head.c - the header of an ARFF file (Weka 3, "Attribute-Relation File Format").
 *
 *     % comment
 *     @relation NAME
 *     @attribute NAME numeric | real | integer | string | date [FORM] | {VALUE, VALUE, ...}
 *     @data
 *
 * Keywords in any case; names and values that hold blanks, commas or braces stand in ' or ", with \ before
 * what would end them.  O(bytes). */
#include "core/memory.h"
#include "core/names.h"
#include "data/notes.h"
#include "readers/arff.h"
#include <string.h>
#include <strings.h>

void sl_arff_release(struct sl_arff *arff)
{
    for (size_t i = 0; i < arff->n; i++) {
        free(arff->attribute[i].name);
        sl_labels_free(arff->attribute[i].values);
    }
    free(arff->attribute);
    *arff = (struct sl_arff){0};
}

static char *skip_blanks(char *p)
{
    return p + strspn(p, " \t");
}

int sl_arff_take_value(char **p, const char *ends, char **value)
{
    char *from = skip_blanks(*p), *to = from;
    if (*from != '\'' && *from != '"') {
        *value = from;
        *p = from + strcspn(from, ends);
        return 0;
    }
    *value = to;
    for (const char quote = *from++; *from != quote; from++) {
        if (*from == '\\' && from[1])
            from++;
        if (!*from)
            return -1;
        *to++ = *from;
    }
    *to = 0;
    *p = from + 1;
    return 0;
}

/* Puts the NUL behind a value that was not quoted; returns what stood there. */
static char end_value(char *p)
{
    char after = *p;
    *p = 0;
    return after;
}

static int fail_quote(struct sl_error *err)
{
    return sl_fail(err, SL_EDATA, "a quote is never closed");
}

/* "{a, 'b c'}", behind the brace. */
static int take_values(struct sl_arff_attribute *attribute, char *p, struct sl_error *err)
{
    attribute->values = sl_labels_new();
    if (!attribute->values)
        return sl_fail_memory(err);
    for (char after = ','; after != '}';) {
        char *value;
        if (sl_arff_take_value(&p, ", \t}", &value))
            return fail_quote(err);
        char *end = p;
        p = skip_blanks(p);
        after = *p;
        if (after != ',' && after != '}')
            return sl_fail(err, SL_EDATA, "the values of attribute %s: expected , or } behind each",
                           sl_quote(attribute->name).text);
        *end = 0;
        p++;
        if (sl_labels_add(attribute->values, value) < 0)
            return sl_fail_memory(err);
    }
    return SL_OK;
}

static int take_type(struct sl_arff_attribute *attribute, char *p, struct sl_error *err)
{
    static const char *const names[] = {"numeric", "real", "integer", "string", "date"};
    static const enum sl_arff_type types[] = {SL_ARFF_NUMBER, SL_ARFF_NUMBER, SL_ARFF_NUMBER, SL_ARFF_TEXT,
                                              SL_ARFF_TEXT};
    p = skip_blanks(p);
    if (*p == '{') {
        attribute->type = SL_ARFF_NOMINAL;
        return take_values(attribute, p + 1, err);
    }
    p[strcspn(p, " \t")] = 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        attribute->type = types[i];
        if (strcasecmp(p, names[i]) == 0)
            return SL_OK;
    }
    sl_fail_unknown(err, "type of attributes", p, names, sizeof names / sizeof *names);
    if (err)
        err->code = SL_EDATA;
    return SL_EDATA;
}

static int take_attribute(struct sl_arff *arff, char *p, struct sl_error *err)
{
    char *name;
    struct sl_arff_attribute *more = sl_realloc(arff->attribute, arff->n + 1, sizeof *more);
    if (!more)
        return sl_fail_memory(err);
    arff->attribute = more;
    if (sl_arff_take_value(&p, " \t{", &name))
        return fail_quote(err);
    char after = end_value(p);
    struct sl_arff_attribute *attribute = &more[arff->n];
    *attribute = (struct sl_arff_attribute){.name = sl_strdup(name)};
    *p = after;
    if (!attribute->name)
        return sl_fail_memory(err);
    arff->n++;
    return take_type(attribute, p, err);
}

/* Does the line begin with this word?  Then what follows it. */
static char *behind(char *line, const char *word)
{
    size_t n = strlen(word);
    return strncasecmp(line, word, n) == 0 && strchr(" \t", line[n]) ? line + n : NULL;
}

int sl_arff_take_line(struct sl_arff *arff, char *line, int *data, struct sl_error *err)
{
    char *rest;
    *data = 0;
    line = skip_blanks(line);
    if (!*line || *line == '%' || behind(line, "@relation"))
        return SL_OK;
    if ((rest = behind(line, "@attribute")))
        return take_attribute(arff, rest, err);
    *data = behind(line, "@data") != NULL;
    if (!*data)
        return sl_fail(err, SL_EDATA, "%s: expected @attribute NAME TYPE, or @data", sl_quote(line).text);
    return arff->n ? SL_OK : sl_fail(err, SL_EDATA, "@data without an @attribute before it");
}
