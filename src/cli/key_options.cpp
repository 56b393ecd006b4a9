#include "cli/key_options.hpp"

#include <utility>

#include "cli/bucket_path.hpp"

namespace rebolt::cli {

void KeyOptions::add_to(Arguments arguments) {
    arguments.positionals("BUCKET_KEY", path, "A bucket, buckets inside it, and at last the key");
    add_parse_option(arguments, "--parse-format", format, "How the key is given");
    add_bucket_format(arguments, bucket_format);
}

bool KeyOptions::is_given() const noexcept {
    return path.size() >= 2 && !path.back().empty();
}

std::span<const std::string> KeyOptions::buckets() const noexcept {
    return std::span(path).first(path.size() - 1);
}

Result<std::string> KeyOptions::key(const Words& words, Words::BucketNames bucket) const {
    auto key = parsed(path.back(), format);
    if (!key || format != ParseFormat::ascii_encoded)
        return key;
    if (auto number = key_of_number(words.owner(), bucket, *key))
        return *std::move(number);
    return key;
}

} // namespace rebolt::cli
