#include "predict/memory.hpp"

#include <algorithm>
#include <cstring>

namespace rebolt::predict {
namespace {

constexpr std::uint64_t mapped_page_bytes = 4096;
// No position in a page reaches from one segment into the next.
constexpr unsigned segment_bits = 50;
constexpr Address offset_mask = (Address{1} << segment_bits) - 1;
// Behind the mapping lies memory of Go's runtime, nearly all of it zeros; how
// much of it can be read differs from run to run: 128 KiB to 35 MiB were seen.
// Behind a block lie others.
constexpr std::uint64_t readable_behind_map = std::uint64_t{32} << 20U;
constexpr std::uint64_t readable_behind_block = std::uint64_t{16} << 10U;

} // namespace

Memory::Segment Memory::segment_at(Address at) const {
    const Address offset = at & offset_mask;
    if (const std::uint64_t block = at >> segment_bits; block != 0) {
        if (block > blocks_.size())
            return {};
        const Bytes bytes = as_bytes(blocks_[block - 1]);
        const std::uint64_t end = bytes.size() + readable_behind_block;
        went_outside_ = went_outside_ || offset >= bytes.size();
        if (offset >= end)
            return {};
        const std::uint64_t begin = std::min<std::uint64_t>(offset, bytes.size());
        return {bytes.subspan(begin), end - std::max<std::uint64_t>(offset, bytes.size())};
    }
    const std::uint64_t file_end = std::min<std::uint64_t>(
        (file_.size() + mapped_page_bytes - 1) / mapped_page_bytes * mapped_page_bytes, map_bytes_);
    if (offset < file_end) {
        const std::uint64_t begin = std::min<std::uint64_t>(offset, file_.size());
        const std::uint64_t behind = file_end == map_bytes_ ? readable_behind_map : 0;
        return {file_.subspan(begin),
                file_end - std::max<std::uint64_t>(offset, file_.size()) + behind};
    }
    if (offset < map_bytes_)
        return {};
    went_outside_ = true;
    const std::uint64_t end = map_bytes_ + readable_behind_map;
    return {{}, offset < end ? end - offset : 0};
}

std::uint64_t Memory::readable(Address at, std::uint64_t length) const {
    went_outside_ = went_outside_ || (at < map_bytes_ && length > map_bytes_ - at);
    const Segment segment = segment_at(at);
    return std::min<std::uint64_t>(length, segment.bytes.size() + segment.zeros);
}

Ending Memory::fault(Address at) const {
    const bool in_map = (at >> segment_bits) == 0 && at < map_bytes_;
    return panic(in_map ? "fatal error: fault [signal SIGBUS: bus error]"
                        : "fatal error: fault [signal SIGSEGV: segmentation violation]");
}

Ended<std::uint64_t> Memory::number(Address at, unsigned bytes) const {
    const Segment segment = segment_at(at);
    if (segment.bytes.size() + segment.zeros < bytes)
        return fault(at + segment.bytes.size() + segment.zeros);
    std::uint64_t value = 0;
    if (const std::size_t there = std::min<std::size_t>(bytes, segment.bytes.size()); there != 0)
        std::memcpy(&value, segment.bytes.data(), there);
    return value;
}

Ended<int> Memory::compare(const Text& left, const Text& right) const {
    const std::uint64_t length = std::min(left.length, right.length);
    if (length != 0) {
        const Segment l = segment_at(left.at);
        const Segment r = segment_at(right.at);
        const std::uint64_t both =
            std::min({length, l.bytes.size() + l.zeros, r.bytes.size() + r.zeros});
        for (std::uint64_t i = 0; i < both; ++i) {
            const std::byte a = i < l.bytes.size() ? l.bytes[i] : std::byte{0};
            const std::byte b = i < r.bytes.size() ? r.bytes[i] : std::byte{0};
            if (a != b)
                return a < b ? -1 : 1;
        }
        if (both < length)
            return fault((l.bytes.size() + l.zeros == both ? left.at : right.at) + both);
    }
    return left.length == right.length ? 0 : left.length < right.length ? -1 : 1;
}

Done Memory::touch(const Text& text) const {
    if (text.length == 0)
        return {};
    const std::uint64_t there = readable(text.at, text.length);
    if (there < text.length)
        return fault(text.at + there);
    return {};
}

// Go's memmove reads the end of what it copies before all else.
Done Memory::touch_as_copied(const Text& text) const {
    if (text.length == 0)
        return {};
    const Address last = text.at + text.length - 1;
    if (readable(last, 1) == 0)
        return fault(last);
    return touch(text);
}

Ended<std::string> Memory::copy(const Text& text) const {
    if (Done done = touch(text); !done)
        return std::move(done).error();
    if (text.length == 0)
        return std::string();
    const Segment segment = segment_at(text.at);
    std::string bytes(
        as_text(segment.bytes.first(std::min<std::uint64_t>(text.length, segment.bytes.size()))));
    bytes.resize(text.length, '\0');
    return bytes;
}

Text Memory::allocate(std::string bytes) {
    const std::uint64_t length = bytes.size();
    blocks_.push_back(std::move(bytes));
    return {Address{blocks_.size()} << segment_bits, length, false};
}

} // namespace rebolt::predict
