#include "simulated_disk.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

using enum Effect::Kind;

// Calls visit(offset in the file, offset in the write, length) for each sector
// of a write that survived.
template <class Visit>
void for_each_piece(const Effect& write, const std::vector<bool>& survived, Visit visit) {
    std::uint64_t begin = write.offset;
    for (std::size_t sector = 0; sector < survived.size(); ++sector) {
        const std::uint64_t end =
            std::min<std::uint64_t>(write.end(), (begin / sector_bytes + 1) * sector_bytes);
        if (survived[sector])
            visit(begin, begin - write.offset, end - begin);
        begin = end;
    }
}

} // namespace

std::size_t Effect::sector_count() const noexcept {
    if (kind != write || bytes.empty())
        return 1;
    return (end() - 1) / sector_bytes - offset / sector_bytes + 1;
}

std::string to_text(const Effect& effect) {
    switch (effect.kind) {
    case write:
        return fmt::format("write {}+{}", effect.offset, effect.bytes.size());
    case resize:
        return fmt::format("resize to {}", effect.offset);
    case data_sync:
        return "data sync";
    case full_sync:
        return "full sync";
    }
    return {};
}

ssize_t RecordingDisk::pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset) {
    const ssize_t done = SystemCalls::pwrite(descriptor, bytes, count, offset);
    if (done > 0)
        effects_.push_back({write,
                            static_cast<std::uint64_t>(offset),
                            {static_cast<const char*>(bytes), static_cast<std::size_t>(done)}});
    return done;
}

int RecordingDisk::ftruncate(int descriptor, off_t bytes) {
    const int result = SystemCalls::ftruncate(descriptor, bytes);
    if (result == 0)
        effects_.push_back({resize, static_cast<std::uint64_t>(bytes), {}});
    return result;
}

int RecordingDisk::fdatasync(int descriptor) {
    const int result = SystemCalls::fdatasync(descriptor);
    if (result == 0)
        effects_.push_back({data_sync, 0, {}});
    return result;
}

int RecordingDisk::fsync(int descriptor) {
    const int result = SystemCalls::fsync(descriptor);
    if (result == 0)
        effects_.push_back({full_sync, 0, {}});
    return result;
}

void SimulatedDisk::take(const Effect& effect) {
    if (effect.is_sync()) {
        sync_all_pending(effect.kind == full_sync);
        return;
    }
    if (effect.kind == resize && effect.offset == size_)
        return;
    if (effect.kind == resize && effect.offset < size_)
        throw std::logic_error("a file that shrinks is not simulated");
    size_ = std::max(size_, effect.end());
    pending_.push_back(effect);
}

// fdatasync need not save a size that no written byte needs to be read.
void SimulatedDisk::sync_all_pending(bool sizes_too) {
    std::erase_if(pending_, [&](const Effect& effect) {
        const bool is_resize = effect.kind == resize;
        if (is_resize && !sizes_too)
            return false;
        if (synced_.size() < effect.end())
            synced_.resize(effect.end());
        if (!is_resize)
            std::memcpy(synced_.data() + effect.offset, effect.bytes.data(), effect.bytes.size());
        return true;
    });
    std::erase_if(pending_, [&](const Effect& effect) { return effect.end() <= synced_.size(); });
}

std::uint64_t SimulatedDisk::size_after(const Survival& survival) const {
    std::uint64_t size = synced_.size();
    for (std::size_t i = 0; i < pending_.size(); ++i) {
        if (pending_[i].kind == resize) {
            if (survival.sectors[i][0])
                size = std::max(size, pending_[i].offset);
        } else if (survival.writes_grow) {
            for_each_piece(pending_[i], survival.sectors[i],
                           [&](std::uint64_t begin, std::uint64_t, std::uint64_t length) {
                               size = std::max(size, begin + length);
                           });
        }
    }
    return size;
}

void SimulatedDisk::cut_power(const Survival& survival, std::string& image) const {
    const std::uint64_t size = size_after(survival);
    image = synced_;
    image.resize(size);
    for (std::size_t i = 0; i < pending_.size(); ++i)
        if (pending_[i].kind == write)
            for_each_piece(pending_[i], survival.sectors[i],
                           [&](std::uint64_t begin, std::uint64_t from, std::uint64_t length) {
                               if (begin < size)
                                   std::memcpy(image.data() + begin,
                                               pending_[i].bytes.data() + from,
                                               std::min(length, size - begin));
                           });
}

std::string to_text(const SimulatedDisk& disk, const Survival& survival) {
    std::string text = survival.writes_grow ? "" : "writes do not grow the file; ";
    for (std::size_t i = 0; i < disk.pending().size(); ++i) {
        const std::vector<bool>& sectors = survival.sectors[i];
        const auto count = std::ranges::count(sectors, true);
        text += (i == 0 ? "" : ", ") + to_text(disk.pending()[i]);
        if (count == 0) {
            text += " (lost)";
        } else if (count != static_cast<std::ptrdiff_t>(sectors.size())) {
            text += " (";
            for (const bool survived : sectors)
                text += survived ? '1' : '0';
            text += ')';
        }
    }
    return text.empty() ? "all was synced" : text;
}

} // namespace rebolt::test
