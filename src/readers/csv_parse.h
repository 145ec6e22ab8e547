/* csv_parse.h - the parser below csv_rows.h: characters, fields, and one row. */
#ifndef SL_DATA_CSV_PARSE_H
#define SL_DATA_CSV_PARSE_H

#include <shortlist/error.h>
#include <stdarg.h>
#include <stddef.h>

struct sl_input;

struct sl_arff;

enum { SL_CSV_MAX_ROW = 1 << 24 /* bytes */, SL_CSV_END = -1 };

struct sl_csv {
    struct sl_input *in;
    char *chunk; /* what was read and not yet looked at: chunk[at] ... chunk[end - 1] */
    size_t at, end, chunk_size;
    int ended, begun;
    int looking, dry; /* sl_csv_sample is at work, which takes no second chunk; it would have needed one */
    int separator;    /* ' ': blanks and tabs */
    int runs;         /* several of them count as one, and none at the ends of a row */
    int given;        /* the file's first line decides nothing */
    char stops[256];  /* bytes that end what can be copied as it is */
    char *text;       /* the row's fields, each with a NUL; has room for all that is left of the chunk */
    size_t size, capacity;
    size_t *start;                     /* of each field, in text */
    size_t n, max_fields, quoted;      /* quoted: fields in quotes */
    size_t *columns, n_columns, width; /* sl_csv_select's; columns NULL: all */
    size_t comments, blank;            /* comments: lines left out */
    const struct sl_arff *arff;        /* the file declares its columns; NULL: it does not */
    int (*parse_row)(struct sl_csv *); /* its parser; NULL: that of CSV */
    size_t reserved;                   /* room in text that it takes beside the file's bytes */
    size_t row;                        /* rows that were parsed */
    size_t line, next_line;            /* where the row began, where the parser is; from 1 */
    int code;                          /* of a failure below get() */
    struct sl_error *err;
};

/* SL_EDATA with the file, line and column before the text. */
int sl_csv_fail_at(const struct sl_csv *csv, size_t line, size_t column, struct sl_error *err,
                   const char *format, va_list args) __attribute__((format(printf, 5, 0)));

void sl_csv_set_separator(struct sl_csv *csv, int separator, int runs);

/* Room in text for all that is left of the chunk. */
void sl_csv_reserve_text(struct sl_csv *csv);
/* Reads the next chunk; 0 at the end and on failure. */
int sl_csv_refill(struct sl_csv *csv);
static inline int sl_csv_get(struct sl_csv *csv)
{
    if (csv->at == csv->end && !sl_csv_refill(csv))
        return SL_CSV_END;
    return (unsigned char)csv->chunk[csv->at++];
}
/* A new field, which begins where the text ends; 0 when out of memory. */
int sl_csv_begin_field(struct sl_csv *csv);
/* A failure of the parser, at the line and field where it stands; SL_CSV_END for its callers to return. */
int sl_csv_stop(struct sl_csv *csv, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reads the first chunk, or more behind what is there. */
int sl_csv_load(struct sl_csv *csv, struct sl_error *err);

/* Takes one line, or several where quotes span them; 0 when the file has ended before it. */
int sl_csv_parse_row(struct sl_csv *csv);

#endif
