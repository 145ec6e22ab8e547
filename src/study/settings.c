/* settings.c - an experiment's settings: their table, and one set from text. */
#include "core/names.h"
#include "core/text.h"
#include "measure/timing.h"
#include "study/experiment.h"
#include <limits.h>
#include <shortlist/measures.h>
#include <shortlist/plan.h>
#include <shortlist/scaling.h>
#include <string.h>
#include <unistd.h>

enum { SEED_RANDOM = -1 };

#define AT(field) offsetof(struct sl_settings, field)

static const struct sl_word train_words[] = {{"auto", -1}, {"all", 0}, {NULL, 0}};
static const struct sl_word auto_words[] = {{"auto", -1}, {NULL, 0}};
static const struct sl_word all_words[] = {{"auto", 0}, {NULL, 0}};
static const struct sl_word search_words[] = {{"grid", SL_SEARCH_GRID},
                                              {"random", SL_SEARCH_RANDOM},
                                              {"halving", SL_SEARCH_HALVING},
                                              {"hyperband", SL_SEARCH_HYPERBAND},
                                              {NULL, 0}};
static const struct sl_word timing_words[] = {{"auto", 0}, {NULL, 0}};
static const struct sl_word none_words[] = {{"none", 0}, {NULL, 0}};
static const struct sl_word seed_words[] = {{"random", SEED_RANDOM}, {NULL, 0}};
static const struct sl_word final_words[] = {
    {"false", SL_FINAL_NO}, {"true", SL_FINAL_ALL}, {"train", SL_FINAL_TRAIN}, {NULL, 0}};
static const struct sl_word header_words[] = {{"auto", 0}, {"yes", 1}, {"no", -1}, {NULL, 0}};
static const struct sl_word decimal_words[] = {{"auto", 0}, {"point", '.'}, {"comma", ','}, {NULL, 0}};
static const struct sl_word categories_words[] = {{"error", SL_CATEGORIES_ERROR},
                                                  {"onehot", SL_CATEGORIES_ONEHOT},
                                                  {"ordinal", SL_CATEGORIES_ORDINAL},
                                                  {"drop", SL_CATEGORIES_DROP},
                                                  {NULL, 0}};
static const struct sl_word scale_words[] = {
    {"none", SL_SCALE_NONE}, {"minmax", SL_SCALE_MINMAX}, {"standard", SL_SCALE_STANDARD}, {NULL, 0}};

#define METRIC_NOT(id)
#define METRIC_LABELS(id) {#id, SL_MEASURE_##id},
#define METRIC_SCORES METRIC_LABELS
#define METRIC_PROBABILITIES METRIC_LABELS
#define X(id, of, folded, from, by, ...) METRIC_##by(id)
static const struct sl_word metric_words[] = {{"none", -1}, SL_MEASURES(X){NULL, 0}};
#undef X

const struct sl_param sl_settings_table[] = {
    {"title", SL_PARAM_TEXT, AT(title), "", 0, 0, 0, NULL, NULL, "what the tables are headed with"},
    {"data", SL_PARAM_TEXT, AT(data), "fashion-mnist", 0, 0, 0, NULL, NULL,
     "a data set's name, a folder or a file"},
    {"test", SL_PARAM_TEXT, AT(test), "", 0, 0, 0, NULL, NULL,
     "the test file beside a data set that has none; final is true with it"},
    {"train", SL_PARAM_INT, AT(train), "auto", 1, INT_MAX, 0, train_words, NULL, "training rows"},
    {"validation", SL_PARAM_INT, AT(validation), "auto", 0, INT_MAX, 0, auto_words, NULL, "validation rows"},
    {"seed", SL_PARAM_INT, AT(seed), "42", 0, INT_MAX, 0, seed_words, NULL,
     "of the split and of every random stream; random: drawn now, and kept with the study"},
    {"folds", SL_PARAM_INT, AT(folds), "none", 2, SL_FOLDS_MAX, 0, none_words, NULL,
     "cross-validates on the training rows"},
    {"repeats", SL_PARAM_INT, AT(repeats), "1", 1, SL_REPEATS_MAX, 0, NULL, NULL,
     "times a row is fitted: with folds, other folds each time; without, seeds of a random classifier"},
    {"final", SL_PARAM_CHOICE, AT(final), "false", 0, 0, 0, final_words, NULL,
     "scores the test file; true: trains on training and validation rows, train: on the training rows only"},
    {"scale", SL_PARAM_CHOICE, AT(scale), "minmax", 0, 0, 0, scale_words, NULL, "how features are scaled"},
    {"metric", SL_PARAM_CHOICE, AT(metric), "none", 0, 0, 0, metric_words, NULL,
     "what rows are judged and sorted by; none: by accuracy, in the experiment's order"},
    {"search", SL_PARAM_CHOICE, AT(search), "grid", 0, 0, 0, search_words, NULL,
     "which of the rows' values are fitted: all, drawn ones, or the promising ones by rungs"},
    {"trials", SL_PARAM_INT, AT(trials), "auto", 2, SL_ROWS_MAX, 0, all_words, NULL,
     "combinations of values that a search draws; auto: the whole grid, or 60 where it has no end"},
    {"train_sizes", SL_PARAM_TEXT, AT(train_sizes), "", 0, 0, 0, NULL, NULL,
     "numbers of training rows that every row is fitted on, as 100:10000:log5"},
    {"timing_runs", SL_PARAM_INT, AT(timing_runs), "auto", 1, SL_TIMING_RUNS_MOST, 0, timing_words, NULL,
     "times each trial is fitted and scored for its times, after a warm-up; auto: short ones a few times"},
    {"evaluate_train", SL_PARAM_CHOICE, AT(evaluate_train), "false", 0, 0, 0, sl_words_bool, NULL,
     "train_accuracy is measured: the fitted model predicts the training rows, too, off the clock"},
    {"label", SL_PARAM_TEXT, AT(label), "", 0, 0, 0, NULL, NULL, "CSV: the label column"},
    {"drop", SL_PARAM_TEXT, AT(drop), "", 0, 0, 0, NULL, NULL, "CSV: columns to leave out"},
    {"columns", SL_PARAM_TEXT, AT(columns), "", 0, 0, 0, NULL, NULL, "CSV: columns to take"},
    {"id", SL_PARAM_TEXT, AT(id), "", 0, 0, 0, NULL, NULL, "CSV: the column that names the rows: no feature"},
    {"groups", SL_PARAM_TEXT, AT(groups), "", 0, 0, 0, NULL, NULL,
     "CSV: the column of groups, which splits and folds leave whole: no feature"},
    {"weights", SL_PARAM_TEXT, AT(weights), "", 0, 0, 0, NULL, NULL,
     "CSV, NPZ: the column of the rows' weights in fitting: no feature"},
    {"missing", SL_PARAM_TEXT, AT(missing), "error", 0, 0, 0, NULL, NULL,
     "missing values: error, drop (their rows), median, mean, mode, constant=VALUE or keep"},
    {"missing_indicators", SL_PARAM_CHOICE, AT(missing_indicators), "false", 0, 0, 0, sl_words_bool, NULL,
     "a column more for each that lacks values: where"},
    {"categories", SL_PARAM_CHOICE, AT(categories), "error", 0, 0, 0, categories_words, NULL,
     "columns of words"},
    {"categorical", SL_PARAM_TEXT, AT(categorical), "", 0, 0, 0, NULL, NULL,
     "CSV: columns of categories, whatever they hold"},
    {"min_frequency", SL_PARAM_REAL, AT(min_frequency), "none", 0, 1e9, 0, none_words, NULL,
     "training rows that a category needs for a column of its own; below 1: their share"},
    {"label_numeric", SL_PARAM_CHOICE, AT(label_numeric), "false", 0, 0, 0, sl_words_bool, NULL,
     "CSV: numbers to regress on are classes, too"},
    {"header", SL_PARAM_CHOICE, AT(header), "auto", 0, 0, 0, header_words, NULL,
     "CSV: is the first line a header"},
    {"data_format", SL_PARAM_TEXT, AT(data_format), "", 0, 0, 0, NULL, NULL, "format of the data's files"},
    {"storage", SL_PARAM_TEXT, AT(storage), "", 0, 0, 0, NULL, NULL,
     "svmlight: rows are kept dense or sparse; auto: by their number and their zeros"},
    {"labels", SL_PARAM_TEXT, AT(labels), "", 0, 0, 0, NULL, NULL,
     "NPY, IDX: the file that holds the labels"},
    {"delimiter", SL_PARAM_TEXT, AT(delimiter), "", 0, 0, 0, NULL, NULL, "CSV: what separates the columns"},
    {"decimal", SL_PARAM_CHOICE, AT(decimal), "auto", 0, 0, 0, decimal_words, NULL, "CSV: the decimal sign"},
    {"name", SL_PARAM_TEXT, AT(name), "", 0, 0, 0, NULL, NULL, "the study's name, and its folder's"},
    {0},
};

int sl_name_check(const char *name, struct sl_error *err)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (!*name || strlen(name) > SL_NAME_MAX || *name == '.' || *name == '-' || name[strspn(name, safe)])
        return sl_fail(err, SL_EUSAGE,
                       "name: '%.60s' is not allowed: it takes 1 to %d letters, digits, '.', '_' and '-', "
                       "beginning with a letter, a digit or '_'",
                       name, SL_NAME_MAX);
    return SL_OK;
}

/* A plan is pure, so a seed that is to be random is drawn as soon as it is asked for.  It has nine digits at
 * most, which are easily typed again. */
static int draw_seed(struct sl_settings *settings, struct sl_error *err)
{
    uint32_t drawn = 0;
    if (settings->seed != SEED_RANDOM)
        return SL_OK;
    if (getentropy(&drawn, sizeof drawn))
        return sl_fail(err, SL_EIO, "seed: the system gives no random number");
    settings->seed = (int)(drawn % 1000000000);
    return SL_OK;
}

int sl_settings_encoding(const struct sl_settings *settings, struct sl_encoding_options *out,
                         struct sl_error *err)
{
    *out = (struct sl_encoding_options){.categories = (enum sl_categories)settings->categories,
                                        .indicators = settings->missing_indicators,
                                        .min_frequency = settings->min_frequency};
    int code = sl_missing_parse(settings->missing, out, err);
    return code ? code : sl_encoding_check(out, err);
}

const struct sl_param sl_train_sizes_param = {
    .name = "train_sizes", .type = SL_PARAM_INT, .def = "2", .min = 2, .max = INT_MAX, .flags = SL_LOG};

static int check_sizes(const char *text, struct sl_error *err)
{
    struct sl_values sizes = {0};
    int code = *text ? sl_values_parse(&sl_train_sizes_param, text, &sizes, err) : SL_OK;
    if (!code && sizes.is_whole)
        code = sl_fail(err, SL_EUSAGE, "train_sizes: '%.60s' has no steps: write FIRST:LAST:logN", text);
    sl_values_free(&sizes);
    return code;
}

int sl_settings_set(struct sl_settings *settings, const char *setting, const char *value,
                    struct sl_error *err)
{
    const char *names[SL_SETTINGS_MAX];
    size_t n = 0;
    for (const struct sl_param *p = sl_settings_table; p->name; p++) {
        names[n++] = p->name;
        if (strcmp(p->name, setting) != 0)
            continue;
        struct sl_encoding_options parsed;
        int code = p->offset == AT(name)          ? sl_name_check(value, err)
                   : p->offset == AT(missing)     ? sl_missing_parse(value, &parsed, err)
                   : p->offset == AT(train_sizes) ? check_sizes(value, err)
                                                  : SL_OK;
        if (!code)
            code = sl_config_set(sl_settings_table, settings, setting, value, err);
        if (!code && p->offset == AT(test) && *settings->test && settings->final == SL_FINAL_NO)
            settings->final = SL_FINAL_ALL;
        return code || p->offset != AT(seed) ? code : draw_seed(settings, err);
    }
    return sl_fail_unknown(err, "setting", setting, names, n);
}
