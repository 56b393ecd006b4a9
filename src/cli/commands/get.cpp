// rebolt get FILE BUCKET... KEY
#include <memory>

#include <fmt/format.h>

#include "cli/bucket_path.hpp"
#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/key_options.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/printable.hpp"
#include "cli/readable.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

struct GetCommand {
    CommonOptions common;
    KeyOptions key;
    KeyFormat format = KeyFormat::automatic;
    bool raw = false;
};

/// The command line up to the last bucket: `keys local-kv.db libnetwork`.
std::string keys_command(const GetCommand& options) {
    std::string command = "rebolt keys " + shell_quoted(options.common.file);
    for (const std::string& bucket : options.key.buckets())
        command += " " + shell_word(bucket);
    return command;
}

ExitCode report_missing(const Bucket& bucket, const std::string& key, const GetCommand& options) {
    const auto nested = bucket.bucket(key);
    if (!nested && nested.error().code() == ErrorCode::damaged)
        return report(nested.error());
    return report(
        Error(nested ? ErrorCode::incompatible_value : ErrorCode::key_not_found,
              fmt::format("{} `{}`", nested ? "this is a bucket, not a key:" : "there is no key",
                          printable(key)))
            .in_file(options.common.file),
        {"To see the keys",
         keys_command(options) + (nested ? " " + shell_word(options.key.path.back()) : "")});
}

struct Found {
    const std::vector<std::string>& bucket;
    std::string_view key;
    std::string_view value;
    std::optional<ReadableValue> words;
};

void print_value(const Found& found, const GetCommand& options) {
    if (!wants_json()) {
        if (found.words)
            print(found.words->text);
        else if (options.format == KeyFormat::automatic && is_text(found.value))
            print(found.value);
        else
            print_bytes(found.value, options.format);
        print("\n");
        return;
    }
    Document json{{"shape", "rebolt.get/1"}, {"file", options.common.file}};
    json["bucket"] = array_of(found.bucket, printable);
    put_bytes(json, "key", found.key, KeyFormat::automatic);
    if (!found.words || !found.words->has_secret)
        put_bytes(json, "value", found.value, options.format);
    if (found.words)
        json["readable"] = found.words->text;
    print_document(json);
}

ExitCode get(const Tx& tx, Words words, const GetCommand& options) {
    if (const auto key = parsed(options.key.path.back(), options.key.format); !key)
        return report_bucket(key.error());
    const auto names = options.key.buckets();
    const auto bucket = find_bucket(tx, {names.begin(), names.end()}, options.key.bucket_format);
    if (!bucket)
        return report_bucket(bucket.error());
    const std::vector<std::string> path = bucket->path();
    const auto key = options.key.key(words, path);
    const auto value = bucket->get(*key);
    if (!value)
        return report(value.error());
    if (!value->has_value())
        return report_missing(*bucket, *key, options);
    print_value({path, *key, **value, words.value(path, *key, **value)}, options);
    words.tell_secrets(options.common.quiet);
    return ExitCode::done;
}

ExitCode run_get(const GetCommand& options) {
    if (!options.key.is_given()) {
        const std::string file = shell_quoted(options.common.file);
        return report_usage(
            "get: give a bucket and a key after the file",
            options.key.path.empty()
                ? NextStep{"To see the buckets", "rebolt buckets " + file}
                : NextStep{"To see the keys", fmt::format("rebolt keys {} {}", file,
                                                          shell_word(options.key.path.front()))});
    }
    return show_database(options.common, Judge::metas, [&](const DB& /*db*/, const Tx& tx) {
        return get(tx, Words::of(options.common, options.format, options.raw), options);
    });
}

} // namespace

void set_up_get(Arguments arguments) {
    auto options = std::make_shared<GetCommand>();
    options->common.add_to(arguments);
    options->common.state.add_to(arguments);
    add_format_option(arguments, "--format", options->format, "How to print the value");
    options->key.add_to(arguments);
    add_raw(arguments, options->raw);
    arguments.footer(
        "Where it is known whose the file is (docs/owners.md) the value is shown in words, without "
        "secrets; --raw or a --format shows its bytes.\nExample: rebolt get "
        "/var/lib/consul/raft/raft.db logs 1000\nExample: rebolt get --format bytes "
        "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db v1 version");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_get(*options); });
}

} // namespace rebolt::cli
