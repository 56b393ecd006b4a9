// Values of the programs that write bbolt files, as fuzzer input.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/schema.hpp>

#include "harness.hpp"

namespace rebolt::fuzz {

/// A place whose values have a form: what an input's first byte chooses.
struct SchemaPlace {
    schema::Owner owner;
    std::vector<std::string> bucket; ///< `*` stands for any name, such as an id
};

[[nodiscard]] std::span<const SchemaPlace> schema_places();

/// The input that judge_value() reads as this value: the place's index, the
/// key's length, the key, the value. Keys are cut at 255 bytes.
[[nodiscard]] std::string schema_input(std::size_t place, std::string_view key,
                                       std::string_view value);

/// Judges one value. Whatever is said of it must be one short printable line;
/// stops the fuzzer if not.
void judge_value(Input input);

} // namespace rebolt::fuzz
