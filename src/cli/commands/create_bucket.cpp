// rebolt create-bucket FILE BUCKET...
#include <memory>

#include <fmt/format.h>

#include "cli/bucket_path.hpp"
#include "cli/commands/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/write_command.hpp"

namespace rebolt::cli {
namespace {

struct CreateBucketCommand {
    CommonOptions common;
    std::vector<std::string> names;
    bool may_make = false;
    ParseFormat bucket_format = ParseFormat::ascii_encoded;
};

ExitCode run_create_bucket(CreateBucketCommand options) {
    if (options.names.empty())
        return report_usage("create-bucket: give the new bucket's name after the file and the "
                            "names of the buckets it goes into");
    const auto name = parsed(options.names.back(), options.bucket_format);
    if (!name)
        return report_bucket(name.error());
    options.names.pop_back();
    const auto create = [&](Bucket& bucket) -> Result<void> {
        auto made = bucket.create_bucket(*name);
        return made ? Result<void>{} : Result<void>(std::move(made).error());
    };
    Document json{{"shape", "rebolt.create-bucket/1"},
                  {"file", options.common.file},
                  {"bucket", array_of(options.names, printable)}};
    put_bytes(json, "key", *name, KeyFormat::automatic);
    return write_command(options.common, {options.names, options.bucket_format}, create,
                         std::move(json), options.may_make);
}

} // namespace

void set_up_create_bucket(Arguments arguments) {
    auto options = std::make_shared<CreateBucketCommand>();
    options->common.add_to_writer(arguments);
    options->common.add_from_older(arguments);
    arguments.positionals("BUCKET", options->names,
                          "Buckets that are there, and at last the new one");
    arguments.flag("--create-file", options->may_make, "Make the file if it is not there");
    add_bucket_format(arguments, options->bucket_format);
    arguments.footer("Example: rebolt create-bucket my.db fruit");
    arguments.exit_codes(writer_exit_codes);
    arguments.on_run([options] { return run_create_bucket(*options); });
}

} // namespace rebolt::cli
