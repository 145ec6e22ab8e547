/* notes.h - what a reader has to say about the file that it read: lines of text. */
#ifndef SL_DATA_NOTES_H
#define SL_DATA_NOTES_H

#include <stddef.h>

/* Zeroed is empty. */
struct sl_notes {
    char **lines; /* (n), owned */
    size_t n;
    int failed; /* an allocation failed */
};

void sl_notes_add(struct sl_notes *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sl_notes_release(struct sl_notes *notes);

/* Test rows of classes that the training part does not have: unseen of n. */
void sl_note_unseen(struct sl_notes *notes, size_t unseen, size_t n);

/* "name" in quotes, cut to about 40 bytes, for messages; control characters become '?'. */
struct sl_quoted {
    char text[56];
};
struct sl_quoted sl_quote(const char *name);

/* What becomes of weights, for the note that names where they stand. */
#define SL_WEIGHTS_USE "used in fitting; scores count each row once"
/* Says that n rows have the weight 0, if any have. */
void sl_note_weightless(size_t n, struct sl_notes *notes);

#endif
