/* csv_finder.h - the search for header, label and features: shared by csv_head.c, which decides, and
 * csv_notes.c, which says what was decided. */
#ifndef SL_DATA_CSV_FINDER_H
#define SL_DATA_CSV_FINDER_H

#include "data/dataset.h"
#include "readers/csv_dialect.h"
#include "readers/csv_header.h"
#include "readers/csv_label.h"
#include "readers/csv_rows.h"
#include "readers/labels.h"

struct sl_csv_head;

/* Why a column is left out, if not because it was asked for. */
enum { SL_CSV_HOLLOW = 2, SL_CSV_ROW_NAMES, SL_CSV_WORDS, SL_CSV_SIDE };
enum { SL_CSV_DECLARED = 2 }; /* of categories, as the file itself says */

struct sl_csv_finder {
    struct sl_csv *csv;
    const struct sl_read_options *options;
    struct sl_csv_sample sample;
    struct sl_csv_dialect dialect;
    char **first;            /* (width) the first row's fields without blanks around them, owned */
    struct sl_labels *index; /* of first: the number of a name is its column, unless one comes twice; owned */
    struct sl_csv_columns columns;   /* names: first, where it is a header */
    struct sl_csv_expected expected; /* n 0: any number of features */
    char **numbered;                 /* names of features that are called by indices, owned */
    size_t label;                    /* width: none */
    size_t id, groups, weights;      /* likewise */
    size_t *chosen;                  /* columns of features, the label, and the three; (width + 3), owned */
    char *used;                      /* (width): is it a feature?  owned */
    char *dropped;                   /* (width): is it left out, 1 as asked, or why else?  owned */
    char *categorical;          /* (width): is it of categories, 1 as asked, or SL_CSV_DECLARED?  owned */
    size_t n_dropped, n_hollow; /* hollow: dropped, because they have no name and nothing in them */
    size_t d, empty;            /* empty: columns without anything, behind the last */
    int by_name;
    struct sl_csv_head *head;
    struct sl_error *err;
};

/* Is there a training file or a model that decides? */
static inline int sl_csv_is_second(const struct sl_csv_finder *f)
{
    return f->options->like ? f->options->like->origin.width > 0 : f->expected.n > 0;
}

/* Find the label: of a first file; of a second one whose columns have names, among the columns that are no
 * features (others (n)); of one whose columns are taken by their places.  SL_EUSAGE, SL_EDATA. */
int sl_csv_find_label(struct sl_csv_finder *f);
int sl_csv_find_label_by_name(struct sl_csv_finder *f, const size_t *others, size_t n);
int sl_csv_find_label_by_place(struct sl_csv_finder *f);

/* Adds what was found out about the columns to the notes of the data set. */
void sl_csv_note_columns(struct sl_csv_finder *f);

/* Marks columns without a name and without anything in them as left out, wherever they stand. */
void sl_csv_drop_hollow(struct sl_csv_finder *f);
/* Finds the columns of names of rows, of groups and of weights, which are no features.  SL_EUSAGE. */
int sl_csv_find_side(struct sl_csv_finder *f);
/* Marks those that the options do not take; the label is known.  SL_EUSAGE. */
int sl_csv_drop_others(struct sl_csv_finder *f);
/* Marks those that the options leave out.  SL_EUSAGE, SL_EDATA. */
int sl_csv_drop_asked(struct sl_csv_finder *f);
/* Marks columns of categories.  SL_EUSAGE. */
int sl_csv_find_categorical(struct sl_csv_finder *f);
/* Marks columns of words where the options leave them out; the label is known. */
void sl_csv_drop_words(struct sl_csv_finder *f);
/* SL_EUSAGE where the label is one of them. */
int sl_csv_check_dropped_label(const struct sl_csv_finder *f);
/* Orders the chosen columns by their numbers where all are pixels, and says so. */
int sl_csv_order_pixels(struct sl_csv_finder *f);

#endif
