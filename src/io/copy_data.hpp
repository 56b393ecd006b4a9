// The content of a file, copied and summed up without its holes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <rebolt/bytes.hpp>
#include <rebolt/result.hpp>

#include "io/file.hpp"
#include "io/file_writer.hpp"

namespace rebolt::io {

struct DataRange {
    std::uint64_t begin;
    std::uint64_t end;
};

/// The first range at or after `offset` that is no hole; nullopt: only a hole
/// follows. Where the system knows no holes, all is data. Errors: io.
[[nodiscard]] Result<std::optional<DataRange>> next_data(const File& file, std::uint64_t offset);

/// Makes `to`, which is empty, the same as `from` by sharing its blocks; false if the
/// file system cannot.
[[nodiscard]] bool share_blocks(const File& from, const File& to) noexcept;

/// Makes `to`, which is empty, the same as `from`: by sharing its blocks where the
/// file system can, else by copying what is no hole. `writer` is `to`'s. `may_go_on`
/// is asked at least once a mebibyte. Errors: cancelled, io (what cannot be read too).
Result<void> copy_data(const File& from, const File& to, FileWriter& writer,
                       const std::function<bool()>& may_go_on);

/// Gives `take` the whole content in order, zeros for its holes. Errors: as above.
Result<void> read_all(const File& file, const std::function<void(Bytes)>& take,
                      const std::function<bool()>& may_go_on);

} // namespace rebolt::io
