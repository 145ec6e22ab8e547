/* encode.c - columns as one type of classifier takes them.
 *
 * One table has classifiers of both kinds: what the user says fills in missing values for those that need
 * that and spreads categories, and the others get both as they are. */
#include "model/encode.h"
#include "core/text.h"
#include "data/dataset.h"

static int takes_categories(const struct sl_classifier_type *type, const void *config)
{
    return type->flags & SL_TAKES_CATEGORIES &&
           !(type->spreads_categories && type->spreads_categories(config));
}

struct sl_encoding_options sl_model_encoding_for(const struct sl_classifier_type *type, const void *config,
                                                 const struct sl_encoding_options *options)
{
    static const struct sl_encoding_options none;
    return sl_encoding_for(options ? options : &none, (type->flags & SL_TAKES_MISSING) != 0,
                           takes_categories(type, config));
}

int sl_model_check_gaps(const struct sl_classifier_type *type, const struct sl_encoding_options *options,
                        struct sl_error *err)
{
    struct sl_string takers = {0};
    if (!options || options->missing != SL_MISSING_KEEP || type->flags & SL_TAKES_MISSING)
        return SL_OK;
    for (size_t i = 0; i < sl_classifier_count(); i++)
        if (sl_classifier_at(i)->flags & SL_TAKES_MISSING)
            sl_string_add(&takers, "%s%s", takers.text ? ", " : "", sl_classifier_at(i)->name);
    int code = takers.failed ? sl_fail_memory(err)
                             : sl_fail(err, SL_EUSAGE,
                                       "%s takes no missing values, and missing is keep: %s does; median, "
                                       "mean, mode or constant=VALUE fills them in for all others",
                                       type->name, takers.text);
    sl_string_release(&takers);
    return code;
}

int sl_model_fit_encoding(const struct sl_classifier_type *type, const void *config,
                          const struct sl_encoding_options *options, const struct sl_dataset *data,
                          const struct sl_view *train, struct sl_encoding **out, struct sl_error *err)
{
    *out = NULL;
    if (!data->columns)
        return SL_OK;
    const struct sl_encoding_options own = sl_model_encoding_for(type, config, options);
    int code = sl_model_check_gaps(type, &own, err);
    return code ? code : sl_encoding_fit(&own, data->columns, data->features, train, out, err);
}
