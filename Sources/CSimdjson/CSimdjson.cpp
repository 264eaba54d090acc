#include "include/CSimdjson.h"

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

using namespace simdjson;

struct csimdjson_parser {
    ondemand::parser parser;
    std::vector<char> input;  // simdjson reads up to SIMDJSON_PADDING bytes past the end.
    std::vector<csimdjson_node> nodes;
    std::unique_ptr<uint8_t[]> strings;  // As long as the JSON: no text in it has more bytes.
    size_t string_count = 0;
    size_t string_capacity = 0;
    std::string message;
    size_t offset = SIZE_MAX;
};

namespace {

/// Copies one value and all below it into the flat node list, depth first.
class Flattener {
   public:
    Flattener(csimdjson_parser &target, uint32_t depth_max) : target(target), depth_max(depth_max) {}

    template <typename Value>
    int value(Value &&value, uint32_t depth) {
        if (depth > depth_max) return CSIMDJSON_TOO_DEEP;
        ondemand::json_type type;
        if (auto error = value.type().get(type)) return error;
        switch (type) {
            case ondemand::json_type::array: return array(value, depth);
            case ondemand::json_type::object: return object(value, depth);
            case ondemand::json_type::string: {
                std::string_view text;
                if (auto error = value.get_string().get(text)) return error;
                string(text);
                return 0;
            }
            case ondemand::json_type::number: {
                ondemand::number number;
                if (auto error = value.get_number().get(number)) return error;
                return append(number);
            }
            case ondemand::json_type::boolean: {
                bool flag;
                if (auto error = value.get_bool().get(flag)) return error;
                node(flag ? CSIMDJSON_TRUE : CSIMDJSON_FALSE);
                return 0;
            }
            case ondemand::json_type::null: {
                bool is_null;
                if (auto error = value.is_null().get(is_null)) return error;
                if (!is_null) return N_ATOM_ERROR;
                node(CSIMDJSON_NULL);
                return 0;
            }
        }
        return TAPE_ERROR;
    }

   private:
    csimdjson_parser &target;
    const uint32_t depth_max;

    csimdjson_node &node(uint8_t kind) {
        csimdjson_node made;
        std::memset(&made, 0, sizeof made);
        made.kind = kind;
        target.nodes.push_back(made);
        return target.nodes.back();
    }

    void string(std::string_view text) {
        if (text.size() > target.string_capacity - target.string_count) throw std::bad_alloc();
        auto &made = node(CSIMDJSON_STRING);
        made.count = static_cast<uint32_t>(text.size());
        made.as.offset = target.string_count;
        std::memcpy(target.strings.get() + target.string_count, text.data(), text.size());
        target.string_count += text.size();
    }

    int append(const ondemand::number &number) {
        if (number.is_int64()) {
            node(CSIMDJSON_INT).as.integer = number.get_int64();
        } else {
            const double real = number.is_uint64() ? static_cast<double>(number.get_uint64()) : number.get_double();
            node(CSIMDJSON_DOUBLE).as.real = real;
        }
        return 0;
    }

    template <typename Value>
    int array(Value &value, uint32_t depth) {
        const size_t at = target.nodes.size();
        node(CSIMDJSON_ARRAY);
        ondemand::array elements;
        if (auto error = value.get_array().get(elements)) return error;
        uint32_t count = 0;
        for (auto item : elements) {
            ondemand::value element;
            if (auto error = std::move(item).get(element)) return error;
            if (int error = this->value(element, depth + 1)) return error;
            count++;
        }
        target.nodes[at].count = count;
        return 0;
    }

    template <typename Value>
    int object(Value &value, uint32_t depth) {
        const size_t at = target.nodes.size();
        node(CSIMDJSON_OBJECT);
        ondemand::object fields;
        if (auto error = value.get_object().get(fields)) return error;
        uint32_t count = 0;
        for (auto item : fields) {
            ondemand::field field;
            if (auto error = std::move(item).get(field)) return error;
            std::string_view key;
            if (auto error = field.unescaped_key().get(key)) return error;
            string(key);
            if (int error = this->value(field.value(), depth + 1)) return error;
            count++;
        }
        target.nodes[at].count = count;
        return 0;
    }
};

/// A document whose root is a scalar has getters of its own type: this reads any root.
int flatten(csimdjson_parser &target, ondemand::document &document, uint32_t depth_max) {
    Flattener flattener(target, depth_max);
    if (int error = flattener.value(document, 1)) return error;
    const char *rest;
    if (!document.current_location().get(rest)) return TRAILING_CONTENT;
    return 0;
}

const char *describe(int code) {
    switch (code) {
        case CSIMDJSON_TOO_DEEP: return "nested too deeply";
        case CSIMDJSON_OUT_OF_MEMORY: return "out of memory";
        case CSIMDJSON_NUMBER_OUT_OF_RANGE: return "a number is out of range";
        case EMPTY: return "no JSON value found";
        case UTF8_ERROR: return "not valid UTF-8";
        case NUMBER_ERROR: return "malformed number";
        case STRING_ERROR: return "malformed string or escape";
        case UNCLOSED_STRING: return "a string is not closed";
        case UNESCAPED_CHARS: return "a control character in a string is not escaped";
        case T_ATOM_ERROR:
        case F_ATOM_ERROR:
        case N_ATOM_ERROR: return "malformed true, false or null";
        case TRAILING_CONTENT: return "text follows the value";
        default: return "malformed JSON";
    }
}

}  // namespace

csimdjson_parser *csimdjson_new(void) { return new (std::nothrow) csimdjson_parser(); }
void csimdjson_free(csimdjson_parser *parser) { delete parser; }

int csimdjson_parse(csimdjson_parser *parser, const uint8_t *bytes, size_t count, uint32_t depth_max) try {
    parser->nodes.clear();
    parser->string_count = 0;
    if (parser->string_capacity < count) {
        parser->string_capacity = 0;
        parser->strings.reset(new uint8_t[count]);
        parser->string_capacity = count;
    }
    parser->offset = SIZE_MAX;
    parser->input.resize(count + SIMDJSON_PADDING);
    std::memcpy(parser->input.data(), bytes, count);
    std::memset(parser->input.data() + count, 0, SIMDJSON_PADDING);

    ondemand::document document;
    int code = parser->parser.iterate(parser->input.data(), count, parser->input.size()).get(document);
    if (code == 0) {
        code = flatten(*parser, document, depth_max);
        const char *location;
        if (code != 0 && !document.current_location().get(location)) {
            parser->offset = static_cast<size_t>(location - parser->input.data());
        }
    }
    if (code != 0) parser->message = describe(code);
    return code;
} catch (const std::bad_alloc &) {
    parser->message = describe(CSIMDJSON_OUT_OF_MEMORY);
    return CSIMDJSON_OUT_OF_MEMORY;
}

const char *csimdjson_version(void) {
    static const std::string version = std::to_string(simdjson::SIMDJSON_VERSION_MAJOR) + "." +
                                       std::to_string(simdjson::SIMDJSON_VERSION_MINOR) + "." +
                                       std::to_string(simdjson::SIMDJSON_VERSION_REVISION);
    return version.c_str();
}

const csimdjson_node *csimdjson_nodes(const csimdjson_parser *parser, size_t *count) {
    *count = parser->nodes.size();
    return parser->nodes.data();
}

const uint8_t *csimdjson_strings(const csimdjson_parser *parser, size_t *count) {
    *count = parser->string_count;
    return parser->strings.get();
}

const char *csimdjson_error_message(const csimdjson_parser *parser) { return parser->message.c_str(); }
size_t csimdjson_error_offset(const csimdjson_parser *parser) { return parser->offset; }
