#include "salvage/recover/verify.hpp"

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::salvage {

Result<void> Verify::check_file(const FileTarget& file) const {
    const PageSource source = TRY(PageSource::open(file.path_to_check()));
    CheckOptions check_options;
    check_options.owners = {};
    check_options.progress = [this](const CheckProgress&) { return !context_.pulse.must_stop(); };
    const CheckReport report = TRY(check(source, check_options));
    if (report.verdict != Verdict::clean || report.trees.empty() ||
        report.trees.front().key_count != entries_.key_count())
        return Error(ErrorCode::damaged,
                     fmt::format("the new file is not as it should be ({}): it was not put in "
                                 "place; this is a defect of rebolt",
                                 sentence(report)))
            .in_file(file.path_to_check());
    return {};
}

Result<bool> Verify::step() {
    TRY(entries_.close());
    FileTarget* file = entries_.file();
    if (file == nullptr)
        return false;
    TRY(check_file(*file));
    TRY(file->put_in_place());
    return false;
}

} // namespace rebolt::salvage
