// A compacted copy of a file that holds exactly what the file holds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <rebolt/check.hpp>

#include "io/file.hpp"

namespace rebolt::salvage {

/// Writes it to `path` and compares it: clean, with as many keys and buckets as `checked`,
/// the report of the clean file `from`, counts. Returns its size in bytes. Errors: damaged,
/// io, cancelled (`may_go_on` said no).
[[nodiscard]] Result<std::uint64_t> make_compacted_copy(const io::File& from,
                                                        const CheckReport& checked,
                                                        const std::string& path,
                                                        const std::function<bool()>& may_go_on);

} // namespace rebolt::salvage
