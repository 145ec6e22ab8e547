/* yaml.h - a YAML document, read whole and checked, with a line and a column for every error. */
#ifndef SL_STUDY_YAML_H
#define SL_STUDY_YAML_H

#include <shortlist/error.h>
#include <yaml.h>

struct sl_yaml {
    char *path; /* owned; opens every error text */
    yaml_document_t document;
};

/* Reads the one document of a file.  Afterwards the tree holds: no cycle, at most 16 levels, at most
 * 100,000 nodes with every alias written out, scalar keys only, none of them twice in one mapping, no
 * NUL in a scalar.  So a plain recursive walk is safe. */
int sl_yaml_open(const char *path, struct sl_yaml *yaml, struct sl_error *err);
void sl_yaml_release(struct sl_yaml *yaml);

yaml_node_t *sl_yaml_root(struct sl_yaml *yaml);
yaml_node_t *sl_yaml_node(struct sl_yaml *yaml, int id);
/* The text of a scalar, NULL for other nodes. */
const char *sl_yaml_text(const yaml_node_t *node);
/* 1 for an empty plain scalar, "~" or "null". */
int sl_yaml_is_null(const yaml_node_t *node);

/* Puts "path:line:column: " before the text. */
int sl_yaml_fail(const struct sl_yaml *yaml, const yaml_node_t *node, struct sl_error *err,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same for an error that already has its text. */
int sl_yaml_blame(const struct sl_yaml *yaml, const yaml_node_t *node, struct sl_error *err);

#endif
