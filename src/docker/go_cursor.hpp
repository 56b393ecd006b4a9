// go_cursor: what bbolt 1.3's own cursor does on bytes that nobody checked.
//
// dockerd reads local-kv.db through it. It trusts every count, position and
// page id; so on damage it returns nonsense, panics, reads outside of the file,
// or never ends. Here each of its reads is followed, bounded and judged: the
// walk ends with entries or with the fate that the real one meets.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rebolt/docker/startup.hpp>
#include <rebolt/page_source.hpp>

#include "docker/go_stack.hpp"

namespace rebolt::docker {

// Of bbolt on the machines that Docker runs on.
inline constexpr std::uint64_t system_page_bytes = 4096;
inline constexpr std::uint64_t map_limit = 0xFFFFFFFFFFFF; // bbolt's maxMapSize
inline constexpr std::uint64_t header_bytes = 16;
inline constexpr std::uint64_t leaf_flag = 2;
inline constexpr std::uint64_t branch_flag = 1;

template <class T>
using Fated = std::expected<T, Fate>;

/// Passes a fate on.
template <class T>
[[nodiscard]] std::unexpected<Fate> failed(std::expected<T, Fate>& result) {
    return std::unexpected(std::move(result).error());
}

/// A key with its value. Valid as long as the source.
struct GoEntry {
    std::string_view key;
    std::string_view value;
    bool is_bucket = false; ///< libkv then panics on the value
};

/// Whether bbolt looks at each page that it enters: from 1.3.7 on.
enum class PageChecks : std::uint8_t { none, each };

/// The file as bbolt's Open leaves it.
class GoStore {
public:
    /// bolt.Open for writing: metas, freelist. Fates: errors of Open, the
    /// freelist's panic. `source` must outlive it.
    static Fated<GoStore> open(const PageSource& source, PageChecks checks);

    /// libkv's List: a scan of the bucket `libnetwork` by prefix. No entries if
    /// the bucket is not found. Cost: O(pages and bytes of the file) in the
    /// sound case, bounded by a constant times that and 2^20 in any other.
    [[nodiscard]] Fated<std::vector<GoEntry>> list(std::string_view prefix);
    /// libkv's Get. An empty value if the key is not there.
    [[nodiscard]] Fated<std::string_view> get(std::string_view key);

    /// Pages entered by all calls.
    [[nodiscard]] std::uint64_t pages_entered() const noexcept { return pages_entered_; }

private:
    GoStore(const PageSource& source, std::uint64_t page_size, PageChecks checks) noexcept
        : source_(&source), page_size_(page_size), checks_(checks) {}

    using Done = std::expected<void, Fate>;
    Fated<std::uint64_t> read(std::uint64_t at, std::uint64_t bytes) const;
    Fated<std::string_view> bytes(std::uint64_t at, std::uint64_t length) const;
    [[nodiscard]] Fate bad_address(std::uint64_t at) const;
    [[nodiscard]] Fate fate(FateKind kind, std::string words) const;
    Done load_freelist(std::uint64_t page);
    Done open_bucket();
    Done enter(std::uint64_t id, bool from_first);
    [[nodiscard]] Done check_page(const GoFrame& frame, std::uint64_t flags) const;
    [[nodiscard]] std::unexpected<Fate> panic_at(const GoFrame& frame, std::string words) const;
    Done search(std::string_view key, std::uint64_t root);
    Fated<std::string_view> key_at(std::uint64_t element, bool is_leaf) const;
    Fated<std::uint64_t> lower_bound(const GoFrame& frame, std::string_view key, bool& exact) const;
    Done first();
    Fated<bool> next();
    Fated<GoEntry> key_value() const;
    Done must_go_on();

    const PageSource* source_;
    std::uint64_t page_size_;
    PageChecks checks_;
    std::uint64_t pages_max_ = 0; ///< pages one call may enter before it is called endless
    std::uint64_t root_ = 0;      ///< of the bucket that is walked
    std::uint64_t inline_at_ = 0; ///< its page image, when inline
    bool has_bucket_ = false;
    GoStack stack_;
    std::uint64_t pages_entered_ = 0;
    std::uint64_t entered_by_call_ = 0;
};

} // namespace rebolt::docker
