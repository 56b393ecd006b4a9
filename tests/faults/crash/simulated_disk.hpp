// A simulated disk: it records what it was asked, and can then be cut off from
// power at any moment. What was synced stays; of what came after, any part may
// be there.
//
// Order among unsynced effects needs no simulation of its own: a sector holds
// one of the contents it was given, and every choice of them is some subset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "io/file_writer.hpp"

namespace rebolt::test {

/// What a disk writes whole or not at all.
inline constexpr std::size_t sector_bytes = 512;

/// One thing that was asked of the disk.
struct Effect {
    enum class Kind : std::uint8_t { write, resize, data_sync, full_sync };

    Kind kind;
    std::uint64_t offset = 0; ///< of a write; of a resize the new size
    std::string bytes;        ///< of a write

    [[nodiscard]] bool is_sync() const noexcept {
        return kind == Kind::data_sync || kind == Kind::full_sync;
    }
    [[nodiscard]] std::uint64_t end() const noexcept { return offset + bytes.size(); }
    /// Sectors that a write touches; 1 for all others: they happen or do not.
    [[nodiscard]] std::size_t sector_count() const noexcept;
};

/// `write 4096+512`, `resize to 32768`, `data sync`, `full sync`.
[[nodiscard]] std::string to_text(const Effect& effect);

/// Carries each call out on the real file, and records it if it succeeded. For
/// one file at a time.
class RecordingDisk : public io::SystemCalls {
public:
    ssize_t pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset) override;
    int ftruncate(int descriptor, off_t bytes) override;
    int fdatasync(int descriptor) override;
    int fsync(int descriptor) override;

    [[nodiscard]] const std::vector<Effect>& effects() const noexcept { return effects_; }

private:
    std::vector<Effect> effects_;
};

/// What of the pending effects a power cut leaves.
struct Survival {
    /// By pending effect, by sector; one entry for a resize.
    std::vector<std::vector<bool>> sectors;
    /// What of a write lies behind the end of the file that survived: makes the
    /// file so long, or is lost.
    bool writes_grow = true;
};

/// A disk after some effects: what it surely holds, and what it may hold.
class SimulatedDisk {
public:
    explicit SimulatedDisk(std::string image) : synced_(std::move(image)), size_(synced_.size()) {}

    /// Effects in the order in which they were issued. Throws on a file that
    /// shrinks: that is not simulated.
    void take(const Effect& effect);

    /// What a power cut cannot take away.
    [[nodiscard]] const std::string& synced() const noexcept { return synced_; }
    /// Writes and resizes that no sync has reached.
    [[nodiscard]] const std::vector<Effect>& pending() const noexcept { return pending_; }
    /// The file after a power cut, put into `image`. A hole reads as zeros.
    void cut_power(const Survival& survival, std::string& image) const;

private:
    void sync_all_pending(bool sizes_too);
    [[nodiscard]] std::uint64_t size_after(const Survival& survival) const;

    std::string synced_;
    std::uint64_t size_; ///< as the running system sees it
    std::vector<Effect> pending_;
};

/// What survives, in words: `write 4096+1024 (10), resize to 32768 (lost)`.
[[nodiscard]] std::string to_text(const SimulatedDisk& disk, const Survival& survival);

} // namespace rebolt::test
