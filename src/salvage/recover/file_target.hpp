// FileTarget: the new file of a recovery, written in transactions of bounded size.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <rebolt/db.hpp>
#include <rebolt/page_source.hpp>

#include "io/new_file.hpp"
#include "salvage/recover/entry_target.hpp"

namespace rebolt::salvage {

/// Written beside its place, and gone again unless put_in_place() comes to its end.
class FileTarget final : public EntryTarget {
public:
    /// `mode`: as RecoverOptions::file_mode. Errors: as io::NewFile::create and DB::open.
    static Result<std::unique_ptr<FileTarget>> create(const std::string& path,
                                                      const PageSource& source, std::uint32_t mode);

    [[nodiscard]] Result<There> there(Path bucket, std::string_view key) override;
    [[nodiscard]] Result<std::string> last_key(Path bucket) override;
    Result<std::size_t> make(Path bucket) override;
    Result<void> put(Path bucket, std::string_view key, std::string_view value) override;
    Result<void> put_bucket(Path bucket, std::string_view key, std::uint64_t sequence) override;
    /// Commits; the file is then open for checking under path_to_check().
    Result<void> close() override;

    [[nodiscard]] std::string path_to_check() const { return file_.open_path(); }
    [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }
    /// Gives the file its owner, its permissions and its name. After close().
    Result<void> put_in_place();

    FileTarget(io::NewFile file, DB db) : file_(std::move(file)), db_(std::move(db)) {}

private:
    Result<std::size_t> enter(Path bucket, bool is_made);
    Result<void> make_room(std::uint64_t bytes);

    io::NewFile file_;
    DB db_;
    const io::File* like_ = nullptr; ///< whose owner and permissions it gets; null: none's
    std::optional<Tx> tx_;
    std::optional<Bucket> bucket_;
    std::vector<std::string> path_; ///< of bucket_
    std::uint64_t transaction_bytes_ = 0;
    std::uint64_t size_bytes_ = 0;
};

} // namespace rebolt::salvage
