// A writer at full speed, whose every state can be told to be one state.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include <rebolt/db.hpp>

namespace rebolt::test {

/// Commits until it ends: changes keys of all sizes in four buckets, and writes the sum
/// of all that is then in the file into it.
class BusyWriter {
public:
    /// Makes the file.
    BusyWriter(std::string path, std::uint64_t seed, bool stores_freelist);
    BusyWriter(const BusyWriter&) = delete;
    BusyWriter& operator=(const BusyWriter&) = delete;
    ~BusyWriter();

    [[nodiscard]] std::uint64_t commits() const noexcept { return commits_.load(); }

private:
    void write(const std::stop_token& stop, const DB& db);

    std::string path_;
    std::uint64_t seed_;
    std::atomic<std::uint64_t> commits_{0};
    std::jthread thread_;
};

/// Whether what is in the file adds up to the sum in it.
[[nodiscard]] bool adds_up(const DB& db);

} // namespace rebolt::test
