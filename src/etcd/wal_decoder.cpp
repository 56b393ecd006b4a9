#include "etcd/wal_decoder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <rebolt/bytes.hpp>

#include "etcd/crc32c.hpp"

namespace rebolt::etcd {
namespace {

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t sector_bytes = 512;
constexpr std::uint64_t record_bytes_max = 10ULL << 20U; // up to 3.5.4

} // namespace

void WalDecoder::end_with(WalEnd end, std::string text) {
    has_ended_ = true;
    stop_ = {end, std::move(text), std::min(file_, files_.empty() ? 0 : files_.size() - 1),
             offset_};
}

bool WalDecoder::accept(const WalRecord& crc_record) noexcept {
    if (checksum_ != 0 && checksum_ != crc_record.crc)
        return false;
    checksum_ = crc_record.crc;
    return true;
}

// The length that the next record begins with; goes on to the next file where
// one ends.
std::optional<WalDecoder::Frame> WalDecoder::next_frame() {
    for (; file_ < files_.size(); ++file_, offset_ = 0) {
        const std::string_view bytes = files_[file_];
        const std::uint64_t left = bytes.size() - offset_;
        std::uint64_t length = 0;
        if (left > 0 && left < length_bytes) {
            end_with(WalEnd::torn, "unexpected EOF");
            return std::nullopt;
        }
        if (left > 0)
            length = load<std::uint64_t>(as_bytes(bytes).data() + offset_);
        if (length == 0) {
            if (file_ + 1 < files_.size())
                continue;
            end_with(WalEnd::clean, "");
            return std::nullopt;
        }
        constexpr std::uint64_t low_56_bits = ~std::uint64_t{0} >> 8U;
        const bool is_padded = (length >> 63U) != 0;
        return Frame{length & low_56_bits, is_padded ? (length >> 56U) & 7U : 0};
    }
    end_with(WalEnd::clean, "");
    return std::nullopt;
}

bool WalDecoder::is_too_long(const Frame& frame) {
    const std::uint64_t size = files_[file_].size();
    if (rules_ == WalRules::ten_megabytes) {
        if (frame.record_bytes < record_bytes_max - frame.pad_bytes)
            return false;
        end_with(WalEnd::record_too_long, "wal: max entry size limit exceeded");
        return true;
    }
    const std::uint64_t left = size - offset_;
    if (frame.record_bytes + frame.pad_bytes <= left)
        return false;
    end_with(
        WalEnd::torn,
        fmt::format("unexpected EOF: [wal] max entry size limit exceeded when reading, "
                    "recBytes: {}, fileSize({}) - offset({}) - padBytes({}) = entryLimit({})",
                    frame.record_bytes, size, offset_, frame.pad_bytes,
                    static_cast<std::int64_t>(left) - static_cast<std::int64_t>(frame.pad_bytes)));
    return true;
}

// A write that a power cut stopped leaves whole sectors of zeros. `content` stands
// behind the length.
bool WalDecoder::is_torn(std::string_view content) const noexcept {
    if (file_ + 1 != files_.size())
        return false;
    std::uint64_t at = offset_ + length_bytes;
    while (!content.empty()) {
        const std::uint64_t here =
            std::min<std::uint64_t>(sector_bytes - at % sector_bytes, content.size());
        if (std::ranges::all_of(content.substr(0, here), [](char c) { return c == 0; }))
            return true;
        content.remove_prefix(here);
        at += here;
    }
    return false;
}

std::optional<WalRecord> WalDecoder::next() {
    if (has_ended_)
        return std::nullopt;
    const auto frame = next_frame();
    if (!frame || is_too_long(*frame))
        return std::nullopt;
    const std::uint64_t total = frame->record_bytes + frame->pad_bytes;
    const std::string_view rest = files_[file_].substr(offset_ + length_bytes);
    if (total > rest.size()) {
        end_with(WalEnd::torn, "unexpected EOF");
        return std::nullopt;
    }
    const std::string_view content = rest.substr(0, total);
    auto record = decode_record(content.substr(0, frame->record_bytes));
    if (!record) {
        if (record.error().is_unexpected_eof || is_torn(content))
            end_with(WalEnd::torn, "unexpected EOF");
        else
            end_with(WalEnd::malformed, record.error().text);
        return std::nullopt;
    }
    if (record->type != WalRecord::crc_type) {
        const std::uint32_t sum = crc32c(checksum_, record->data);
        checksum_ = sum; // etcd's goes on counting too
        if (record->crc != sum) {
            if (is_torn(content))
                end_with(WalEnd::torn, "unexpected EOF");
            else
                end_with(WalEnd::checksum, "walpb: crc mismatch");
            return std::nullopt;
        }
    }
    offset_ += length_bytes + total;
    return *record;
}

} // namespace rebolt::etcd
