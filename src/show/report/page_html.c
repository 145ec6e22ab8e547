/* page_html.c - a report as one HTML file that needs no other.
 *
 * Its policy allows the one style and the one script in it, by their hashes, pictures in data: addresses, and
 * nothing else.  It reads without the script, which only sorts and filters tables.  Sections of rows are
 * pages of their own by the style alone: they are shown where the address names them, and on paper. */
#include "core/file.h"
#include "core/memory.h"
#include "core/resource.h"
#include "core/sha256.h"
#include "show/report/page.h"
#include <errno.h>
#include <string.h>

static void section(struct sl_page *page, const struct sl_section *section)
{
    fprintf(page->body, "%s<section class=%s id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">",
            page->n_sections ? "</section>\n" : "", section->kind == SL_SECTION_ROW ? "row" : "all",
            section->id, section->id, section->id);
    sl_html_text(section->title, page->body);
    fputs("</h2>\n", page->body);
    if (section->kind == SL_SECTION_ROW)
        fputs("<p class=back><a href=\"#top\">← all rows</a>\n", page->body);
}

static void enclose(struct sl_page *page, const char *before, const char *text, const char *after)
{
    fputs(before, page->body);
    sl_html_text(text, page->body);
    fputs(after, page->body);
}

static void heading(struct sl_page *page, const char *text)
{
    enclose(page, "<h3>", text, "</h3>\n");
}

static void text(struct sl_page *page, const char *text, int strong)
{
    enclose(page, strong ? "<p class=verdict>" : "<p>", text, "\n");
}

static void code(struct sl_page *page, const char *text)
{
    enclose(page, "<pre tabindex=0><code>", text, "</code></pre>\n");
}

static void items(struct sl_page *page, char *const *texts, size_t n, int numbered)
{
    fputs(numbered ? "<ol>\n" : "<ul>\n", page->body);
    for (size_t i = 0; i < n; i++)
        enclose(page, "<li>", texts[i], "\n");
    fputs(numbered ? "</ol>\n" : "</ul>\n", page->body);
}

static void table(struct sl_page *page, const struct sl_grid *grid, const struct sl_html_look *look)
{
    sl_html_table(grid, look, page->body);
}

enum { LARGE = 200000 /* bytes of a picture that is laid out when it comes into sight */ };

static int picture(struct sl_page *page, const char *path, const char *alt)
{
    char *name = sl_format("%s.svg", path);
    unsigned char *svg = NULL;
    size_t size;
    page->failed |= !name;
    int missing = !name || sl_file_read(name, &svg, &size, NULL);
    if (!missing) {
        fputs(size > LARGE ? "<figure class=large>" : "<figure>", page->body);
        missing = sl_svg_inline((const char *)svg, page->n_pictures, alt, page->body);
        fputs("</figure>\n", page->body);
    }
    free(svg);
    free(name);
    return missing ? -1 : 0;
}

/* Around it ---------------------------------------------------------------------------------------- */

static int read_part(const char *name, char **text, struct sl_error *err)
{
    size_t size;
    char *path = sl_resource_find(name);
    if (!path && errno == ENOMEM)
        return sl_fail_memory(err);
    if (!path)
        return sl_fail(err, SL_EIO,
                       "%s is not where the program looks for its files ($SHORTLIST_HOME, share/shortlist "
                       "beside it)",
                       name);
    int code = sl_file_read(path, (unsigned char **)text, &size, err);
    free(path);
    return code;
}

static void write_head(const struct sl_page *page, const char *style, const char *script, FILE *to)
{
    char of_style[45], of_script[45];
    sl_sha256_base64(style, strlen(style), of_style);
    sl_sha256_base64(script, strlen(script), of_script);
    fprintf(
        to,
        "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'sha256-%s'; "
        "script-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=color-scheme content=\"light dark\">\n<meta name=generator content=shortlist>\n<title>",
        of_style, of_script);
    sl_html_text(page->title, to);
    fprintf(to, "</title>\n<style>%s</style>\n</head>\n", style);
}

static void write_links(const struct sl_page *page, FILE *to)
{
    fputs("<nav aria-label=\"sections\"><ul>\n", to);
    for (size_t i = 0; i < page->n_sections; i++) {
        if (page->sections[i].kind == SL_SECTION_ROW)
            continue;
        fprintf(to, "<li><a href=\"#%s\">", page->sections[i].id);
        sl_html_text(page->sections[i].title, to);
        fputs("</a>\n", to);
    }
    fputs("</ul></nav>\n", to);
}

static int finish(struct sl_page *page, FILE *to, struct sl_error *err)
{
    char *style = NULL, *script = NULL, *title = sl_visible(page->title);
    int code = title ? read_part("report/page.css", &style, err) : sl_fail_memory(err);
    if (!code)
        code = read_part("report/page.js", &script, err);
    if (!code) {
        page->title = title;
        write_head(page, style, script, to);
        fputs("<body>\n<a class=skip href=\"#main\">to the text</a>\n<header id=top><h1>", to);
        sl_html_text(title, to);
        fputs("</h1>\n", to);
        write_links(page, to);
        fputs("</header>\n<main id=main>\n", to);
        fwrite(page->text, 1, page->size, to);
        fprintf(to, "%s</main>\n<script>%s</script>\n</body>\n</html>\n",
                page->n_sections ? "</section>\n" : "", script);
    }
    free(title);
    free(style);
    free(script);
    return code;
}

const struct sl_page_type sl_page_html = {"html", "html", finish, section, heading,
                                          text,   code,   items,  table,   picture};
