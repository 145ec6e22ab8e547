/* experiment_file.c - the experiment file.
 *
 *     title: ...                       settings: the table in experiment.c
 *     rows:
 *       - svm: {C: [0.1, 1], kernel: linear}     exactly one classifier
 *         name: linear SVM
 *         scale: standard
 *         published: {accuracy: 0.83}
 *       - knn                                      with its defaults
 *       - svm: [{kernel: linear, C: [1, 10]}, {gamma: 0.01:1:log3}]     or a list of alternatives
 *     quick: {train: 1000, epochs: 2}             replaced by --quick (quick.c)
 *     note: ...                                   why numbers differ from the published ones
 *
 * A scalar is passed on as text and read by the hyperparameter's type: YAML's guesses (no, 1_000, 0o7)
 * play no part.  Values: a scalar, a list, a range "0.001:1000:log7".  For a list-valued hyperparameter
 * [512, 512] is one value, [[16], [512, 512]] are two. */
#include "core/memory.h"
#include "core/names.h"
#include "core/text.h"
#include "study/experiment.h"
#include "study/published.h"
#include <string.h>

enum { ASKED_MAX = 100000 };

struct reader {
    struct sl_yaml yaml;
    struct sl_experiment *experiment;
    size_t n_rows, n_asked; /* that the rows so far stand for, values that they asked for */
    struct sl_error *err;
};

static int blame(struct reader *r, const yaml_node_t *node)
{
    return sl_yaml_blame(&r->yaml, node, r->err);
}

/* Values ------------------------------------------------------------------------------------------ */

static int add_text(struct reader *r, const yaml_node_t *node, const struct sl_param *param, const char *text,
                    struct sl_values *out)
{
    return sl_values_add(param, text, out, r->err) ? blame(r, node) : SL_OK;
}

static int all_scalars(struct reader *r, const yaml_node_t *list)
{
    for (const int *item = list->data.sequence.items.start; item < list->data.sequence.items.top; item++)
        if (!sl_yaml_text(sl_yaml_node(&r->yaml, *item)))
            return 0;
    return 1;
}

/* [512, 512] as the text of one value. */
static int add_list(struct reader *r, const yaml_node_t *list, const struct sl_param *param,
                    struct sl_values *out)
{
    struct sl_string text = {0};
    for (const int *item = list->data.sequence.items.start; item < list->data.sequence.items.top; item++)
        sl_string_add(&text, "%s%s", text.size ? "," : "[", sl_yaml_text(sl_yaml_node(&r->yaml, *item)));
    sl_string_add(&text, "]");
    int code = text.failed ? sl_fail_memory(r->err) : add_text(r, list, param, text.text, out);
    sl_string_release(&text);
    return code;
}

static int add_item(struct reader *r, const yaml_node_t *item, const struct sl_param *param,
                    struct sl_values *out)
{
    if (sl_yaml_text(item))
        return add_text(r, item, param, sl_yaml_text(item), out);
    if (item->type == YAML_SEQUENCE_NODE && param->type == SL_PARAM_INTS && all_scalars(r, item))
        return add_list(r, item, param, out);
    return sl_yaml_fail(&r->yaml, item, r->err, "%s: takes a value, a list of values, or a range such as %s",
                        param->name, "0.001:1000:log7");
}

static int read_values(struct reader *r, const yaml_node_t *node, const struct sl_param *param,
                       struct sl_values *out)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return add_item(r, node, param, out);
    const int *item = node->data.sequence.items.start, *end = node->data.sequence.items.top;
    if (item == end)
        return sl_yaml_fail(&r->yaml, node, r->err, "%s: an empty list of values", param->name);
    if (param->type == SL_PARAM_INTS && all_scalars(r, node))
        return add_list(r, node, param, out);
    int code = SL_OK;
    for (; item < end && !code; item++)
        code = add_item(r, sl_yaml_node(&r->yaml, *item), param, out);
    return code;
}

/* Rows -------------------------------------------------------------------------------------------- */

/* Refuses a file of many rows and long lists while it is read, before all of its values are made. */
static int check_amount(struct reader *r, const yaml_node_t *node, const struct sl_row_spec *row,
                        const struct sl_values *values)
{
    r->n_asked += values ? values->asked : 1;
    if (r->n_asked > ASKED_MAX)
        return sl_yaml_fail(&r->yaml, node, r->err, "the file asks for more than %d values", ASKED_MAX);
    return r->n_rows + sl_row_spec_count(row) > SL_ROWS_MAX && sl_fail_rows(r->err) ? blame(r, node) : SL_OK;
}

static int read_alternative(struct reader *r, const yaml_node_t *node, const struct sl_classifier_type *type)
{
    struct sl_row_spec *row = sl_experiment_row(r->experiment, type);
    if (!row)
        return sl_fail_memory(r->err);
    if (sl_yaml_is_null(node))
        return SL_OK;
    if (node->type != YAML_MAPPING_NODE)
        return sl_yaml_fail(&r->yaml, node, r->err,
                            "%s takes a mapping of hyperparameters, such as {C: 1}, or {}", type->name);
    int code = SL_OK;
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top && !code;
         p++) {
        const yaml_node_t *key = sl_yaml_node(&r->yaml, p->key);
        const struct sl_param *param = sl_param_find(type->params, sl_yaml_text(key), r->err);
        if (!param) {
            sl_fail_prefix(r->err, "%s", type->name);
            return blame(r, key);
        }
        const yaml_node_t *value = sl_yaml_node(&r->yaml, p->value);
        struct sl_values *values = &row->values[param - type->params];
        code = read_values(r, value, param, values);
        if (!code)
            code = check_amount(r, value, row, values);
    }
    return code;
}

/* A list of mappings: alternatives, each with a product of its own. */
static int read_classifier(struct reader *r, const yaml_node_t *node, const struct sl_classifier_type *type)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return read_alternative(r, node, type);
    const int *item = node->data.sequence.items.start, *end = node->data.sequence.items.top;
    if (item == end)
        return sl_yaml_fail(&r->yaml, node, r->err, "%s: an empty list of alternatives", type->name);
    int code = SL_OK;
    for (; item < end && !code; item++) {
        code = read_alternative(r, sl_yaml_node(&r->yaml, *item), type);
        if (!code)
            sl_row_spec_name_values(&r->experiment->rows[r->experiment->n_rows - 1]);
    }
    return code;
}

static int read_published(struct reader *r, const yaml_node_t *node, struct sl_row_spec *row)
{
    return sl_published_read(&r->yaml, node, &row->published, r->err);
}

static int read_name(struct reader *r, const yaml_node_t *node, struct sl_row_spec *row)
{
    const char *text = sl_yaml_text(node);
    int plain = text && *text && strlen(text) <= SL_NAME_MAX;
    for (const char *c = text; plain && *c; c++)
        plain = (unsigned char)*c >= 0x20 && *c != 0x7f;
    if (!plain)
        return sl_yaml_fail(&r->yaml, node, r->err, "name takes a line of 1 to %d characters", SL_NAME_MAX);
    row->name = sl_strdup(text);
    return row->name ? SL_OK : sl_fail_memory(r->err);
}

static int read_scale(struct reader *r, const yaml_node_t *node, struct sl_row_spec *row)
{
    struct sl_settings *scratch = sl_alloc(1, sizeof *scratch); /* too large for a stack */
    const char *text = sl_yaml_text(node);
    if (!scratch)
        return sl_fail_memory(r->err);
    int code = sl_config_set(sl_settings_table, scratch, "scale", text ? text : "a list", r->err)
                   ? blame(r, node)
                   : SL_OK;
    if (!code)
        row->scale = scratch->scale;
    free(scratch);
    return code;
}

static const struct {
    const char *key;
    int (*read)(struct reader *r, const yaml_node_t *node, struct sl_row_spec *row);
} row_keys[] = {{"name", read_name}, {"scale", read_scale}, {"published", read_published}};
enum { ROW_KEYS = sizeof row_keys / sizeof *row_keys };

static const struct sl_classifier_type *classifier_named(const char *name)
{
    for (size_t i = 0; i < sl_classifier_count(); i++)
        if (strcmp(sl_classifier_at(i)->name, name) == 0)
            return sl_classifier_at(i);
    return NULL;
}

static size_t row_key(const char *name)
{
    size_t i = 0;
    while (i < ROW_KEYS && strcmp(row_keys[i].key, name) != 0)
        i++;
    return i;
}

/* Neither a classifier nor one of the other keys. */
static int fail_row_key(struct reader *r, const yaml_node_t *key)
{
    const char *names[128];
    size_t n = 0;
    for (size_t i = 0; i < sl_classifier_count() && n < 128 - ROW_KEYS; i++)
        names[n++] = sl_classifier_at(i)->name;
    for (size_t i = 0; i < ROW_KEYS; i++)
        names[n++] = row_keys[i].key;
    sl_fail_unknown(r->err, "classifier or row key", sl_yaml_text(key), names, n);
    return blame(r, key);
}

/* The pair whose key is the row's classifier, or NULL with an error. */
static yaml_node_pair_t *find_classifier(struct reader *r, const yaml_node_t *node)
{
    yaml_node_pair_t *found = NULL;
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = sl_yaml_node(&r->yaml, p->key);
        if (row_key(sl_yaml_text(key)) < ROW_KEYS)
            continue;
        if (!classifier_named(sl_yaml_text(key))) {
            fail_row_key(r, key);
            return NULL;
        }
        if (found) {
            sl_yaml_fail(&r->yaml, key, r->err, "a row takes one classifier: this one has %s already",
                         sl_yaml_text(sl_yaml_node(&r->yaml, found->key)));
            return NULL;
        }
        found = p;
    }
    if (!found)
        sl_yaml_fail(&r->yaml, node, r->err, "a row needs a classifier, such as 'majority: {}'");
    return found;
}

/* "- knn": a classifier with its defaults. */
static int read_plain_row(struct reader *r, const yaml_node_t *node)
{
    const struct sl_classifier_type *type = classifier_named(sl_yaml_text(node));
    if (!type)
        return fail_row_key(r, node);
    struct sl_row_spec *row = sl_experiment_row(r->experiment, type);
    int code = row ? check_amount(r, node, row, NULL) : sl_fail_memory(r->err);
    r->n_rows++;
    return code;
}

/* Name, scale and published numbers of a row, or of one of its alternatives. */
static int read_row_keys(struct reader *r, const yaml_node_t *node, struct sl_row_spec *row)
{
    int code = SL_OK;
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top && !code;
         p++) {
        size_t key = row_key(sl_yaml_text(sl_yaml_node(&r->yaml, p->key)));
        if (key < ROW_KEYS)
            code = row_keys[key].read(r, sl_yaml_node(&r->yaml, p->value), row);
    }
    return code;
}

static int read_row(struct reader *r, const yaml_node_t *node)
{
    if (sl_yaml_text(node) && !sl_yaml_is_null(node))
        return read_plain_row(r, node);
    if (node->type != YAML_MAPPING_NODE)
        return sl_yaml_fail(&r->yaml, node, r->err, "a row is a mapping, such as 'svm: {C: 1}'");
    yaml_node_pair_t *pair = find_classifier(r, node);
    if (!pair)
        return r->err->code;
    const char *name = sl_yaml_text(sl_yaml_node(&r->yaml, pair->key));
    const size_t first = r->experiment->n_rows;
    int code = read_classifier(r, sl_yaml_node(&r->yaml, pair->value), classifier_named(name));
    size_t stands_for = 0;
    for (size_t i = first; i < r->experiment->n_rows && !code; i++) {
        struct sl_row_spec *row = &r->experiment->rows[i];
        code = check_amount(r, node, row, NULL);
        r->n_rows += sl_row_spec_count(row);
        stands_for += sl_row_spec_count(row);
        if (!code)
            code = read_row_keys(r, node, row);
    }
    if (!code && r->experiment->rows[first].published && stands_for > 1)
        code = sl_yaml_fail(&r->yaml, node, r->err,
                            "published numbers belong to one row, and these values make several: write the "
                            "published one as a row by itself");
    return code;
}

static int read_rows(struct reader *r, const yaml_node_t *node)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return sl_yaml_fail(&r->yaml, node, r->err, "rows takes a list: each row on a line with '- '");
    int code = SL_OK;
    for (int *item = node->data.sequence.items.start; item < node->data.sequence.items.top && !code; item++)
        code = read_row(r, sl_yaml_node(&r->yaml, *item));
    return code;
}

/* Top level --------------------------------------------------------------------------------------- */

static int fail_setting(struct reader *r, const yaml_node_t *key)
{
    const char *names[SL_SETTINGS_MAX + 3] = {"rows", "quick", "note"};
    size_t n = 3;
    for (const struct sl_param *p = sl_settings_table; p->name; p++)
        names[n++] = p->name;
    sl_fail_unknown(r->err, "key", sl_yaml_text(key), names, n);
    return blame(r, key);
}

static int read_setting(struct reader *r, const yaml_node_t *key, const yaml_node_t *value)
{
    const char *name = sl_yaml_text(key);
    const struct sl_param *p = sl_settings_table;
    while (p->name && strcmp(p->name, name) != 0)
        p++;
    if (!p->name)
        return fail_setting(r, key);
    if (!sl_yaml_text(value))
        return sl_yaml_fail(&r->yaml, value, r->err, "%s takes one value", name);
    return sl_settings_set(&r->experiment->settings, name, sl_yaml_text(value), r->err) ? blame(r, value)
                                                                                        : SL_OK;
}

static int read_quick(struct reader *r, const yaml_node_t *node)
{
    int code = SL_OK;
    if (node->type != YAML_MAPPING_NODE)
        return sl_yaml_fail(&r->yaml, node, r->err,
                            "quick takes a mapping of settings and hyperparameters, such as {train: 1000}");
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top && !code;
         p++) {
        const yaml_node_t *key = sl_yaml_node(&r->yaml, p->key), *value = sl_yaml_node(&r->yaml, p->value);
        const char *text = sl_yaml_text(value);
        if (!text)
            code = sl_yaml_fail(&r->yaml, value, r->err, "%s: a quick setting takes one value",
                                sl_yaml_text(key));
        else if (sl_quick_add(r->experiment, sl_yaml_text(key), text, r->err))
            code = blame(r, value);
    }
    return code;
}

static int read_note(struct reader *r, const yaml_node_t *node)
{
    const char *text = sl_yaml_text(node);
    if (!text)
        return sl_yaml_fail(&r->yaml, node, r->err, "note takes a text");
    free(r->experiment->note);
    r->experiment->note = sl_strdup(text);
    return r->experiment->note ? SL_OK : sl_fail_memory(r->err);
}

static int read_key(struct reader *r, const yaml_node_t *key, const yaml_node_t *value)
{
    if (strcmp(sl_yaml_text(key), "rows") == 0)
        return read_rows(r, value);
    return strcmp(sl_yaml_text(key), "note") == 0 ? read_note(r, value) : read_setting(r, key, value);
}

static int read_top(struct reader *r)
{
    const yaml_node_t *root = sl_yaml_root(&r->yaml), *quick = NULL;
    int code = SL_OK;
    if (root->type != YAML_MAPPING_NODE)
        return sl_yaml_fail(&r->yaml, root, r->err, "an experiment is a mapping: title, data, ..., rows");
    for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top && !code;
         p++) {
        const yaml_node_t *key = sl_yaml_node(&r->yaml, p->key), *value = sl_yaml_node(&r->yaml, p->value);
        if (strcmp(sl_yaml_text(key), "quick") == 0)
            quick = value;
        else
            code = read_key(r, key, value);
    }
    if (!code && r->experiment->n_rows == 0)
        code = sl_yaml_fail(&r->yaml, root, r->err, "the experiment has no rows");
    if (!code && quick) /* it speaks of the rows, wherever it stands */
        code = read_quick(r, quick);
    return code;
}

int sl_experiment_read(struct sl_experiment *experiment, const char *path, struct sl_error *err)
{
    struct sl_error unread;
    struct reader r = {.experiment = experiment, .err = err ? err : &unread};
    int code = sl_yaml_open(path, &r.yaml, r.err);
    if (code)
        return code;
    code = read_top(&r);
    sl_yaml_release(&r.yaml);
    return code;
}
