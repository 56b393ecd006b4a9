#include "cli/write_command.hpp"

#include "cli/bucket_path.hpp"
#include "cli/cancel.hpp"
#include "cli/in_place_edit.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {

ExitCode write_command(const CommonOptions& options, const BucketNames& bucket,
                       const std::function<Result<void>(Bucket&)>& work, Document document,
                       bool may_make) {
    const auto transaction = judge_before_writing(options);
    if (!transaction)
        return report_edit(transaction.error());
    const auto db = open_for_writing(options, may_make, *transaction);
    if (!db)
        return report_edit(db.error());
    const auto changed = db->update([&](Tx& tx) -> Result<void> {
        Result<Bucket> found = find_bucket(tx, bucket.names, bucket.format);
        if (!found)
            return std::move(found).error();
        document["transaction"] = number(tx.id());
        Result<void> done = work(*found);
        if (done && cancelled())
            return Error(ErrorCode::cancelled, "cancelled; nothing was changed")
                .in_file(options.file);
        return done;
    });
    if (!changed)
        return report_bucket(changed.error());
    if (wants_json())
        print_document(std::move(document));
    return ExitCode::done;
}

} // namespace rebolt::cli
