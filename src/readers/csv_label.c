/* csv_label.c - the label column, where nobody says which it is: by the names of the columns, else by their
 * places.  What their first rows hold can speak against the guess: then the candidates are named, and the
 * user decides.
 *
 * Cost: O(columns), and the first rows of the columns in question. */
#include "readers/csv_label.h"
#include "core/memory.h"
#include "core/text.h"
#include "data/notes.h"
#include "readers/csv_pixels.h"
#include "readers/foreign.h"
#include "readers/labels.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Names ---------------------------------------------------------------------------------------------*/

static int is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcasecmp(name, names[i]) == 0)
            return 1;
    }
    return 0;
}

enum { RANK_Y = 1, RANK_KIND, RANK_LABEL };

int sl_label_rank(const char *name)
{
    static const char *const labels[] = {"label", "class", "target"};
    static const char *const kinds[] = {"species", "variety", "category", "diagnosis", "outcome"};
    if (is_one_of(name, labels, sizeof labels / sizeof *labels))
        return RANK_LABEL;
    if (is_one_of(name, kinds, sizeof kinds / sizeof *kinds))
        return RANK_KIND;
    return strcasecmp(name, "y") == 0 ? RANK_Y : 0;
}

static int has_column(const struct sl_csv_columns *c, const char *name)
{
    for (size_t i = 0; c->names && i < c->width; i++) {
        if (strcasecmp(c->names[i], name) == 0)
            return 1;
    }
    return 0;
}

/* What the label option takes for the column. */
static void print_option(const struct sl_csv_columns *c, size_t i, char *text, size_t size)
{
    if (!c->names || !*c->names[i])
        snprintf(text, size, "--label %zu", i);
    else if (c->names[i][strcspn(c->names[i], " \t'\"$&()*;<>?[\\]`{|}~")])
        snprintf(text, size, "--label '%.40s'", c->names[i]);
    else
        snprintf(text, size, "--label %.40s", c->names[i]);
}

static int fail_alike(const struct sl_csv_columns *c, size_t a, size_t b, const char *why,
                      struct sl_error *err)
{
    char one[64], other[64];
    print_option(c, a, one, sizeof one);
    print_option(c, b, other, sizeof other);
    return sl_csv_fail(c->csv, 0, err, "which column is the label? %s: say %s or %s", why, one, other);
}

static int is_dropped(const struct sl_csv_columns *c, size_t column)
{
    return c->dropped && c->dropped[column];
}

/* The column of the best rank among others (n), or among all where others is NULL; width: none has any. */
static int find_named(const struct sl_csv_columns *c, const size_t *others, size_t n, size_t *label,
                      struct sl_error *err)
{
    int best = has_column(c, "x") ? RANK_Y : 0; /* x, y, z are coordinates */
    size_t second = c->width;
    *label = c->width;
    for (size_t i = 0; c->names && i < n; i++) {
        size_t column = others ? others[i] : i;
        int rank = is_dropped(c, column) ? 0 : sl_label_rank(c->names[column]);
        if (rank > best) {
            best = rank;
            *label = column;
            second = c->width;
        } else if (rank && rank == best && *label < c->width && second == c->width)
            second = column;
    }
    if (second == c->width)
        return SL_OK;
    char why[160];
    snprintf(why, sizeof why, "%s and %s are both called like one", sl_quote(c->names[*label]).text,
             sl_quote(c->names[second]).text);
    return fail_alike(c, *label, second, why, err);
}

/* Values --------------------------------------------------------------------------------------------*/

/* The column's values in the first rows, missing ones left out. */
static int tally_column(const struct sl_csv_columns *c, size_t column, struct sl_tally *tally,
                        struct sl_error *err)
{
    const struct sl_csv_sample *sample = c->sample;
    const char **values = sl_alloc(sample->n, sizeof *values);
    size_t n = 0;
    if (!values)
        return sl_fail_memory(err);
    for (size_t i = c->names != NULL; i < sample->n; i++) {
        const struct sl_csv_row *row = &sample->rows[i];
        if (column < row->n && !sl_is_missing(row->field[column]))
            values[n++] = row->field[column];
    }
    *tally = sl_values_tally(values, n);
    free(values);
    return SL_OK;
}

/* Words and nothing else, that are no numbers written in another way. */
static int holds_words(const struct sl_csv_columns *c, size_t column)
{
    size_t words = 0;
    double value;
    for (size_t i = c->names != NULL; i < c->sample->n; i++) {
        const struct sl_csv_row *row = &c->sample->rows[i];
        const char *field = column < row->n ? row->field[column] : "";
        if (sl_is_missing(field))
            continue;
        if (sl_parse_real(field, &value) == 0 || sl_foreign_value(field))
            return 0;
        words++;
    }
    return words > 0;
}

/* Few whole numbers that come again and again. */
static int looks_coded(const struct sl_tally *tally)
{
    return tally->numbers && !tally->fractions && tally->distinct > 1 && tally->distinct <= 20 &&
           2 * tally->distinct <= tally->n;
}

/* One number, and hardly any other: a corner of images that have their label first. */
static int is_background(const struct sl_tally *tally)
{
    return tally->numbers &&
           (tally->distinct == 1 || (tally->distinct > 2 && 2 * tally->rare > tally->distinct));
}

/* Nothing but its place speaks for the last column: does something speak for another one? */
static int check_last(const struct sl_csv_columns *c, size_t last, struct sl_error *err)
{
    struct sl_tally first, end;
    size_t at = 0;
    char why[200];
    while (at < last && is_dropped(c, at))
        at++;
    if (holds_words(c, last))
        return SL_OK;
    for (size_t i = 0; i < last; i++) {
        int expected = c->takes_words || (c->categorical && c->categorical[i] == 1);
        if (is_dropped(c, i) || expected || !holds_words(c, i))
            continue;
        snprintf(why, sizeof why, "the last holds none of the words that classes often are, column %zu does",
                 i + 1);
        return fail_alike(c, i, last, why, err);
    }
    int code = tally_column(c, at, &first, err);
    if (!code)
        code = tally_column(c, last, &end, err);
    if (code || at == last || !looks_coded(&first) ||
        !(sl_is_regression_target(&end) || (!c->names && is_background(&end))))
        return code;
    snprintf(why, sizeof why, "the last holds %zu different number%s, the first %zu", end.distinct,
             end.distinct == 1 ? "" : "s", first.distinct);
    return fail_alike(c, at, last, why, err);
}

int sl_csv_guess_label(const struct sl_csv_columns *c, size_t *label, struct sl_error *err)
{
    int code = find_named(c, NULL, c->width, label, err);
    if (code || *label < c->width)
        return code;
    if (c->names && c->width > 1 && !sl_is_pixel_name(c->names[0]) && sl_is_pixel_name(c->names[1])) {
        *label = 0;
        return SL_OK;
    }
    *label = c->width - 1;
    while (*label && is_dropped(c, *label))
        --*label;
    return check_last(c, *label, err);
}

int sl_is_row_name(const char *name)
{
    static const char *const names[] = {"",    "id",  "index", "row", "rowid",    "rownames",
                                        "uid", "key", "no",    "nr",  "row.names"};
    size_t n = strlen(name);
    int ends_in_id = n > 2 && strcasecmp(name + n - 2, "id") == 0;
    char before = ends_in_id ? name[n - 3] : 0;
    return is_one_of(name, names, sizeof names / sizeof *names) || strncasecmp(name, "unnamed:", 8) == 0 ||
           (ends_in_id && (strchr("_ .-", before) || (islower((unsigned char)before) && name[n - 2] == 'I')));
}

int sl_csv_find_label_among(const struct sl_csv_columns *c, const size_t *others, size_t n, size_t *label,
                            struct sl_error *err)
{
    struct sl_tally tally;
    int code = find_named(c, others, n, label, err);
    if (code || *label < c->width || n != 1 || (c->names && sl_is_row_name(c->names[others[0]])))
        return code;
    code = tally_column(c, others[0], &tally, err);
    if (!code && !sl_is_regression_target(&tally))
        *label = others[0];
    return code;
}
