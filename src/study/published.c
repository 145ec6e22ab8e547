/* published.c - the published numbers of a row of an experiment file. */
#include "study/published.h"
#include "core/json_text.h"
#include "core/names.h"
#include <shortlist/measures.h>
#include <shortlist/text.h>
#include <string.h>

/* What published numbers may be called beside the measures: the deviation, and scores on other parts. */
static const struct {
    const char *name;
    int fraction;
} beside[] = {
    {"accuracy_std", 1},    {"validation_accuracy", 1}, {"test_accuracy", 1},
    {"validation_loss", 0}, {"test_loss", 0},           {"right", 0},
    {"wrong", 0},           {"parameters", 0},
};
enum { BESIDE = sizeof beside / sizeof *beside };

/* A flag is no number, and a rank is one among our rows. */
static int is_publishable(const struct sl_measure_type *type)
{
    return type->unit != SL_MEASURED_FLAG && type->unit != SL_MEASURED_OTHER &&
           (type->member || type->compute);
}

/* All names; returns how many. */
static size_t all_names(const char *names[SL_N_MEASURES + BESIDE])
{
    size_t n = 0;
    for (int i = 0; i < SL_N_MEASURES; i++)
        if (is_publishable(&sl_measure_types[i]))
            names[n++] = sl_measure_types[i].name;
    for (int i = 0; i < BESIDE; i++)
        names[n++] = beside[i].name;
    return n;
}

static int is_fraction(const char *name)
{
    int measure = sl_measure_find(name), i = 0;
    if (measure >= 0)
        return sl_measure_types[measure].unit == SL_MEASURED_FRACTION;
    while (i + 1 < BESIDE && strcmp(beside[i].name, name) != 0)
        i++;
    return beside[i].fraction;
}

static int read_number(struct sl_yaml *yaml, const yaml_node_t *key, const yaml_node_t *node, double *number,
                       struct sl_error *err)
{
    const char *name = sl_yaml_text(key), *text = sl_yaml_text(node), *names[SL_N_MEASURES + BESIDE];
    size_t n = all_names(names), i = 0;
    while (i < n && strcmp(names[i], name) != 0)
        i++;
    if (i == n) {
        sl_fail_unknown(err, "published number", name, names, n);
        return sl_yaml_blame(yaml, key, err);
    }
    if (!text || sl_parse_real(text, number))
        return sl_yaml_fail(yaml, node, err, "published %s takes a number", name);
    if (is_fraction(name) && !(*number >= 0 && *number <= 1))
        return sl_yaml_fail(yaml, node, err, "published %s: %s is no fraction from 0 to 1", name, text);
    return SL_OK;
}

int sl_published_read(struct sl_yaml *yaml, const yaml_node_t *node, char **json, struct sl_error *err)
{
    if (node->type != YAML_MAPPING_NODE)
        return sl_yaml_fail(yaml, node, err,
                            "published takes a mapping of numbers, such as {accuracy: 0.83}");
    json_t *published = json_object();
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = sl_yaml_node(yaml, p->key);
        double number;
        int code = read_number(yaml, key, sl_yaml_node(yaml, p->value), &number, err);
        if (code) {
            json_decref(published);
            return code;
        }
        sl_json_set(&published, sl_yaml_text(key), sl_json_number(number));
    }
    *json = sl_json_print(published);
    return *json ? SL_OK : sl_fail_memory(err);
}
