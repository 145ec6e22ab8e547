/* fuzz_svg.c - a picture that lies in the folder of a store, and becomes a part of a report.  Nothing in it
 * may run or fetch anything, whatever it was. */
#include "fuzz.h"
#include "show/report/page.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Each "<" must begin one of these elements. */
static int is_harmless(const char *tag)
{
    static const char *const names[] = {"svg",  "g",      "path",    "text",  "tspan", "use",
                                        "rect", "circle", "polygon", "image", "defs"};
    tag += *tag == '/';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t n = strlen(names[i]);
        if (strncmp(tag, names[i], n) == 0 && strchr(" />", tag[n]))
            return 1;
    }
    return 0;
}

/* Inside a tag, outside quotes: no handler of events, no style, and references to this page alone. */
static const char *check_tag(const char *at)
{
    FUZZ_MUST(is_harmless(at));
    while (*at && *at != '>') {
        if (isspace((unsigned char)*at)) {
            FUZZ_MUST(strncasecmp(at + 1, "on", 2) != 0 && strncasecmp(at + 1, "style", 5) != 0);
            if (strncasecmp(at + 1, "href", 4) == 0)
                FUZZ_MUST(strncmp(at + 1, "href=\"#", 7) == 0 ||
                          strncmp(at + 1, "href=\"data:image/png;base64,", 28) == 0);
        }
        at += strcspn(at + 1, " \t\r\n\">") + 1;
        if (*at == '"')
            at = strchr(at + 1, '"');
        FUZZ_MUST(at);
    }
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *svg = strndup((const char *)bytes, n), *page = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&page, &size);
    FUZZ_MUST(svg && to);
    int code = sl_svg_inline(svg, 7, "a <picture>", to);
    FUZZ_MUST(fclose(to) == 0 && (code ? size == 0 : size > 0));
    for (const char *at = page; (at = strchr(at, '<'));)
        at = check_tag(at + 1);
    free(page);
    free(svg);
    return 0;
}
