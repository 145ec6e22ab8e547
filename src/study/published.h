/* published.h - the published numbers of a row of an experiment file. */
#ifndef SL_STUDY_PUBLISHED_H
#define SL_STUDY_PUBLISHED_H

#include "study/yaml.h"

/* Reads a mapping of measures' names, and a few beside them, to numbers.  *json: an object, which the caller
 * frees.  SL_EDATA with the place in the file; SL_ENOMEM. */
int sl_published_read(struct sl_yaml *yaml, const yaml_node_t *node, char **json, struct sl_error *err);

#endif
