// Makes damage: changes a sound file's bytes as power cuts, bad disks and bad
// programs do. It shares no opinion with the checker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/finding.hpp>

#include "support/random.hpp"

namespace rebolt::test {

/// One change, in words, and what must be said of it if its page is in use.
struct Mutation {
    std::string text;
    std::optional<PageId> page;
    std::optional<FindingCode> must_find; ///< at `page`, if the tree leads there
};

class Mutator {
public:
    /// `bytes`: a sound file with pages of `page_size` bytes.
    Mutator(std::vector<std::byte> bytes, std::uint32_t page_size, std::uint64_t seed);

    /// Changes something, chosen by the seed; may be called again.
    Mutation mutate();

    [[nodiscard]] const std::vector<std::byte>& bytes() const noexcept { return bytes_; }

private:
    template <class T>
    [[nodiscard]] T get(std::uint64_t at) const;
    template <class T>
    void put(std::uint64_t at, T value);
    [[nodiscard]] std::uint64_t pages() const noexcept { return bytes_.size() / page_size_; }
    [[nodiscard]] std::uint64_t any_page();
    [[nodiscard]] std::optional<std::uint64_t> any_branch();
    [[nodiscard]] std::uint64_t edge_value(unsigned bytes);
    void seal_metas();

    Mutation change_header_field();
    Mutation change_element_field();
    Mutation change_meta_field();
    Mutation change_freelist();
    Mutation flip_bytes();
    Mutation swap_pages();
    Mutation zero_page();
    Mutation tear_page();
    Mutation stale_page();
    Mutation truncate();
    Mutation redirect_child();
    Mutation doubling_ladder();
    Mutation change_bucket_root();

    std::vector<std::byte> bytes_;
    std::uint32_t page_size_;
    Random random_;
};

} // namespace rebolt::test
