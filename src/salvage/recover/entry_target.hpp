// EntryTarget: where the entries of a recovery are put: a new file, or memory.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/result.hpp>

namespace rebolt::salvage {

/// What is there under a key.
enum class There : std::uint8_t { nothing, value, bucket };

class EntryTarget {
public:
    using Path = std::span<const std::string>;
    virtual ~EntryTarget() = default;

    [[nodiscard]] virtual Result<There> there(Path bucket, std::string_view key) = 0;
    /// The last key in a bucket; empty if there is none.
    [[nodiscard]] virtual Result<std::string> last_key(Path bucket) = 0;
    /// Makes the bucket as far as it is not there; returns how many of its names
    /// were there already.
    virtual Result<std::size_t> make(Path bucket) = 0;
    /// In a bucket that is there, under a key that is not.
    virtual Result<void> put(Path bucket, std::string_view key, std::string_view value) = 0;
    /// Makes a bucket if it is not there, and gives it its sequence.
    virtual Result<void> put_bucket(Path bucket, std::string_view key, std::uint64_t sequence) = 0;
    virtual Result<void> close() = 0;
};

/// Keeps keys, no values. Keys are not copied: they must outlive it. Memory: 24
/// bytes a key, where they come in order.
class MemoryTarget final : public EntryTarget {
public:
    MemoryTarget() : buckets_(1) {}
    [[nodiscard]] Result<There> there(Path bucket, std::string_view key) override;
    [[nodiscard]] Result<std::string> last_key(Path bucket) override;
    Result<std::size_t> make(Path bucket) override;
    Result<void> put(Path bucket, std::string_view key, std::string_view value) override;
    Result<void> put_bucket(Path bucket, std::string_view key, std::uint64_t sequence) override;
    Result<void> close() override { return {}; }

private:
    struct Item {
        std::string_view key;
        std::uint32_t inside; ///< a bucket's number; 0: a value
    };
    struct Contents {
        std::vector<Item> in_order;
        std::map<std::string_view, std::uint32_t> others; ///< that came out of order
        std::string_view name;
    };
    [[nodiscard]] const std::uint32_t* find(std::uint32_t bucket, std::string_view key) const;
    [[nodiscard]] bool go_to(Path bucket);
    void add(std::uint32_t bucket, std::string_view key, std::uint32_t inside);
    std::uint32_t new_bucket();

    std::vector<Contents> buckets_;                      ///< the root first
    std::vector<std::string> names_;                     ///< of the bucket it stands in
    std::vector<std::uint32_t> way_{0};                  ///< their numbers, the root's first
    std::map<std::string, int, std::less<>> made_names_; ///< of buckets that no key names
};

} // namespace rebolt::salvage
