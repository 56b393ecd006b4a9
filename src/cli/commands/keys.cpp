// rebolt keys FILE BUCKET...
#include <memory>

#include <fmt/format.h>

#include "cli/bucket_path.hpp"
#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/damage_log.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/readable.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

struct KeysCommand {
    CommonOptions common;
    std::vector<std::string> buckets;
    KeyFormat format = KeyFormat::automatic;
    bool raw = false;
    ParseFormat bucket_format = ParseFormat::ascii_encoded;
};

void print_entry(DocumentList& list, const Entry& entry, const std::optional<ReadableValue>& words,
                 const KeysCommand& options) {
    if (!wants_json()) {
        if (words)
            print(words->text);
        else
            print_bytes(entry.key, options.format);
        print("\n");
        return;
    }
    Document json = Document::object();
    if (!words || !words->has_secret)
        put_bytes(json, "key", entry.key, options.format);
    if (words)
        json["readable"] = words->text;
    json["is_bucket"] = entry.is_bucket;
    if (!entry.is_bucket)
        json["value_bytes"] = entry.value.size();
    list.add(json);
}

ExitCode print_keys(const Bucket& bucket, Words words, const KeysCommand& options) {
    const std::vector<std::string> path = bucket.path();
    std::uint64_t keys = 0;
    std::uint64_t buckets = 0;
    DocumentList list({{"shape", "rebolt.keys/1"},
                       {"file", options.common.file},
                       {"bucket", array_of(path, printable)}},
                      "keys");
    Cursor cursor = bucket.cursor();
    for (auto entry = cursor.first(); !output_failed(); entry = cursor.next()) {
        if (cancelled())
            return report_cancelled();
        if (!entry)
            return report(entry.error());
        if (!entry->has_value())
            break;
        ++((*entry)->is_bucket ? buckets : keys);
        print_entry(list, **entry,
                    (*entry)->is_bucket ? std::nullopt : words.key(path, (*entry)->key), options);
    }
    list.put("key_count", keys);
    list.put("bucket_count", buckets);
    words.tell_secrets(options.common.quiet);
    return ExitCode::done;
}

ExitCode run_keys(const KeysCommand& options) {
    if (options.buckets.empty())
        return report_usage(
            "keys: of which bucket? Give its name after the file",
            {"To see the buckets", "rebolt buckets " + shell_quoted(options.common.file)});
    return show_database(options.common, Judge::all, [&](const DB& /*db*/, const Tx& tx) {
        const auto bucket = find_bucket(tx, options.buckets, options.bucket_format);
        if (!bucket)
            return report_bucket(bucket.error());
        return print_keys(*bucket, Words::of(options.common, options.format, options.raw), options);
    });
}

} // namespace

void set_up_keys(Arguments arguments) {
    auto options = std::make_shared<KeysCommand>();
    options->common.add_to(arguments);
    options->common.state.add_to(arguments);
    arguments.positionals("BUCKET", options->buckets, "A bucket, then buckets inside it");
    add_format_option(arguments, "-f,--format", options->format, "How to print the keys");
    add_bucket_format(arguments, options->bucket_format);
    add_raw(arguments, options->raw);
    arguments.footer("Keys that are numbers are shown as such, and secrets left out, where it is "
                     "known whose the file is; --raw shows their bytes.\n"
                     "Nested buckets are listed among the keys.\n"
                     "Example: rebolt keys /var/lib/docker/network/files/local-kv.db libnetwork");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_keys(*options); });
}

} // namespace rebolt::cli
