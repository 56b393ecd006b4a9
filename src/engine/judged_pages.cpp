#include "engine/judged_pages.hpp"

#include <new>

namespace rebolt::engine {
namespace {

constexpr std::uint64_t pages_max = std::uint64_t{1} << 32; // 16 TiB of 4 KiB each

} // namespace

JudgedPages::~JudgedPages() {
    const std::unique_ptr<Table> table(table_.load());
    for (std::uint64_t i = 0; table != nullptr && i < table->count; ++i)
        delete table->chunks[i].load();
}

// Of two threads that make one, one gives way.
JudgedPages::Table* JudgedPages::table_for(std::uint64_t page_end) noexcept {
    Table* table = table_.load(std::memory_order_acquire);
    if (table != nullptr || page_end > pages_max)
        return table;
    const std::uint64_t count = (page_end + chunk_pages - 1) / chunk_pages;
    std::unique_ptr<Table> made(new (std::nothrow) Table{
        count,
        std::unique_ptr<std::atomic<Chunk*>[]>(new (std::nothrow) std::atomic<Chunk*>[count] {})});
    if (made == nullptr || made->chunks == nullptr)
        return nullptr;
    return table_.compare_exchange_strong(table, made.get(), std::memory_order_acq_rel)
               ? made.release()
               : table;
}

void JudgedPages::add(std::uint64_t page, std::uint64_t page_end) noexcept {
    const Table* table = table_for(page_end);
    if (table == nullptr)
        return;
    std::atomic<Chunk*>& slot = table->chunks[page / chunk_pages];
    Chunk* chunk = slot.load(std::memory_order_acquire);
    if (chunk == nullptr) {
        std::unique_ptr<Chunk> made(new (std::nothrow) Chunk{});
        if (made == nullptr)
            return;
        if (slot.compare_exchange_strong(chunk, made.get(), std::memory_order_acq_rel))
            chunk = made.release();
    }
    (*chunk)[page % chunk_pages / 64].fetch_or(std::uint64_t{1} << page % 64,
                                               std::memory_order_relaxed);
}

} // namespace rebolt::engine
