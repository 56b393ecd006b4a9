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

void add_words(CLI::App& app, const std::string& name, std::vector<std::string>& words,
               const std::string& help) {
    // A list of any length CLI11 would fill with a and b when it meets the word
    // `[a,b]`; one that still waits for words, and allows for fewer, it does not.
    app.add_option(name, words, help)
        ->type_name("")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll) // first: it changes expected
        ->expected(CLI::detail::expected_max_vector_size - 1, CLI::detail::expected_max_vector_size)
        ->allow_extra_args(false);
}

void add_bucket_format(CLI::App& app, ParseFormat& format) {
    add_parse_option(app, "--parse-bucket-format", format, "How bucket names are given");
}

} // namespace rebolt::cli
