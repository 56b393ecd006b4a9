#include "salvage/compacted_copy.hpp"

#include <rebolt/compact.hpp>

#include "base/try.hpp"

namespace rebolt::salvage {

Result<std::uint64_t> make_compacted_copy(const io::File& from, const CheckReport& checked,
                                          const std::string& path,
                                          const std::function<bool()>& may_go_on) {
    {
        const DB db = TRY(DB::open(from.descriptor_path(), {.read_only = true}));
        CompactOptions options;
        options.progress = [&](const CompactProgress&) { return may_go_on(); };
        TRY(compact_file(db, path, options));
    }
    const PageSource source = TRY(PageSource::open(path));
    CheckOptions check_options;
    check_options.progress = [&](const CheckProgress&) { return may_go_on(); };
    const CheckReport copy = TRY(check(source, check_options));
    if (copy.verdict != Verdict::clean || copy.trees.empty() || checked.trees.empty() ||
        copy.trees.front().key_count != checked.trees.front().key_count ||
        copy.trees.front().bucket_count != checked.trees.front().bucket_count)
        return Error(ErrorCode::damaged, "the compacted copy is not what it was made from")
            .in_file(path);
    return copy.file_bytes;
}

} // namespace rebolt::salvage
