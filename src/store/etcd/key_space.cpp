#include "store/etcd/key_space.hpp"

namespace rebolt::store::etcd {
namespace {

const std::string nul(1, '\0');

// The first key after all that begin with `prefix`.
std::string end_of(std::string prefix) {
    while (!prefix.empty() && prefix.back() == '\xff')
        prefix.pop_back();
    if (prefix.empty())
        return nul;
    prefix.back() = static_cast<char>(prefix.back() + 1);
    return prefix;
}

} // namespace

KeyRange KeySpace::tree(std::string_view prefix) const {
    const std::string begin = full(prefix);
    // etcd wants a key: this is the smallest there is.
    return {begin.empty() ? nul : begin, end_of(begin)};
}

} // namespace rebolt::store::etcd
