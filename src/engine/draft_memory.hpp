// DraftMemory: buffers for changed pages, kept from one transaction to the next.
//
// A transaction that changes a thousand pages would else ask the system for
// fresh memory, and touch it for the first time, at every commit.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "io/mapping.hpp"

namespace rebolt::engine {

/// Not safe for several threads: the writer's alone.
class DraftMemory {
public:
    /// Keeps buffers of so many bytes each; others come from the heap.
    explicit DraftMemory(std::size_t buffer_bytes) : buffer_bytes_(buffer_bytes) {
        kept_.reserve(kept_bytes_max / buffer_bytes);
    }

    struct Release {
        DraftMemory* memory = nullptr; ///< null: back to the heap
        void operator()(std::byte* bytes) const noexcept {
            std::unique_ptr<std::byte[]> owned(bytes);
            if (memory != nullptr && memory->kept_.size() < memory->kept_.capacity())
                memory->kept_.push_back(std::move(owned));
        }
    };
    using Buffer = std::unique_ptr<std::byte[], Release>;

    /// A buffer of at least `bytes`, which becomes its true size; from the heap
    /// if `memory` is null. Its content is anything.
    [[nodiscard]] static Buffer take(DraftMemory* memory, std::size_t& bytes) {
        // The address sanitizer sees who uses a freed buffer, not a kept one.
        if (memory == nullptr || bytes > memory->buffer_bytes_ || io::views_are_checked)
            return Buffer(new std::byte[bytes], Release{});
        bytes = memory->buffer_bytes_;
        if (memory->kept_.empty())
            return Buffer(new std::byte[bytes], Release{memory});
        Buffer buffer(memory->kept_.back().release(), Release{memory});
        memory->kept_.pop_back();
        return buffer;
    }

private:
    static constexpr std::size_t kept_bytes_max = std::size_t{32} << 20;

    std::size_t buffer_bytes_;
    std::vector<std::unique_ptr<std::byte[]>> kept_;
};

} // namespace rebolt::engine
