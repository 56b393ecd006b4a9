#include "io/unfinished.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include <unistd.h>

#include <rebolt/interrupt.hpp>

namespace rebolt::io {
namespace {

// What a signal handler can read: no allocation, no lock.
struct Slot {
    std::atomic<bool> is_taken{false};
    std::atomic<int> folder{-1}; ///< set last: the name is there then
    std::array<char, 256> name{};
};

// Few files are made at a time. One without a slot is removed by its object alone.
constexpr std::size_t slots_max = 32;
std::array<Slot, slots_max> slots;
std::atomic<int> changes_in_place{0};

std::size_t take_slot(int folder, const std::string& name) {
    for (std::size_t at = 0; at < slots.size() && name.size() < slots[at].name.size(); ++at) {
        if (slots[at].is_taken.exchange(true))
            continue;
        *std::ranges::copy(name, slots[at].name.begin()).out = '\0';
        slots[at].folder.store(folder);
        return at;
    }
    return slots_max;
}

void leave_slot(std::size_t slot) noexcept {
    if (slot == slots_max)
        return;
    slots[slot].folder.store(-1);
    slots[slot].is_taken.store(false);
}

} // namespace

Unfinished::Unfinished(std::shared_ptr<const Folder> folder, std::string name)
    : folder_(std::move(folder)), name_(std::move(name)),
      slot_(take_slot(folder_->descriptor(), name_)) {}

Unfinished::Unfinished(Unfinished&& other) noexcept
    : folder_(std::exchange(other.folder_, nullptr)), name_(std::move(other.name_)),
      slot_(std::exchange(other.slot_, slots_max)) {}

Unfinished::~Unfinished() {
    if (folder_)
        ::unlinkat(folder_->descriptor(), name_.c_str(), 0);
    forget();
}

void Unfinished::forget() noexcept {
    leave_slot(std::exchange(slot_, slots_max)); // before the descriptor is closed
    folder_.reset();
}

ChangeInPlace::ChangeInPlace() noexcept {
    ++changes_in_place;
}

ChangeInPlace::~ChangeInPlace() {
    --changes_in_place;
}

} // namespace rebolt::io

namespace rebolt {

void remove_unfinished_files() noexcept {
    for (const io::Slot& slot : io::slots)
        if (const int folder = slot.folder.load(); folder >= 0)
            ::unlinkat(folder, slot.name.data(), 0);
}

bool is_changing_in_place() noexcept {
    return io::changes_in_place.load() != 0;
}

} // namespace rebolt
