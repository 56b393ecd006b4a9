// DirtyPageMemory: buffers for changed pages, kept from one transaction to the next.
//
// A transaction that changes a thousand pages would else ask the system for
// fresh memory, and touch it for the first time, at every commit.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "io/mapping.hpp"

namespace rebolt::engine {

/// Not safe for several threads: the writer's alone.
class DirtyPageMemory {
public:
    /// Keeps buffers of so many bytes, and of twice, four times … as many.
    explicit DirtyPageMemory(std::size_t buffer_bytes) : buffer_bytes_(buffer_bytes) {
        for (std::size_t size = 0; size < kept_.size(); ++size)
            kept_[size].reserve(kept_bytes_max / kept_.size() / (buffer_bytes << size));
    }

    struct Release {
        DirtyPageMemory* memory = nullptr; ///< null: back to the heap
        std::size_t size = 0;
        void operator()(std::byte* bytes) const noexcept {
            std::unique_ptr<std::byte[]> owned(bytes);
            if (memory != nullptr && memory->kept_[size].size() < memory->kept_[size].capacity())
                memory->kept_[size].push_back(std::move(owned));
        }
    };
    using Buffer = std::unique_ptr<std::byte[], Release>;

    /// A buffer of at least `bytes`, which becomes its true size; from the heap
    /// if `memory` is null. Its content is anything.
    [[nodiscard]] static Buffer take(DirtyPageMemory* memory, std::size_t& bytes) {
        // The address sanitizer sees who uses a freed buffer, not a kept one.
        if (memory == nullptr || io::views_are_checked)
            return Buffer(new std::byte[bytes], Release{});
        std::size_t size = 0;
        while (size < memory->kept_.size() && memory->buffer_bytes_ << size < bytes)
            ++size;
        if (size == memory->kept_.size())
            return Buffer(new std::byte[bytes], Release{});
        bytes = memory->buffer_bytes_ << size;
        auto& kept = memory->kept_[size];
        if (kept.empty())
            return Buffer(new std::byte[bytes], Release{memory, size});
        Buffer buffer(kept.back().release(), Release{memory, size});
        kept.pop_back();
        return buffer;
    }

private:
    static constexpr std::size_t kept_bytes_max = std::size_t{64} << 20;

    std::size_t buffer_bytes_;
    std::array<std::vector<std::unique_ptr<std::byte[]>>, 4> kept_;
};

} // namespace rebolt::engine
