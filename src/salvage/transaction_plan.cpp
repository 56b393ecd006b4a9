#include "salvage/transaction_plan.hpp"

#include <algorithm>

#include "base/try.hpp"
#include "io/file.hpp"
#include "io/file_writer.hpp"
#include "io/scratch_file.hpp"
#include "salvage/page_edit.hpp"

namespace rebolt::salvage {
namespace {

Result<void> write_all(const PageSource& source, const std::string& path) {
    io::FileWriter writer(TRY(io::File::open_for_writing(path, 0)));
    TRY(writer.write_at(0, source.file()));
    if (!source.readable(0, source.file_bytes()))
        return Error(ErrorCode::io, "the file could not be copied").in_file(source.path());
    return {};
}

// The pages that differ; of the two metas the one that was written comes last.
EditPlan differences(const PageSource& before, const PageSource& after) {
    const std::uint64_t page = before.page_size_bytes();
    PageEdit edit(before);
    std::uint64_t last_meta = 0;
    for (std::uint64_t at = 0; at < after.page_count(); ++at) {
        const Bytes bytes = after.file().subspan(at * page, page);
        const bool is_there = at < before.page_count();
        if (is_there && std::ranges::equal(bytes, before.file().subspan(at * page, page)))
            continue;
        edit.put(PageId{at}, bytes);
        if (at == 1)
            last_meta = 1;
    }
    return edit.plan(PageId{last_meta});
}

} // namespace

Result<EditPlan> plan_transaction(const PageSource& source,
                                  const std::function<Result<void>(Tx&)>& change) {
    const auto scratch = TRY(io::ScratchFile::create());
    TRY(write_all(source, scratch.open_path()));
    {
        OpenOptions unsynced;
        unsynced.no_sync = true;
        const DB db = TRY(DB::open(scratch.open_path(), unsynced));
        TRY(db.update(change));
    }
    const PageSource changed = TRY(PageSource::open(scratch.open_path()));
    return differences(source, changed);
}

} // namespace rebolt::salvage
