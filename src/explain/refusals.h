/* refusals.h - which methods can explain a model. */
#ifndef SL_EXPLAIN_REFUSALS_H
#define SL_EXPLAIN_REFUSALS_H

#include <shortlist/error.h>

struct sl_explainer;

/* SL_EUSAGE where explainer->method can not explain its model: why, and which methods can. */
int sl_explain_refuse(const struct sl_explainer *explainer, struct sl_error *err);

#endif
