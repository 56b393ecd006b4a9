// rebolt stats FILE [PREFIX]
#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <rebolt/compact.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/damage_log.hpp"
#include "cli/json_output.hpp"
#include "cli/key_format.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

struct StatsCommand {
    CommonOptions common;
    std::string prefix;
};

/// bbolt counts in single precision.
int percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0
               ? 0
               : static_cast<int>(static_cast<float>(part) * 100.0F / static_cast<float>(whole));
}

void print_text(const BucketStats& s, std::uint64_t buckets) {
    print(fmt::format("Aggregate statistics for {} buckets\n\n"
                      "Page count statistics\n"
                      "\tNumber of logical branch pages: {}\n"
                      "\tNumber of physical branch overflow pages: {}\n"
                      "\tNumber of logical leaf pages: {}\n"
                      "\tNumber of physical leaf overflow pages: {}\n",
                      buckets, s.branch_page_count, s.branch_overflow_count, s.leaf_page_count,
                      s.leaf_overflow_count));
    print(fmt::format("Tree statistics\n"
                      "\tNumber of keys/value pairs: {}\n"
                      "\tNumber of levels in B+tree: {}\n",
                      s.key_count, s.depth));
    print(fmt::format("Page size utilization\n"
                      "\tBytes allocated for physical branch pages: {}\n"
                      "\tBytes actually used for branch data: {} ({}%)\n"
                      "\tBytes allocated for physical leaf pages: {}\n"
                      "\tBytes actually used for leaf data: {} ({}%)\n",
                      s.branch_alloc_bytes, s.branch_inuse_bytes,
                      percent(s.branch_inuse_bytes, s.branch_alloc_bytes), s.leaf_alloc_bytes,
                      s.leaf_inuse_bytes, percent(s.leaf_inuse_bytes, s.leaf_alloc_bytes)));
    print(fmt::format("Bucket statistics\n"
                      "\tTotal number of buckets: {}\n"
                      "\tTotal number on inlined buckets: {} ({}%)\n"
                      "\tBytes used for inlined buckets: {} ({}%)\n",
                      s.bucket_count, s.inline_bucket_count,
                      percent(s.inline_bucket_count, s.bucket_count), s.inline_bucket_inuse_bytes,
                      percent(s.inline_bucket_inuse_bytes, s.leaf_inuse_bytes)));
}

/// What the file takes up, and what it would when compacted.
struct Room {
    std::uint64_t file_bytes;
    std::uint64_t free_bytes;
    std::uint64_t compacted_bytes;
};

void print_room(const Room& room) {
    print(fmt::format("File statistics\n"
                      "\tBytes of the file: {}\n"
                      "\tBytes of free pages: {} ({}%)\n"
                      "\tBytes after rebolt compact, about: {} ({}% less)\n",
                      room.file_bytes, room.free_bytes, percent(room.free_bytes, room.file_bytes),
                      room.compacted_bytes,
                      percent(room.file_bytes - room.compacted_bytes, room.file_bytes)));
}

/// Adds up what can be read; what cannot is left out and told.
class Sum {
public:
    Sum(const DB& db, const Tx& tx, const StatsCommand& options)
        : db_(db), tx_(tx), options_(options), log_(options.common.file) {}

    ExitCode run() {
        Cursor cursor = tx_.cursor();
        for (auto entry = cursor.first(); !cancelled(); entry = cursor.next()) {
            if (!entry) {
                fail({}, entry.error());
                break;
            }
            if (!entry->has_value() || shares_pages())
                break;
            if ((*entry)->is_bucket && (*entry)->key.starts_with(options_.prefix))
                add((*entry)->key);
        }
        if (!cancelled())
            print_all();
        return log_.finish();
    }

private:
    void add(std::string_view name) {
        const auto bucket = tx_.bucket(name);
        if (!bucket)
            return fail(name, bucket.error());
        const auto stats = bucket->stats();
        if (!stats)
            return fail(name, stats.error());
        total_.add(*stats);
        ++count_;
    }

    void fail(std::string_view name, const Error& error) {
        log_.add(error);
        Document json = Document::object();
        if (!name.empty())
            put_bytes(json, "bucket", name, KeyFormat::automatic);
        json["error"] = error_document(error);
        left_out_.push_back(std::move(json));
    }

    /// Each bucket's walk is bounded by the database's size, their sum is not.
    bool shares_pages() {
        const std::uint64_t pages = total_.branch_page_count + total_.branch_overflow_count +
                                    total_.leaf_page_count + total_.leaf_overflow_count;
        if (pages <= tx_.meta().high_water_mark)
            return false;
        const FindingCode code = FindingCode::page_shared;
        fail({}, Error(Finding{.code = code,
                               .severity = text_of(code).severity,
                               .place = {},
                               .message = "the buckets' pages add up to more than the database "
                                          "has: they share pages",
                               .transaction = std::nullopt})
                     .in_file(options_.common.file));
        return true;
    }

    /// bbolt counts them as keys of the buckets that they are in.
    [[nodiscard]] std::uint64_t nested_buckets() const { return total_.bucket_count - count_; }

    // Of the whole file, if all of it was counted.
    [[nodiscard]] std::optional<Room> room() const {
        const auto database = db_.stats();
        if (!options_.prefix.empty() || !left_out_.is_empty() || !database)
            return std::nullopt;
        const std::uint64_t compacted = compacted_bytes(total_, database->page_size_bytes);
        return Room{.file_bytes = database->file_bytes,
                    .free_bytes = database->free_alloc_bytes,
                    .compacted_bytes = std::min(compacted, database->file_bytes)};
    }

    void print_all() const {
        const auto whole = room();
        if (!wants_json()) {
            print_text(total_, count_);
            if (whole)
                print_room(*whole);
            if (!left_out_.is_empty() && !options_.common.quiet)
                print_note("note: these numbers leave out what could not be read");
            return;
        }
        Document json{{"shape", "rebolt.stats/1"},
                      {"file", options_.common.file},
                      {"buckets", count_},
                      {"branch_pages", total_.branch_page_count},
                      {"branch_overflow_pages", total_.branch_overflow_count},
                      {"leaf_pages", total_.leaf_page_count},
                      {"leaf_overflow_pages", total_.leaf_overflow_count},
                      {"keys", total_.key_count - nested_buckets()},
                      {"depth", total_.depth},
                      {"branch_alloc_bytes", total_.branch_alloc_bytes},
                      {"branch_inuse_bytes", total_.branch_inuse_bytes},
                      {"leaf_alloc_bytes", total_.leaf_alloc_bytes},
                      {"leaf_inuse_bytes", total_.leaf_inuse_bytes},
                      {"all_buckets", total_.bucket_count},
                      {"inline_buckets", total_.inline_bucket_count},
                      {"inline_bucket_inuse_bytes", total_.inline_bucket_inuse_bytes}};
        if (whole)
            json.merge({{"file_bytes", whole->file_bytes},
                        {"free_bytes", whole->free_bytes},
                        {"compacted_bytes", whole->compacted_bytes}});
        json["left_out"] = left_out_;
        print_document(json);
    }

    const DB& db_;
    const Tx& tx_;
    const StatsCommand& options_;
    BucketStats total_;
    std::uint64_t count_ = 0;
    Document left_out_ = Document::array();
    DamageLog log_;
};

ExitCode run_stats(const StatsCommand& options) {
    return show_database(options.common, Judge::all,
                         [&](const DB& db, const Tx& tx) { return Sum(db, tx, options).run(); });
}

} // namespace

void set_up_stats(Arguments arguments) {
    auto options = std::make_shared<StatsCommand>();
    options->common.add_to(arguments);
    options->common.state.add_to(arguments);
    arguments.positional("PREFIX", options->prefix, "Only top-level buckets that begin with this");
    arguments.footer(
        "As in bbolt, a nested bucket counts as a pair of the bucket that it is in; with "
        "--json `keys` are keys alone. Says last what `rebolt compact` would gain.\n"
        "Example: rebolt stats /var/lib/docker/network/files/local-kv.db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_stats(*options); });
}

} // namespace rebolt::cli
