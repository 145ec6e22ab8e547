/* decimal.c - numbers with a decimal comma, or with marks between thousands.
 *
 * 4,81 can be meant in one way, 1,234 in two: a file is read by those of its numbers that leave no choice.
 * O(length) a number. */
#include "data/decimal.h"
#include <ctype.h>
#include <string.h>

static size_t digits_at(const char *p)
{
    return strspn(p, "0123456789");
}

/* Takes an exponent, or nothing; NULL where more follows. */
static const char *end_of_number(const char *p)
{
    if ((*p == 'e' || *p == 'E') && digits_at(p + 1 + (p[1] == '-' || p[1] == '+')))
        p += 1 + (p[1] == '-' || p[1] == '+') + digits_at(p + 1 + (p[1] == '-' || p[1] == '+'));
    return *p ? NULL : p;
}

/* How a number of that form is made up. */
struct form {
    size_t groups; /* of thousands, behind the first digits */
    size_t before; /* digits before the first mark */
    size_t after;  /* digits behind the decimal mark */
    int fraction;  /* is there one? */
    int exponent;
};

/* 1 where all of the field is a number with these marks. */
static int parse(const char *field, char decimal, char thousands, struct form *form)
{
    const char *p = field + (*field == '-' || *field == '+');
    *form = (struct form){.before = digits_at(p)};
    p += form->before;
    while (*p == thousands && digits_at(p + 1) == 3) {
        form->groups++;
        p += 4;
    }
    if (!form->before || (form->groups && form->before > 3))
        return 0;
    form->fraction = *p == decimal;
    if (form->fraction) {
        form->after = digits_at(++p);
        p += form->after;
    }
    form->exponent = *p != 0;
    return end_of_number(p) != NULL;
}

/* "1,234" and "1.234": the mark may be either.  No group follows a zero. */
static int is_open(const char *field, const struct form *form)
{
    const char *p = field + (*field == '-' || *field == '+');
    return form->groups == 1 && !form->fraction && !form->exponent && *p != '0';
}

void sl_decimal_count(struct sl_decimal_count *count, const char *field)
{
    struct form point, comma;
    int with_point = parse(field, '.', ',', &point), with_comma = parse(field, ',', '.', &comma);
    if (with_point && with_comma) {
        int open = is_open(field, point.groups ? &point : &comma);
        count->open += open && comma.groups;
        count->comma += !open && point.groups; /* 0,234 */
        count->point += !open && comma.groups; /* 0.234 */
        return;
    }
    count->point += with_point && !point.groups && point.fraction;
    count->thousands += with_point && point.groups;
    count->comma += with_comma && (comma.groups || comma.fraction);
    count->dotted += with_comma && comma.groups;
}

enum sl_decimal sl_decimal_told(const struct sl_decimal_count *count)
{
    /* 1.234 beside 4,81 is a thousand where other numbers have such points, too. */
    if (count->comma && !count->thousands && !count->point && (count->dotted || !count->open))
        return SL_DECIMAL_COMMA;
    return count->thousands && !count->comma ? SL_DECIMAL_POINT : SL_DECIMAL_PLAIN;
}

int sl_decimal_to_plain(char *field, enum sl_decimal decimal)
{
    const char mark = decimal == SL_DECIMAL_COMMA ? ',' : '.',
               thousands = decimal == SL_DECIMAL_COMMA ? '.' : ',';
    struct form form;
    if (!parse(field, mark, thousands, &form))
        return 0;
    char *to = field;
    for (const char *p = field; *p; p++) {
        if (*p != thousands)
            *to++ = (char)(*p == mark ? '.' : *p);
    }
    *to = 0;
    return 1;
}
