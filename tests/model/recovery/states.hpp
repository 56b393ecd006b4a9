// Every state that was ever committed to a file, as bboltpeer's build-shape
// wrote it down (format: tests/peers/bboltpeer/shape_states.go).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rebolt::test {

using BucketNames = std::vector<std::string>;

/// `v1/moby/images`, printable.
[[nodiscard]] std::string to_text(std::span<const std::string> bucket);

class States {
public:
    /// Ends the test program if the file cannot be read.
    explicit States(const std::string& path);
    States(const States&) = delete;
    States& operator=(const States&) = delete;

    [[nodiscard]] std::uint32_t page_size() const noexcept { return page_size_; }
    [[nodiscard]] std::uint64_t last_transaction() const noexcept { return last_; }

    /// What is asked for: a value, or (nullopt) a bucket of this name.
    using Wanted = std::optional<std::string_view>;

    /// It stands under this bucket and key in the last state.
    [[nodiscard]] bool is_live(std::span<const std::string> bucket, std::string_view key,
                               Wanted value) const;
    /// It stood there in some committed state.
    [[nodiscard]] bool was_committed(std::span<const std::string> bucket, std::string_view key,
                                     Wanted value) const;
    /// It stood under this key in some committed state, in whichever bucket.
    [[nodiscard]] bool was_committed_anywhere(std::string_view key, Wanted value) const;

    /// The bucket's sequence in the last state; nullopt: it was never set.
    [[nodiscard]] std::optional<std::uint64_t>
    live_sequence(std::span<const std::string> bucket) const;
    [[nodiscard]] bool was_sequence(std::span<const std::string> bucket,
                                    std::uint64_t sequence) const;

    /// Values and buckets in the last state.
    [[nodiscard]] std::uint64_t live_count() const noexcept { return live_count_; }

private:
    struct Version {
        Wanted value;
        bool is_live;
    };
    struct Sequence {
        std::uint64_t number;
        bool is_live;
    };
    class Reader;

    [[nodiscard]] const std::vector<Version>* versions(std::span<const std::string> bucket,
                                                       std::string_view key) const;
    [[nodiscard]] std::optional<std::uint32_t> number_of(std::span<const std::string> bucket) const;

    std::string bytes_; ///< of the file: keys and values view it
    std::uint32_t page_size_ = 0;
    std::uint64_t last_ = 0;
    std::uint64_t live_count_ = 0;
    /// Of each bucket, the numbers of those inside it.
    std::vector<std::map<std::string, std::uint32_t, std::less<>>> inside_;
    std::vector<std::unordered_map<std::string_view, std::vector<Version>>> versions_;
    std::vector<std::vector<Sequence>> sequences_;
};

} // namespace rebolt::test
