// Where programs keep their bbolt files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

/// The usual paths of the database that a symptom is about, the likeliest
/// first; none for a program that is not known.
[[nodiscard]] std::vector<std::string> usual_files(const Symptom& symptom);

/// A service to stop before its file is touched, with its sockets: `docker`
/// for dockerd; empty if unknown.
[[nodiscard]] std::vector<std::string> units_of(std::string_view program);

/// What its owner loses if the file is deleted, as a clause; empty if unknown.
[[nodiscard]] std::string_view loss_by_deleting(std::string_view path) noexcept;

} // namespace rebolt::diagnose
