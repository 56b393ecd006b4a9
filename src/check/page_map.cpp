#include "check/page_map.hpp"

#include <sys/mman.h>

#include <fmt/format.h>

namespace rebolt::check_walk {

static_assert(sizeof(std::atomic<std::uint8_t>) == 1 &&
              std::atomic<std::uint8_t>::is_always_lock_free);

void UnmapCells::operator()(std::atomic<std::uint8_t>* cells) const noexcept {
    ::munmap(cells, bytes);
}

Result<PageMap> PageMap::create(std::uint64_t page_count) {
    PageMap map;
    map.page_count_ = page_count;
    const std::uint64_t bytes = page_count + 1; // never zero
    // Mapped, not allocated: the system's zero pages cost nothing until touched,
    // and a size that is not to be had is an error instead of a killed process.
    void* cells =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (cells == MAP_FAILED)
        return Error(ErrorCode::out_of_memory,
                     fmt::format("no memory for a byte for each of {} pages", page_count));
    map.cells_ = std::unique_ptr<std::atomic<std::uint8_t>[], UnmapCells>(
        static_cast<std::atomic<std::uint8_t>*>(cells), UnmapCells{bytes});
    return map;
}

void PageMap::set_damaged(PageId id) noexcept {
    auto& cell = cells_[number(id)];
    const auto marks = static_cast<std::uint8_t>(cell.load() & ~role_bits);
    cell.store(static_cast<std::uint8_t>(marks | static_cast<std::uint8_t>(Role::damaged)));
}

void PageMap::forget_trees() noexcept {
    for (std::uint64_t id = 0; id < page_count_; ++id) {
        const Role role_now = role(PageId{id});
        if (role_now != Role::meta && role_now != Role::freelist)
            cells_[id].fetch_and(static_cast<std::uint8_t>(~role_bits));
    }
}

std::array<std::uint64_t, 256> PageMap::histogram(std::uint64_t end) const noexcept {
    std::array<std::uint64_t, 256> counts{};
    for (std::uint64_t id = 0; id < end; ++id)
        ++counts[at(PageId{id})];
    return counts;
}

} // namespace rebolt::check_walk
