/* page_latex.c - a report as a LaTeX document (article, booktabs) that compiles as it is.
 *
 * pdfLaTeX stops at a character that its fonts do not have: such ones are declared to be their numbers.
 * Pictures are taken where their PDF files are beside the document, and left out where they are not. */
#include "core/memory.h"
#include "core/text.h"
#include "show/report/page.h"
#include <string.h>

enum { WORD = 24 /* letters that stay together */, CODE_WORD = 40 };

static void enclose(struct sl_page *page, const char *before, const char *text, const char *after)
{
    fputs(before, page->body);
    sl_latex_text(text, WORD, page->body);
    fputs(after, page->body);
}

static void section(struct sl_page *page, const struct sl_section *section)
{
    enclose(page, section->kind == SL_SECTION_ROW ? "\\clearpage\n\\section{" : "\\section{", section->title,
            "}\n\n");
}

static void heading(struct sl_page *page, const char *text)
{
    enclose(page, "\\subsection*{", text, "}\n\n");
}

static void text(struct sl_page *page, const char *text, int strong)
{
    enclose(page, strong ? "\\noindent\\textbf{" : "\\noindent ", text, strong ? "}\\par\n\n" : "\\par\n\n");
}

static void code(struct sl_page *page, const char *text)
{
    fputs("{\\footnotesize\\ttfamily\\raggedright\\noindent ", page->body);
    sl_latex_text(text, CODE_WORD, page->body);
    fputs("\\par}\n\n", page->body);
}

static void items(struct sl_page *page, char *const *texts, size_t n, int numbered)
{
    fprintf(page->body, "\\begin{%s}\n", numbered ? "enumerate" : "itemize");
    for (size_t i = 0; i < n; i++)
        enclose(page, "\\item ", texts[i], "\n");
    fprintf(page->body, "\\end{%s}\n\n", numbered ? "enumerate" : "itemize");
}

static void table(struct sl_page *page, const struct sl_grid *grid, const struct sl_html_look *look)
{
    struct sl_grid bare = *grid;
    bare.above.n = bare.below.n = 0;
    bare.verdict = NULL;
    if (look->caption)
        enclose(page, "\\medskip\\noindent\\textbf{", look->caption, "}\\par\\smallskip\n");
    fputs("{\\small\\noindent\n", page->body);
    page->failed |= sl_grid_latex(&bare, page->body) != SL_OK;
    fputs("\\par}\\medskip\n\n", page->body);
}

/* A file's name in LaTeX's hands: of plain characters only. */
static int is_plain(const char *path)
{
    for (; *path; path++)
        if (!((*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
              (*path >= '0' && *path <= '9') || strchr("/._-", *path)))
            return 0;
    return 1;
}

static int picture(struct sl_page *page, const char *path, const char *alt)
{
    size_t n = page->folder ? strlen(page->folder) : 0;
    (void)alt;
    if (n && strncmp(path, page->folder, n) == 0 && path[n] == '/')
        path += n + 1;
    if (!is_plain(path))
        return -1;
    fprintf(
        page->body,
        "\\IfFileExists{%s.pdf}{\\noindent\\includegraphics[width=\\linewidth]{%s.pdf}\\par\\medskip}{}\n\n",
        path, path);
    return 0;
}

/* Around it ---------------------------------------------------------------------------------------- */

static uint32_t code_point(const unsigned char *c, size_t length)
{
    uint32_t point = length == 1 ? *c : *c & (0xff >> (length + 1));
    for (size_t i = 1; i < length; i++)
        point = point << 6 | (c[i] & 0x3f);
    return point;
}

/* Has LaTeX a letter for it in its usual fonts? */
static int is_known(uint32_t point)
{
    return point < 0x180 || (point >= 0x2013 && point <= 0x2014) || (point >= 0x2018 && point <= 0x201e) ||
           point == 0x2026 || point == 0x20ac;
}

static int by_value(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int declare_characters(const char *text, FILE *to, struct sl_error *err)
{
    size_t n = 0, room = 0, length;
    uint32_t *points = NULL;
    for (const unsigned char *c = (const unsigned char *)text; *c; c += length) {
        length = sl_utf8_length(c);
        length = length ? length : 1;
        uint32_t point = code_point(c, length);
        if (is_known(point))
            continue;
        if (n == room) {
            uint32_t *grown = sl_realloc(points, 2 * room + 64, sizeof *grown);
            if (!grown) {
                free(points);
                return sl_fail_memory(err);
            }
            points = grown;
            room = 2 * room + 64;
        }
        points[n++] = point;
    }
    if (n)
        qsort(points, n, sizeof *points, by_value);
    for (size_t i = 0; i < n; i++)
        if (!i || points[i] != points[i - 1])
            fprintf(to,
                    "\\ifdefined\\DeclareUnicodeCharacter\\DeclareUnicodeCharacter{%04X}{{\\footnotesize "
                    "U+%04X}}\\fi\n",
                    (unsigned)points[i], (unsigned)points[i]);
    free(points);
    return SL_OK;
}

static int finish(struct sl_page *page, FILE *to, struct sl_error *err)
{
    char *title = sl_visible(page->title), *all = title ? sl_format("%s%s", title, page->text) : NULL;
    int code = all ? SL_OK : sl_fail_memory(err);
    fputs("\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage[T1]{fontenc}\n"
          "\\usepackage{textcomp}\n\\usepackage{booktabs}\n\\usepackage{longtable}\n\\usepackage{graphicx}\n",
          to);
    if (!code)
        code = declare_characters(all, to, err);
    if (!code) {
        fputs("\\sloppy\n\\title{", to);
        sl_latex_text(title, WORD, to);
        fputs("}\n\\author{}\n\\date{}\n\\begin{document}\n\\maketitle\n\n", to);
        fwrite(page->text, 1, page->size, to);
        fputs("\\end{document}\n", to);
    }
    free(title);
    free(all);
    return code;
}

const struct sl_page_type sl_page_latex = {"latex", "tex", finish, section, heading,
                                           text,    code,  items,  table,   picture};
