#include "base/cycle_message.hpp"

#include <fmt/format.h>

namespace rebolt {

std::string cycle_message(PageId from, PageId to) {
    return from == to ? fmt::format("page {} points to itself", number(to))
                      : fmt::format("page {} points back to page {}, which leads to it",
                                    number(from), number(to));
}

} // namespace rebolt
