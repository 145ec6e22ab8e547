/* baselines.c - the file format of the official Fashion-MNIST benchmark (Xiao, Rasul and Vollgraf, 2017):
 *
 *     {"common": {}, "classifiers": {"SVC": [{"C": [1.0, 10.0]}, {"kernel": ["linear", "rbf"]}], ...}}
 *
 * A classifier's configurations are the product of all its lists, whatever mapping they stand in, the last
 * one varying fastest; what is common joins each of them.  A tuple is a text, "(100,10,)".  JSON of this kind
 * is YAML, and is read as such, so that errors have their line. */
#include "core/memory.h"
#include "core/text.h"
#include "study/experiment.h"
#include "study/spelling.h"
#include "study/yaml.h"
#include <ctype.h>
#include <string.h>

/* One list of the product. */
struct axis {
    const yaml_node_t *key, *values; /* values: a list, or the one value */
    size_t n;
};

struct baselines {
    struct sl_yaml yaml;
    struct sl_experiment *experiment;
    struct axis axes[SL_SPELLED_MAX];
    struct sl_spelled values[SL_SPELLED_MAX];
    size_t n_axes, n_configurations;
    struct sl_error *err;
};

/* Values ------------------------------------------------------------------------------------------- */

static int set_text(struct baselines *b, const yaml_node_t *node, const char *text, char *out, size_t size)
{
    size_t n = text ? strlen(text) : size;
    if (n >= size)
        return sl_yaml_fail(&b->yaml, node, b->err, "a name or a value of more than %zu characters",
                            size - 1);
    memcpy(out, text, n + 1);
    return SL_OK;
}

/* "(100, 10,)" as "[100,10]". */
static void turn_tuple(char *text)
{
    char *to = text + 1;
    *text = '[';
    for (const char *c = text + 1; *c && *c != ')'; c++)
        if (!isspace((unsigned char)*c))
            *to++ = *c;
    to -= to[-1] == ',';
    *to++ = ']';
    *to = 0;
}

/* 10.0 as 10: names tell values as tables do. */
static void shorten_number(char *text, size_t size)
{
    double value;
    if (!sl_parse_real(text, &value))
        sl_print_real(value, text, size);
}

static int read_value(struct baselines *b, const yaml_node_t *node, char out[SL_TEXT_MAX])
{
    const char *text = sl_yaml_is_null(node) ? "none" : sl_yaml_text(node);
    if (text) {
        int code = set_text(b, node, strcmp(text, "None") == 0 ? "none" : text, out, SL_TEXT_MAX);
        const size_t n = strlen(out);
        if (!code && n > 2 && out[0] == '(' && out[n - 1] == ')')
            turn_tuple(out);
        else if (!code)
            shorten_number(out, SL_TEXT_MAX);
        return code;
    }
    struct sl_string list = {0};
    const int is_list = node->type == YAML_SEQUENCE_NODE;
    for (const int *item = is_list ? node->data.sequence.items.start : NULL;
         is_list && item < node->data.sequence.items.top; item++) {
        const char *element = sl_yaml_text(sl_yaml_node(&b->yaml, *item));
        if (!element)
            return sl_string_release(&list),
                   sl_yaml_fail(&b->yaml, node, b->err, "a list in a list of values");
        sl_string_add(&list, "%s%s", list.size ? "," : "[", element);
    }
    sl_string_add(&list, list.size ? "]" : "[]");
    int code = list.failed ? sl_fail_memory(b->err)
               : is_list   ? set_text(b, node, list.text, out, SL_TEXT_MAX)
                           : sl_yaml_fail(&b->yaml, node, b->err, "a value is a number, a text or a list");
    sl_string_release(&list);
    return code;
}

/* Axes --------------------------------------------------------------------------------------------- */

static const yaml_node_t *value_of(struct baselines *b, const struct axis *axis, size_t i)
{
    return axis->n ? sl_yaml_node(&b->yaml, axis->values->data.sequence.items.start[i]) : axis->values;
}

/* is_grid: values are lists of alternatives; else one value each. */
static int add_axes(struct baselines *b, const yaml_node_t *map, int is_grid)
{
    if (map->type != YAML_MAPPING_NODE)
        return sl_yaml_fail(&b->yaml, map, b->err,
                            "hyperparameters are a mapping, such as {\"C\": [1.0, 10.0]}");
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = sl_yaml_node(&b->yaml, p->key), *values = sl_yaml_node(&b->yaml, p->value);
        const int *first =
            is_grid && values->type == YAML_SEQUENCE_NODE ? values->data.sequence.items.start : NULL;
        if (is_grid && (!first || first == values->data.sequence.items.top))
            return sl_yaml_fail(&b->yaml, values, b->err, "%s: a grid has a list of values",
                                sl_yaml_text(key));
        if (b->n_axes == SL_SPELLED_MAX)
            return sl_yaml_fail(&b->yaml, key, b->err, "more than %d hyperparameters", SL_SPELLED_MAX);
        for (size_t a = 0; a < b->n_axes; a++)
            if (strcmp(sl_yaml_text(b->axes[a].key), sl_yaml_text(key)) == 0)
                return sl_yaml_fail(&b->yaml, key, b->err, "%s stands here a second time", sl_yaml_text(key));
        struct axis *axis = &b->axes[b->n_axes++];
        *axis = (struct axis){key, values, first ? (size_t)(values->data.sequence.items.top - first) : 0};
    }
    return SL_OK;
}

/* The i-th member of the product. */
static int add_configuration(struct baselines *b, const yaml_node_t *classifier, size_t i)
{
    int code = SL_OK;
    for (size_t a = b->n_axes; a-- > 0 && !code;) {
        const struct axis *axis = &b->axes[a];
        code = set_text(b, axis->key, sl_yaml_text(axis->key), b->values[a].name, SL_SPELLED_NAME);
        if (!code)
            code = read_value(b, value_of(b, axis, axis->n ? i % axis->n : 0), b->values[a].value);
        i /= axis->n ? axis->n : 1;
    }
    if (!code && sl_spelling_add(b->experiment, sl_yaml_text(classifier), b->values, b->n_axes, b->err))
        code = b->err->code == SL_ENOMEM ? SL_ENOMEM : sl_yaml_blame(&b->yaml, classifier, b->err);
    return code;
}

static int add_classifier(struct baselines *b, const yaml_node_t *key, const yaml_node_t *grids,
                          const yaml_node_t *common)
{
    size_t product = 1;
    int code = SL_OK;
    b->n_axes = 0;
    if (grids->type != YAML_SEQUENCE_NODE)
        return sl_yaml_fail(&b->yaml, grids, b->err, "%s: takes a list of parameter grids",
                            sl_yaml_text(key));
    for (int *item = grids->data.sequence.items.start; item < grids->data.sequence.items.top && !code; item++)
        code = add_axes(b, sl_yaml_node(&b->yaml, *item), 1);
    if (!code && common)
        code = add_axes(b, common, 0);
    for (size_t a = 0; a < b->n_axes && !code && product <= SL_ROWS_MAX; a++)
        product *= b->axes[a].n ? b->axes[a].n : 1;
    b->n_configurations += product;
    if (!code && b->n_configurations > SL_ROWS_MAX)
        code = sl_fail_rows(b->err) ? sl_yaml_blame(&b->yaml, key, b->err) : SL_OK;
    for (size_t i = 0; i < product && !code; i++)
        code = add_configuration(b, key, i);
    return code;
}

static int read_file(struct baselines *b)
{
    const yaml_node_t *root = sl_yaml_root(&b->yaml), *classifiers = NULL, *common = NULL;
    int code = SL_OK;
    if (root->type == YAML_MAPPING_NODE)
        for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++) {
            const char *key = sl_yaml_text(sl_yaml_node(&b->yaml, p->key));
            const yaml_node_t **place = strcmp(key, "classifiers") == 0 ? &classifiers
                                        : strcmp(key, "common") == 0    ? &common
                                                                        : NULL;
            if (!place)
                return sl_yaml_fail(&b->yaml, sl_yaml_node(&b->yaml, p->key), b->err,
                                    "'%.60s' is neither 'classifiers' nor 'common'", key);
            *place = sl_yaml_node(&b->yaml, p->value);
        }
    if (!classifiers || classifiers->type != YAML_MAPPING_NODE)
        return sl_yaml_fail(
            &b->yaml, root, b->err,
            "a benchmark is a mapping with 'classifiers', a mapping of names to lists of grids");
    for (yaml_node_pair_t *p = classifiers->data.mapping.pairs.start;
         p < classifiers->data.mapping.pairs.top && !code; p++)
        code = add_classifier(b, sl_yaml_node(&b->yaml, p->key), sl_yaml_node(&b->yaml, p->value), common);
    return code;
}

/* Rows --------------------------------------------------------------------------------------------- */

/* A row that the experiment had keeps the published numbers that it had there. */
static int take_published(struct sl_experiment *experiment, size_t before, struct sl_error *err)
{
    for (size_t i = before; i < experiment->n_rows; i++)
        for (size_t j = 0; j < before; j++) {
            struct sl_row_spec *row = &experiment->rows[i], *old = &experiment->rows[j];
            if (!old->published || row->published || !sl_row_spec_same(row, old) || !old->name ||
                strcmp(row->name, old->name) != 0)
                continue;
            row->published = sl_strdup(old->published);
            if (!row->published)
                return sl_fail_memory(err);
        }
    return SL_OK;
}

int sl_experiment_baselines(struct sl_experiment *experiment, const char *path, struct sl_error *err)
{
    struct sl_error unread;
    struct baselines *b = sl_alloc_zero(1, sizeof *b); /* too large for a stack */
    const size_t before = experiment->n_rows;
    if (!b)
        return sl_fail_memory(err);
    b->experiment = experiment;
    b->err = err ? err : &unread;
    int code = sl_yaml_open(path, &b->yaml, b->err);
    if (!code) {
        code = read_file(b);
        sl_yaml_release(&b->yaml);
    }
    if (!code)
        code = take_published(experiment, before, b->err);
    if (!code)
        sl_experiment_drop_first(experiment, before);
    free(b);
    return code;
}
