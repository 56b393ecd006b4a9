// PageMask: one page without its data. See rebolt/masked_copy.hpp for what stays.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <rebolt/format.hpp>

#include "forensics/pseudonyms.hpp"

namespace rebolt::forensics {

/// Calls visit(key) for each key of a branch or leaf page, and of the inline buckets in
/// it, that lies in the page as a whole. Keys that lie over each other are left out once
/// they add up to more than the page. Cost: O(bytes).
void for_each_key(Bytes page, const std::function<void(std::string_view)>& visit);

/// What takes a page number's place: itself, or, where no file is so large and it may be
/// somebody's data, a number that leads nowhere either.
[[nodiscard]] std::uint64_t masked_page_number(std::uint64_t id) noexcept;

class PageMask {
public:
    /// `filler` takes the place of bytes. `names` must outlive the object, and have all
    /// keys of for_each_key().
    PageMask(const Pseudonyms& names, std::byte filler) : names_(names), filler_(filler) {}

    /// The page, which stands at number `id`, and goes on in its overflow; or bytes that
    /// are no page. The result views a buffer that the next call overwrites.
    [[nodiscard]] Bytes masked(Bytes page, PageId id);

private:
    using Out = std::span<std::byte>;
    void fill(Bytes from, Out to) const;
    static void put_header(Bytes from, Out to);
    static void put_meta(Bytes from, Out to);
    static void put_freelist(Bytes from, Out to);
    void put_branch(Bytes from, Out to) const;
    void put_leaf(Bytes from, Out to, bool is_inline) const;
    void put_bucket(std::string_view value, Out to) const;

    const Pseudonyms& names_;
    std::byte filler_;
    std::vector<std::byte> buffer_;
};

} // namespace rebolt::forensics
