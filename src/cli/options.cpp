#include "cli/options.hpp"

#include <filesystem>

#include <fmt/format.h>

#include <rebolt/check.hpp>

#include "cli/cancel.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {

void CommonOptions::add_to(Arguments arguments) {
    add_to_writer(arguments);
    add_for_reading(arguments);
}

void CommonOptions::add_for_reading(Arguments arguments) {
    arguments
        .flag("--live,--no-lock", live,
              "Read beside a program that holds the file, without its lock: one whole "
              "transaction")
        .common();
}

void CommonOptions::add_to_writer(Arguments arguments) {
    arguments.positional("FILE", file, "The database file").required().check(database_path());
    add_for_any_file(arguments);
}

void CommonOptions::add_for_any_file(Arguments arguments) {
    arguments.option("--timeout", timeout_seconds, "How long to wait for the file's lock")
        .check(seconds_number())
        .show_default()
        .common();
    arguments.option("--color", color, "Whether to use colours")
        .check(one_of({"auto", "always", "never"}))
        .show_default()
        .common();
    const Option be_quiet =
        arguments.flag("-q,--quiet", quiet, "Print results only, no notes or progress").common();
    arguments.flag("-v,--verbose", verbose, "Print more details").excludes(be_quiet).common();
}

void CommonOptions::add_from_older(Arguments arguments) {
    takes_from_older = true;
    arguments.flag("--from-older", from_older,
                   "If the newest transaction is damaged and the one before is whole: leave the "
                   "newest out");
}

void add_no_values(Arguments arguments, bool& no_values) {
    arguments.flag("--no-values", no_values,
                   "Do not parse the values of programs that are known (Docker, etcd, containerd)");
}

void CommonOptions::apply() const {
    set_color_mode(color == "always"  ? ColorMode::always
                   : color == "never" ? ColorMode::never
                                      : ColorMode::automatic);
}

std::chrono::milliseconds CommonOptions::timeout() const {
    return to_milliseconds(timeout_seconds);
}

namespace {

std::string about(const LiveCopy& copy) {
    const std::string state = copy.transaction()
                                  ? fmt::format("transaction {}", number(*copy.transaction()))
                                  : std::string("the file as it is: no meta is valid");
    return copy.lock_holders().empty()
               ? fmt::format("note: read without the lock: {}", state)
               : fmt::format("note: the file is locked by {}; read beside it: {}",
                             copy.lock_holders(), state);
}

Result<void> take_live_copy(const CommonOptions& options) {
    if (options.live_copy)
        return {};
    LiveOptions live;
    live.timeout = std::max(live.timeout, options.timeout());
    live.progress = [](const LiveProgress&) { return !cancelled(); };
    auto copy = LiveCopy::take(options.file, live);
    if (!copy)
        return std::move(copy).error();
    options.live_copy = *std::move(copy);
    if (!options.quiet)
        print_note(about(*options.live_copy));
    return {};
}

} // namespace

Result<PageSource> open_pages(const CommonOptions& options) {
    options.apply();
    if (!options.live)
        return PageSource::open(options.file, {.timeout = options.timeout()});
    if (auto taken = take_live_copy(options); !taken)
        return std::move(taken).error();
    return options.live_copy->pages();
}

namespace {

// By the pages alone: a value that only its owner's rules complain of is shown.
Result<CheckReport> check_pages(const PageSource& source) {
    CheckOptions by_pages;
    by_pages.owners = {};
    return check(source, by_pages);
}

// Whatever its freelist is like: opening it for writing finds the free pages.
bool has_all_keys(const CheckReport& report) {
    constexpr auto unreachable = static_cast<std::size_t>(FindingCode::pages_unreachable);
    return !report.trees.empty() && report.trees.front().is_sound &&
           report.count_of[unreachable] == 0;
}

// Asked for by --from-older, so not told as damage.
void tell_older(const CommonOptions& options, TxId transaction) {
    if (!options.quiet)
        print_note(fmt::format("note: {}: the newer transaction is damaged and left out; this is "
                               "transaction {}",
                               printable(options.file), number(transaction)));
}

Result<TxId> named_transaction(const CommonOptions& options) {
    const auto source = open_pages(options);
    if (!source)
        return Error(source.error().code(), source.error().message()).in_file(options.file);
    auto meta = options.state.meta_of(*source);
    if (!meta)
        return std::move(meta).error();
    return TxId{(*meta)->txid};
}

Result<PageSource> open_pages_of_state(const CommonOptions& options) {
    Result<PageSource> source = open_pages(options);
    return source ? options.state.shown_in(*std::move(source)) : std::move(source);
}

// What cannot be opened is not judged: opening the database says why.
Result<void> judge_whole(const CommonOptions& options) {
    const auto source = open_pages_of_state(options);
    if (!source)
        return {};
    const auto checked = check_pages(*source);
    if (!checked || checked->verdict != Verdict::damaged || has_all_keys(*checked))
        return {};
    Finding worst = checked->findings.front();
    worst.message = sentence(*checked);
    return Error(std::move(worst)).in_file(options.file);
}

// An old page where the root's should be holds keys: what one bucket needs is gone.
void judge_root(const DB& db, const CommonOptions& options) {
    const auto tx = db.begin();
    if (!tx)
        return;
    Cursor cursor = tx->cursor();
    for (auto entry = cursor.first(); entry && *entry; entry = cursor.next())
        if (!(*entry)->is_bucket)
            return tell_incomplete(options.file, "a plain key is among the top-level buckets: the "
                                                 "root's page is another one, or an old one");
}

} // namespace

Result<PageSource> open_shown_pages(const CommonOptions& options) {
    Result<PageSource> source = open_pages_of_state(options);
    if (!source)
        return source;
    const auto checked = check_pages(*source);
    if (checked && checked->verdict == Verdict::damaged)
        tell_incomplete(source->path(), sentence(*checked));
    return source;
}

Result<std::optional<TxId>> judge_before_writing(const CommonOptions& options) {
    const auto source = open_pages(options);
    if (!source)
        return std::nullopt;
    const auto checked = check_pages(*source);
    if (!checked || checked->verdict != Verdict::damaged)
        return std::nullopt;
    if (has_all_keys(*checked)) // a newer meta may be torn
        return options.from_older ? std::optional(checked->trees.front().transaction)
                                  : std::nullopt;
    const TreeReport* older = checked->whole_tree();
    if (options.from_older && older != nullptr)
        return std::optional(older->transaction);
    Finding worst = checked->findings.front();
    if (worst.code == FindingCode::file_empty || worst.code == FindingCode::not_a_bolt_file) {
        worst.message += "; nothing was changed";
        return Error(std::move(worst)).in_file(options.file);
    }
    worst.message = fmt::format(
        "{}; nothing was written. `rebolt repair` makes the file whole, `rebolt recover` brings "
        "its "
        "data back into a new one{}",
        sentence(*checked),
        options.takes_from_older && older != nullptr
            ? fmt::format(", --from-older starts from transaction {}", number(older->transaction))
            : "");
    return Error(std::move(worst)).in_file(options.file);
}

Result<DB> open_database(const CommonOptions& options, Judge judge,
                         std::optional<TxId> transaction) {
    if (judge == Judge::all) {
        auto source = open_shown_pages(options);
        if (!source && source.error().code() == ErrorCode::lock_timeout)
            return std::move(source).error();
    } else if (judge == Judge::whole) {
        if (auto whole = judge_whole(options); !whole)
            return std::move(whole).error();
    } else if (options.live) {
        if (auto taken = take_live_copy(options); !taken)
            return std::move(taken).error();
    }
    options.apply();
    const bool is_asked_for = !transaction && options.state.is_made();
    if (is_asked_for) {
        auto named = named_transaction(options);
        if (!named)
            return std::move(named).error();
        transaction = *named;
    }
    auto db = DB::open(options.live_copy ? options.live_copy->open_path() : options.file,
                       {.read_only = true,
                        .timeout = options.timeout(),
                        .from_older = transaction.has_value(),
                        .transaction = transaction});
    if (is_asked_for)
        return db;
    if (db && transaction && !db->shows_newest())
        tell_older(options, *transaction);
    else if (db)
        for (const Finding& finding : db->findings_at_open())
            if (finding.severity == Severity::fatal || finding.severity == Severity::data)
                tell_incomplete(options.file, finding.message);
    if (db && judge == Judge::metas)
        judge_root(*db, options);
    return db;
}

Result<DB> open_for_writing(const CommonOptions& options, bool may_make,
                            std::optional<TxId> transaction) {
    options.apply();
    if (!may_make && !std::filesystem::exists(options.file))
        return Error(ErrorCode::file_not_found, "there is no such file").in_file(options.file);
    OpenOptions open;
    open.timeout = options.timeout();
    open.from_older = transaction.has_value();
    open.transaction = transaction;
    auto db = DB::open(options.file, open);
    if (db && transaction && !db->shows_newest())
        tell_older(options, *transaction);
    else if (db && !options.quiet)
        for (const Finding& finding : db->findings_at_open())
            print_note(fmt::format("note: {}: {}{}", text_of(finding.code).name, finding.message,
                                   finding.place.page && number(*finding.place.page) < 2
                                       ? ""
                                       : "; this commit writes a new one"));
    return db;
}

Result<void> may_write_to(const std::string& path, const std::string& input, bool force) {
    const auto refuse = [&path](const char* why) {
        return Error(ErrorCode::invalid_argument, why).in_file(path);
    };
    std::error_code failed;
    if (!std::filesystem::exists(std::filesystem::symlink_status(path, failed)))
        return {};
    if (std::filesystem::equivalent(path, input, failed))
        return refuse("this is the file that is read; give another name");
    if (!std::filesystem::is_regular_file(path, failed))
        return refuse("this is not a regular file; give the name of one, or of none yet");
    if (!force)
        return refuse("there is a file already; give another name, or --force to replace it");
    return {};
}

ExitCode show_database(const CommonOptions& options, Judge judge,
                       const std::function<ExitCode(const DB&, const Tx&)>& show) {
    const auto db = open_database(options, judge);
    if (!db)
        return report(db.error());
    const auto tx = db->begin();
    if (!tx)
        return report(tx.error());
    return show(*db, *tx);
}

} // namespace rebolt::cli
