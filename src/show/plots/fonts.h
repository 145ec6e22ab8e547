/* fonts.h - which characters the installed fonts have. */
#ifndef SL_SHOW_FONTS_H
#define SL_SHOW_FONTS_H

/* text with a white square in the place of each character that no installed font has; NULL where all are
 * there, or, with *failed 1, when out of memory.  The caller frees it. */
char *sl_fonts_replace(const char *text, int *failed);

#endif
