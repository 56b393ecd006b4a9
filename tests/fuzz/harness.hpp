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

/// Recovers the file with a sound donor, and a damaged file with this donor; the new
/// ones must be clean.
void recover_with_donors(Input input);
/// Plans a repair; what is applied to a copy must be clean, and must open.
void repair_file(Input input);
/// Writes to whatever can be opened; a sound file stays sound.
void write_file(Input input);
/// The first bucket as a store of keys and values.
void use_store(Input input);
/// History, hash, map, masked copy and content of the file; what bbolt would do with it.
void look_into_file(Input input);
/// What Docker, containerd and etcd keep in it, dockerd's start, and what is
/// inconsistent.
void read_owners(Input input);
/// Databases inside an image, at any offset.
void carve_image(Input input);

/// Docker's records, in any number; what is written again reads the same.
void read_records(Input input);
/// A log, in pieces of any size; and an export of the journal.
void read_log(Input input);
/// URLs, JSON as Go writes it, undo files, a host's status: what was read once and
/// written reads the same.
void read_texts(Input input);
/// Configurations: the guard's, units, daemon.json, a container's, the guard's record
/// and its seal.
void read_settings(Input input);
/// The log and a snapshot of an etcd member, with checksums that fit.
void read_member_files(Input input);

/// Gives both metas the checksum that fits, for the page size that meta 0
/// names: without it no mutation of a meta would get past the first test.
void seal_metas(std::span<std::uint8_t> bytes);

} // namespace rebolt::fuzz
