// Where programs keep their bolt files, and what stops them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <rebolt/diagnose.hpp>
#include <rebolt/owner_rules.hpp>

namespace rebolt::diagnose {

/// Where the database that a symptom is about may be, the likeliest first:
/// named in its own words, in a folder that the log names, at its usual place.
[[nodiscard]] std::vector<std::string> files_for(const Symptom& symptom, const ScanReport& report);

/// The units of systemd to stop before the file is touched, sockets first; none
/// where that is not known.
[[nodiscard]] std::vector<std::string> units_for(const Symptom& symptom, const ScanReport& report);
/// The same of a program, where there is no log.
[[nodiscard]] std::vector<std::string> units_of(std::string_view program);

/// What its owner loses if the file is deleted, as a clause; empty if unknown.
[[nodiscard]] std::string_view loss_by_deleting(std::string_view path) noexcept;

/// What stopping the service of a file does meanwhile, as a clause; empty if unknown.
[[nodiscard]] std::string_view effect_of_stopping(Owner owner) noexcept;

/// Whether a file is an etcd member's database, which must never be put in
/// place incomplete.
[[nodiscard]] bool is_of_etcd(std::string_view path) noexcept;

} // namespace rebolt::diagnose
