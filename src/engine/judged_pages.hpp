// Which pages of the file a transaction has judged and found sound, a bit each:
// what they hold cannot change while it is open.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

namespace rebolt::engine {

/// Safe for threads. Memory: a bit a page, in chunks of 4 KiB, for those parts
/// of the file that are read.
class JudgedPages {
public:
    JudgedPages() = default;
    JudgedPages(const JudgedPages&) = delete;
    JudgedPages& operator=(const JudgedPages&) = delete;
    ~JudgedPages();

    [[nodiscard]] bool has(std::uint64_t page) const noexcept {
        const Table* table = table_.load(std::memory_order_acquire);
        if (table == nullptr)
            return false;
        const Chunk* chunk = table->chunk(page);
        return chunk != nullptr &&
               ((*chunk)[page % chunk_pages / 64].load(std::memory_order_relaxed) >> page % 64 &
                1) != 0;
    }
    /// `page` < `page_end`, which is the same in every call. Remembers nothing if
    /// there is no memory, or the database is larger than makes sense.
    void add(std::uint64_t page, std::uint64_t page_end) noexcept;

private:
    static constexpr std::uint64_t chunk_pages = 32768;
    using Chunk = std::array<std::atomic<std::uint64_t>, chunk_pages / 64>;

    struct Table {
        std::uint64_t count;
        std::unique_ptr<std::atomic<Chunk*>[]> chunks;

        [[nodiscard]] const Chunk* chunk(std::uint64_t page) const noexcept {
            return chunks[page / chunk_pages].load(std::memory_order_acquire);
        }
    };

    [[nodiscard]] Table* table_for(std::uint64_t page_end) noexcept;

    std::atomic<Table*> table_{nullptr};
};

} // namespace rebolt::engine
