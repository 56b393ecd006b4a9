#include "failing_memory.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

#include <malloc.h>

namespace {

constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

std::atomic<bool> is_counting{false};
std::atomic<std::uint64_t> allocations{0};
std::atomic<std::uint64_t> fails_at{never};
std::atomic<bool> fails_for_good{false};

bool fails() noexcept {
    if (!is_counting.load())
        return false;
    const std::uint64_t number = allocations++;
    return number == fails_at.load() || (number > fails_at.load() && fails_for_good.load());
}

std::atomic<std::int64_t> live_bytes{0};
std::atomic<std::int64_t> peak_bytes{0};

void count_live(std::int64_t change) noexcept {
    const std::int64_t live = live_bytes += change;
    std::int64_t peak = peak_bytes.load();
    while (peak < live && !peak_bytes.compare_exchange_weak(peak, live)) {
    }
}

void* allocate(std::size_t bytes) noexcept {
    if (fails())
        return nullptr;
    void* const memory = std::malloc(bytes == 0 ? 1 : bytes);
    count_live(static_cast<std::int64_t>(::malloc_usable_size(memory)));
    return memory;
}

void release(void* memory) noexcept {
    count_live(-static_cast<std::int64_t>(::malloc_usable_size(memory)));
    std::free(memory);
}

} // namespace

// All of C++'s memory of this program comes from here.
void* operator new(std::size_t bytes) {
    if (void* const memory = allocate(bytes))
        return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return allocate(bytes);
}
void* operator new[](std::size_t bytes) {
    return ::operator new(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
    return allocate(bytes);
}
void operator delete(void* memory) noexcept {
    release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
    release(memory);
}
void operator delete[](void* memory) noexcept {
    release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    release(memory);
}

namespace rebolt::test {

FailingMemory::FailingMemory(std::uint64_t at, Shortage shortage) {
    allocations.store(0);
    fails_at.store(at);
    fails_for_good.store(shortage == Shortage::for_good);
    is_counting.store(true);
}

FailingMemory::~FailingMemory() {
    is_counting.store(false);
}

bool FailingMemory::has_failed() noexcept {
    return allocations.load() > fails_at.load();
}

bool FailingMemory::only_counts() noexcept {
    return fails_at.load() == never;
}

std::uint64_t FailingMemory::count() noexcept {
    return allocations.load();
}

PeakMemory::PeakMemory() : begin_bytes_(live_bytes.load()) {
    peak_bytes.store(begin_bytes_);
}

std::uint64_t PeakMemory::bytes() const noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, peak_bytes - begin_bytes_));
}

} // namespace rebolt::test
