// read_pages: a database that comes through a pipe.
#pragma once

#include <string>

#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// Reads an open descriptor, such as standard input, to its end, into a file without a
/// name in $TMPDIR or /var/tmp, or in memory where there is none. `name`: what messages
/// call it. The descriptor stays open. Errors: io, out_of_memory. Cost: O(bytes).
[[nodiscard]] Result<PageSource> read_pages(int descriptor, const std::string& name);

} // namespace rebolt
