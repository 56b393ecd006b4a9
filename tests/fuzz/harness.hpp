// What each fuzzer does with its input, so that the test build can run the
// corpus through the same code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rebolt::fuzz {

using Input = std::span<const std::uint8_t>;

/// Opens the bytes as a database and as pages.
void open_file(Input input);
/// Walks, seeks and gets in every bucket.
void walk_cursors(Input input);
/// Checks the file with one thread and with two; the reports must be the same.
void check_file(Input input);
/// Recovers the file; the new one must be clean, and hold what was told of.
void recover_file(Input input);

/// Recovers it with each policy, with and without its owner's rules, and writes
/// nothing: what was told of and what was counted are the same.
void recover_stages(Input input);

/// Gives both metas the checksum that fits, for the page size that meta 0
/// names: without it no mutation of a meta would get past the first test.
void seal_metas(std::span<std::uint8_t> bytes);

} // namespace rebolt::fuzz
