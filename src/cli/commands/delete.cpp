// rebolt delete FILE BUCKET... KEY
#include <memory>

#include <fmt/format.h>

#include "cli/bucket_path.hpp"
#include "cli/commands/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"
#include "cli/write_command.hpp"

namespace rebolt::cli {
namespace {

struct DeleteCommand {
    CommonOptions common;
    std::vector<std::string> positionals; ///< buckets, then the key or the bucket to delete
    bool is_bucket = false;
    bool yes = false;
    ParseFormat key_format = ParseFormat::ascii_encoded;
    ParseFormat bucket_format = ParseFormat::ascii_encoded;
};

Result<void> erase(Bucket& bucket, const std::string& key, const std::string& file) {
    auto value = bucket.get(key);
    if (!value)
        return std::move(value).error();
    const auto fail = [&](std::string message) {
        return Error(ErrorCode::incompatible_value, std::move(message)).in_file(file);
    };
    if (!*value && bucket.bucket(key))
        return fail(
            fmt::format("`{}` is a bucket; to delete it with all in it: --bucket", printable(key)));
    if (!*value)
        return fail(fmt::format("there is no key `{}`; nothing was changed", printable(key)));
    return bucket.erase(key);
}

ExitCode run_delete(DeleteCommand options) {
    if (options.positionals.size() < (options.is_bucket ? 1 : 2))
        return report_usage(
            options.is_bucket ? "delete: give the bucket after the file"
                              : "delete: give a bucket and a key after the file",
            {"To see the buckets", "rebolt buckets " + shell_quoted(options.common.file)});
    const auto key = parsed(options.positionals.back(),
                            options.is_bucket ? options.bucket_format : options.key_format);
    if (!key)
        return report_bucket(key.error());
    options.positionals.pop_back();
    if (options.is_bucket) {
        const Answer answer = confirm(
            fmt::format("Delete the bucket `{}` with all in it?", printable(*key)), options.yes);
        if (answer != Answer::yes)
            return report_not_done(answer);
    }
    Document json{{"shape", "rebolt.delete/1"},
                  {"file", options.common.file},
                  {"bucket", array_of(options.positionals, printable)}};
    put_bytes(json, "key", *key, KeyFormat::automatic);
    json["is_bucket"] = options.is_bucket;
    return write_command(
        options.common, {options.positionals, options.bucket_format},
        [&](Bucket& bucket) {
            return options.is_bucket ? bucket.delete_bucket(*key)
                                     : erase(bucket, *key, options.common.file);
        },
        std::move(json));
}

} // namespace

void set_up_delete(Arguments arguments) {
    auto options = std::make_shared<DeleteCommand>();
    options->common.add_to_writer(arguments);
    options->common.add_from_older(arguments);
    arguments.positionals("BUCKET_KEY", options->positionals,
                          "A bucket, buckets inside it, and at last the key");
    arguments.flag("--bucket", options->is_bucket,
                   "The last word is a bucket: delete it with all in it");
    arguments.flag("-y,--yes", options->yes, "Delete a bucket without asking");
    add_parse_option(arguments, "--parse-format", options->key_format, "How the key is given");
    add_bucket_format(arguments, options->bucket_format);
    arguments.footer("Example: rebolt delete my.db fruit apple");
    arguments.exit_codes(writer_exit_codes);
    arguments.on_run([options] { return run_delete(*options); });
}

} // namespace rebolt::cli
