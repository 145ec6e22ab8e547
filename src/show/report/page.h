/* page.h - a document of sections, texts, tables and pictures, which each format writes in its own way.
 *
 * Texts may hold anything: what would act on a reader's page is shown as it is (sl_visible, markup.h).  A
 * failure is remembered, so that a page is written without checks and checked once. */
#ifndef SL_SHOW_PAGE_H
#define SL_SHOW_PAGE_H

#include "show/markup.h"
#include <shortlist/report.h>

/* A section of all rows, or one of a row: a page of its own where there are such. */
enum sl_section_kind { SL_SECTION_ALL, SL_SECTION_ROW };

struct sl_section {
    char *id, *title;
    enum sl_section_kind kind;
};

struct sl_page;
struct sl_page_type {
    const char *name, *ending; /* "html", "html" */
    /* Around what was written into page->body. */
    int (*finish)(struct sl_page *page, FILE *to, struct sl_error *err);
    void (*section)(struct sl_page *page, const struct sl_section *section);
    void (*heading)(struct sl_page *page, const char *text);
    void (*text)(struct sl_page *page, const char *text, int strong);
    void (*code)(struct sl_page *page, const char *text);
    void (*items)(struct sl_page *page, char *const *texts, size_t n, int numbered);
    void (*table)(struct sl_page *page, const struct sl_grid *grid, const struct sl_html_look *look);
    /* Of PATH.svg and PATH.pdf; 0, or -1 where it can not be shown. */
    int (*picture)(struct sl_page *page, const char *path, const char *alt);
};
extern const struct sl_page_type sl_page_html, sl_page_markdown, sl_page_latex;

struct sl_page {
    const struct sl_page_type *type;
    const char *title;
    const char *folder; /* of the file that is written: pictures are named from there; NULL: from here */
    FILE *body;         /* in memory */
    char *text;
    size_t size;
    size_t n_sections;
    struct sl_section *sections;
    int n_pictures, failed; /* out of memory */
};

/* SL_OK or SL_ENOMEM. */
int sl_page_begin(struct sl_page *page, const struct sl_page_type *type, const char *title,
                  struct sl_error *err);
/* The whole document. */
int sl_page_write(struct sl_page *page, FILE *to, struct sl_error *err);
void sl_page_release(struct sl_page *page);

/* id: of letters, digits and dashes, once in a page. */
void sl_page_section(struct sl_page *page, enum sl_section_kind kind, const char *id, const char *title);
void sl_page_heading(struct sl_page *page, const char *text);
void sl_page_text(struct sl_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sl_page_strong(struct sl_page *page, const char *text);
void sl_page_code(struct sl_page *page, const char *text);
/* The lines of a grid's `below`, say. */
void sl_page_items(struct sl_page *page, const struct sl_lines *lines, int numbered);
/* Makes the grid's texts visible, writes the table and the lines below it, and releases the grid. */
void sl_page_table(struct sl_page *page, struct sl_grid *grid, const struct sl_html_look *look);
int sl_page_picture(struct sl_page *page, const char *path, const char *alt);

/* HTML: an SVG picture of gnuplot's as a part of the page, with ids of its own; -1 where it holds what such a
 * picture does not. */
int sl_svg_inline(const char *svg, int number, const char *alt, FILE *to);

#endif
