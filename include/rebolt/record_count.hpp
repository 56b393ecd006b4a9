// What a recovery brings back, in the words of the program that the file belongs
// to: `9 of 9 networks, 11 of 11 endpoints`.
//
//   rebolt::RecordCount count(rebolt::owner_of(*source, rebolt::known_owner_rules()));
//   options.on_item = [&](const rebolt::RecoveredItem& item) {
//       count.add(item);
//       return rebolt::Result<void>{};
//   };
//   …
//   const std::string text = rebolt::to_text(count.sums(recovery->report()));
#pragma once

#include <cstdint>
#include <functional>
#include <map>
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

/// The same of a recovery that is not carried out. Errors: as Recovery; cancelled if
/// `progress` returns false. Cost: a dry run, linear in the file.
[[nodiscard]] Result<std::vector<RecordSum>>
count_records(const PageSource& source,
              const std::function<bool(const RecoverProgress&)>& progress = nullptr);

/// `9 of 9 networks, 11 of 11 endpoints`; empty if there are none.
[[nodiscard]] std::string to_text(std::span<const RecordSum> sums);

} // namespace rebolt
