#include <rebolt/store_pair.hpp>

#include <algorithm>

namespace rebolt::store {
namespace {

constexpr std::size_t first_block_bytes = std::size_t{4} << 10U;
constexpr std::size_t block_bytes_max = std::size_t{1} << 20U;

} // namespace

void PairList::add(const PairView& pair) {
    const std::size_t bytes = pair.key.size() + pair.value.size();
    if (bytes > block_bytes_ - used_bytes_) {
        block_bytes_ =
            std::max(bytes, std::clamp(2 * block_bytes_, first_block_bytes, block_bytes_max));
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes_));
        used_bytes_ = 0;
    }
    const auto keep = [&](std::string_view text) {
        char* at = blocks_.back().get() + used_bytes_;
        used_bytes_ += text.size();
        return std::string_view(at, text.copy(at, text.size()));
    };
    const std::string_view key = keep(pair.key);
    pairs_.push_back({key, keep(pair.value), pair.last_index});
}

} // namespace rebolt::store
