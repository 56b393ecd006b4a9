// PageSource: a file cut into pages, for whoever trusts nothing. It opens any
// file, sound or not, finds the page size as bbolt does, and hands out raw
// pages or says why not. It judges no page.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <rebolt/format.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

namespace io {
class File;
}

/// How to open a file for looking at it.
struct ReadOptions {
    /// Off: read although a writer may be changing the file. What is read may
    /// then mix two states, and show damage that is not there.
    bool lock = true;
    /// How long to try to get the lock; nullopt: without end; 0: once.
    std::optional<std::chrono::milliseconds> timeout = std::chrono::milliseconds{0};
    /// Bytes a page, when the metas are not to be believed; 0: find it.
    std::uint32_t page_size_bytes = 0;
    /// Where the database begins, when it lies inside another file (a disk
    /// image), and how long it is; 0: to the end. All offsets that are reported
    /// then count from where it begins.
    std::uint64_t offset_bytes = 0;
    std::uint64_t length_bytes = 0;
};

/// Bytes that are to stand at an offset.
struct Patch {
    std::uint64_t offset;
    Bytes bytes;
};

/// Where the page size was learnt.
enum class PageSizeOrigin : std::uint8_t {
    meta0,   ///< from meta 0, as bbolt does first
    meta1,   ///< from a meta found by probing at 1024 << i, as bbolt does next
    guessed, ///< no valid meta: from page ids that stand where they should
    given,   ///< by the caller
    unknown, ///< none of these: the system's page size, 4096
};
/// `meta0`, `meta1`, `guessed`, `given`, `unknown`.
[[nodiscard]] std::string_view name_of(PageSizeOrigin origin) noexcept;

class PageSource {
public:
    /// Opens, locks (shared) and maps `path`. An empty file opens too, with no
    /// pages. Errors: file_not_found, permission_denied, io, lock_timeout
    /// (naming who may hold it), out_of_memory, invalid_argument.
    static Result<PageSource> open(const std::string& path, const ReadOptions& options = {});
    /// The same of a file that is open already, whatever its name leads to by now.
    static Result<PageSource> open(std::shared_ptr<const io::File> file,
                                   const ReadOptions& options = {});

    /// The same file as it would be with these bytes in it and a size of
    /// `file_bytes`: to look at a change before it is made. Nothing is written.
    /// Patches lie within that size. Holds the file, and its lock, as this
    /// object does. Memory: the pages that are patched. Errors: io,
    /// out_of_memory, invalid_argument.
    [[nodiscard]] Result<PageSource> with_patches(std::span<const Patch> patches,
                                                  std::uint64_t file_bytes) const;

    PageSource(PageSource&&) noexcept;
    PageSource& operator=(PageSource&&) noexcept;
    PageSource(const PageSource&) = delete;
    PageSource& operator=(const PageSource&) = delete;
    ~PageSource();

    [[nodiscard]] const std::string& path() const noexcept;
    [[nodiscard]] std::uint32_t page_size_bytes() const noexcept { return page_size_bytes_; }
    [[nodiscard]] PageSizeOrigin page_size_origin() const noexcept { return origin_; }
    /// The file's size. Of a file of more than 1 GiB, without the hole at its end:
    /// current_file_bytes() is then larger.
    [[nodiscard]] std::uint64_t file_bytes() const noexcept { return file_.size(); }
    /// Whole pages in the file.
    [[nodiscard]] std::uint64_t page_count() const noexcept {
        return file_.size() / page_size_bytes_;
    }
    /// Who holds a lock on the file that shuts out others, as far as the
    /// system tells; empty: nobody. For telling the user, when not locking.
    [[nodiscard]] std::string lock_holders() const;

    /// All of the file's bytes as they are mapped. Reading what the disk
    /// cannot deliver gives zeros; ask readable() after.
    [[nodiscard]] Bytes file() const noexcept { return file_; }
    /// False if any of these bytes could not be read when they were read.
    [[nodiscard]] bool readable(std::uint64_t offset, std::uint64_t length) const noexcept;
    /// Reads one byte of each system page of the range, then asks readable():
    /// what the disk cannot deliver shows now. Cost: O(length / 4096).
    [[nodiscard]] bool probe(std::uint64_t offset, std::uint64_t length) const noexcept;
    /// Moves whenever bytes could not be read. Cost: an atomic load.
    [[nodiscard]] std::uint64_t fault_count() const noexcept;
    /// The file's size now: smaller than file_bytes() if it was truncated
    /// since; of a patched one, what its size would be. Errors: io.
    [[nodiscard]] Result<std::uint64_t> current_file_bytes() const;

    /// A page with its overflow pages as far as its own header asks for and
    /// the file goes. Valid as long as this object is. Whether overflow pages
    /// can be read, readable() says after they were. Errors: damaged with
    /// page_out_of_range or page_unreadable. Cost: O(1).
    [[nodiscard]] Result<format::PageView> page(PageId id) const;

    /// The open file itself: of its descriptor owner and permissions are taken.
    [[nodiscard]] const io::File& opened_file() const noexcept;
    /// Pages that the system should read ahead, best effort.
    void will_read_all() const noexcept;

private:
    struct Open;
    PageSource();
    void find_page_size();

    std::unique_ptr<Open> open_;
    Bytes file_;
    std::uint64_t offset_bytes_ = 0; ///< of file_ in the mapped file
    std::uint32_t page_size_bytes_ = 4096;
    PageSizeOrigin origin_ = PageSizeOrigin::unknown;
};

} // namespace rebolt
