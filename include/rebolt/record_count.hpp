// What a recovery brings back, in the words of the program that the file belongs
// to: `9 of 9 networks, 11 of 11 endpoints`.
//
// A RecordCount is told of each item of a recovery that is under way: add() is
// called in RecoverOptions::on_item, sums() with the report when all is done.
// rehearse_recovery() does that for a recovery that is not carried out.
//
// Records of Docker and etcd are keys, those of containerd are buckets. Where the
// owner is not known, or has no names for its records, there is one kind: keys.
// See record_kind() in rebolt/schema.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <rebolt/recover.hpp>

namespace rebolt {

/// How many records of one kind come back.
struct RecordSum {
    std::string kind;            ///< in the plural: `networks`; `keys` where no kind is known
    std::uint64_t recovered = 0; ///< of these `older` too
    std::uint64_t older = 0;     ///< an older version, or one whose age is not known
    std::uint64_t lost = 0;      ///< estimated
    bool is_loss_known = true;   ///< off: of any kind more may be lost

    [[nodiscard]] std::uint64_t total() const noexcept { return recovered + lost; }
};

/// Counts the items of a recovery by kind. What is in lost+found does not count as
/// recovered: no program looks there.
class RecordCount {
public:
    explicit RecordCount(Owner owner) : owner_(owner) {}

    /// Cost: O(key).
    void add(const RecoveredItem& item);
    /// With the losses that `report` lists, by the kind of the range; of a range that
    /// may hold several kinds they are a kind of their own: `other records`.
    [[nodiscard]] std::vector<RecordSum> sums(const RecoverReport& report) const;

private:
    Owner owner_;
    std::map<std::string, RecordSum, std::less<>> sums_;
};

struct RehearsalOptions {
    /// Of what is mapped of the file: a larger one is not rehearsed.
    std::uint64_t bytes_max = std::uint64_t{1} << 30;
    /// Return false to cancel.
    std::function<bool(const RecoverProgress&)> progress;
};

/// What a recovery would bring back.
struct Rehearsal {
    RecoverReport recovery;
    std::vector<RecordSum> records;
};

/// A recovery that is not carried out; nullopt: the file is larger than `bytes_max`.
/// Errors: as Recovery; damaged if nothing would come back; cancelled if `progress`
/// returns false. Cost: a dry run, linear in the file.
[[nodiscard]] Result<std::optional<Rehearsal>>
rehearse_recovery(const PageSource& source, const RehearsalOptions& options = {});

/// `9 of 9 networks, 11 of 11 endpoints`; empty if there are none.
[[nodiscard]] std::string to_text(std::span<const RecordSum> sums);

} // namespace rebolt
