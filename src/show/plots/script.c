/* script.c - writes a picture's data and script.
 *
 * The script is self-contained: settings (generated), then plots/style.gp and plots/KIND.gp.  No user's text
 * is ever code in it (picture.c). */
#include "core/file.h"
#include "core/memory.h"
#include "core/resource.h"
#include "show/plots/plot.h"
#include <errno.h>

static int add_template(struct sl_string *script, const char *kind, struct sl_error *err)
{
    unsigned char *text = NULL;
    size_t size;
    char *name = sl_format("plots/%s.gp", kind);
    char *path = name ? sl_resource_find(name) : NULL;
    int no_memory = !name || (!path && errno == ENOMEM);
    int code = no_memory ? sl_fail_memory(err)
               : path    ? sl_file_read(path, &text, &size, err)
                         : sl_fail(err, SL_EIO,
                                   "the template %s is not where the program looks for its files "
                                      "($SHORTLIST_HOME, share/shortlist beside it)",
                                   name);
    if (!code)
        sl_string_add(script, "\n%s", (const char *)text);
    free(text);
    free(path);
    free(name);
    return code;
}

static int make_script(const struct sl_picture *picture, const char *kind, const char *stem,
                       struct sl_string *script, struct sl_error *err)
{
    sl_string_add(script,
                  "# %s.gp - draws %s.svg and %s.png from %s.dat:  gnuplot %s.gp\n\n"
                  "name = '%s'\nwidth = %d\nheight = %d\n%s",
                  stem, stem, stem, stem, stem, stem, picture->width, picture->height,
                  picture->settings.text ? picture->settings.text : "");
    int code = add_template(script, "style", err);
    if (!code)
        code = add_template(script, kind, err);
    if (!code && script->failed)
        code = sl_fail_memory(err);
    return code;
}

int sl_picture_write(const struct sl_picture *picture, const char *kind, const char *folder, const char *stem,
                     struct sl_error *err)
{
    struct sl_string script = {0};
    char *dat = sl_format("%s/%s.dat", folder, stem), *gp = sl_format("%s/%s.gp", folder, stem);
    int code = dat && gp ? make_script(picture, kind, stem, &script, err) : sl_fail_memory(err);
    if (!code)
        code = sl_file_write(dat, picture->data.text ? picture->data.text : "", picture->data.size, err);
    if (!code)
        code = sl_file_write(gp, script.text, script.size, err);
    sl_string_release(&script);
    free(dat);
    free(gp);
    return code;
}
