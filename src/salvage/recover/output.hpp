// Output: the new file of a recovery, and the count of what went into it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <rebolt/db.hpp>
#include <rebolt/recover.hpp>

#include "io/new_file.hpp"
#include "salvage/recover/tree_keeper.hpp"

namespace rebolt::salvage {

inline constexpr std::string_view lost_and_found_name = "lost+found";

/// Written beside its place, and gone again unless finish() comes to its end.
class Output {
public:
    /// Errors: as io::NewFile::create and DB::open.
    static Result<Output> create(const std::string& path, std::uint32_t page_size,
                                 const RecoverOptions& options);

    /// What is there under this key: nothing, a value or a bucket.
    enum class There : std::uint8_t { nothing, value, bucket };
    Result<There> there(std::span<const std::string> bucket, std::string_view key);
    /// The last key in a bucket; empty if there is none. Cost: as a cursor's last().
    Result<std::string> last_key(std::span<const std::string> bucket);
    /// Writes an element that is not there yet. Policy and options may leave it
    /// out: false. Tells on_item. Errors: on_item's, and those of writing.
    Result<bool> add(const Kept& element, Provenance provenance, std::size_t donor = 0);
    /// Commits; the file is then open for checking under path_to_check().
    Result<void> close();
    [[nodiscard]] const std::string& path_to_check() const noexcept {
        return file_.temporary_path();
    }
    /// Gives the file its name, unless this is a dry run. After close().
    Result<void> put_in_place();

    void fill_in(RecoverReport& report) const;
    /// Keys and buckets that the new file must have.
    [[nodiscard]] std::uint64_t key_count() const noexcept { return counts_.total(); }

private:
    Output(io::NewFile file, DB db, const RecoverOptions& options);
    enum class Missing : std::uint8_t { is_left, is_made };
    Result<bool> enter(std::span<const std::string> path, Missing missing);
    RecoveredBucket* listed_here();
    Result<void> make_room(std::uint64_t bytes);
    [[nodiscard]] bool is_implied(std::span<const std::string> bucket, std::string_view key) const;
    [[nodiscard]] bool is_wanted(Provenance provenance) const noexcept;
    void count(const Kept& element, Provenance provenance);
    Result<void> note(const Kept& element, Provenance provenance, std::size_t donor = 0);
    Result<void> tell(const Kept& element, Provenance provenance, std::size_t donor) const;

    io::NewFile file_;
    DB db_;
    const RecoverOptions* options_;
    std::optional<Tx> tx_;
    std::optional<Bucket> bucket_;
    std::vector<std::string> path_; ///< of bucket_
    std::uint64_t transaction_bytes_ = 0;
    std::uint64_t size_bytes_ = 0;
    std::uint64_t left_out_ = 0;
    RecoveredCounts counts_;
    RecoveredCounts lost_and_found_;
    std::uint64_t buckets_ = 0;
    /// Buckets that hold something, though nothing told of them themselves.
    std::set<std::vector<std::string>> implied_;
    std::vector<RecoveredBucket> listed_;
    RecoveredBucket* listed_here_ = nullptr; ///< of bucket_
    std::map<std::vector<std::string>, std::size_t> index_of_;
};

} // namespace rebolt::salvage
