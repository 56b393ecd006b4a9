// rebolt create-bucket FILE BUCKET...
#include <memory>

#include <fmt/format.h>

#include "cli/bucket_path.hpp"
#include "cli/change.hpp"
#include "cli/commands/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

struct Options {
    CommonOptions common;
    std::vector<std::string> names;
    bool may_make = false;
    ParseFormat bucket_format = ParseFormat::ascii_encoded;
};

ExitCode run_create_bucket(Options options) {
    if (options.names.empty()) {
        print_error("create-bucket: give the new bucket's name after the file, behind the names of "
                    "the buckets it goes into");
        return ExitCode::usage;
    }
    const auto name = parsed(options.names.back(), options.bucket_format);
    if (!name)
        return report_bucket(name.error());
    options.names.pop_back();
    const auto create = [&](Bucket& bucket) -> Result<void> {
        auto made = bucket.create_bucket(*name);
        return made ? Result<void>{} : Result<void>(std::move(made).error());
    };
    return change(options.common, options.names, options.bucket_format, create, options.may_make);
}

} // namespace

void set_up_create_bucket(CLI::App& app, ExitCode& code) {
    auto options = std::make_shared<Options>();
    options->common.add_to_writer(app);
    add_words(app, "BUCKET", options->names, "Buckets that are there, and at last the new one");
    app.add_flag("--create-file", options->may_make, "Make the file if it is not there");
    add_bucket_format(app, options->bucket_format);
    app.footer("Example: rebolt create-bucket my.db fruit");
    app.callback([options, &code] { code = run_create_bucket(*options); });
}

} // namespace rebolt::cli
