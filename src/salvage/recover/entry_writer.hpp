// EntryWriter: the one way down for an entry that was found. It decides what the
// entry may be called, leaves out what is there already or what is not wanted,
// writes, counts and tells.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "salvage/recover/context.hpp"
#include "salvage/recover/file_target.hpp"

namespace rebolt::salvage {

inline constexpr std::string_view lost_and_found_name = "lost+found";

/// How an entry was come by.
enum class Found : std::uint8_t {
    in_newest, ///< sound pages of the newest state lead to it
    suspect,   ///< the same, but the freelist calls its page free
    in_hole,   ///< in a page that fits a hole, or that its bucket had before
    by_home,   ///< in a page whose bucket something tells, but no hole
    aside,     ///< in a page that fits nowhere: for lost+found
    in_donor,
};

class EntryWriter {
public:
    /// Without a path only counts and tells. Errors: as FileTarget::create.
    static Result<EntryWriter> create(const Context& context, const std::string& path);

    /// True if it was written. Policy and options may leave it out, and what is
    /// there stays. Errors: on_item's, and those of writing.
    Result<bool> keep(const Kept& entry, Found found, std::size_t donor = 0);
    [[nodiscard]] Result<There> there(std::span<const std::string> bucket, std::string_view key);
    /// What an entry in a page that fills a hole may be called.
    [[nodiscard]] Provenance of_hole(PageId page) const;

    /// Commits. For a file: it is then open for checking under path_to_check().
    Result<void> close();
    [[nodiscard]] FileTarget* file() noexcept { return file_; }

    void fill_in(RecoverReport& report) const;
    /// Keys and buckets that the new file must have.
    [[nodiscard]] std::uint64_t key_count() const noexcept {
        return counts_.total() + counts_.total_buckets();
    }
    /// What a leaf of the newest state holds, rounded; at least 1.
    [[nodiscard]] std::uint64_t keys_a_leaf() const noexcept;
    /// Plain keys in the top level, which may hold only buckets.
    [[nodiscard]] std::uint64_t wrong_in_root() const noexcept { return wrong_in_root_; }

private:
    EntryWriter(const Context& context, std::unique_ptr<EntryTarget> target, FileTarget* file);
    [[nodiscard]] Provenance of_newest(const Kept& entry) const;
    [[nodiscard]] Provenance provenance_of(const Kept& entry, Found found) const;
    [[nodiscard]] bool is_below_named_by_rest(BucketId bucket) const;
    [[nodiscard]] bool is_wanted(Provenance provenance) const noexcept;
    Result<bool> is_behind_all(const Kept& entry);
    [[nodiscard]] bool is_implied(std::span<const std::string> bucket, std::string_view key) const;
    Result<void> make_bucket(std::span<const std::string> bucket);
    RecoveredBucket* listed(std::span<const std::string> bucket);
    void count(const Kept& entry, Provenance provenance);
    Result<void> tell(const Kept& entry, Provenance provenance, std::size_t donor) const;

    const Context* context_;
    std::unique_ptr<EntryTarget> target_;
    FileTarget* file_; ///< the target, if it is one
    RecoveredCounts counts_;
    RecoveredCounts lost_and_found_;
    std::uint64_t buckets_ = 0;
    std::uint64_t left_out_ = 0;
    std::uint64_t wrong_in_root_ = 0;
    std::uint64_t kept_keys_ = 0; ///< of the newest state, and their leaves
    std::uint64_t kept_leaves_ = 0;
    PageId last_kept_{};
    std::vector<std::string> last_bucket_; ///< that was written to
    std::string last_key_;                 ///< of that bucket
    /// Buckets that hold something, though nothing told of them themselves.
    std::set<std::vector<std::string>> implied_;
    std::vector<RecoveredBucket> listed_;
    std::uint64_t listed_bytes_ = 0; ///< of their names
    std::map<std::vector<std::string>, std::size_t> index_of_;
    std::optional<std::vector<std::string>> counted_; ///< the bucket that was counted last
    std::size_t counted_at_ = 0;                      ///< in listed_; its size: not listed
};

} // namespace rebolt::salvage
