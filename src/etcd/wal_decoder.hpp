// Reads the frames of WAL files as etcd's decoder does: where it stops, and with
// which error. Nothing is copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <rebolt/etcd/wal.hpp>

#include "etcd/raft_messages.hpp"

namespace rebolt::etcd {

/// What ends a walk over files.
struct WalStop {
    WalEnd end = WalEnd::clean;
    std::string text;         ///< etcd's own words; empty for a clean end
    std::size_t file = 0;     ///< in which it stopped
    std::uint64_t offset = 0; ///< behind the last good record of that file
};

class WalDecoder {
public:
    /// `files` are read one after the other, as one log. Both must outlive it.
    WalDecoder(std::span<const std::string_view> files, WalRules rules) noexcept
        : files_(files), rules_(rules) {}

    /// The next record; nullopt at the end, see stop(). `file` and `offset` say
    /// where it is.
    [[nodiscard]] std::optional<WalRecord> next();
    [[nodiscard]] const WalStop& stop() const noexcept { return stop_; }
    /// The running checksum after the last record, and what a crc record sets.
    [[nodiscard]] std::uint32_t checksum() const noexcept { return checksum_; }
    void set_checksum(std::uint32_t checksum) noexcept { checksum_ = checksum; }
    /// Does what each of etcd's readers does with a crc record. False: it does
    /// not fit what came before.
    [[nodiscard]] bool accept(const WalRecord& crc_record) noexcept;
    /// Where the last record was.
    [[nodiscard]] std::size_t file() const noexcept { return file_; }
    /// Behind the last good record of the file.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

private:
    struct Frame {
        std::uint64_t record_bytes = 0;
        std::uint64_t pad_bytes = 0;
    };
    std::optional<Frame> next_frame();
    [[nodiscard]] bool is_too_long(const Frame& frame);
    [[nodiscard]] bool is_torn(std::string_view content) const noexcept;
    void end_with(WalEnd end, std::string text);

    std::span<const std::string_view> files_;
    WalRules rules_;
    std::size_t file_ = 0;
    std::uint64_t offset_ = 0;
    std::uint32_t checksum_ = 0;
    bool has_ended_ = false;
    WalStop stop_;
};

} // namespace rebolt::etcd
