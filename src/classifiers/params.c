/* params.c - words that several classifiers share. */
#include "classifiers/params.h"

const struct sl_word sl_words_class_weight[] = {{"none", 0}, {"balanced", 1}, {NULL, 0}};
