// Transactions with numbers, made so that a half of one is seen: for a process
// that is killed while it writes.
//
// Transaction n puts key n into `log` and takes the key of 40 transactions ago
// away, keeps a sum over all values in `totals`, and now and then makes or
// deletes a bucket with values of several pages.
#pragma once

#include <cstdint>
#include <string>

#include <rebolt/rebolt.hpp>

namespace rebolt::test {

/// In the environment: the test program is to be the writer of this file.
inline constexpr const char* writer_variable = "REBOLT_CRASH_WRITER";
/// In the environment: the page size of a new file, in bytes.
inline constexpr const char* page_size_variable = "REBOLT_CRASH_PAGE_SIZE";

/// What the writer reports before it opens the file.
inline constexpr std::uint64_t begun = ~std::uint64_t{0};

/// Commits transaction after transaction, and reports the number of each on
/// stdout: 8 bytes. Returns only after an error, which is on stderr then.
int write_until_killed(const std::string& path);

/// The number of the last transaction in the file; 0: none. An error if not
/// all of it is there, or more.
[[nodiscard]] Result<std::uint64_t> last_transaction(const DB& db);

} // namespace rebolt::test
