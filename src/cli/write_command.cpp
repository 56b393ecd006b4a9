#include "cli/write_command.hpp"

#include "cli/bucket_path.hpp"
#include "cli/cancel.hpp"
#include "cli/in_place_edit.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {

ExitCode write_command(const CommonOptions& options, const std::vector<std::string>& names,
                       ParseFormat format, const std::function<Result<void>(Bucket&)>& work,
                       bool may_make) {
    const auto transaction = judge_before_writing(options);
    if (!transaction)
        return report_edit(transaction.error());
    const auto db = open_for_writing(options, may_make, *transaction);
    if (!db)
        return report_edit(db.error());
    const auto changed = db->update([&](Tx& tx) -> Result<void> {
        Result<Bucket> bucket = names.empty() ? tx.root() : find_bucket(tx, names, format);
        if (!bucket)
            return std::move(bucket).error();
        Result<void> done = work(*bucket);
        if (done && cancelled())
            return Error(ErrorCode::cancelled, "cancelled; nothing was changed")
                .in_file(options.file);
        return done;
    });
    return changed ? ExitCode::done : report_bucket(changed.error());
}

} // namespace rebolt::cli
