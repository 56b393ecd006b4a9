// LiveCopy: one whole committed state of a file that another program may be
// writing to, read without its lock.
//
// bbolt never changes a page of the newest state. A commit writes to pages that were
// free in the state before it, then writes the meta that the state before did not
// use. What it frees it may use again from the commit after it on: a reader in another
// process holds no mark that would keep it. So, with T as the newest transaction:
//
//   * While the other meta page is unchanged, T is the newest: no page that T uses has
//     been written to since T was committed. What was read in that time is T's.
//   * When T + 1 is committed, what both T and T + 1 use is still the same. T + 1 lists
//     all that it has freed, at once free or not yet. So pages that were read as T's
//     and that T + 1 does not list as free are T + 1's too; what T listed as free and
//     T + 1 does not must be read.
//   * When T + 2 is committed before T + 1's list was read, a page may have been freed
//     and used again unseen: nothing that was read is certain, and reading begins again.
//     Two transactions are too far apart also to read T, which is the newest, or T + 1:
//     a commit may be writing over T's pages from the moment T + 1 is committed.
//
// Where no freelist is stored (etcd) only the first rule helps: the file must be read
// between two commits. Damage reported by a copy that followed commits is confirmed by
// a second copy (check_live).
//
// What this asks of the writer: to change pages by commits alone, in the order above. All
// releases of boltdb and bbolt do, with or without sync, and so does rebolt; a program
// that changes pages in place (surgery, dd) does not. The file system must show writes in
// the order in which they were made: local ones do.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <rebolt/check.hpp>
#include <rebolt/id.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

struct LiveProgress {
    std::uint64_t pages_done;  ///< falls when reading begins again
    std::uint64_t pages_total; ///< of the newest state
};

struct LiveOptions {
    /// How long to try.
    std::chrono::milliseconds timeout{10'000};
    /// Called now and then; return false to cancel.
    std::function<bool(const LiveProgress&)> progress = {};
};

class LiveCopy {
public:
    /// Reads the newest state that it can get hold of; takes no lock and writes
    /// nothing to the file. A file without a valid meta, or that is no bolt file, is
    /// copied as it is. Memory: the file's data up to 256 MiB, in memory; a larger
    /// one goes to an unnamed file in $TMPDIR (/var/tmp). Cost: one read of the file,
    /// and of what commits change meanwhile. Errors: lock_timeout (the writer commits
    /// faster than the file can be read), cancelled, file_not_found,
    /// permission_denied, io, out_of_memory.
    static Result<LiveCopy> take(const std::string& path, const LiveOptions& options = {});

    /// The pages, under the original's path. Free pages are as they happened to be.
    /// Errors: io, out_of_memory.
    [[nodiscard]] Result<PageSource> pages() const;
    /// For DB::open, read-only, as long as this object or a copy of it is there.
    [[nodiscard]] std::string open_path() const;
    /// nullopt: no meta is valid.
    [[nodiscard]] std::optional<TxId> transaction() const noexcept { return transaction_; }
    /// Commits that came meanwhile and were followed.
    [[nodiscard]] std::uint64_t commits_followed() const noexcept { return commits_followed_; }
    /// How often reading began again.
    [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_; }
    /// Who held a lock on the file, as far as the system tells.
    [[nodiscard]] const std::string& lock_holders() const noexcept { return lock_holders_; }

private:
    LiveCopy() = default;

    std::shared_ptr<const io::File> file_; ///< of the copy
    std::optional<TxId> transaction_;
    std::uint64_t commits_followed_ = 0;
    std::uint64_t restarts_ = 0;
    std::string lock_holders_;
};

/// Checks the newest state of a file that may be written to meanwhile. Damage that a
/// copy shows which followed commits is reported only if a second copy shows damage
/// too. Errors: those of LiveCopy::take and check.
[[nodiscard]] Result<CheckReport> check_live(const std::string& path,
                                             const CheckOptions& check_options = {},
                                             const LiveOptions& live_options = {});

} // namespace rebolt
