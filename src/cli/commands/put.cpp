// rebolt put FILE BUCKET... KEY VALUE
#include <fstream>
#include <iterator>
#include <memory>

#include <fmt/format.h>

#include "cli/bucket_path.hpp"
#include "cli/commands/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"
#include "cli/write_command.hpp"

namespace rebolt::cli {
namespace {

struct PutCommand {
    CommonOptions common;
    std::vector<std::string>
        positionals; ///< buckets, the key, and the value unless it is in a file
    std::string value_file;
    ParseFormat key_format = ParseFormat::ascii_encoded;
    ParseFormat bucket_format = ParseFormat::ascii_encoded;
};

Result<std::string> content_of(const std::string& path) {
    std::ifstream file(path == "-" ? "/dev/stdin" : path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file && !file.eof())
        return Error(ErrorCode::file_not_found, "cannot read the value").in_file(path);
    return content;
}

ExitCode run_put(PutCommand options) {
    const std::size_t needed = options.value_file.empty() ? 3 : 2;
    if (options.positionals.size() < needed)
        return report_usage(
            "put: give a bucket, a key and a value after the file",
            {"To see the buckets", "rebolt buckets " + shell_quoted(options.common.file)});
    std::string value = options.value_file.empty() ? options.positionals.back() : "";
    if (options.value_file.empty())
        options.positionals.pop_back();
    else if (auto content = content_of(options.value_file))
        value = std::move(*content);
    else
        return report(content.error());
    const auto key = parsed(options.positionals.back(), options.key_format);
    if (!key)
        return report_bucket(key.error());
    options.positionals.pop_back();
    Document json{{"shape", "rebolt.put/1"},
                  {"file", options.common.file},
                  {"bucket", array_of(options.positionals, printable)}};
    put_bytes(json, "key", *key, KeyFormat::automatic);
    json["value_bytes"] = value.size();
    return write_command(
        options.common, {options.positionals, options.bucket_format},
        [&](Bucket& bucket) { return bucket.put(*key, value); }, std::move(json));
}

} // namespace

void set_up_put(Arguments arguments) {
    auto options = std::make_shared<PutCommand>();
    options->common.add_to_writer(arguments);
    options->common.add_from_older(arguments);
    arguments.positionals("BUCKET_KEY_VALUE", options->positionals,
                          "A bucket, buckets inside it, the key, and the value");
    arguments
        .option("--value-file", options->value_file,
                "Take the value from this file; - for standard input")
        .value_name("FILE");
    add_parse_option(arguments, "--parse-format", options->key_format, "How the key is given");
    add_bucket_format(arguments, options->bucket_format);
    arguments.footer("Example: rebolt put my.db fruit apple red");
    arguments.exit_codes(writer_exit_codes);
    arguments.on_run([options] { return run_put(*options); });
}

} // namespace rebolt::cli
