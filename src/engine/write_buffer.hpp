// WriteBuffer: neighbouring pages on their way into the file, kept from commit to commit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>

#include <rebolt/bytes.hpp>

namespace rebolt::engine {

/// Does not set bytes that are written over anyway, as a std::vector would.
class WriteBuffer {
public:
    [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] Bytes bytes() const noexcept { return {bytes_.get(), size_}; }

    /// So many bytes more, of any content. Valid until the next call.
    [[nodiscard]] std::byte* extend(std::size_t bytes) {
        if (size_ + bytes > capacity_) {
            const std::size_t capacity = std::max(size_ + bytes, 2 * capacity_);
            auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity);
            if (size_ != 0)
                std::memcpy(larger.get(), bytes_.get(), size_);
            bytes_ = std::move(larger);
            capacity_ = capacity;
        }
        std::byte* const begin = bytes_.get() + size_;
        size_ += bytes;
        return begin;
    }
    void clear() noexcept { size_ = 0; }
    /// Gives the memory back if it is more than this.
    void keep_up_to(std::size_t bytes) noexcept {
        if (capacity_ <= bytes)
            return;
        bytes_.reset();
        size_ = capacity_ = 0;
    }

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace rebolt::engine
