/* error.h - how every function of the library reports failure.
 *
 * A function that can fail returns an int: SL_OK (0), or one of the codes below, and describes the
 * failure in the struct sl_error its caller passed (which may be NULL).  The text is one line without
 * a newline: what went wrong, where, which values are allowed, and the nearest valid name if there is
 * one.  Nothing in the library prints, exits or aborts. */
#ifndef SHORTLIST_ERROR_H
#define SHORTLIST_ERROR_H

#include <shortlist/api.h>

SL_API_BEGIN

enum sl_code {
    SL_OK = 0,
    SL_EUSAGE,     /* the request is wrong: unknown name, value out of bounds (exit status 2) */
    SL_EDATA,      /* a file or an array does not hold what it should */
    SL_EIO,        /* the operating system refused: open, read, write, fork */
    SL_ENOMEM,     /* an allocation failed */
    SL_EDIVERGED,  /* the fit diverged: a loss or a weight is not finite */
    SL_ECANCELLED, /* the cancel flag was raised */
    SL_EINTERNAL,  /* a fault of the library itself or of a library under it */
    SL_ENOPART,    /* the request is wrong: the data set has no such part (exit status 2) */
};

struct sl_error {
    int code; /* an enum sl_code */
    char text[1024];
};

/* Fills *err (if not NULL), cutting a text that is too long, and returns code.
 * Usage: return sl_fail(err, SL_EDATA, "%s: row %zu has %zu fields", path, row, n); */
int sl_fail(struct sl_error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The text "out of memory" with SL_ENOMEM. */
int sl_fail_memory(struct sl_error *err);

/* Puts "prefix: " before the text of an error on its way up, and returns its code. */
int sl_fail_prefix(struct sl_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Has tell called when a library ends this process for want of memory (a fault, an exception, exit, after an
 * allocation has failed), before it ends; tell may only do what a signal handler may.  For programs, and used
 * in the processes of trials; a program sets errno to 0 before it returns from main. */
void sl_at_memory_end(void (*tell)(void));

/* "usage", "data", "input/output", ... */
const char *sl_code_name(int code);

SL_API_END
#endif
