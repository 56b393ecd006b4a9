// Scripts: histories of transactions as text, which rebolt and bboltpeer run.
//
//   open page-size=N no-freelist-sync=0|1 freelist=array|hashmap
//   close
//   begin
//   commit | rollback
//   create PATH                     create-if-missing PATH
//   delete-bucket PATH              move PATH TARGET
//   put PATH KEY VALUE              delete PATH KEY
//   cursor-delete PATH KEY COUNT    (so many entries, from KEY on)
//   set-sequence PATH N             next-sequence PATH
//   fill PATH PERCENT
//   get PATH KEY                    list PATH
//
// One operation a line, fields separated by a space. KEY, VALUE and a name are
// hex, SEED:LENGTH (noise, see below) or `-` (no bytes). PATH and TARGET are
// names joined by `/`; `/` alone is the root bucket. Each line but `open` and
// `close` has a result: `ok`, what was read, or an error's name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/options.hpp>

namespace rebolt::test {

/// The lines.
using Script = std::vector<std::string>;

/// Transactions between an `open` and its `close`, counted from 1.
struct Session {
    std::size_t first;
    std::size_t last;
};

[[nodiscard]] std::string text_of(const Script& script);
/// Ends the test program if the file cannot be read.
[[nodiscard]] Script read_script(const std::string& path);

[[nodiscard]] std::vector<std::string_view> fields_of(std::string_view line);
/// How many transactions begin in it.
[[nodiscard]] std::size_t transaction_count(const Script& script);
/// Those that hold transactions.
[[nodiscard]] std::vector<Session> sessions_of(const Script& script);

/// The bytes that a field stands for. Throws std::invalid_argument, as do the
/// next two: a script that cannot be read is a mistake in the test.
[[nodiscard]] std::string script_bytes(std::string_view field);
[[nodiscard]] std::uint64_t script_number(std::string_view field);
/// The settings of an `open` line. Commits are not synced.
[[nodiscard]] OpenOptions script_options(const std::vector<std::string_view>& fields);

/// Bytes that depend only on seed and size; bboltpeer makes the same.
[[nodiscard]] std::string noise(std::uint64_t seed, std::size_t size);

} // namespace rebolt::test
