// rebolt history FILE BUCKET... KEY
#include <memory>

#include <fmt/format.h>

#include <rebolt/key_history.hpp>
#include <rebolt/sha256.hpp>

#include "cli/bucket_path.hpp"
#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/content_line.hpp"
#include "cli/json_output.hpp"
#include "cli/key_options.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/readable.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

struct HistoryCommand {
    CommonOptions common;
    KeyOptions key;
    KeyFormat format = KeyFormat::automatic;
    bool raw = false;
};

/// The key that was asked for, as bytes.
struct WantedKey {
    std::vector<std::string> bucket;
    std::string key;
};

Result<WantedKey> wanted_key(const HistoryCommand& options, const Words& words) {
    WantedKey wanted;
    for (const std::string& text : options.key.buckets()) {
        auto name = parsed(text, options.key.bucket_format);
        if (!name)
            return std::move(name).error();
        wanted.bucket.push_back(*std::move(name));
    }
    auto key = options.key.key(words, wanted.bucket);
    if (!key)
        return std::move(key).error();
    wanted.key = *std::move(key);
    return wanted;
}

std::string transactions_text(const KeyVersion& version) {
    if (!version.not_after)
        return "transaction unknown";
    if (version.not_before == version.not_after)
        return fmt::format("transaction {}", number(*version.not_after));
    if (version.not_before)
        return fmt::format("transactions {} to {}", number(*version.not_before),
                           number(*version.not_after));
    return fmt::format("transaction {} or before", number(*version.not_after));
}

/// Prints versions one after the other, each with what changed since the one that was
/// shown before it.
class HistoryPrinter {
public:
    HistoryPrinter(const HistoryCommand& options, const WantedKey& wanted, Words words)
        : options_(options), wanted_(wanted), words_(std::move(words)),
          list_({{"shape", "rebolt.history/1"}, {"file", options.common.file}}, "versions") {}

    void print_version(const KeyVersion& version, const KeyVersion* newer) {
        const bool has_words = !version.is_bucket && words_.are_known();
        const auto words =
            has_words ? words_.value(wanted_.bucket, wanted_.key, version.value) : std::nullopt;
        if (wants_json())
            list_.add(document_of(version, newer, words));
        else
            print_text(version, newer, words);
    }

    void finish() const { words_.tell_secrets(options_.common.quiet); }

private:
    void print_text(const KeyVersion& version, const KeyVersion* newer,
                    const std::optional<ReadableValue>& words) const {
        print(fmt::format("{:<8}  {}, page {}, offset {}, {} bytes{}{}\n",
                          name_of(version.standing), transactions_text(version),
                          number(version.page), version.offset_bytes, version.value.size(),
                          version.is_sound ? "" : ", the page is damaged", bucket_text(version)));
        if (newer != nullptr && newer->value == version.value) {
            print("          the same value\n");
            return;
        }
        print("          ");
        if (words)
            print(words->text);
        else
            print_bytes(version.value, options_.format);
        print("\n");
        if (newer == nullptr || (words && words->has_secret))
            return;
        const ValueChange change = change_between(version.value, newer->value);
        print(fmt::format("          later, at byte {}: {} -> {}\n", change.offset,
                          formatted(change.removed, options_.format),
                          formatted(change.added, options_.format)));
    }

    static std::string bucket_text(const KeyVersion& version) {
        if (version.standing != VersionStanding::old)
            return {};
        if (version.neighbours == 0)
            return ", alone on its page: its bucket is not known";
        return fmt::format(", {} of the page's {} other keys are in the bucket",
                           version.neighbours_in_bucket, version.neighbours);
    }

    Document document_of(const KeyVersion& version, const KeyVersion* newer,
                         const std::optional<ReadableValue>& words) const {
        const auto transaction = [](const std::optional<TxId>& id) {
            return id ? Document(number(*id)) : Document(nullptr);
        };
        Document json{{"standing", name_of(version.standing)},
                      {"page", number(version.page)},
                      {"offset", version.offset_bytes},
                      {"not_before", transaction(version.not_before)},
                      {"not_after", transaction(version.not_after)},
                      {"is_bucket", version.is_bucket},
                      {"page_is_sound", version.is_sound},
                      {"value_bytes", version.value.size()},
                      {"sha256", sha256_hex(version.value)}};
        if (version.standing == VersionStanding::old) {
            json["neighbours"] = version.neighbours;
            json["neighbours_in_bucket"] = version.neighbours_in_bucket;
        }
        if (!words || !words->has_secret)
            put_bytes(json, "value", version.value, options_.format);
        if (words)
            json["readable"] = words->text;
        if (newer != nullptr && (!words || !words->has_secret)) {
            const ValueChange change = change_between(version.value, newer->value);
            Document later{{"offset", change.offset}};
            put_bytes(later, "removed", change.removed, options_.format);
            put_bytes(later, "added", change.added, options_.format);
            json["later"] = std::move(later);
        }
        return json;
    }

    const HistoryCommand& options_;
    const WantedKey& wanted_;
    Words words_;
    DocumentList list_;
};

ExitCode report_nothing(const HistoryCommand& options, const WantedKey& wanted) {
    return report(
        Error(ErrorCode::key_not_found,
              fmt::format("no page of the file holds the key `{}`", printable(wanted.key)))
            .in_file(options.common.file),
        {"To see the keys", fmt::format("rebolt keys {} {}", shell_quoted(options.common.file),
                                        shell_quoted(options.key.path.front()))});
}

ExitCode show_history(const PageSource& source, const HistoryCommand& options) {
    Words words = Words::of(source, options.format, options.raw);
    const auto wanted = wanted_key(options, words);
    if (!wanted)
        return report_bucket(wanted.error());
    Progress progress(ProgressUnit::pages, !options.common.quiet);
    const auto history = key_history(source, wanted->bucket, wanted->key,
                                     [&](std::uint64_t done, std::uint64_t total) {
                                         progress.update(done, total);
                                         return !cancelled();
                                     });
    if (!history)
        return report(history.error());
    if (history->versions.empty())
        return report_nothing(options, *wanted);
    HistoryPrinter printer(options, *wanted, std::move(words));
    const KeyVersion* newer = nullptr;
    for (const KeyVersion& version : history->versions) {
        printer.print_version(version, newer);
        newer = &version;
    }
    printer.finish();
    return ExitCode::done;
}

ExitCode run_history(const HistoryCommand& options) {
    if (!options.key.is_given()) {
        return report_usage(
            "history: give a bucket and a key after the file",
            {"To see the buckets", "rebolt buckets " + shell_quoted(options.common.file)});
    }
    const auto source = open_pages(options.common);
    if (!source)
        return report(source.error());
    return show_history(*source, options);
}

} // namespace

void set_up_history(Arguments arguments) {
    auto options = std::make_shared<HistoryCommand>();
    options->common.add_to(arguments);
    add_format_option(arguments, "--format", options->format, "How to print the values");
    options->key.add_to(arguments);
    add_raw(arguments, options->raw);
    arguments.footer(
        "Looks at every page of the file, also of a damaged one. `newest`: what a reader gets; "
        "`previous`: only\nthe transaction before has it; `old`: nothing leads to the page any "
        "more. A page does not say which\ntransaction wrote it, nor which bucket it is of: what "
        "the trees and the other keys prove is told.\n"
        "Example: rebolt history my.db fruit apple\n"
        "Example: rebolt history --json my.db config settings theme");
    arguments.exit_codes("0 done, 8 failed (no page has the key)");
    arguments.on_run([options] { return run_history(*options); });
}

} // namespace rebolt::cli
