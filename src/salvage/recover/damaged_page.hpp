// What a damaged page, or one that carries another's number, still tells.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "salvage/recover/tree_walk.hpp"

namespace rebolt::salvage {

/// All keys of a sound page are allowed there.
[[nodiscard]] bool in_range(Bytes page, const KeyRange& range) noexcept;
/// Why a page of the file cannot be used.
[[nodiscard]] FindingCode what_is_wrong(const Survey& pages, PageId page);
/// Children of a damaged branch that prove themselves: the key that leads there
/// is the first key of a sound page.
[[nodiscard]] std::vector<Step> proven_children(const Survey& pages, const Step& step);
/// The elements of a damaged leaf that are still sound: those whose place fits
/// both neighbours', if no more than one place is wrong; and those that their
/// owner's rules recognise, with both neighbours. In order.
[[nodiscard]] std::vector<std::uint32_t> sound_elements(Bytes leaf, const Context& context,
                                                        std::span<const std::string> bucket);

} // namespace rebolt::salvage
