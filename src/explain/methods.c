/* methods.c - the methods of explaining, and which of them can explain a model. */
#include "core/names.h"
#include "explain/method.h"
#include "explain/refusals.h"
#include <string.h>

static const struct sl_method *const methods[] = {
#define X(name) &sl_method_##name,
    SL_METHODS(X)
#undef X
};
enum { N_METHODS = sizeof methods / sizeof *methods };

const struct sl_method *sl_method_at(size_t i)
{
    return i < N_METHODS ? methods[i] : NULL;
}

size_t sl_explain_method_count(void)
{
    return N_METHODS;
}

const struct sl_explain_method *sl_explain_method_at(size_t i)
{
    return i < N_METHODS ? &methods[i]->about : NULL;
}

const struct sl_explain_method *sl_explain_method_find(const char *name, struct sl_error *err)
{
    const char *names[N_METHODS];
    for (size_t i = 0; i < N_METHODS; i++) {
        names[i] = methods[i]->about.name;
        if (strcmp(names[i], name) == 0)
            return &methods[i]->about;
    }
    sl_fail_unknown(err, "method", name, names, N_METHODS);
    return NULL;
}

int sl_model_importance(const struct sl_model *model, const struct sl_explain_method *method,
                        struct sl_importance *out, struct sl_error *err)
{
    for (size_t i = 0; i < N_METHODS; i++)
        if (&methods[i]->about == method && methods[i]->weigh)
            return methods[i]->weigh(model, out, err);
    return sl_fail(err, SL_EUSAGE, "%s is not of the model alone", method->name);
}

/* "integrated-gradients, lime, kernel-shap" */
static void list_alternatives(const struct sl_explainer *explainer, struct sl_string *list)
{
    for (size_t i = 0; i < N_METHODS; i++)
        if (!methods[i]->about.of_all && methods[i] != explainer->method &&
            (!methods[i]->refuse || methods[i]->refuse(explainer, NULL) == SL_OK))
            sl_string_add(list, "%s%s", list->size ? ", " : "", methods[i]->about.name);
}

int sl_explain_refuse(const struct sl_explainer *explainer, struct sl_error *err)
{
    struct sl_error why;
    struct sl_string list = {0};
    const struct sl_method *method = explainer->method;
    if (!method->refuse || method->refuse(explainer, &why) == SL_OK)
        return SL_OK;
    if (why.code != SL_EUSAGE)
        return sl_fail(err, why.code, "%s", why.text);
    list_alternatives(explainer, &list);
    int code = list.failed ? sl_fail_memory(err)
                           : sl_fail(err, SL_EUSAGE, "%s can not explain this model: %s; these can: %s",
                                     method->about.name, why.text, list.size ? list.text : "none");
    sl_string_release(&list);
    return code;
}
