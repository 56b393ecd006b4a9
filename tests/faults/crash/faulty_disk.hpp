// A disk of which one call fails, or all from that call on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "io/file_writer.hpp"

namespace rebolt::test {

enum class Fault : std::uint8_t {
    io_error,     ///< EIO; nothing was done
    disk_full,    ///< ENOSPC; nothing was done
    half_written, ///< EIO after half of a write was done
    short_write,  ///< a write does half of it, and says so
    interrupted,  ///< EINTR
};

/// `EIO`, `ENOSPC`, …
[[nodiscard]] std::string_view name_of(Fault fault) noexcept;

enum class CallKind : std::uint8_t { write, resize, data_sync, full_sync };

class FaultyDisk : public io::SystemCalls {
public:
    struct Call {
        CallKind kind;
        std::uint64_t offset; ///< of a write
    };

    /// The call after `calls` further ones fails, once or with all that follow.
    void fail_after(std::size_t calls, Fault fault, bool for_good = false);
    /// All is well from now on.
    void heal() noexcept { countdown_.reset(); }
    /// The call that failed first since fail_after(), if one did.
    [[nodiscard]] const std::optional<Call>& failed() const noexcept { return failed_; }

    ssize_t pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset) override;
    int ftruncate(int descriptor, off_t bytes) override;
    int fdatasync(int descriptor) override;
    int fsync(int descriptor) override;

private:
    [[nodiscard]] bool fails(Call call);
    [[nodiscard]] bool fails_without_a_trace(Call call);

    std::optional<std::size_t> countdown_; ///< calls until the fault
    Fault fault_{};
    bool for_good_ = false;
    std::optional<Call> failed_;
};

} // namespace rebolt::test
