/* param.h - hyperparameters: one table feeds parsing, help, defaults, sweeps, model files and docs.
 *
 * A classifier declares a plain struct for its configuration and one row of a table for each
 * hyperparameter in it.  The configuration is plain old data (no pointers): it can be copied with
 * memcpy, and its canonical text names it in keys, tables and model files. */
#ifndef SHORTLIST_PARAM_H
#define SHORTLIST_PARAM_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <stddef.h>

SL_API_BEGIN

enum sl_param_type {
    SL_PARAM_INT,    /* int */
    SL_PARAM_REAL,   /* double */
    SL_PARAM_CHOICE, /* int: the value of one of the words */
    SL_PARAM_INTS,   /* struct sl_ints: one or more whole numbers, such as layer widths */
    SL_PARAM_TEXT,   /* char[SL_TEXT_MAX] */
};

enum { SL_INTS_MAX = 16, SL_TEXT_MAX = 1024 };

struct sl_ints {
    int n;
    int v[SL_INTS_MAX];
};

/* A word a value may be given as: all of a choice's values, or special values of a number, such as
 * "scale" for SVM's gamma or "none" for a tree's max_depth.  The table ends with {NULL, 0}. */
struct sl_word {
    const char *name;
    double value;
};

enum {
    SL_LOG = 1,           /* natural scale is logarithmic (axes, random search) */
    SL_OPEN_MIN = 2,      /* min itself is not allowed */
    SL_OPEN_MAX = 4,      /* max itself is not allowed */
    SL_SHARED = 8,        /* members of a group may differ in it: see fit_group in classifier.h */
    SL_SIMPLER_LOW = 16,  /* a lower value makes a simpler model; the word "none" is the highest */
    SL_SIMPLER_HIGH = 32, /* a higher value makes a simpler model */
    SL_BUDGET = 64,       /* epochs: a fit with fewer is a cheaper trial of the same (successive halving) */
};

struct sl_param {
    const char *name; /* scikit-learn's name where it has one; NULL ends the table */
    enum sl_param_type type;
    size_t offset;               /* offsetof in the configuration struct */
    const char *def;             /* default, as text */
    double min, max;             /* bounds of a number, or of each element of a list */
    unsigned flags;              /* SL_LOG, SL_OPEN_MIN, ... */
    const struct sl_word *words; /* NULL, or the words allowed */
    const char *grid;            /* default sweep, in the grammar of sl_values_parse; NULL: none */
    const char *help;            /* one line */
};

/* A hyperparameter that was added to a table later.  A model file that does not name it means the value that
 * does what was done before, and a trial with this value, or one that the hyperparameter does not touch, has
 * the key that it had without it. */
struct sl_later {
    const char *name;   /* NULL ends the list */
    const char *before; /* the value */
    int classes;        /* it touches only data of so many classes; 0: any */
};

/* "true"/"false" as a choice (1/0). */
extern const struct sl_word sl_words_bool[];

/* clang-format off */
/* The rows of a table.  CONFIG is the configuration struct and FIELD a member of it, of the C type that goes
 * with the kind of row (another one does not compile):
 *
 *     static const struct sl_param params[] = {
 *         SL_REAL_PARAM("C", struct config, C, "1", 0, 1e12, SL_LOG | SL_OPEN_MIN, "0.1,1,10",
 *                       "penalty of errors"),
 *         SL_BOOL_PARAM("shuffle", struct config, shuffle, "true", NULL, "a new order every epoch"),
 *         {0}};
 *
 * ..._OR_WORD_PARAM: WORDS are special values beside the numbers. */
#define SL_INT_PARAM(NAME, CONFIG, FIELD, DEFAULT, MIN, MAX, FLAGS, GRID, HELP) \
    SL_INT_OR_WORD_PARAM(NAME, CONFIG, FIELD, DEFAULT, MIN, MAX, FLAGS, NULL, GRID, HELP)
#define SL_INT_OR_WORD_PARAM(NAME, CONFIG, FIELD, DEFAULT, MIN, MAX, FLAGS, WORDS, GRID, HELP) \
    {NAME, SL_PARAM_INT, SL_PARAM_OFFSET(CONFIG, FIELD, int *), \
     DEFAULT, MIN, MAX, FLAGS, WORDS, GRID, HELP}
#define SL_REAL_PARAM(NAME, CONFIG, FIELD, DEFAULT, MIN, MAX, FLAGS, GRID, HELP) \
    SL_REAL_OR_WORD_PARAM(NAME, CONFIG, FIELD, DEFAULT, MIN, MAX, FLAGS, NULL, GRID, HELP)
#define SL_REAL_OR_WORD_PARAM(NAME, CONFIG, FIELD, DEFAULT, MIN, MAX, FLAGS, WORDS, GRID, HELP) \
    {NAME, SL_PARAM_REAL, SL_PARAM_OFFSET(CONFIG, FIELD, double *), \
     DEFAULT, MIN, MAX, FLAGS, WORDS, GRID, HELP}
#define SL_CHOICE_PARAM(NAME, CONFIG, FIELD, DEFAULT, WORDS, GRID, HELP) \
    SL_FLAGGED_CHOICE_PARAM(NAME, CONFIG, FIELD, DEFAULT, 0, WORDS, GRID, HELP)
#define SL_FLAGGED_CHOICE_PARAM(NAME, CONFIG, FIELD, DEFAULT, FLAGS, WORDS, GRID, HELP) \
    {NAME, SL_PARAM_CHOICE, SL_PARAM_OFFSET(CONFIG, FIELD, int *), \
     DEFAULT, 0, 0, FLAGS, WORDS, GRID, HELP}
#define SL_BOOL_PARAM(NAME, CONFIG, FIELD, DEFAULT, GRID, HELP) \
    SL_CHOICE_PARAM(NAME, CONFIG, FIELD, DEFAULT, sl_words_bool, GRID, HELP)
#define SL_INTS_PARAM(NAME, CONFIG, FIELD, DEFAULT, MIN, MAX, GRID, HELP) \
    {NAME, SL_PARAM_INTS, SL_PARAM_OFFSET(CONFIG, FIELD, struct sl_ints *), \
     DEFAULT, MIN, MAX, 0, NULL, GRID, HELP}
#define SL_TEXT_PARAM(NAME, CONFIG, FIELD, DEFAULT, HELP) \
    {NAME, SL_PARAM_TEXT, SL_PARAM_OFFSET(CONFIG, FIELD, char(*)[SL_TEXT_MAX]), \
     DEFAULT, 0, 0, 0, NULL, NULL, HELP}

/* offsetof, where a pointer to the field is a POINTER. */
#define SL_PARAM_OFFSET(CONFIG, FIELD, POINTER) \
    (offsetof(CONFIG, FIELD) + 0 * sizeof(_Generic(&((CONFIG *)0)->FIELD, POINTER: 0)))
/* clang-format on */

/* Sets every hyperparameter of config to its default. */
void sl_config_default(const struct sl_param *table, void *config);

/* Sets every hyperparameter of the list (NULL: none) to what was done before it. */
void sl_config_before(const struct sl_param *table, const struct sl_later *later, void *config);

/* Sets one hyperparameter from text.  Strict: junk, values out of bounds and unknown names are
 * SL_EUSAGE, with the allowed values and the nearest valid name in the text. */
int sl_config_set(const struct sl_param *table, void *config, const char *name, const char *text,
                  struct sl_error *err);

/* The row called name, or NULL with an error that names the nearest. */
const struct sl_param *sl_param_find(const struct sl_param *table, const char *name, struct sl_error *err);

/* Writes the canonical text of one value into buf (cut to size); parsing it gives the same value. */
void sl_param_print(const struct sl_param *param, const void *config, char *buf, size_t size);

/* 1 if param stands in the list (NULL: none), and what config says is what was done before it, with k
 * classes. */
int sl_param_is_before(const struct sl_param *param, const struct sl_later *later, const void *config, int k);

/* 1 if the two configurations hold the same value of param. */
int sl_param_equal(const struct sl_param *param, const void *a, const void *b);

/* "C=10 kernel=rbf": the hyperparameters that differ from their defaults, in table order; "" if none. */
void sl_config_print(const struct sl_param *table, const void *config, char *buf, size_t size);

/* One line for people: "real > 0, or scale|auto; default scale". */
void sl_param_describe(const struct sl_param *param, char *buf, size_t size);

/* Checks a table itself: names unique, defaults and grids parse, bounds ordered, what was added later (NULL:
 * nothing) there. */
int sl_params_check(const struct sl_param *table, const struct sl_later *later, struct sl_error *err);

enum { SL_VALUES_MAX = 10000 }; /* of one hyperparameter */

/* A list of value texts, each accepted by sl_config_set.  Zeroed is empty. */
struct sl_values {
    size_t n;
    char **text;
    int is_whole; /* n is 0, and every value from low to high is meant: for random search */
    int is_log;   /* drawn evenly in the logarithm */
    double low, high;
    size_t asked;   /* values asked for, those that came again too: at most SL_VALUES_MAX */
    size_t n_slots; /* a hash table over text */
    size_t *slots;  /* (n_slots): an index + 1, or 0 */
};

/* Expands the values of one hyperparameter as a person writes them:
 *     10            one value
 *     0.1,1,10      several
 *     0.001:1000:log7   7 values spaced evenly in the logarithm, ends included (lin7: evenly)
 *     1:9:2         from 1 to 9 in steps of 2
 *     0.001:1000    all values between, for random search (:lin or :log behind it, else its natural scale)
 *     32,[512,512]  a list-valued hyperparameter: brackets around lists of several numbers
 * and checks each against the row.  Values between the ends of a range are rounded, to 3 significant digits
 * or as many as tell them apart; those of a whole number are distinct whole numbers.  Duplicates are dropped.
 * Cost: linear in text and values, and more than SL_VALUES_MAX are refused before they are made.  Free with
 * sl_values_free. */
int sl_values_parse(const struct sl_param *param, const char *text, struct sl_values *out,
                    struct sl_error *err);
/* The same, behind the values that out has already; on an error out may have some of the new ones. */
int sl_values_add(const struct sl_param *param, const char *text, struct sl_values *out,
                  struct sl_error *err);
void sl_values_free(struct sl_values *values);

SL_API_END
#endif
