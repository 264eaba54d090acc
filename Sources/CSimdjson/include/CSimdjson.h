#ifndef QUANYU_CSIMDJSON_H
#define QUANYU_CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a node holds, and how its other fields read.
enum csimdjson_kind {
    CSIMDJSON_NULL = 0,
    CSIMDJSON_FALSE = 1,
    CSIMDJSON_TRUE = 2,
    CSIMDJSON_INT = 3,     ///< `integer`.
    CSIMDJSON_DOUBLE = 4,  ///< `real`.
    CSIMDJSON_STRING = 5,  ///< Bytes `offset ..< offset + count` of the string buffer, unescaped UTF-8.
    CSIMDJSON_ARRAY = 6,   ///< `count` values follow, depth first.
    CSIMDJSON_OBJECT = 7,  ///< `count` pairs follow: a string node (the key), then its value.
};

struct csimdjson_node {
    uint8_t kind;
    uint32_t count;
    union {
        int64_t integer;
        double real;
        uint64_t offset;
    } as;
};

/// One thread's parser and the last document it read. Its buffers are kept from call to call.
typedef struct csimdjson_parser csimdjson_parser;

csimdjson_parser *csimdjson_new(void);
void csimdjson_free(csimdjson_parser *parser);

/// Of the library, such as 3.0.1; valid for ever.
const char *csimdjson_version(void);

/// Reads one JSON document (RFC 8259).
///
/// `depth_max` bounds nesting. Returns 0, or a code above 0 where the text is refused: then `csimdjson_error_message`
/// says why and `csimdjson_error_offset` in which byte (or SIZE_MAX where that is not known).
int csimdjson_parse(csimdjson_parser *parser, const uint8_t *bytes, size_t count, uint32_t depth_max);

/// Valid until the next call of `csimdjson_parse` on the same parser.
const struct csimdjson_node *csimdjson_nodes(const csimdjson_parser *parser, size_t *count);
const uint8_t *csimdjson_strings(const csimdjson_parser *parser, size_t *count);
const char *csimdjson_error_message(const csimdjson_parser *parser);
size_t csimdjson_error_offset(const csimdjson_parser *parser);

/// Codes above those of simdjson itself.
enum { CSIMDJSON_TOO_DEEP = 1000, CSIMDJSON_OUT_OF_MEMORY = 1001, CSIMDJSON_NUMBER_OUT_OF_RANGE = 1002 };

#ifdef __cplusplus
}
#endif
#endif
