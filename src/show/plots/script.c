/* script.c - writes a picture's table and script.
 *
 * The script is self-contained: sizes, then plots/style.gp, then the panels.  No user's text is ever code in
 * it (figure.c). */
#include "core/file.h"
#include "core/memory.h"
#include "core/resource.h"
#include "show/plots/plot.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static int add_style(struct sl_string *script, struct sl_error *err)
{
    static const char name[] = "plots/style.gp";
    unsigned char *text = NULL;
    size_t size;
    char *path = sl_resource_find(name);
    int no_memory = !path && errno == ENOMEM;
    int code = no_memory ? sl_fail_memory(err)
               : path    ? sl_file_read(path, &text, &size, err)
                         : sl_fail(err, SL_EIO,
                                   "%s is not where the program looks for its files ($SHORTLIST_HOME, "
                                      "share/shortlist beside it)",
                                   name);
    if (!code)
        sl_string_add(script, "\n%s\n", (const char *)text);
    free(text);
    free(path);
    return code;
}

static int make_script(const struct sl_figure *figure, const char *stem, struct sl_string *script,
                       struct sl_error *err)
{
    sl_string_add(script,
                  "# %s.gp - draws %s.svg, .png and .pdf from %s.csv:  gnuplot %s.gp\n\n"
                  "reset\nname = '%s'\nwidth = %d\nheight = %d\n",
                  stem, stem, stem, stem, stem, figure->width, figure->height);
    int code = add_style(script, err);
    sl_string_add(script, "do for [format in formats] {\neval begin\n%s%s%seval end\n}\n%s",
                  figure->panels > 1 ? "set multiplot\n" : "", figure->body.text ? figure->body.text : "",
                  figure->panels > 1 ? "unset multiplot\n" : "", "if (suffix ne '') print 'drawn '.name\n");
    return code || !script->failed ? code : sl_fail_memory(err);
}

static int write_beside(const char *folder, const char *stem, const char *ending, const void *bytes,
                        size_t size, struct sl_error *err)
{
    char *path = sl_format("%s/%s.%s", folder, stem, ending);
    int code = path ? sl_file_write(path, bytes, size, err) : sl_fail_memory(err);
    free(path);
    return code;
}

int sl_picture_write(const struct sl_picture *picture, const char *folder, const char *stem,
                     struct sl_error *err)
{
    const struct sl_figure *figure = &picture->figure;
    struct sl_string script = {0};
    int code = make_script(figure, stem, &script, err);
    if (!code)
        code = write_beside(folder, stem, "csv", figure->csv_text, figure->csv_size, err);
    if (!code && figure->image)
        code = write_beside(folder, stem, "ppm", figure->image, figure->image_size, err);
    if (!code)
        code = write_beside(folder, stem, "gp", script.text, script.size, err);
    sl_string_release(&script);
    return code;
}

/* Does FOLDER/STEM.ENDING hold these bytes? */
static int holds(const char *folder, const char *stem, const char *ending, const void *bytes, size_t size,
                 int *failed)
{
    char *path = sl_format("%s/%s.%s", folder, stem, ending);
    unsigned char *there = NULL;
    size_t n = 0;
    *failed |= !path;
    int same = path && !sl_file_read(path, &there, &n, NULL) && n == size && memcmp(there, bytes, size) == 0;
    free(there);
    free(path);
    return same;
}

/* Is the picture there, and not older than its script?  A drawing that was ended leaves older ones. */
static int is_newer(const char *folder, const char *stem, const char *ending, int *failed)
{
    struct stat script, picture;
    char *path = sl_format("%s/%s.%s", folder, stem, ending), *gp = sl_format("%s/%s.gp", folder, stem);
    *failed |= !path || !gp;
    int newer = path && gp && stat(path, &picture) == 0 && stat(gp, &script) == 0 &&
                (picture.st_mtim.tv_sec > script.st_mtim.tv_sec ||
                 (picture.st_mtim.tv_sec == script.st_mtim.tv_sec &&
                  picture.st_mtim.tv_nsec >= script.st_mtim.tv_nsec));
    free(path);
    free(gp);
    return newer;
}

int sl_picture_is_drawn(const struct sl_picture *picture, const char *folder, const char *stem, int svg_only,
                        int *drawn, struct sl_error *err)
{
    const struct sl_figure *figure = &picture->figure;
    struct sl_string script = {0};
    int failed = 0, code = make_script(figure, stem, &script, err);
    *drawn = !code && holds(folder, stem, "csv", figure->csv_text, figure->csv_size, &failed) &&
             (!figure->image || holds(folder, stem, "ppm", figure->image, figure->image_size, &failed)) &&
             holds(folder, stem, "gp", script.text, script.size, &failed) &&
             is_newer(folder, stem, "svg", &failed) &&
             (svg_only || (is_newer(folder, stem, "png", &failed) && is_newer(folder, stem, "pdf", &failed)));
    sl_string_release(&script);
    return code || !failed ? code : sl_fail_memory(err);
}
