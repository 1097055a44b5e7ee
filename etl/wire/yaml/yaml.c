#include "wire/yaml/yaml.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "wire/yaml/yaml_scalar.h"
#include "wire/yaml/yaml_syntax.h"

#include <string.h>

struct anchor {
    const char *name;
    struct yaml_node *node; /* NULL while the node is still being read */
    size_t nodes;           /* of it, aliases expanded */
};

struct reader {
    struct yaml_source source; /* without a byte order mark */
    struct arena *arena;
    struct findings *findings;
    yaml_parser_t parser;
    bool stopped;      /* after a syntax error or a passed bound: nothing more can be read */
    bool lacks_memory; /* libyaml had no memory: the file may be correct */
    size_t nodes;
    unsigned depth;
    size_t text_bytes;
    bool is_optional;       /* what is being read is the value of one of the source's optional keys */
    struct anchor *anchors; /* of this document */
    size_t anchor_count;
    /* libyaml counts characters; places in the file are bytes. This pair moves along with the events. */
    size_t cursor_index;
    size_t cursor_offset;
};

static void yaml_event_cleanup(yaml_event_t *event)
{
    yaml_event_delete(event);
}

static void stop(struct reader *reader, struct place place, const char *message)
{
    finding_error(reader->findings, place, "%s", message);
    reader->stopped = true;
}

/* The next event; false at the end of what can be read. */
static bool next_event(struct reader *reader, yaml_event_t *event)
{
    if (reader->stopped)
        return false;
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    reader->lacks_memory = reader->parser.error == YAML_MEMORY_ERROR;
    if (!reader->lacks_memory)
        yaml_syntax_report(&reader->parser, &reader->source, reader->findings);
    reader->stopped = true;
    return false;
}

static struct place event_place(const struct reader *reader, const yaml_event_t *event)
{
    return (struct place){reader->source.file, (unsigned)event->start_mark.line + 1,
                          (unsigned)event->start_mark.column + 1};
}

/* Moves `offset` over so many characters. */
static size_t skip_characters(const struct yaml_source *source, size_t offset, size_t characters)
{
    while (characters > 0 && offset < source->length) {
        offset++;
        while (offset < source->length && ((unsigned char)source->bytes[offset] & 0xC0) == 0x80)
            offset++;
        characters--;
    }
    return offset;
}

static struct yaml_scalar scalar_of(struct reader *reader, const yaml_event_t *event)
{
    size_t start = event->start_mark.index;
    size_t end = event->end_mark.index;
    if (start > reader->cursor_index) {
        reader->cursor_offset =
            skip_characters(&reader->source, reader->cursor_offset, start - reader->cursor_index);
        reader->cursor_index = start;
    }
    size_t end_offset =
        skip_characters(&reader->source, reader->cursor_offset, end > start ? end - start : 0);
    return (struct yaml_scalar){
        .text = (const char *)event->data.scalar.value,
        .length = event->data.scalar.length,
        .raw = reader->source.bytes + reader->cursor_offset,
        .raw_length = end_offset - reader->cursor_offset,
        .place = event_place(reader, event),
    };
}

/* A new node, counted; NULL when there are too many. */
static struct yaml_node *node_make(struct reader *reader, enum yaml_kind kind, struct place place)
{
    if (++reader->nodes > YAML_MAX_NODES) {
        stop(reader, place, "the file holds more than 100,000 values: split it");
        return NULL;
    }
    struct yaml_node *node = arena_alloc(reader->arena, 1, sizeof *node);
    node->kind = kind;
    node->place = place;
    node->text = "";
    return node;
}

static void refuse_tag(struct reader *reader, struct yaml_node *node, const yaml_char_t *tag)
{
    if (!tag)
        return;
    finding_error(reader->findings, node->place, "tags such as `!name` have no meaning here: remove it");
    node->broken = true;
}

static struct yaml_node *read_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct yaml_scalar scalar = scalar_of(reader, event);
    struct yaml_node *node = node_make(reader, YAML_SCALAR, scalar.place);
    if (!node)
        return NULL;
    refuse_tag(reader, node, event->data.scalar.tag);
    if (memchr(scalar.text, '\0', scalar.length)) {
        finding_error(reader->findings, node->place,
                      "the text contains a NUL (\\0), which is not allowed: remove it");
        node->broken = true;
        return node;
    }
    struct yaml_replacement replacement = {
        .text = buf_make(YAML_MAX_TEXT_BYTES - reader->text_bytes),
        .unset_is_empty = reader->is_optional,
    };
    yaml_scalar_replace(&scalar, &reader->source, reader->findings, &replacement);
    node->text = arena_copy(reader->arena, buf_text(&replacement.text), replacement.text.length);
    reader->text_bytes += replacement.text.length;
    buf_release(&replacement.text);
    if (replacement.full) {
        stop(reader, node->place,
             "the texts of the file, variables replaced, are more than 16 MiB: shorten them");
        return NULL;
    }
    node->quoted = replacement.replaced || event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->broken = node->broken || replacement.broken;
    node->text_column = yaml_scalar_text_column(&scalar, node->text);
    return node;
}

static struct yaml_node *read_node(struct reader *reader, const yaml_event_t *event);

static struct yaml_node *read_next_node(struct reader *reader)
{
    SCOPED(yaml_event) yaml_event_t event = {0};
    return next_event(reader, &event) ? read_node(reader, &event) : NULL;
}

static void read_items(struct reader *reader, struct yaml_node *list)
{
    while (!reader->stopped) {
        SCOPED(yaml_event) yaml_event_t event = {0};
        if (!next_event(reader, &event) || event.type == YAML_SEQUENCE_END_EVENT)
            return;
        struct yaml_node *item = read_node(reader, &event);
        if (!item)
            return;
        *(struct yaml_node **)arena_push(reader->arena, &list->items, &list->count, sizeof item) = item;
    }
}

/* Whether a pair may be kept; says why not. */
static bool key_is_sound(struct reader *reader, const struct yaml_node *mapping, const struct yaml_node *key)
{
    if (key->broken)
        return false;
    if (key->kind != YAML_SCALAR) {
        finding_error(reader->findings, key->place, "a key must be plain text, found a %s",
                      key->kind == YAML_MAPPING ? "mapping" : "list");
        return false;
    }
    if (text_equal(key->text, "<<") && !key->quoted) {
        finding_error(
            reader->findings, key->place,
            "merge keys (`<<`) are not supported: write the keys out, or use an alias for the whole mapping");
        return false;
    }
    if (!*key->text) {
        finding_error(reader->findings, key->place, "a key is missing: write one before the `:`");
        return false;
    }
    for (size_t i = 0; i < mapping->count; i++) {
        if (!text_equal(mapping->keys[i]->text, key->text))
            continue;
        char shown[64];
        finding_error(reader->findings, key->place, "`%s` is given twice, first on line %u: keep one of them",
                      text_excerpt(key->text, strlen(key->text), shown, sizeof shown),
                      mapping->keys[i]->place.line);
        return false;
    }
    return true;
}

static bool is_optional(const struct yaml_source *source, const struct yaml_node *key)
{
    for (size_t i = 0; source->optional_keys && source->optional_keys[i]; i++)
        if (text_equal(source->optional_keys[i], key->text))
            return true;
    return false;
}

static struct yaml_node *read_value(struct reader *reader, const struct yaml_node *key)
{
    bool is_inside = reader->is_optional;
    reader->is_optional = is_inside || is_optional(&reader->source, key);
    struct yaml_node *value = read_next_node(reader);
    reader->is_optional = is_inside;
    return value;
}

static void read_pairs(struct reader *reader, struct yaml_node *mapping)
{
    while (!reader->stopped) {
        SCOPED(yaml_event) yaml_event_t event = {0};
        if (!next_event(reader, &event) || event.type == YAML_MAPPING_END_EVENT)
            return;
        struct yaml_node *key = read_node(reader, &event);
        struct yaml_node *value = key ? read_value(reader, key) : NULL;
        if (!value)
            return;
        if (mapping->count == YAML_MAX_KEYS) {
            stop(reader, key->place, "a mapping may have 2,000 keys at most: remove some");
            return;
        }
        if (!key_is_sound(reader, mapping, key))
            continue;
        size_t count = mapping->count;
        *(struct yaml_node **)arena_push(reader->arena, &mapping->keys, &count, sizeof key) = key;
        *(struct yaml_node **)arena_push(reader->arena, &mapping->items, &mapping->count, sizeof value) =
            value;
    }
}

static struct yaml_node *read_collection(struct reader *reader, const yaml_event_t *event)
{
    bool is_list = event->type == YAML_SEQUENCE_START_EVENT;
    struct place place = event_place(reader, event);
    if (reader->depth == YAML_MAX_DEPTH) {
        stop(reader, place, "lists and mappings are nested deeper than 64: flatten them");
        return NULL;
    }
    struct yaml_node *node = node_make(reader, is_list ? YAML_SEQUENCE : YAML_MAPPING, place);
    if (!node)
        return NULL;
    refuse_tag(reader, node, is_list ? event->data.sequence_start.tag : event->data.mapping_start.tag);
    reader->depth++;
    if (is_list)
        read_items(reader, node);
    else
        read_pairs(reader, node);
    reader->depth--;
    return reader->stopped ? NULL : node;
}

/* The latest anchor of this name, as YAML has it; NULL where there is none. */
static const struct anchor *find_anchor(const struct reader *reader, const char *name)
{
    for (size_t i = reader->anchor_count; i > 0; i--)
        if (text_equal(reader->anchors[i - 1].name, name))
            return &reader->anchors[i - 1];
    return NULL;
}

static struct yaml_node *broken_node(struct reader *reader, struct place place)
{
    struct yaml_node *node = node_make(reader, YAML_SCALAR, place);
    if (node)
        node->broken = true;
    return node;
}

static struct yaml_node *read_alias(struct reader *reader, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    struct place place = event_place(reader, event);
    const struct anchor *anchor = find_anchor(reader, name);
    char shown[64];
    text_excerpt(name, strlen(name), shown, sizeof shown);
    if (!anchor) {
        finding_error(reader->findings, place,
                      "no anchor &%s is defined before this alias: define it, or put the text between quotes",
                      shown);
        return broken_node(reader, place);
    }
    if (!anchor->node) {
        finding_error(reader->findings, place, "the alias *%s is inside the value that it names: remove it",
                      shown);
        return broken_node(reader, place);
    }
    reader->nodes += anchor->nodes;
    if (reader->nodes > YAML_MAX_NODES) {
        stop(reader, place, "aliases expand to more than 100,000 values: use fewer of them");
        return NULL;
    }
    return anchor->node;
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return event->data.scalar.anchor;
    return event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.anchor
                                                    : event->data.mapping_start.anchor;
}

static struct yaml_node *read_anchored(struct reader *reader, const yaml_event_t *event)
{
    const char *name = (const char *)anchor_of(event);
    size_t nodes_before = reader->nodes;
    size_t at = reader->anchor_count;
    if (name && at == YAML_MAX_ANCHORS) {
        stop(reader, event_place(reader, event), "a document may have 1,000 anchors at most: remove some");
        return NULL;
    }
    if (name) {
        struct anchor *anchor =
            arena_push(reader->arena, &reader->anchors, &reader->anchor_count, sizeof *anchor);
        anchor->name = arena_copy_text(reader->arena, name);
    }
    struct yaml_node *node =
        event->type == YAML_SCALAR_EVENT ? read_scalar(reader, event) : read_collection(reader, event);
    if (name) {
        reader->anchors[at].node = node;
        reader->anchors[at].nodes = reader->nodes - nodes_before;
    }
    return node;
}

/* The node that begins with this event; NULL when the reader has stopped. */
static struct yaml_node *read_node(struct reader *reader, const yaml_event_t *event)
{
    return event->type == YAML_ALIAS_EVENT ? read_alias(reader, event) : read_anchored(reader, event);
}

static void read_document(struct reader *reader, struct yaml_documents *documents)
{
    reader->anchors = NULL;
    reader->anchor_count = 0;
    struct yaml_node *root = read_next_node(reader);
    SCOPED(yaml_event) yaml_event_t end = {0};
    if (!root || !next_event(reader, &end) || yaml_is_null(root))
        return;
    *(struct yaml_node **)arena_push(reader->arena, &documents->items, &documents->count, sizeof root) = root;
}

static void read_stream(struct reader *reader, struct yaml_documents *documents)
{
    bool ended = false;
    while (!ended) {
        SCOPED(yaml_event) yaml_event_t event = {0};
        ended = !next_event(reader, &event) || event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT)
            read_document(reader, documents);
    }
}

/* The name of the character at bytes, if libyaml reads it as a line end and no other program that shows the
 * file does: a comment would end there, and lines would be counted differently. NULL: it is another
 * character.
 */
static const char *hidden_line_end(const char *bytes, size_t length)
{
    static const struct {
        const char *bytes;
        const char *name;
    } ends[] = {{"\xC2\x85", "U+0085"}, {"\xE2\x80\xA8", "U+2028"}, {"\xE2\x80\xA9", "U+2029"}};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        size_t count = strlen(ends[i].bytes);
        if (count <= length && memcmp(bytes, ends[i].bytes, count) == 0)
            return ends[i].name;
    }
    return NULL;
}

/* The number of bytes before the first that is not UTF-8 or begins a hidden line end. */
static size_t sound_bytes(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t step = utf8_length(bytes + at, length - at);
        if (step == 0 || hidden_line_end(bytes + at, length - at))
            break;
        at += step;
    }
    return at;
}

static bool check_characters(const struct yaml_source *source, struct findings *findings)
{
    size_t sound = sound_bytes(source->bytes, source->length);
    if (sound == source->length)
        return true;
    struct place start = {source->file, 1, 1};
    struct place place = yaml_walk(start, source->bytes, sound);
    const char *line_end = hidden_line_end(source->bytes + sound, source->length - sound);
    if (line_end)
        finding_error(
            findings, place,
            "the character %s, which does not show, ends a line in YAML: remove it, or write \"\\u%s\"",
            line_end, line_end + strlen("U+"));
    else
        finding_error(findings, place, "the byte 0x%02X is not UTF-8: save the file as UTF-8",
                      (unsigned char)source->bytes[sound]);
    return false;
}

/* False if libyaml had no memory: no findings were added then. */
static bool parse(struct reader reader, struct yaml_documents *documents)
{
    struct findings before = *reader.findings;
    *documents = (struct yaml_documents){0};
    if (!yaml_parser_initialize(&reader.parser))
        return false;
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)reader.source.bytes,
                                 reader.source.length);
    read_stream(&reader, documents);
    yaml_parser_delete(&reader.parser);
    if (reader.lacks_memory)
        *reader.findings = before;
    return !reader.lacks_memory;
}

void yaml_read(const struct yaml_source *source, struct arena *arena, struct findings *findings,
               struct yaml_documents *documents)
{
    struct reader reader = {.source = *source, .arena = arena, .findings = findings};
    *documents = (struct yaml_documents){0};
    if (source->length >= 3 && memcmp(source->bytes, "\xEF\xBB\xBF", 3) == 0) {
        reader.source.bytes += 3;
        reader.source.length -= 3;
    }
    while (check_characters(&reader.source, findings) && !parse(reader, documents))
        mem_make_room();
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
    if (!mapping || mapping->kind != YAML_MAPPING)
        return NULL;
    for (size_t i = 0; i < mapping->count; i++)
        if (text_equal(mapping->keys[i]->text, key))
            return mapping->items[i];
    return NULL;
}

bool yaml_is_null(const struct yaml_node *node)
{
    bool says_null =
        text_equal(node->text, "") || text_equal(node->text, "~") || text_equal(node->text, "null");
    return node->kind == YAML_SCALAR && !node->quoted && says_null;
}

struct place yaml_place_in(const struct yaml_node *scalar, size_t offset)
{
    struct place place = scalar->place;
    if (!scalar->text_column)
        return place;
    place.column = scalar->text_column;
    return yaml_walk(place, scalar->text, offset);
}
