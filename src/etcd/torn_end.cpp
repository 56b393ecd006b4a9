#include "etcd/torn_end.hpp"

#include <algorithm>

#include <rebolt/bytes.hpp>

#include "io/mapping.hpp"

namespace rebolt::etcd {

std::optional<std::uint64_t> torn_end_of(const std::string& path, const WalFile& file) {
    constexpr std::uint64_t length_bytes = 8;
    const bool may_be_torn = file.end == WalEnd::malformed || file.end == WalEnd::checksum ||
                             file.end == WalEnd::record_too_long;
    if (!may_be_torn || file.records == 0)
        return std::nullopt;
    const auto opened = io::File::open_for_reading(path);
    const auto mapping = opened ? io::Mapping::map(*opened, file.bytes)
                                : Result<std::shared_ptr<const io::Mapping>>(nullptr);
    if (!mapping || !*mapping || file.end_offset + length_bytes > file.bytes)
        return std::nullopt;
    const std::string_view rest = as_text((*mapping)->bytes()).substr(file.end_offset);
    const std::uint64_t length =
        load<std::uint64_t>(as_bytes(rest).data()) & (~std::uint64_t{0} >> 8U);
    const auto last = rest.find_last_not_of('\0'); // there is one: the length
    const std::uint64_t frame = length_bytes + length;
    if (length > rest.size() - length_bytes)
        return std::nullopt; // from 3.5.7 on etcd cuts that itself
    // Fewer zeros may be the end of what was written.
    constexpr std::uint64_t zeros_min = 8;
    if (last + 1 + zeros_min > frame || (*mapping)->fault_count() != 0)
        return std::nullopt;
    return file.end_offset;
}

} // namespace rebolt::etcd
