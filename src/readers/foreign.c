/* foreign.c - other formats, told by their first bytes or by their first rows. */
#include "readers/foreign.h"
#include "core/text.h"
#include "data/notes.h"
#include "input/input.h"
#include "input/zip.h"
#include "readers/csv_dialect.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* First bytes ---------------------------------------------------------------------------------------*/

static const struct {
    const char *bytes;
    size_t n;
    const char *what;
} signatures[] = {
    {"\x04\x22\x4d\x18", 4, "lz4-compressed: unpack it first with lz4 -d"},
    {"\x1f\x9d", 2, "packed with compress: unpack it first with gzip -d"},
    {"7z\xbc\xaf\x27\x1c", 6, "a 7z archive: unpack it first with 7z x"},
    {"Rar!", 4, "a RAR archive: unpack it first"},
    {"\xd0\xcf\x11\xe0", 4, "an old Excel file (xls): save the sheet as CSV"},
    {"\xff\xfe\0\0", 4, "UTF-32 text: convert it first with iconv -f UTF-32 -t UTF-8"},
    {"{\"", 2, "this looks like JSON: write it as CSV"},
    {"[{", 2, "this looks like JSON: write it as CSV"},
    {"PAR1", 4, "a Parquet file: write it as CSV"},
    {"ARROW1", 6, "an Arrow file: write it as CSV"},
    {"\x89HDF", 4, "an HDF5 file: write it as CSV"},
    {"\x80\2", 2, "a Python pickle: write it as CSV"},
    {"\x80\3", 2, "a Python pickle: write it as CSV"},
    {"\x80\4", 2, "a Python pickle: write it as CSV"},
    {"\x80\5", 2, "a Python pickle: write it as CSV"},
    {"RDX", 3, "an R data file: write it as CSV with write.csv(row.names = FALSE)"},
    {"X\n\0", 3, "an R data file: write it as CSV with write.csv(row.names = FALSE)"},
    {"MATLAB 5", 8, "a MATLAB file: write it as CSV with writetable"},
    {"SQLite format 3", 15, "an SQLite database: write its table as CSV with sqlite3 -csv -header"},
    {"\x89PNG", 4, "a PNG image: expected a table, or images in IDX form"},
    {"\xff\xd8\xff", 3, "a JPEG image: of pictures, PNG and PGM are read: convert it"},
    {"GIF8", 4, "a GIF image: of pictures, PNG and PGM are read: convert it"},
    {"II*\0", 4, "a TIFF image: of pictures, PNG and PGM are read: convert it"},
    {"MM\0*", 4, "a TIFF image: of pictures, PNG and PGM are read: convert it"},
    {"%PDF", 4, "a PDF document: expected a table"},
    {"\x7f"
     "ELF",
     4, "a program: expected a table"},
};

/* Formats of pictures whose first two bytes are letters that a table's header may begin with, too: the next
 * ones tell. */
static const char *told_as_picture(const unsigned char *head, size_t n)
{
    if (n >= 12 && memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBP", 4) == 0)
        return "a WebP image: of pictures, PNG and PGM are read: convert it";
    if (n >= 8 && memcmp(head + 4, "ftyp", 4) == 0)
        return "a HEIC or AVIF image, or a video: of pictures, PNG and PGM are read: convert it";
    if (n >= 10 && memcmp(head, "BM", 2) == 0 && memcmp(head + 6, "\0\0\0\0", 4) == 0)
        return "a BMP image: of pictures, PNG and PGM are read: convert it";
    if (n >= 4 && head[0] == 'P' && strchr("147", head[1]) && head[1] && isspace(head[2]) &&
        (isdigit(head[3]) || head[3] == '#' || head[3] == 'W'))
        return "a PBM or PAM image: of pictures, PNG and PGM are read: convert it";
    return NULL;
}

/* A name of a picture, and bytes that are none. */
static const char *told_by_name(const char *path)
{
    static const char *const endings[] = {".png", ".pgm", ".ppm", ".jpg", ".jpeg", ".heic", ".avif"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return "named as a picture, but holds none that can be read: expected PNG or PGM";
    return NULL;
}

static const char *told_by_bytes(const unsigned char *head, size_t n)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        if (n >= signatures[i].n && memcmp(head, signatures[i].bytes, signatures[i].n) == 0)
            return signatures[i].what;
    }
    if (n >= 262 && memcmp(head + 257, "ustar", 5) == 0)
        return "a tar archive: unpack it first with tar xf";
    return told_as_picture(head, n);
}

/* Of an archive of several files, or of none. */
static int fail_zip(const char *path, const struct sl_zip *zip, struct sl_error *err)
{
    enum { SHOWN = 3 };
    size_t n = sl_zip_count(zip);
    struct sl_string names = {0};
    if (sl_zip_find(zip, "[Content_Types].xml") < n || sl_zip_find(zip, "content.xml") < n)
        return sl_fail(err, SL_EDATA, "%s: a spreadsheet (xlsx, ods): save the sheet as CSV", path);
    for (size_t i = 0; i < n && i < SHOWN; i++)
        sl_string_add(&names, "%s%s", i ? ", " : ": ", sl_quote(sl_zip_name(zip, i)).text);
    int code = names.failed
                   ? sl_fail_memory(err)
                   : sl_fail(err, SL_EDATA,
                             "%s: a zip archive of %zu files%s%s: unpack it first, and name the file "
                             "that is meant",
                             path, n, n ? names.text : "", n > SHOWN ? ", ..." : "");
    sl_string_release(&names);
    return code;
}

int sl_foreign_bytes(struct sl_input *in, struct sl_error *err)
{
    if (sl_input_zip(in))
        return fail_zip(sl_input_path(in), sl_input_zip(in), err);
    unsigned char head[512];
    size_t n;
    int code = sl_input_peek(in, head, sizeof head, &n, err);
    const char *what = code ? NULL : told_by_bytes(head, n);
    if (!code && !what)
        what = told_by_name(sl_input_path(in));
    return what ? sl_fail(err, SL_EDATA, "%s: %s", sl_input_path(in), what) : code;
}

/* First rows ----------------------------------------------------------------------------------------*/

static int is_arff(const char *line)
{
    return strncasecmp(line, "@relation", 9) == 0;
}

static int is_matrix_market(const char *line)
{
    return strncmp(line, "%%MatrixMarket", 14) == 0;
}

static int is_json(const char *line)
{
    return line[0] == '{' || (line[0] == '[' && (line[1] == '{' || line[1] == '[' || !line[1]));
}

static int is_markup(const char *line)
{
    return line[0] == '<' && (line[1] == '?' || line[1] == '!' || isalpha((unsigned char)line[1]));
}

static const struct {
    int (*is)(const char *line);
    const char *what;
} formats[] = {
    {is_arff, "this looks like ARFF (@relation ...): say --data-format arff"},
    {is_matrix_market, "this looks like a Matrix Market file: write it as CSV"},
    {is_json, "this looks like JSON: write it as CSV"},
    {is_markup, "this looks like XML or HTML: write it as CSV"},
};

static const char *told_by_line(const char *line)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (formats[i].is(line))
            return formats[i].what;
    }
    return NULL;
}

int sl_foreign_rows(const struct sl_csv *csv, const struct sl_csv_sample *sample, struct sl_error *err)
{
    const char *what = sample->n ? told_by_line(sample->rows[0].field[0]) : NULL;
    size_t wider;
    if (what)
        return sl_csv_fail(csv, 0, err, "%s", what);
    wider = sl_csv_wider_rows(sample);
    if (wider > 2 && sample->rows[0].n == 1)
        return sl_csv_fail(
            csv, 0, err,
            "one field over rows of %zu: a title above the table? leave it out, or put # before it", wider);
    if (wider)
        return sl_csv_fail(
            csv, 0, err, "%zu fields over rows of %zu: are there commas within numbers? write 4.81 for 4,81",
            sample->rows[0].n, wider);
    return SL_OK;
}

/* Values --------------------------------------------------------------------------------------------*/

int sl_is_missing(const char *field)
{
    static const char *const words[] = {"",     "na",   "n/a",  "#n/a", "<na>", "nan",
                                        "-nan", "+nan", "null", "nat",  "?",    "."};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(field, words[i]) == 0)
            return 1;
    }
    return 0;
}

/* Does field have this form?  9 stands for a digit, everything else for itself; what follows does not matter.
 */
static int begins_as(const char *field, const char *form)
{
    for (; *form; form++, field++) {
        if (*form == '9' ? !isdigit((unsigned char)*field) : *form != *field)
            return 0;
    }
    return 1;
}

static int is_date(const char *field)
{
    static const char *const forms[] = {"9999-99-99", "9999/99/99", "9999.99.99", "99.99.9999", "9.9.9999",
                                        "99.9.9999",  "9.99.9999",  "99/99/9999", "9/9/9999",   "99/9/9999",
                                        "9/99/9999",  "99-99-9999", "9999-9-",    "99:99",      "9:99"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (begins_as(field, forms[i]))
            return 1;
    }
    return 0;
}

/* Digits with one comma, or digits in groups of three. */
static const char *number_with_commas(const char *field)
{
    const char *p = field + (*field == '-' || *field == '+'), *comma = strchr(p, ',');
    if (!isdigit((unsigned char)*p) || !comma || strspn(p, "0123456789,.eE+-") != strlen(p))
        return NULL;
    if (strchr(comma + 1, ',') || strchr(comma, '.'))
        return "a number with commas between thousands: write 1234.5";
    return "a number with a decimal comma: write 4.81 for 4,81, or say --decimal comma";
}

/* Digits, then a unit of one character. */
static int is_percentage(const char *field)
{
    size_t n = strlen(field);
    char number[64];
    double value;
    if (n < 2 || n >= sizeof number || field[n - 1] != '%')
        return 0;
    memcpy(number, field, n - 1);
    number[n - 1] = 0;
    for (size_t i = n - 1; i > 0 && number[i - 1] == ' '; i--)
        number[i - 1] = 0;
    return sl_parse_real(number, &value) == 0;
}

/* "$1.5": a number behind a currency's sign. */
static int is_money(const char *field)
{
    static const char *const signs[] = {"$", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i]);
        if (strncmp(field, signs[i], n) == 0)
            return isdigit((unsigned char)field[n + (field[n] == '-')]);
    }
    return 0;
}

int sl_is_foreign_number(const char *field, int *fraction)
{
    const char *comma = strchr(field, ',');
    *fraction = comma && strspn(comma + 1, "0123456789") != 3;
    return number_with_commas(field) || is_percentage(field) || is_money(field);
}

int sl_truth_of(const char *field)
{
    static const char *const words[] = {"false", "true", "no", "yes"};
    for (int i = 0; i < 4; i++) {
        if (strcasecmp(field, words[i]) == 0)
            return i % 2;
    }
    return -1;
}

/* Digits with a minus sign or a blank that look like ASCII's and are none: U+2212, U+00A0, U+2009, U+202F. */
static int has_lookalikes(const char *field)
{
    static const char *const marks[] = {"\xe2\x88\x92", "\xc2\xa0", "\xe2\x80\x89", "\xe2\x80\xaf"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (strstr(field, marks[i]) && strpbrk(field, "0123456789"))
            return 1;
    }
    return 0;
}

/* Letters first, and not infinity in any of its notations. */
int sl_is_word(const char *field)
{
    return (isalpha((unsigned char)*field) || (unsigned char)*field >= 0x80) &&
           strcasecmp(field, "inf") != 0 && strcasecmp(field, "infinity") != 0 && !has_lookalikes(field);
}

const char *sl_foreign_value(const char *field)
{
    if (sl_is_missing(field))
        return "a missing value";
    if (is_date(field))
        return "a date or a time: write it as a number, or leave the column out (--drop)";
    if (is_percentage(field))
        return "a percentage: write 0.05 for 5%";
    if (is_money(field))
        return "a sum of money: write the number alone";
    if (strcasecmp(field, "true") == 0 || strcasecmp(field, "false") == 0)
        return "true or false: write 1 and 0 in a column of numbers";
    return number_with_commas(field);
}

/* "1:0.5" */
static int is_pair(const char *field)
{
    const char *colon = field + strspn(field, "0123456789");
    double value;
    return colon > field && *colon == ':' && sl_parse_real(colon + 1, &value) == 0;
}

const char *sl_foreign_cell(const char *field)
{
    const char *what = sl_foreign_value(field);
    if (!what && is_pair(field))
        what = "an index and a value, as svmlight has them: --data-format svmlight reads such files";
    if (!what && has_lookalikes(field))
        what = "a number with a minus sign or a blank that is not ASCII: write -, and no blank";
    if (!what && sl_is_word(field))
        what = "a word";
    return what;
}
