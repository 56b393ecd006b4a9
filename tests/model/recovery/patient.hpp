// A copy of a sound file under damage: what the kinds in damage*.cpp share.
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "damage.hpp"

namespace rebolt::test {

class Patient {
public:
    Patient(SoundFile file, Random& random);

    [[nodiscard]] const LiveTree& tree() const noexcept { return tree_; }
    [[nodiscard]] Random& random() noexcept { return random_; }
    [[nodiscard]] std::uint64_t page_size() const noexcept { return tree_.page_size; }

    template <class T>
    [[nodiscard]] T get(std::uint64_t offset) const {
        T value;
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return value;
    }
    template <class T>
    void put(std::uint64_t offset, T value) {
        std::memcpy(bytes_.data() + offset, &value, sizeof value);
    }

    [[nodiscard]] std::uint64_t offset_of(std::uint64_t page) const {
        return page * tree_.page_size;
    }
    /// Live leaves, live branches: indexes of tree().pages. Leaves are those
    /// below the root: the root's own damage is a class of its own.
    [[nodiscard]] std::vector<std::size_t> leaves() const;
    [[nodiscard]] std::vector<std::size_t> branches() const;
    [[nodiscard]] std::optional<std::size_t> any_of(const std::vector<std::size_t>& pages);

    /// Free leaf pages that lie in the file: older versions, mostly.
    [[nodiscard]] std::vector<std::uint64_t> stale_leaves() const;
    /// First and last key of a leaf anywhere in the file, if it is one.
    [[nodiscard]] std::optional<std::pair<std::string, std::string>>
    keys_of(std::uint64_t page) const;
    /// The keys lie where the branch above (if any) lets those of `page` lie.
    [[nodiscard]] bool would_fit(std::size_t page,
                                 const std::pair<std::string, std::string>& keys) const;

    void zero(std::uint64_t page, std::uint64_t pages);
    void fill_with_noise(std::uint64_t page, std::uint64_t pages);
    void copy_page(std::uint64_t from, std::uint64_t to);
    /// Bytes from `begin` on, to the page's end.
    void copy_rest(std::uint64_t from, std::uint64_t to, std::uint64_t begin);
    /// Makes a page what it was.
    void restore(std::uint64_t page) { copy_page(page, page); }
    [[nodiscard]] bool is_changed(std::uint64_t page) const;
    [[nodiscard]] Bytes page(std::uint64_t page) const {
        return Bytes(bytes_).subspan(offset_of(page), page_size());
    }
    [[nodiscard]] Bytes sound_page(std::uint64_t page) const {
        return sound_.subspan(offset_of(page), page_size());
    }
    /// Gives a meta the checksum that fits.
    void seal(std::uint64_t meta);
    [[nodiscard]] std::vector<std::byte>& bytes() noexcept { return bytes_; }

    /// Ends the treatment. nullopt if nothing has changed.
    [[nodiscard]] std::optional<Harmed> discharge(std::string text);
    void was_moved(std::uint64_t from, std::uint64_t to) { moved_.emplace_back(from, to); }

private:
    const LiveTree& tree_;
    Random& random_;
    std::span<const std::byte> sound_;
    std::vector<std::byte> bytes_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> moved_;
};

} // namespace rebolt::test
