/* svg.c - a picture of gnuplot's as a part of a page.
 *
 * Only elements and attributes that such a picture has pass; all others make the picture none.  Ids get the
 * picture's number, and what draws nothing is left out: groups without contents, empty texts, marks that are
 * not used.  Cost: O(size), but for marks, O(size * looks for what uses one), of which there are at most
 * LOOKS: a picture may be anybody's. */
#include "core/memory.h"
#include "core/text.h"
#include "show/report/page.h"
#include <string.h>

enum { DEPTH = 64, NAME = 32, LOOKS = 1024 };

/* Elements that are taken, and those that are left out with their contents. */
static const char *const taken[] = {"g",      "path",    "text",  "tspan", "use", "rect",
                                    "circle", "polygon", "image", "defs",  NULL};
static const char *const left_out[] = {"title", "desc", "filter", NULL};
static const char *const attributes[] = {"id",
                                         "d",
                                         "x",
                                         "y",
                                         "r",
                                         "cx",
                                         "cy",
                                         "width",
                                         "height",
                                         "points",
                                         "transform",
                                         "fill",
                                         "stroke",
                                         "color",
                                         "stroke-width",
                                         "stroke-dasharray",
                                         "stroke-opacity",
                                         "fill-opacity",
                                         "opacity",
                                         "font-family",
                                         "font-size",
                                         "font-weight",
                                         "font-style",
                                         "text-anchor",
                                         "xlink:href",
                                         "preserveAspectRatio",
                                         "fill-rule",
                                         NULL};
/* What these say holds anyway, or matters to scripts. */
static const char *const needless[] = {"class", "stroke-linecap", "stroke-linejoin", "xml:space", NULL};

static int is_among(const char *const *names, const char *name, size_t n)
{
    for (; *names; names++)
        if (strlen(*names) == n && memcmp(*names, name, n) == 0)
            return 1;
    return 0;
}

struct svg {
    const char *whole;
    int number;
    FILE *to;
    char *waiting[DEPTH]; /* open elements that wait for contents, not written yet */
    int n_waiting;
    int written; /* elements that are open in the page */
    int looks;   /* for what uses a mark, so far */
    int failed, wrong;
};

/* Writes the groups that now have contents. */
static void flush_waiting(struct svg *svg)
{
    for (int i = 0; i < svg->n_waiting; i++) {
        fputs(svg->waiting[i], svg->to);
        free(svg->waiting[i]);
    }
    svg->written += svg->n_waiting;
    svg->n_waiting = 0;
}

/* The text's place in the rest of a tag, or NULL. */
static const char *find_in_tag(const char *tag, const char *text)
{
    const char *end = strchr(tag, '>');
    return end ? memmem(tag, (size_t)(end - tag), text, strlen(text)) : NULL;
}

/* Is a mark used by the picture, or by a mark that stands below it among the definitions and is used itself?
 */
static int is_used(struct svg *svg, const char *id, size_t n, int depth)
{
    if (svg->looks++ >= LOOKS)
        svg->wrong = 1;
    for (const char *at = svg->whole; !svg->wrong && (at = strstr(at, "href='#")); at += 7) {
        if (strncmp(at + 7, id, n) != 0 || at[7 + n] != '\'')
            continue;
        const char *own = find_in_tag(at, " id='");
        if (!own)
            return 1; /* by something that is drawn */
        if (depth < 4 && is_used(svg, own + 5, strcspn(own + 5, "'"), depth + 1))
            return 1;
    }
    return 0;
}

/* Rounds the decimals of numbers away that no eye sees: "525.50" is 525.5, "84.00" is 84. */
static void write_numbers(const char *text, size_t n, FILE *to)
{
    for (size_t i = 0; i < n;) {
        size_t dot = i;
        while (dot < n && text[dot] >= '0' && text[dot] <= '9')
            dot++;
        if (dot == i || dot == n || text[dot] != '.') {
            size_t rest = dot > i ? dot : i + 1;
            if (!strchr(" \t\n", text[i]) || (i && !strchr(" \t\n", text[i - 1])))
                fwrite(strchr("\t\n", text[i]) ? " " : text + i, 1, rest - i, to);
            i = rest;
            continue;
        }
        size_t end = dot + 1, keep;
        while (end < n && text[end] >= '0' && text[end] <= '9')
            end++;
        for (keep = end; keep > dot && (text[keep - 1] == '0' || text[keep - 1] == '.'); keep--)
            if (text[keep - 1] == '.') {
                keep--;
                break;
            }
        fwrite(text + i, 1, keep - i, to);
        i = end;
    }
}

/* Where an attribute leads to: within the picture, or to pixels in the page. */
static void write_reference(struct svg *svg, const char *value, size_t n, FILE *to)
{
    static const char pixels[] = "data:image/png;base64,";
    if (n && *value == '#')
        fprintf(to, " href=\"#p%d%.*s\"", svg->number, (int)n - 1, value + 1);
    else if (n > sizeof pixels && memcmp(value, pixels, sizeof pixels - 1) == 0) {
        fputs(" href=\"", to);
        fwrite(value, 1, n, to);
        fputc('"', to);
    } else
        svg->wrong = 1;
}

static void write_attribute(struct svg *svg, const char *name, size_t n_name, const char *value, size_t n,
                            FILE *to)
{
    if (is_among(needless, name, n_name) || memchr(value, '"', n))
        return;
    if (!is_among(attributes, name, n_name) || memchr(value, '<', n)) {
        svg->wrong = 1;
        return;
    }
    if (n_name == 10 && memcmp(name, "xlink:href", 10) == 0) {
        write_reference(svg, value, n, to);
        return;
    }
    if (n_name == 2 && memcmp(name, "id", 2) == 0) {
        if (strncmp(value, "gp", 2) == 0) /* a mark; groups' names are not used */
            fprintf(to, " id=\"p%d%.*s\"", svg->number, (int)n, value);
        return;
    }
    fprintf(to, " %.*s=\"", (int)n_name, name);
    if (n_name == 1 || memcmp(name, "transform", n_name < 9 ? n_name : 9) == 0)
        write_numbers(value, n, to);
    else
        fwrite(value, 1, n, to);
    fputc('"', to);
}

/* The attributes of a tag up to its end; returns that, or NULL where it is none. */
static const char *write_attributes(struct svg *svg, const char *at, FILE *to)
{
    for (;;) {
        at += strspn(at, " \t\r\n");
        if (*at == '>' || *at == '/' || !*at)
            return *at ? at : NULL;
        size_t n_name = strcspn(at, "= \t\r\n/>");
        const char *name = at;
        at += n_name;
        if (!n_name || *at != '=' || (at[1] != '"' && at[1] != '\''))
            return NULL;
        const char *end = strchr(at + 2, at[1]);
        if (!end)
            return NULL;
        write_attribute(svg, name, n_name, at + 2, (size_t)(end - at - 2), to);
        at = end + 1;
    }
}

/* A mark that is not used; its tag is one of the definitions. */
static int is_idle_mark(struct svg *svg, const char *tag)
{
    const char *id = find_in_tag(tag, " id='gp");
    return id && !is_used(svg, id + 5, strcspn(id + 5, "'"), 0);
}

static const char *open_tag(struct svg *svg, const char *at)
{
    size_t n = strcspn(at + 1, " \t\r\n/>");
    const char *name = at + 1;
    char *tag = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&tag, &size);
    if (!memory) {
        svg->failed = 1;
        return NULL;
    }
    fprintf(memory, "<%.*s", (int)n, name);
    const char *end = write_attributes(svg, name + n, memory);
    int closed = end && *end == '/', idle = is_idle_mark(svg, at);
    fputs(closed ? "/>" : ">", memory);
    svg->failed |= fclose(memory) != 0;
    if (!end || svg->failed || svg->n_waiting == DEPTH) {
        svg->wrong |= !svg->failed;
        free(tag);
        return NULL;
    }
    /* gnuplot ends a mark's colour by one of no size. */
    idle |= closed && find_in_tag(at, " scale(0.00)") != NULL;
    if (idle || (closed && n == 1)) /* nothing, or a group without contents */
        free(tag);
    else if (closed) {
        flush_waiting(svg);
        fputs(tag, svg->to);
        free(tag);
    } else
        svg->waiting[svg->n_waiting++] = tag;
    if (!closed && idle)
        svg->wrong = 1;
    return strchr(end, '>') ? strchr(end, '>') + 1 : NULL;
}

static const char *close_tag(struct svg *svg, const char *at)
{
    size_t n = strcspn(at + 2, " \t\r\n>");
    const char *end = strchr(at, '>');
    if (n == 3 && memcmp(at + 2, "svg", 3) == 0)
        svg->wrong |= svg->written || svg->n_waiting;
    else if (!is_among(taken, at + 2, n))
        svg->wrong = 1;
    else if (svg->n_waiting) /* without contents */
        free(svg->waiting[--svg->n_waiting]);
    else if (svg->written) {
        fprintf(svg->to, "</%.*s>", (int)n, at + 2);
        svg->written--;
    } else
        svg->wrong = 1;
    return end ? end + 1 : NULL;
}

static const char *skip_element(const char *at, const char *name, size_t n)
{
    char close[NAME];
    if (n + 4 > sizeof close)
        return NULL;
    snprintf(close, sizeof close, "</%.*s>", (int)n, name);
    const char *end = strstr(at, close);
    return end ? end + strlen(close) : NULL;
}

static const char *take(struct svg *svg, const char *at)
{
    if (*at != '<') {
        size_t n = strcspn(at, "<"), blank = strspn(at, " \t\r\n");
        if (blank < n) {
            flush_waiting(svg);
            fwrite(at, 1, n, svg->to);
        }
        return at + n;
    }
    if (at[1] == '/')
        return close_tag(svg, at);
    size_t n = strcspn(at + 1, " \t\r\n/>");
    if (is_among(left_out, at + 1, n))
        return skip_element(at, at + 1, n);
    if (strncmp(at, "<!--", 4) == 0) {
        const char *end = strstr(at, "-->");
        return end ? end + 3 : NULL;
    }
    if (!is_among(taken, at + 1, n)) {
        svg->wrong = 1;
        return NULL;
    }
    return open_tag(svg, at);
}

/* Width and height, as gnuplot writes them. */
static const char *find_size(const char *svg, int *width, int *height)
{
    const char *root = strstr(svg, "<svg"), *box = root ? strstr(root, "viewBox=\"0 0 ") : NULL;
    const char *end = root ? strchr(root, '>') : NULL;
    if (!box || !end || box > end || sscanf(box + 13, "%d %d", width, height) != 2)
        return NULL;
    return end + 1;
}

int sl_svg_inline(const char *text, int number, const char *alt, FILE *to)
{
    int width, height;
    char *picture = NULL;
    size_t size = 0;
    const char *at = find_size(text, &width, &height);
    struct svg svg = {.whole = text, .number = number};
    svg.to = at ? open_memstream(&picture, &size) : NULL;
    if (!svg.to)
        return -1;
    while (at && *at && !svg.wrong && !svg.failed)
        at = take(&svg, at);
    for (int i = 0; i < svg.n_waiting; i++)
        free(svg.waiting[i]);
    svg.wrong |= !at || svg.written;
    svg.failed |= fclose(svg.to) != 0;
    if (!svg.wrong && !svg.failed) {
        fprintf(to, "<svg role=img viewBox=\"0 0 %d %d\" width=%d height=%d aria-label=\"", width, height,
                width, height);
        sl_html_text(alt, to);
        fputs("\">", to);
        fwrite(picture, 1, size, to);
        fputs("</svg>", to);
    }
    free(picture);
    return svg.wrong || svg.failed ? -1 : 0;
}
