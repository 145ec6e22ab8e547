/* text_visible.c - text for people: what a name from a file can do to a terminal, to a line or to the
 * direction of writing is shown instead of done.  Printers call this once, where text leaves the program.
 *
 * A backslash stays as it is, so that paths and hyperparameters read as they were written: the text is for
 * people, and does not read back.  Cost: O(length). */
#include "core/text.h"
#include <stdint.h>
#include <string.h>

static uint32_t decode(const unsigned char *c, size_t n)
{
    uint32_t code = n == 1 ? c[0] : c[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        code = code << 6 | (c[i] & 0x3f);
    return code;
}

/* Characters that turn the direction of writing, end a line, or are not seen at all.  The joiners U+200C
 * and U+200D stay: scripts and emoji need them. */
static int is_deceptive(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x61c, 0x61c},   {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x2069},
        {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe007f},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return 1;
    return 0;
}

/* The length of the character (or the stray byte) at c, and its escape: "" where it stays as it is. */
static size_t look_at(const unsigned char *c, char escape[16])
{
    static const char letters[] = "abtnvfr"; /* from 7 on */
    size_t n = sl_utf8_length(c);
    uint32_t code = n ? decode(c, n) : *c;
    escape[0] = 0;
    if (n && code >= 7 && code < 14)
        snprintf(escape, 16, "\\%c", letters[code - 7]);
    else if (n == 0 || code < 0x20 || code == 0x7f)
        snprintf(escape, 16, "\\x%02x", (unsigned)*c);
    else if (code < 0xa0 && code > 0x7f)
        snprintf(escape, 16, "\\u%04x", (unsigned)code);
    else if (is_deceptive(code))
        snprintf(escape, 16, code > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)code);
    return n ? n : 1;
}

char *sl_visible(const char *text)
{
    struct sl_string s = {0};
    char escape[16];
    sl_string_add(&s, "%s", "");
    while (*text && !s.failed) {
        size_t n = look_at((const unsigned char *)text, escape);
        if (*escape)
            sl_string_add(&s, "%s", escape);
        else
            sl_string_add(&s, "%.*s", (int)n, text);
        text += n;
    }
    if (s.failed)
        sl_string_release(&s);
    return s.text;
}

void sl_write_visible(FILE *to, const char *text)
{
    char escape[16];
    while (*text) {
        size_t n = look_at((const unsigned char *)text, escape);
        if (*escape)
            fputs(escape, to);
        else
            fwrite(text, 1, n, to);
        text += n;
    }
}

size_t sl_text_width(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

size_t sl_text_bytes(const char *text, size_t characters)
{
    size_t bytes = 0;
    for (; text[bytes] && characters; characters--)
        for (bytes++; ((unsigned char)text[bytes] & 0xc0) == 0x80;)
            bytes++;
    return bytes;
}

/* A spreadsheet takes such a cell for a formula, and may run it. */
static int is_formula(const char *text)
{
    double number;
    return *text && strchr("=+-@\t\r\n", *text) && sl_parse_real(text, &number) != 0;
}

void sl_write_csv_field(FILE *to, const char *text)
{
    int formula = is_formula(text), quoted = text[strcspn(text, ",\"\r\n")] != 0;
    if (quoted)
        fputc('"', to);
    if (formula)
        fputc('\'', to);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', to);
        fputc(*text, to);
    }
    if (quoted)
        fputc('"', to);
}
