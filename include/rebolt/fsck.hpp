// fsck: what in an owner's file does not fit together, though every page of it is
// sound and every value of its form: an index without its record, a record without
// its index. What the owner's program says of it, and how to mend it. Docker's
// network state has more of the kind: rebolt/docker/fsck.hpp.
//
//   auto source = rebolt::PageSource::open("bolt_state.db");
//   if (!source)
//       return std::move(source).error();
//   auto report = rebolt::fsck(*source);
//   if (!report)
//       return std::move(report).error();
//   auto plan = rebolt::plan_fsck(*source, *report); // see rebolt/edit_plan.hpp
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/edit_plan.hpp>
#include <rebolt/owner_rules.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// What is written into a bucket, or removed from it.
struct BucketChange {
    std::vector<std::string> bucket; ///< from the top-level bucket down
    std::string key;                 ///< empty: the bucket's sequence is set
    std::optional<std::string> value;
    std::uint64_t sequence = 0;
    std::string what; ///< `add the container to all-ctrs`
};

struct IndexFinding {
    std::string_view code; ///< kebab-case, stable: `index-without-record`
    bool is_damage = true; ///< false: worth knowing, and nothing fails
    std::vector<std::string> bucket;
    std::string key;
    std::string message;              ///< what does not fit
    std::string consequence;          ///< what the program does or says
    std::vector<BucketChange> repair; ///< empty: nothing mends it by itself
};

struct IndexReport {
    Owner owner = Owner::unknown;
    std::uint64_t records = 0; ///< values that were compared
    std::vector<IndexFinding> findings;
    std::vector<BucketChange> changes; ///< all that a repair writes, each once
    std::uint64_t damage_count = 0;
    std::uint64_t left_count = 0; ///< damage that a repair does not mend
};

/// Compares what the file says twice: Podman's registries, InfluxDB's indexes,
/// Portainer's numbers, raft's log, Bleve's files (beside it). Errors:
/// invalid_argument (whose file it is, is not known, or that owner keeps nothing
/// twice); damaged (by its pages: recover it first); io.
/// Cost: all of the file's content in memory.
[[nodiscard]] Result<IndexReport> fsck(const PageSource& source);

/// The repair as an edit of the file. Errors: invalid_argument (nothing to mend),
/// io, damaged.
[[nodiscard]] Result<EditPlan> plan_fsck(const PageSource& source, const IndexReport& report);

} // namespace rebolt
