// KeySpace: the URL's prefix, put before keys on their way to etcd and taken
// off on their way back.
#pragma once

#include <string>
#include <string_view>

namespace rebolt::store::etcd {

/// etcd's half-open ranges: [begin, end). No end: the one key; "\0" as the end:
/// all keys ≥ `begin`.
struct KeyRange {
    std::string begin;
    std::string end;
};

class KeySpace {
public:
    /// `path`: of the URL; a slash separates it from the keys.
    explicit KeySpace(std::string_view path)
        : prefix_(path.empty() ? "" : std::string(path) + "/") {}

    [[nodiscard]] std::string full(std::string_view key) const {
        return prefix_ + std::string(key);
    }
    /// `full`: of a key of this space.
    [[nodiscard]] std::string_view shown(std::string_view full) const {
        full.remove_prefix(prefix_.size());
        return full;
    }
    [[nodiscard]] KeyRange one(std::string_view key) const { return {full(key), ""}; }
    /// All keys that begin with `prefix`.
    [[nodiscard]] KeyRange tree(std::string_view prefix) const;

private:
    std::string prefix_;
};

} // namespace rebolt::store::etcd
