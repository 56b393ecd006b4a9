// What a symptom means, and what its own numbers prove.
#pragma once

#include <optional>
#include <string_view>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

/// Sets cause, certainty, proof, pages and depth of a diagnosis by its symptom.
void explain(Diagnosis& diagnosis);

/// The same for causes that a page number or its content proves; false: there
/// is nothing of that kind in the symptom.
bool explain_by_pages(Diagnosis& diagnosis);

/// The message of the symptom that has these words; its own text if none does.
[[nodiscard]] std::string_view message_with(const Symptom& symptom, std::string_view words);

/// Adds a page that a message names, unless it can be none.
void add_page(Diagnosis& diagnosis, std::optional<std::uint64_t> page);
/// Adds what a page id proves that is text, or beyond any file.
void add_foreign_bytes(Diagnosis& diagnosis, std::uint64_t id);

} // namespace rebolt::diagnose
