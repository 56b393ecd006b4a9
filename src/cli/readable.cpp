#include "cli/readable.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include <rebolt/content_sample.hpp>

#include "cli/output.hpp"

namespace rebolt::cli {

Words Words::of(const PageSource& source, KeyFormat format, bool raw) {
    if (raw || format != KeyFormat::automatic)
        return {};
    return Words(owner_of(source, known_owner_rules()));
}

Words Words::of(const CommonOptions& options, KeyFormat format, bool raw) {
    if (raw || format != KeyFormat::automatic)
        return {};
    const auto source = open_pages(options);
    return source ? of(*source, format, raw) : Words();
}

std::optional<ReadableValue> Words::value(BucketNames bucket, std::string_view key,
                                          std::string_view value) {
    return note(schema::readable_value(owner_, bucket, key, value));
}

std::optional<ReadableValue> Words::key(BucketNames bucket, std::string_view key) {
    return note(schema::readable_key(owner_, bucket, key));
}

std::optional<ReadableValue> Words::unplaced(std::string_view bytes) {
    if (!schema::keeps_secrets(owner_))
        return std::nullopt;
    return note(ReadableValue{.text = fmt::format("<{} bytes of an unknown bucket>", bytes.size()),
                              .has_secret = true});
}

std::optional<ReadableValue> Words::note(std::optional<ReadableValue> readable) {
    left_out_ = left_out_ || (readable && readable->has_secret);
    return readable;
}

void Words::tell_secrets(bool quiet) const {
    if (left_out_ && !quiet)
        print_note("note: secrets are left out; --raw shows them");
}

void add_raw(Arguments arguments, bool& raw) {
    arguments.flag("--raw", raw, "Print bytes as they are, secrets too, whoever wrote the file");
}

std::optional<std::string> key_of_number(Owner owner, Words::BucketNames bucket,
                                         std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
    if (error != std::errc{} || end != text.end() || text.empty())
        return std::nullopt;
    std::string key;
    for (int shift = 56; shift >= 0; shift -= 8)
        key += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xFFU);
    const auto readable = schema::readable_key(owner, bucket, key);
    return readable && readable->text == text ? std::optional(key) : std::nullopt;
}

} // namespace rebolt::cli
