// One line of `dump-text`: a bucket or a value as JSON, and the way back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <rebolt/content_walk.hpp>

#include "cli/json_output.hpp"

namespace rebolt::cli {

/// Adds names as an array: `name` if all are UTF-8, else `name_hex`.
void put_names(Document& json, const std::string& name, const std::vector<std::string>& names);

/// `{"bucket":["a","b"],"sequence":0}` or `{"bucket":["a"],"key":"k","value":"v"}`;
/// what is no UTF-8 is in hex, under a name that ends in `_hex`.
[[nodiscard]] Document content_json(const ContentItem& item);

/// What a line holds: an item with its own copy of the bytes.
struct ContentLine {
    std::vector<std::string> bucket;
    std::string key;
    std::string value;
    bool is_bucket = false;
    std::uint64_t sequence = 0;

    [[nodiscard]] ContentItem item() const {
        return {.bucket = bucket,
                .key = key,
                .value = value,
                .is_bucket = is_bucket,
                .sequence = sequence};
    }
};

/// The head of a dump, its end, or an item.
struct DumpLine {
    enum class Kind : unsigned char { head, end, item };
    Kind kind = Kind::item;
    std::uint64_t page_size_bytes = 0; ///< of the head
    std::uint64_t items = 0;           ///< of the end
    ContentLine content{};
};

/// Errors: invalid_argument, saying what of the line is wrong.
[[nodiscard]] Result<DumpLine> parse_dump_line(std::string_view line);

} // namespace rebolt::cli
