/* spelling.c - a configuration as a scikit-learn program of 2017 writes it, in our words.
 *
 * Names and values are scikit-learn's in our tables, too, so that most stay as they are.  Each classifier has
 * a row with what differed by default in version 0.19 (five epochs of SGD, LIBLINEAR for logistic regression,
 * gamma = 1 / features); rules turn old spellings into present ones, and say what is not to be had.  What
 * stands for something else than was asked for is told in the row's name. */
#include "study/spelling.h"
#include "core/memory.h"
#include "core/names.h"
#include "core/text.h"
#include <stdio.h>
#include <string.h>

struct classifier {
    const char *name, *ours; /* NULL: not to be had */
    const char *defaults;    /* assignments */
    const char *assumed;     /* of every row; NULL: nothing */
};

#define FIVE_EPOCHS "max_iter=5 tol=none"
static const struct classifier classifiers[] = {
    {"BernoulliNB", "naive_bayes", "distribution=bernoulli", NULL},
    {"DecisionTreeClassifier", "tree", "", NULL},
    {"ExtraTreeClassifier", "tree", "splitter=random max_features=sqrt", NULL},
    {"ExtraTreesClassifier", "extra_trees", "n_estimators=10", NULL},
    {"GaussianNB", "naive_bayes", "distribution=gaussian", NULL},
    {"GaussianProcessClassifier", NULL, "", NULL},
    {"GradientBoostingClassifier", "boosting",
     "max_depth=3 max_leaf_nodes=none min_samples_leaf=1 early_stopping=false", "histograms"},
    {"KNeighborsClassifier", "knn", "", NULL},
    {"LinearDiscriminantAnalysis", "lda", "", NULL},
    {"LinearSVC", "linear_svm", "dual=true", NULL},
    {"LogisticRegression", "logreg", "solver=own", NULL},
    {"MLPClassifier", "mlp", "", NULL},
    {"MultinomialNB", "naive_bayes", "distribution=multinomial", NULL},
    {"NearestCentroid", "nearest_centroid", "", NULL},
    {"PassiveAggressiveClassifier", "passive_aggressive", FIVE_EPOCHS, NULL},
    {"Perceptron", "perceptron", FIVE_EPOCHS, NULL},
    {"QuadraticDiscriminantAnalysis", "qda", "", NULL},
    {"RandomForestClassifier", "forest", "n_estimators=10", NULL},
    {"SGDClassifier", "sgd", FIVE_EPOCHS, NULL},
    {"SVC", "svm", "gamma=auto", NULL},
};
enum { CLASSIFIERS = sizeof classifiers / sizeof *classifiers };

/* Where a configuration holds all of `when` (NAME=VALUE, or NAME for any value; ?NAME: or not at all), it is
 * left out, and `set` takes its place: assignments, %s for the first value. */
struct rule {
    const char *classifier; /* NULL: all */
    const char *when[3];
    const char *set, *assumed, *refused;
};

static const struct rule rules[] = {
    {NULL, {"n_jobs"}, "", NULL, NULL}, /* they do not change the model */
    {NULL, {"verbose"}, "", NULL, NULL},
    {NULL, {"random_state"}, NULL, NULL, "the seed is the experiment's, not the file's"},
    {NULL, {"max_features=auto"}, "max_features=sqrt", NULL, NULL},
    {NULL, {"n_iter"}, "max_iter=%s", NULL, NULL},
    {"SGDClassifier", {"loss=log"}, "loss=log_loss", NULL, NULL},
    {"GradientBoostingClassifier", {"loss=deviance"}, "", NULL, NULL},
    {"GradientBoostingClassifier", {"loss=log_loss"}, "", NULL, NULL},
    {"GradientBoostingClassifier", {"loss"}, NULL, NULL, "boosting has the log loss (deviance) only"},
    {"GradientBoostingClassifier", {"n_estimators"}, "max_iter=%s", NULL, NULL},
    {"LogisticRegression",
     {"penalty=l1", "multi_class=multinomial"},
     NULL,
     NULL,
     "no solver here, and none in scikit-learn 0.19's LIBLINEAR, has both"},
    {"LogisticRegression",
     {"multi_class=multinomial"},
     "multi_class=multinomial solver=lbfgs",
     "solver=lbfgs",
     NULL},
    {"LinearSVC", {"loss=l1"}, "loss=hinge", NULL, NULL},
    {"LinearSVC", {"loss=l2"}, "loss=squared_hinge", NULL, NULL},
    /* Crammer and Singer's problem has neither. */
    {"LinearSVC",
     {"multi_class=crammer_singer", "?loss", "?penalty"},
     "multi_class=crammer_singer",
     NULL,
     NULL},
    {"LinearSVC", {"penalty=l1", "loss=hinge"}, NULL, NULL, "LIBLINEAR has no solver for both"},
    {"LinearSVC", {"penalty=l1"}, "penalty=l1 dual=false", "dual=false", NULL},
};
enum { RULES = sizeof rules / sizeof *rules };

struct speller {
    const struct classifier *classifier;
    struct sl_spelled values[SL_SPELLED_MAX]; /* those that no rule has taken */
    size_t n;
    struct sl_row_spec *row; /* NULL: refused */
    struct sl_string name;   /* as it was written */
    const char *assumed, *refused;
    struct sl_error *err;
};

static const struct classifier *find(const char *name, struct sl_error *err)
{
    const char *names[CLASSIFIERS];
    for (size_t i = 0; i < CLASSIFIERS; i++) {
        names[i] = classifiers[i].name;
        if (strcmp(names[i], name) == 0)
            return &classifiers[i];
    }
    sl_fail_unknown(err, "classifier", name, names, CLASSIFIERS);
    return NULL;
}

/* Rules -------------------------------------------------------------------------------------------- */

/* The value that a condition is about, or n. */
static size_t find_value(const struct speller *s, const char *condition)
{
    const char *name = condition + (*condition == '?'), *equals = strchr(name, '=');
    const size_t length = equals ? (size_t)(equals - name) : strlen(name);
    for (size_t i = 0; i < s->n; i++)
        if (strlen(s->values[i].name) == length && strncmp(s->values[i].name, name, length) == 0 &&
            (!equals || strcmp(s->values[i].value, equals + 1) == 0))
            return i;
    return s->n;
}

static int holds(const struct speller *s, const struct rule *rule)
{
    if (rule->classifier && strcmp(rule->classifier, s->classifier->name) != 0)
        return 0;
    for (size_t c = 0; c < 3 && rule->when[c]; c++)
        if (*rule->when[c] != '?' && find_value(s, rule->when[c]) == s->n)
            return 0;
    return 1;
}

static int assign_all(struct speller *s, const char *assignments)
{
    char *copy = sl_strdup(assignments), *rest = copy;
    int code = copy ? SL_OK : sl_fail_memory(s->err);
    for (char *word; !code && (word = strsep(&rest, " "));)
        if (*word)
            code = sl_row_spec_assign(s->row, word, s->err);
    free(copy);
    return code;
}

static int apply(struct speller *s, const struct rule *rule)
{
    char set[2 * SL_TEXT_MAX];
    const char *hole = rule->set ? strstr(rule->set, "%s") : NULL;
    if (rule->refused) {
        s->refused = rule->refused;
        return SL_OK;
    }
    snprintf(set, sizeof set, "%.*s%s", hole ? (int)(hole - rule->set) : (int)strlen(rule->set), rule->set,
             hole ? s->values[find_value(s, rule->when[0])].value : "");
    s->assumed = rule->assumed ? rule->assumed : s->assumed;
    for (size_t c = 0; c < 3 && rule->when[c]; c++) {
        size_t at = find_value(s, rule->when[c]);
        if (at < s->n)
            memmove(&s->values[at], &s->values[at + 1], (--s->n - at) * sizeof *s->values);
    }
    return assign_all(s, set);
}

/* Priors that are all alike are no priors learnt; no others are to be had. */
static int read_priors(struct speller *s)
{
    const size_t at = find_value(s, "priors");
    if (strcmp(s->classifier->name, "GaussianNB") != 0 || at == s->n)
        return SL_OK;
    const char *value = s->values[at].value, *first = value + 1, *next = first;
    const size_t length = strcspn(first, ",]");
    while (*value == '[' && strncmp(next, first, length) == 0 && next[length] == ',')
        next += length + 1;
    int alike = *value == '[' && strncmp(next, first, length) == 0 && next[length] == ']';
    if (!alike && strcmp(value, "none") != 0) {
        s->refused = "naive_bayes has the classes' shares as priors, or equal ones";
        return SL_OK;
    }
    memmove(&s->values[at], &s->values[at + 1], (--s->n - at) * sizeof *s->values);
    return alike ? assign_all(s, "fit_prior=false") : SL_OK;
}

/* What no rule has taken has our names and values. */
static int assign_rest(struct speller *s)
{
    int code = SL_OK;
    for (size_t i = 0; i < s->n && !code; i++) {
        char *text = sl_format("%s=%s", s->values[i].name, s->values[i].value);
        code = text ? sl_row_spec_assign(s->row, text, s->err) : sl_fail_memory(s->err);
        free(text);
    }
    if (!code && sl_row_spec_count(s->row) != 1)
        code = sl_fail(s->err, SL_EUSAGE, "a value stands for several");
    return code ? code : sl_row_spec_check_steps(s->row, s->err);
}

/* -------------------------------------------------------------------------------------------------- */

static int spell(struct speller *s)
{
    int code = assign_all(s, s->classifier->defaults);
    for (size_t r = 0; r < RULES && !code && !s->refused; r++)
        if (holds(s, &rules[r]))
            code = apply(s, &rules[r]);
    if (!code && !s->refused)
        code = read_priors(s);
    if (!code && !s->refused)
        code = assign_rest(s);
    return code;
}

/* The row's name; a refused row becomes a refusal. */
static int finish(struct speller *s, struct sl_experiment *experiment)
{
    const int pairs = find_value(s, "multi_class=one_vs_one") < s->n;
    const enum sl_squares squares = s->refused ? SL_SQUARES_NONE
                                    : pairs    ? SL_SQUARES_PAIRS
                                               : SL_SQUARES_CLASSES;
    if (s->assumed)
        sl_string_add(&s->name, " (assumed: %s)", s->assumed);
    if (s->name.failed)
        return sl_fail_memory(s->err);
    if (strlen(s->name.text) > SL_NAME_MAX)
        return sl_fail(s->err, SL_EUSAGE, "'%.60s...' has more than %d characters", s->name.text,
                       SL_NAME_MAX);
    if (s->row && !s->refused) {
        s->row->name = s->name.text;
        s->name = (struct sl_string){0};
        return SL_OK;
    }
    if (s->row)
        sl_experiment_drop_row(experiment);
    return sl_experiment_refuse(experiment, s->name.text, s->refused, squares, s->err);
}

int sl_spelling_add(struct sl_experiment *experiment, const char *classifier, const struct sl_spelled *values,
                    size_t n, struct sl_error *err)
{
    struct speller *s = sl_alloc_zero(1, sizeof *s); /* too large for a stack */
    int code = s ? SL_OK : sl_fail_memory(err);
    if (code)
        return code;
    s->err = err;
    s->classifier = find(classifier, err);
    code = s->classifier ? SL_OK : SL_EUSAGE;
    if (!code) {
        s->assumed = s->classifier->assumed;
        s->n = n;
        memcpy(s->values, values, n * sizeof *values);
        sl_string_add(&s->name, "%s", classifier);
    }
    for (size_t i = 0; i < n && !code; i++)
        sl_string_add(&s->name, " %s=%s", values[i].name, values[i].value);
    if (!code && s->classifier->ours) {
        const struct sl_classifier_type *type = sl_classifier_find(s->classifier->ours, err);
        s->row = type ? sl_experiment_row(experiment, type) : NULL;
        code = s->row ? spell(s) : type ? sl_fail_memory(err) : SL_EUSAGE;
    }
    if (!code)
        code = finish(s, experiment);
    sl_string_release(&s->name);
    free(s);
    return code;
}
