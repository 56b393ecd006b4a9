#include "cli/bucket_path.hpp"

#include "cli/output.hpp"

namespace rebolt::cli {

Result<Bucket> find_bucket(const Tx& tx, const std::vector<std::string>& names,
                           ParseFormat format) {
    Bucket bucket = tx.root();
    for (const std::string& text : names) {
        Result<std::string> name = parsed(text, format);
        if (!name)
            return std::move(name).error();
        Result<Bucket> inside = bucket.bucket(*name);
        if (!inside)
            return inside;
        bucket = *inside;
    }
    return bucket;
}

ExitCode report_bucket(const Error& error) {
    const ExitCode code = report(error);
    return error.code() == ErrorCode::invalid_argument ? ExitCode::usage : code;
}

void add_bucket_format(Arguments arguments, ParseFormat& format) {
    add_parse_option(arguments, "--parse-bucket-format", format, "How bucket names are given");
}

} // namespace rebolt::cli
