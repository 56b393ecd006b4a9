#include "cli/bucket_path.hpp"

#include <fmt/format.h>

#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"
#include "cli/suggestion.hpp"

namespace rebolt::cli {
namespace {

// The bucket in `parent` that may have been meant; a large bucket is not read to its end.
std::string nearest_bucket(const Bucket& parent, const std::string& name) {
    constexpr std::size_t looked_at_max = 10'000;
    std::vector<std::string> names;
    Cursor cursor = parent.cursor();
    std::size_t seen = 0;
    for (auto entry = cursor.first(); entry && *entry && seen < looked_at_max;
         entry = cursor.next(), ++seen)
        if ((*entry)->is_bucket)
            names.emplace_back((*entry)->key);
    return nearest_to(name, names);
}

Error no_bucket(const Bucket& parent, const std::string& name, const std::string& file) {
    const std::string nearest = nearest_bucket(parent, name);
    std::string path;
    std::string words;
    for (const std::string& one : parent.path()) {
        path += (path.empty() ? "" : " / ") + printable(one);
        words += " " + shell_word(one);
    }
    std::string text = fmt::format("there is no bucket `{}`", printable(name));
    if (!path.empty())
        text += fmt::format(" in the bucket `{}`", path);
    if (!nearest.empty())
        text += fmt::format("; did you mean `{}`?", printable(nearest));
    if (path.empty())
        return Error(ErrorCode::bucket_not_found, std::move(text)).in_file(file);
    return Error(ErrorCode::key_not_found, fmt::format("{}\nTo see what is in it: rebolt keys {}{}",
                                                       text, shell_quoted(file), words))
        .in_file(file);
}

} // namespace

Result<Bucket> find_bucket(const Tx& tx, const std::vector<std::string>& names,
                           ParseFormat format) {
    Bucket bucket = tx.root();
    for (const std::string& text : names) {
        Result<std::string> name = parsed(text, format);
        if (!name)
            return std::move(name).error();
        Result<Bucket> inside = bucket.bucket(*name);
        if (!inside && inside.error().code() == ErrorCode::bucket_not_found)
            return no_bucket(bucket, *name, inside.error().file());
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
