// rebolt inspect FILE
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <rebolt/db.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/damage_log.hpp"
#include "cli/json_output.hpp"
#include "cli/key_format.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/printable.hpp"

namespace rebolt::cli {
namespace {

constexpr std::size_t indent_width = 4;

Document damage_json(const Error& error) {
    return error.finding() == nullptr ? error_document(error) : finding_document(*error.finding());
}

// Prints the tree of buckets as it walks it, so memory is a cursor for each
// level. `keyN` stands before the buckets: each bucket is walked twice.
//
// Buckets that share pages could make the walk exponential in the file's size:
// more entries than the file has room for end it.
class BucketTree {
public:
    BucketTree(const Tx& tx, const std::string& file)
        : file_(file), log_(file), work_max_(most_work(file)) {
        open("root", tx.root());
    }

    ExitCode print_all() {
        while (!levels_.empty() && !cancelled() && !output_failed())
            step();
        return log_.finish();
    }

private:
    struct Level {
        Bucket bucket;
        Cursor cursor;
        std::uint64_t buckets_left;
        std::optional<Document> damage; ///< why not all of it is shown
        bool started = false;
    };

    static std::uint64_t most_work(const std::string& file) {
        std::error_code failed;
        const std::uintmax_t bytes = std::filesystem::file_size(file, failed);
        return failed ? 0 : bytes / format::element_bytes + 1;
    }

    [[nodiscard]] std::string indent(std::size_t more = 0) const {
        std::string spaces;
        spaces.resize(indent_width * (2 * levels_.size() + more), ' ');
        return spaces;
    }

    /// Opens a bucket's object, up to its buckets.
    void open(std::string_view name, const Bucket& bucket) {
        Level level{bucket, bucket.cursor(), 0, {}};
        const std::uint64_t keys = count(level);
        print_head(name, keys);
        if (level.buckets_left != 0)
            print(",\n" + indent(1) + "\"buckets\": [");
        levels_.push_back(std::move(level));
    }

    void print_head(std::string_view name, std::uint64_t keys) const {
        const auto quoted = [](std::string_view text) { return Document(text).line(); };
        print(fmt::format("{}{{\n{}\"name\": {},\n", indent(), indent(1), quoted(name)));
        if (!is_utf8(name))
            print(fmt::format("{}\"nameHex\": {},\n", indent(1),
                              quoted(formatted(name, KeyFormat::hex))));
        print(fmt::format("{}\"keyN\": {}", indent(1), keys));
    }

    /// Counts keys (returned) and buckets (in `level`); damage ends the count.
    std::uint64_t count(Level& level) {
        std::uint64_t keys = 0;
        for (auto entry = level.cursor.first();; entry = level.cursor.next()) {
            if (!entry) {
                fail(level, entry.error());
                break;
            }
            if (!entry->has_value())
                break;
            ++((*entry)->is_bucket ? level.buckets_left : keys);
            if (++work_ + level.cursor.pages_entered() > work_max_) {
                fail(level, more_than_fits());
                break;
            }
        }
        work_ += level.cursor.pages_entered();
        return keys;
    }

    void fail(Level& level, const Error& error) {
        log_.add(error);
        level.damage = damage_json(error);
    }

    [[nodiscard]] Error damage(FindingCode code, std::string message) const {
        Finding finding{.code = code,
                        .severity = text_of(code).severity,
                        .place = {},
                        .message = std::move(message),
                        .transaction = std::nullopt};
        if (!levels_.empty())
            finding.place.bucket = levels_.back().bucket.path();
        return Error(std::move(finding)).in_file(file_);
    }
    [[nodiscard]] Error more_than_fits() const {
        return damage(FindingCode::page_shared,
                      "more entries were met than the file has room for: buckets share pages");
    }
    [[nodiscard]] Error not_found_by_key(std::string_view name) const {
        return damage(FindingCode::key_outside_parent_range,
                      fmt::format("bucket `{}` is there, but a lookup of its name leads elsewhere",
                                  printable(name)));
    }

    /// Goes on to the next bucket in the innermost one, or closes that.
    void step() {
        Level& level = levels_.back();
        if (level.buckets_left == 0)
            return close();
        const bool first = !std::exchange(level.started, true);
        auto entry = first ? level.cursor.first() : level.cursor.next();
        while (entry && entry->has_value() && !(*entry)->is_bucket)
            entry = level.cursor.next();
        if (!entry || !entry->has_value()) { // told when it was counted
            level.buckets_left = 0;
            return;
        }
        --level.buckets_left;
        print(first ? "\n" : ",\n");
        auto inside = level.bucket.bucket((*entry)->key);
        if (inside)
            return open((*entry)->key, *inside);
        const Error error = inside.error().code() == ErrorCode::bucket_not_found
                                ? not_found_by_key((*entry)->key)
                                : std::move(inside).error();
        print_head((*entry)->key, 0);
        log_.add(error);
        print_end(damage_json(error));
    }

    void close() {
        const Level level = std::move(levels_.back());
        levels_.pop_back();
        if (level.started)
            print("\n" + indent(1) + "]");
        print_end(level.damage);
    }

    void print_end(const std::optional<Document>& damage) const {
        if (damage)
            print(fmt::format(",\n{}\"damage\": {}", indent(1), damage->line()));
        print("\n" + indent() + "}");
        if (levels_.empty())
            print("\n");
    }

    std::string file_;
    std::vector<Level> levels_;
    DamageLog log_;
    std::uint64_t work_ = 0;
    std::uint64_t work_max_;
};

ExitCode run_inspect(const CommonOptions& options) {
    return show_database(options, Judge::all, [&](const DB& /*db*/, const Tx& tx) {
        const OpenDocument document({{"shape", "rebolt.inspect/1"}, {"file", options.file}},
                                    "root");
        return BucketTree(tx, options.file).print_all();
    });
}

} // namespace

void set_up_inspect(Arguments arguments) {
    auto options = std::make_shared<CommonOptions>();
    options->add_to(arguments);
    options->state.add_to(arguments);
    arguments.footer("Prints JSON always, as bbolt does: name, keyN (keys that are no buckets), "
                     "buckets; and damage, where it kept something from being shown. With --json "
                     "that is the member `root` of a document with a shape, as for all commands.\n"
                     "Example: rebolt inspect /var/lib/docker/network/files/local-kv.db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_inspect(*options); });
}

} // namespace rebolt::cli
