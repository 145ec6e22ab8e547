/* range.h - ranges of numbers as a person writes them: which values they hold, and their texts. */
#ifndef SL_CORE_RANGE_H
#define SL_CORE_RANGE_H

#include <shortlist/param.h>

enum sl_range_kind {
    SL_RANGE_STEPS,  /* FIRST:LAST:STEP */
    SL_RANGE_LINEAR, /* FIRST:LAST:linN */
    SL_RANGE_LOG,    /* FIRST:LAST:logN */
    SL_RANGE_WHOLE,  /* FIRST:LAST, FIRST:LAST:lin, FIRST:LAST:log: every value between, for random draws */
};

enum { SL_RANGE_TEXT = 40 };

struct sl_range {
    enum sl_range_kind kind;
    double first, last, step;
    double n;   /* values asked for: may be more than any integer holds */
    int is_log; /* of a whole range */
    char first_text[SL_RANGE_TEXT], last_text[SL_RANGE_TEXT]; /* as they were written */
};

/* Parses a text that holds a colon, of a hyperparameter that is a number.  SL_EUSAGE for junk. */
int sl_range_parse(const struct sl_param *param, const char *text, struct sl_range *range,
                   struct sl_error *err);

/* The values (n), n <= SL_VALUES_MAX, of a range that has steps.  Values of a whole number are distinct as
 * far as the range holds so many. */
void sl_range_values(const struct sl_param *param, const struct sl_range *range, double *values);

/* The text of value i of them: at most 3 significant digits, or as many as tell it from its neighbours; ends
 * stay as they were written. */
void sl_range_text(const struct sl_param *param, const struct sl_range *range, const double *values, size_t i,
                   char text[SL_RANGE_TEXT]);

/* A value of a whole range: u, of [0, 1), says where. */
void sl_range_draw(const struct sl_param *param, const struct sl_values *values, double u,
                   char text[SL_RANGE_TEXT]);

#endif
