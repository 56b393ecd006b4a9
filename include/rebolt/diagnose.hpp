// diagnose: from a service's log, or from its process, to cause, proof and the
// next commands.
//
// A log is read line by line, whatever its logger puts before the text: Go's
// fatal errors, panics and goroutine dumps become `Trace`s; a trace or a line
// with a known `Signature` becomes a `Symptom`; symptoms of one sort become one
// `Diagnosis`, with what their numbers prove. A log names symptoms, the file
// proves them: see rebolt/evidence.hpp.
//
// May include base, format, io, check, salvage and schema. Any bytes: time is
// linear in the log, memory at most 8 MiB. Messages that other programs print
// too count only with a frame of bbolt, or beside a bolt file. See
// docs/signatures.md; start reading in log_reader.cpp, signature.cpp, cause.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rebolt/result.hpp>

namespace rebolt::diagnose {

/// What a log says that is known. docs/signatures.md has a chapter on each.
enum class Signature : std::uint8_t {
    cursor_out_of_memory,  ///< a cursor's stack grew until no memory was left
    tree_stack_overflow,   ///< a walk over pages recursed without end
    key_out_of_range,      ///< an index or slice out of range while reading a page
    page_type_invalid,     ///< `invalid page type: 26: 10`
    freelist_page_invalid, ///< `invalid freelist page: 22, page type is leaf`
    pages_unreachable,     ///< `freepages: failed to get all reachable pages (…)`
    page_freed_twice,      ///< `page 2 already freed`, `cannot free page 0 or 1`
    fault_address,         ///< `unexpected fault address` under a frame of bbolt
    page_id_mismatch,      ///< `Page expected to be: 5, but self identifies as 0`
    circular_write,        ///< `write: circular dependency occurred`
    page_above_high_water, ///< `pgid (…) above high water mark (…)`
    meta_invalid,          ///< `invalid database`, `checksum error`, `version mismatch` at opening
    bolt_panic,            ///< another panic in a frame of bbolt
    lock_timeout,          ///< opening ended with `timeout`, or waits for the lock
    file_missing,          ///< a database file that is not there
    killed_for_memory,     ///< the system ended the process for its memory
    freelist_damaged,      ///< the list of free pages is none: `pgids not sorted`
    page_damaged,          ///< a page contradicts itself: `misplaced bucket header`
    bucket_missing,        ///< a nil bucket where the program always has one
    record_invalid,        ///< a record that its own program cannot read
    data_inconsistent,     ///< etcd found its data to differ from its peers'
    file_too_small,        ///< `file size too small`: fewer than two pages
    file_too_large,        ///< `mmap too large`
    address_space_exhausted, ///< `cannot allocate memory` from mmap
    mmap_unsupported,        ///< the file system cannot map or lock: `invalid argument`
    file_still_mapped,       ///< Windows: `user-mapped section open`
    remap_failed,            ///< the file could not be mapped again in a commit
    value_too_large,         ///< more was to be written than bbolt can write at once
    disk_full,               ///< `no space left on device` on a bolt file
    io_error,                ///< `input/output error` on a bolt file
    read_only_file_system,   ///< a bolt file could not be opened for writing
    permission_denied,       ///< a bolt file could not be opened
    database_closed,         ///< `database not open`: the program closed it before
    start_hanging,           ///< a service that starts, and did not come up by the log's end
    database_given,          ///< what was given is no log but a bolt file
};
inline constexpr std::size_t signature_count =
    static_cast<std::size_t>(Signature::database_given) + 1;

/// `cursor-out-of-memory`, …: stable, kebab-case.
[[nodiscard]] std::string_view name_of(Signature signature) noexcept;

/// One call of a goroutine's stack.
struct Frame {
    std::string function; ///< as Go prints it: `go.etcd.io/bbolt.(*Cursor).first`
    struct Argument {
        std::uint64_t value;
        bool is_certain; ///< false where Go prints `?`: the value may be an old one
    };
    std::vector<Argument> arguments; ///< words in order, at most 16; none where Go omits them
    std::string file;                ///< source file, where the log has it
    std::uint32_t line = 0;
};

/// `Cursor.first`: package and pointer left out, as a person would write it.
[[nodiscard]] std::string short_name(const Frame& frame);
/// Whether it is a function of bbolt or its predecessor boltdb/bolt.
[[nodiscard]] bool is_of_bolt(const Frame& frame);

/// A fatal error, panic or dump, with the goroutine that it is about.
struct Trace {
    std::vector<std::string> messages; ///< `panic: …`, `fatal error: …`, `[signal …`; at most 8
    std::uint64_t goroutine = 0;
    std::string state;                ///< `running`
    std::vector<Frame> frames;        ///< innermost first
    std::uint64_t frames_dropped = 0; ///< of the middle, beyond 128

    /// `NewDaemon → Daemon.restore → … → Cursor.first`: outermost first, without
    /// the runtime and with repeated calls counted; at most 20 names.
    [[nodiscard]] std::string call_path() const;
};

/// Something of a known signature in a log.
struct Symptom {
    Signature signature;
    std::string program;    ///< whose code it is, where the log tells: `dockerd`
    std::string writer;     ///< who logged it, by the line's prefix: `k3s`; or empty
    std::string text;       ///< the line that shows it, without its prefix
    std::uint64_t line = 0; ///< of the log, from 1; of the last one like it
    std::uint64_t count = 1;
    std::string time; ///< as the log has it, of the last one
    Trace trace;      ///< without frames where the log has none
};

struct ScanReport {
    std::string source; ///< `the journal of docker.service`, a path
    std::uint64_t lines = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lines_cut = 0;     ///< longer than the limit: only their beginning was read
    std::uint64_t traces = 0;        ///< goroutine stacks with a panic or fatal error
    std::vector<Symptom> symptoms;   ///< by first appearance, at most 32 different ones
    std::uint64_t symptoms_left = 0; ///< counted beyond them
    std::vector<std::string> files;  ///< paths of databases that the log names, at most 16
    /// Folders of data that the log names, each with whose it is: `docker` for
    /// its data root, `data` for a `data-dir`. At most 16.
    std::vector<std::pair<std::string, std::string>> folders;
    std::vector<std::string> units; ///< that systemd says failed, without `.service`; at most 16
};

/// Where a line of a log comes from, where that is known apart from its text.
struct LineOrigin {
    std::string_view program; ///< `dockerd`
    std::string_view time;
};

/// Reads a log piece by piece. Cost: O(bytes) time, at most 8 MiB.
class LogScan {
public:
    static constexpr std::size_t line_bytes_max = 65536;

    explicit LogScan(std::string source);
    LogScan(LogScan&&) noexcept;
    LogScan& operator=(LogScan&&) noexcept;
    ~LogScan();

    /// Takes any bytes and cuts them into lines.
    void add(std::string_view bytes);
    /// Takes one whole line, without its end.
    void add_line(std::string_view line, const LineOrigin& origin = {});
    /// Ends the log. Called once, last.
    [[nodiscard]] ScanReport finish();

private:
    class Work;
    std::unique_ptr<Work> work_;
};

/// Called now and then with the bytes (of a journal: entries) read; false cancels.
using ScanProgress = std::function<bool(std::uint64_t done)>;

/// Reads the file at `path` to its end, `-` for stdin. Errors: file_not_found,
/// permission_denied, io, cancelled.
[[nodiscard]] Result<ScanReport> scan_file(const std::string& path,
                                           const ScanProgress& progress = {});

struct JournalOptions {
    std::string unit;                    ///< `docker` or `docker.service`
    std::string folder;                  ///< of journal files; empty: this machine's
    std::uint64_t entries_max = 200'000; ///< the newest so many
};
/// Reads a unit's journal. Errors: invalid_argument (no libsystemd on this
/// machine), file_not_found (no entries), permission_denied, io, cancelled.
[[nodiscard]] Result<ScanReport> scan_journal(const JournalOptions& options,
                                              const ScanProgress& progress = {});

/// How sure a diagnosis is.
enum class Certainty : std::uint8_t {
    hint,   ///< it fits, but so would other causes
    likely, ///< the log says it
    proven, ///< numbers in the log, or the file itself, leave no other cause
};
/// `hint`, `likely`, `proven`.
[[nodiscard]] std::string_view name_of(Certainty certainty) noexcept;

/// What is the matter, by all symptoms of one sort.
struct Diagnosis {
    Symptom symptom;
    Certainty certainty = Certainty::likely;
    std::string cause;                  ///< one sentence
    std::vector<std::string> proof;     ///< what shows it, a sentence each
    std::vector<std::uint64_t> pages;   ///< of the file, that the log names
    std::optional<std::uint64_t> depth; ///< pages that a cursor or walk had gone down
    std::vector<std::string> files;     ///< where the database may be, the likeliest first
    std::vector<std::string> units;     ///< of systemd, to stop before a file is touched
};

/// From symptoms to causes, the surest first. Looks at no file.
[[nodiscard]] std::vector<Diagnosis> judge(const ScanReport& report);

} // namespace rebolt::diagnose
