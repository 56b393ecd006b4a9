// The options that all commands share.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"
#include "cli/state_choice.hpp"

#include <rebolt/db.hpp>
#include <rebolt/live_copy.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt::cli {

// For Arguments::exit_codes(), of a command that …
/// shows a file
constexpr const char* reader_exit_codes =
    "0 done, 4 the file is damaged, so that not all may be shown, 8 failed";
/// writes to a file
constexpr const char* writer_exit_codes = "0 done, 4 the file is damaged, 8 failed";
/// makes a new file of one
constexpr const char* new_file_exit_codes =
    "0 done, 4 the file is damaged and no new one was made, 8 failed";
/// changes a file in place, or a copy of it, once that is confirmed
constexpr const char* edit_exit_codes = "0 done, 4 the file is too damaged for it, 8 failed";

struct CommonOptions {
    std::string file;
    bool quiet = false;
    bool verbose = false;
    bool live = false; ///< read beside a writer, without its lock
    bool from_older = false;
    bool takes_from_older = false; ///< the command has --from-older
    StateChoice state;
    double timeout_seconds = 1; ///< for the lock
    std::string color = "auto";

    /// Adds FILE, --live, --timeout, --color, -q and -v.
    void add_to(Arguments arguments);
    /// The same for a command that writes: no --live.
    void add_to_writer(Arguments arguments);
    /// All of add_to() but FILE, for a command that takes several.
    void add_for_any_file(Arguments arguments);
    /// --live.
    void add_for_reading(Arguments arguments);
    /// --from-older, for a command that writes or makes a new file.
    void add_from_older(Arguments arguments);
    /// Applies --color.
    void apply() const;
    [[nodiscard]] std::chrono::milliseconds timeout() const;

    /// With --live: what all of the command reads, taken when it is first needed.
    mutable std::optional<LiveCopy> live_copy = {};
};

/// Adds --no-values: off, the rules of known programs are not asked.
void add_no_values(Arguments arguments, bool& no_values);

/// Opens the file for its pages, as the options say; with --live says once how it is
/// read.
[[nodiscard]] Result<PageSource> open_pages(const CommonOptions& options);
/// The same for a command that shows what they hold: see Judge. Of the state that the
/// user named, if any.
[[nodiscard]] Result<PageSource> open_shown_pages(const CommonOptions& options);

/// What a command that shows a file judges first. What is not the whole newest
/// state is told with tell_incomplete().
enum class Judge : unsigned char {
    metas, ///< which state is the newest: what one key or bucket needs
    all,   ///< every page of it: what needs all keys
    whole, ///< the same, and a state without all its keys is an error, not shown
};
/// The state to build on: nullopt is the newest; the one before, where that is whole,
/// the newest is not, and --from-older was given. Errors: damaged if there is none. A
/// file that cannot be opened is not judged: opening it says why.
[[nodiscard]] Result<std::optional<TxId>> judge_before_writing(const CommonOptions& options);
/// Opens the file as a database to be shown, as the options say; `transaction`: see
/// judge_before_writing(). Without it, the state that the user named, if any.
[[nodiscard]] Result<DB> open_database(const CommonOptions& options, Judge judge = Judge::metas,
                                       std::optional<TxId> transaction = std::nullopt);
/// The same, and hands the state to `show`; what kept it from that is reported.
[[nodiscard]] ExitCode show_database(const CommonOptions& options, Judge judge,
                                     const std::function<ExitCode(const DB&, const Tx&)>& show);
/// The same for writing. A file that is not there is made only if `may_make`; tells
/// what was found at opening and how it ends.
[[nodiscard]] Result<DB> open_for_writing(const CommonOptions& options, bool may_make = false,
                                          std::optional<TxId> transaction = std::nullopt);
/// Whether a new file made of `input` may be put at `path`. Errors:
/// invalid_argument: there is a file already and `force` is off; it is `input`, or
/// no regular file, whatever `force` says.
[[nodiscard]] Result<void> may_write_to(const std::string& path, const std::string& input,
                                        bool force);

} // namespace rebolt::cli
