/* yaml.c - a YAML document through libyaml, with bounds on what a hostile file can ask for.
 *
 * libyaml resolves an alias to the node it names, so the document is a graph: a few lines can stand for
 * billions of nodes, or for a node inside itself.  One walk that visits each node once computes how many
 * nodes the written-out tree would have, and refuses the file before anybody else walks it.
 * Cost: linear in the file, at most FILE_MAX bytes, but for the keys of a mapping, which are compared
 * pairwise.  Left out: tags, merge keys (<<), several documents in a file. */
#include "study/yaml.h"
#include "core/file.h"
#include "core/memory.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 18, DEPTH_MAX = 16, BRACKETS_MAX = 256, NODES_MAX = 100000, KEYS_MAX = 256 };

static int fail_at(const char *path, size_t line, size_t column, struct sl_error *err, const char *text)
{
    return sl_fail(err, SL_EUSAGE, "%s:%zu:%zu: %s", path, line + 1, column + 1, text);
}

int sl_yaml_fail(const struct sl_yaml *yaml, const yaml_node_t *node, struct sl_error *err,
                 const char *format, ...)
{
    char text[768];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fail_at(yaml->path, node->start_mark.line, node->start_mark.column, err, text);
}

int sl_yaml_blame(const struct sl_yaml *yaml, const yaml_node_t *node, struct sl_error *err)
{
    return sl_fail_prefix(err, "%s:%zu:%zu", yaml->path, node->start_mark.line + 1,
                          node->start_mark.column + 1);
}

yaml_node_t *sl_yaml_node(struct sl_yaml *yaml, int id)
{
    return yaml_document_get_node(&yaml->document, id);
}

yaml_node_t *sl_yaml_root(struct sl_yaml *yaml)
{
    return yaml_document_get_root_node(&yaml->document);
}

const char *sl_yaml_text(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

int sl_yaml_is_null(const yaml_node_t *node)
{
    const char *text = sl_yaml_text(node);
    return text && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

/* Checks ------------------------------------------------------------------------------------------ */

enum { OPEN = 255 }; /* the walk is inside this node */

struct walk {
    struct sl_yaml *yaml;
    unsigned *nodes;       /* per node: of its subtree written out */
    unsigned char *levels; /* per node: of its subtree; 0 not visited yet */
    struct sl_error *err;
};

static int check_keys(struct sl_yaml *yaml, const yaml_node_t *map, struct sl_error *err)
{
    const yaml_node_pair_t *first = map->data.mapping.pairs.start, *end = map->data.mapping.pairs.top;
    if (end - first > KEYS_MAX)
        return sl_yaml_fail(yaml, map, err, "a mapping of more than %d keys", KEYS_MAX);
    for (const yaml_node_pair_t *pair = first; pair < end; pair++) {
        const yaml_node_t *key = sl_yaml_node(yaml, pair->key);
        const char *text = sl_yaml_text(key);
        if (!text)
            return sl_yaml_fail(yaml, key, err, "a key must be a plain word");
        for (const yaml_node_pair_t *other = first; other < pair; other++)
            if (strcmp(text, sl_yaml_text(sl_yaml_node(yaml, other->key))) == 0)
                return sl_yaml_fail(yaml, key, err, "the key '%.60s' stands here a second time", text);
    }
    return SL_OK;
}

static int check_node(struct walk *walk, int id, unsigned depth);

/* Walks a child of the node id and adds it to the node's count and to its levels. */
static int check_child(struct walk *walk, int id, int child, unsigned depth, unsigned char *levels)
{
    int code = check_node(walk, child, depth + 1);
    if (code)
        return code;
    walk->nodes[id] += walk->nodes[child];
    if (walk->nodes[id] > NODES_MAX)
        return sl_yaml_fail(walk->yaml, sl_yaml_node(walk->yaml, id), walk->err,
                            "more than %d values, aliases written out", NODES_MAX);
    if (walk->levels[child] + 1 > *levels)
        *levels = (unsigned char)(walk->levels[child] + 1);
    return SL_OK;
}

static int check_children(struct walk *walk, int id, unsigned depth, unsigned char *levels)
{
    const yaml_node_t *node = sl_yaml_node(walk->yaml, id);
    int code = SL_OK;
    if (node->type == YAML_SEQUENCE_NODE)
        for (int *item = node->data.sequence.items.start; !code && item < node->data.sequence.items.top;
             item++)
            code = check_child(walk, id, *item, depth, levels);
    if (node->type == YAML_MAPPING_NODE) {
        code = check_keys(walk->yaml, node, walk->err);
        for (yaml_node_pair_t *p = node->data.mapping.pairs.start; !code && p < node->data.mapping.pairs.top;
             p++)
            code = check_child(walk, id, p->value, depth, levels);
    }
    return code;
}

static int check_node(struct walk *walk, int id, unsigned depth)
{
    const yaml_node_t *node = sl_yaml_node(walk->yaml, id);
    if (walk->levels[id] == OPEN)
        return sl_yaml_fail(walk->yaml, node, walk->err, "an alias in here stands for what it is inside of");
    if (depth + (walk->levels[id] ? walk->levels[id] : 1u) > DEPTH_MAX)
        return sl_yaml_fail(walk->yaml, node, walk->err, "nested more than %d levels deep", DEPTH_MAX);
    if (walk->levels[id])
        return SL_OK;
    const char *text = sl_yaml_text(node);
    if (text && strlen(text) != node->data.scalar.length)
        return sl_yaml_fail(walk->yaml, node, walk->err, "a text with a NUL character in it");
    unsigned char levels = 1;
    walk->nodes[id] = 1;
    walk->levels[id] = OPEN;
    int code = check_children(walk, id, depth, &levels);
    walk->levels[id] = levels;
    return code;
}

static int check_document(struct sl_yaml *yaml, struct sl_error *err)
{
    size_t n = (size_t)(yaml->document.nodes.top - yaml->document.nodes.start);
    if (n == 0)
        return fail_at(yaml->path, 0, 0, err, "the file is empty");
    struct walk walk = {yaml, sl_alloc_zero(n + 1, sizeof *walk.nodes), sl_alloc_zero(n + 1, 1), err};
    int code = walk.nodes && walk.levels ? check_node(&walk, 1, 0) : sl_fail_memory(err);
    free(walk.nodes);
    free(walk.levels);
    return code;
}

/* Reading ----------------------------------------------------------------------------------------- */

/* The reader's errors carry an offset in bytes instead of a mark. */
static int fail_parser(const char *path, const yaml_parser_t *parser, const unsigned char *bytes, size_t size,
                       struct sl_error *err)
{
    char text[512];
    size_t line = parser->problem_mark.line, column = parser->problem_mark.column;
    /* Where its document can not be allocated, it fails and notes no error. */
    if (parser->error == YAML_MEMORY_ERROR || parser->error == YAML_NO_ERROR)
        return sl_fail_memory(err);
    if (parser->error == YAML_READER_ERROR) {
        line = column = 0;
        for (size_t i = 0; i < parser->problem_offset && i < size; i++) {
            column = bytes[i] == '\n' ? 0 : column + 1;
            line += bytes[i] == '\n';
        }
    }
    snprintf(text, sizeof text, "not YAML: %s%s%s", parser->context ? parser->context : "",
             parser->context ? ": " : "", parser->problem ? parser->problem : "cannot be parsed");
    return fail_at(path, line, column, err, text);
}

static int load(struct sl_yaml *yaml, yaml_parser_t *parser, const unsigned char *bytes, size_t size,
                struct sl_error *err)
{
    if (!yaml_parser_load(parser, &yaml->document))
        return fail_parser(yaml->path, parser, bytes, size, err);
    yaml_document_t second;
    int code = check_document(yaml, err);
    if (!code && !yaml_parser_load(parser, &second))
        code = fail_parser(yaml->path, parser, bytes, size, err);
    else if (!code) {
        const yaml_node_t *root = yaml_document_get_root_node(&second);
        if (root)
            code = sl_yaml_fail(yaml, root, err, "a second document: an experiment is one");
        yaml_document_delete(&second);
    }
    if (code)
        yaml_document_delete(&yaml->document);
    return code;
}

/* libyaml looks at every open bracket again at every token, so a file of brackets alone would keep it for
 * minutes.  Counts them without regard to quotes: no experiment comes near the bound. */
static int check_brackets(const char *path, const unsigned char *bytes, size_t size, struct sl_error *err)
{
    size_t line = 0, column = 0;
    int open = 0;
    for (size_t i = 0; i < size; i++, column++) {
        open += bytes[i] == '[' || bytes[i] == '{';
        open -= open && (bytes[i] == ']' || bytes[i] == '}');
        if (open > BRACKETS_MAX)
            return fail_at(path, line, column, err, "too many open brackets");
        if (bytes[i] == '\n') {
            line++;
            column = (size_t)-1;
        }
    }
    return SL_OK;
}

static int read_file(const char *path, unsigned char **bytes, size_t *size, struct sl_error *err)
{
    int file;
    uint64_t length = 0;
    int code = sl_file_open(path, &file, &length, err);
    if (code)
        return code;
    if (length > FILE_MAX) {
        close(file);
        return sl_fail(err, SL_EUSAGE, "%s: larger than %d KiB: not an experiment file", path,
                       FILE_MAX >> 10);
    }
    *size = (size_t)length;
    return sl_file_take(file, path, length, bytes, err);
}

int sl_yaml_open(const char *path, struct sl_yaml *yaml, struct sl_error *err)
{
    unsigned char *bytes;
    size_t size = 0;
    yaml_parser_t parser;
    *yaml = (struct sl_yaml){0};
    int code = read_file(path, &bytes, &size, err);
    if (code)
        return code;
    code = check_brackets(path, bytes, size, err);
    if (!code) {
        yaml->path = sl_strdup(path);
        if (!yaml->path || !yaml_parser_initialize(&parser))
            code = sl_fail_memory(err);
        else {
            yaml_parser_set_input_string(&parser, bytes, size);
            code = load(yaml, &parser, bytes, size, err);
            yaml_parser_delete(&parser);
        }
    }
    free(bytes);
    if (code)
        free(yaml->path);
    return code;
}

void sl_yaml_release(struct sl_yaml *yaml)
{
    yaml_document_delete(&yaml->document);
    free(yaml->path);
}
