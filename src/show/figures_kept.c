/* figures_kept.c - results that are kept with the program: where they are, and tables of studies that their
 * store does not hold, as `show --format csv` wrote them; texts and pictures of commands that need a model.
 */
#include "core/file.h"
#include "core/memory.h"
#include "core/resource.h"
#include "core/text.h"
#include <dirent.h>
#include <errno.h>
#include <shortlist/figures.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME, ACCURACY, LOW, HIGH, PUBLISHED, N_COLUMNS };
static const char *const columns[N_COLUMNS] = {"name", "accuracy", "ci_low", "ci_high", "published_accuracy"};

char *sl_figures_kept(void)
{
    return sl_resource_find("experiments/results");
}

/* The field at *at, in its place without quotes, and *at behind it; *last: it ends its line. */
static char *take_field(char **at, int *last)
{
    char *from = *at, *to = from, *field = from;
    const int quoted = *from == '"';
    for (from += quoted; *from && (quoted || (*from != ',' && *from != '\n')); from++) {
        if (quoted && *from == '"' && *++from != '"')
            break;
        *to++ = *from;
    }
    *last = *from != ',';
    *at = *from ? from + 1 : from;
    *to = 0;
    return field;
}

/* The fields of a line that are wanted; of its first line, their places. */
static void take_line(char **at, int places[N_COLUMNS], int first, const char *fields[N_COLUMNS])
{
    int last = 0;
    for (int c = 0; c < N_COLUMNS; c++)
        fields[c] = "";
    for (int i = 0; !last; i++) {
        const char *field = take_field(at, &last);
        for (int c = 0; c < N_COLUMNS; c++) {
            if (first && strcmp(field, columns[c]) == 0)
                places[c] = i;
            if (places[c] == i)
                fields[c] = field;
        }
    }
}

static double number(const char *text)
{
    double value;
    return sl_parse_real(text, &value) ? 0 : value;
}

static void write_rows(char *text, FILE *to)
{
    int places[N_COLUMNS];
    const char *fields[N_COLUMNS];
    memset(places, -1, sizeof places);
    take_line(&text, places, 1, fields);
    fprintf(to, "%-28s  accuracy  95 %% interval  published\n", "row");
    while (*text) {
        take_line(&text, places, 0, fields);
        if (!*fields[ACCURACY])
            continue;
        fprintf(to, "%-28s  %8.4f  %.4f-%.4f", fields[NAME], number(fields[ACCURACY]), number(fields[LOW]),
                number(fields[HIGH]));
        fprintf(to, *fields[PUBLISHED] ? "  %9.4f\n" : "\n", number(fields[PUBLISHED]));
    }
}

int sl_figures_kept_table(const char *experiment, FILE *to, struct sl_error *err)
{
    char *folder = sl_figures_kept(), *path = folder ? sl_format("%s/%s.csv", folder, experiment) : NULL;
    unsigned char *bytes = NULL;
    size_t size = 0;
    struct sl_error unread;
    int code = path ? sl_file_read(path, &bytes, &size, &unread) : SL_EUSAGE;
    char *text = code ? NULL : sl_alloc(size + 1, 1);
    if (!code && text) {
        memcpy(text, bytes, size);
        text[size] = 0;
        write_rows(text, to);
    } else
        code = sl_fail(err, SL_EUSAGE, "%s: no table is kept", experiment);
    free(text);
    free(bytes);
    free(path);
    free(folder);
    return code;
}

/* Pictures and texts ---------------------------------------------------------------------------------- */

static int is_shown(const struct dirent *entry)
{
    const size_t n = strlen(entry->d_name);
    return strcmp(entry->d_name, "printed.txt") == 0 || (n > 4 && strcmp(entry->d_name + n - 4, ".svg") == 0);
}

/* The text gets another name, as printed.txt says that the command has run here. */
static int copy_file(const char *from, const char *to, const char *name, struct sl_error *err)
{
    const char *there = strcmp(name, "printed.txt") == 0 ? "kept.txt" : name;
    char *source = sl_format("%s/%s", from, name), *target = sl_format("%s/%s", to, there);
    unsigned char *bytes = NULL;
    size_t size = 0;
    int code = source && target ? sl_file_read(source, &bytes, &size, err) : sl_fail_memory(err);
    if (!code)
        code = sl_file_write(target, bytes, size, err);
    free(bytes);
    free(source);
    free(target);
    return code;
}

int sl_figures_kept_pictures(const char *name, const char *folder, struct sl_error *err)
{
    char *kept = sl_figures_kept(), *from = kept ? sl_format("%s/%s", kept, name) : NULL;
    struct dirent **entries = NULL;
    errno = 0;
    const int n = from ? scandir(from, &entries, is_shown, alphasort) : 0;
    int code = n > 0 ? SL_OK : sl_fail(err, SL_EUSAGE, "%s: no pictures are kept", name);
    if ((kept && !from) || (n < 0 && errno == ENOMEM))
        code = sl_fail_memory(err);
    if (!code && mkdir(folder, 0777) && errno != EEXIST)
        code = sl_fail(err, SL_EIO, "%s: %s", folder, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (!code)
            code = copy_file(from, folder, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    free(from);
    free(kept);
    return code;
}
