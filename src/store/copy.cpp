#include <rebolt/store_copy.hpp>

#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "store/call_gate.hpp"

namespace rebolt::store {
namespace {

constexpr std::uint64_t keys_between_reports = 256;

class Copying {
public:
    Copying(Store& from, Store& to, const CopyOptions& options)
        : from_(from), to_(to), options_(options) {}

    Result<CopyReport> run() {
        TRY(count());
        TRY(look());
        TRY(from_.for_each(options_.prefix, [this](const PairView& pair) { return take(pair); }));
        TRY(write());
        if (options_.verify)
            TRY(verify());
        return report_;
    }

private:
    Result<void> tell(CopyStage stage, std::uint64_t keys) const {
        if (options_.progress && !options_.progress({stage, keys, total_}))
            return cancelled_error();
        return {};
    }

    // For the progress alone, which must know how much there is.
    Result<void> count() {
        if (!options_.progress)
            return {};
        return from_.for_each(options_.prefix, [&](const PairView&) -> Result<void> {
            return ++total_ % keys_between_reports == 0 ? tell(CopyStage::looking, total_)
                                                        : Result<void>();
        });
    }

    // What the target has, in short: enough to leave out what is there.
    Result<void> look() {
        std::uint64_t seen = 0;
        return to_.for_each(options_.prefix, [&](const PairView& pair) -> Result<void> {
            there_.emplace(pair.key, std::hash<std::string_view>()(pair.value));
            return ++seen % keys_between_reports == 0 ? tell(CopyStage::looking, seen)
                                                      : Result<void>();
        });
    }

    Result<void> take(const PairView& pair) {
        ++report_.keys;
        const auto at = there_.find(std::string(pair.key));
        if (at != there_.end() && at->second == std::hash<std::string_view>()(pair.value)) {
            ++report_.same_already;
            return {};
        }
        const std::size_t bytes = pair.key.size() + pair.value.size();
        if (!batch_.empty() && batch_bytes_ + bytes > options_.batch_bytes)
            TRY(write());
        batch_bytes_ += bytes;
        batch_.push_back(KeyValue::copy_of(pair));
        return batch_.size() >= options_.batch_keys ? write() : Result<void>();
    }

    Result<void> write() {
        if (!batch_.empty()) {
            TRY(to_.put_all(batch_));
            report_.copied += batch_.size();
            report_.bytes += batch_bytes_;
            ++report_.batches;
            batch_.clear();
            batch_bytes_ = 0;
        }
        return tell(CopyStage::copying, report_.copied + report_.same_already);
    }

    Result<void> verify() {
        DiffOptions diff_options{.prefix = options_.prefix};
        diff_options.progress = [&](std::uint64_t keys) {
            return tell(CopyStage::verifying, keys).has_value();
        };
        report_.verified = TRY(diff(from_, to_, diff_options));
        report_.was_verified = true;
        return {};
    }

    Store& from_;
    Store& to_;
    const CopyOptions& options_;
    CopyReport report_;
    std::uint64_t total_ = 0;
    std::unordered_map<std::string, std::size_t> there_;
    std::vector<KeyValue> batch_;
    std::size_t batch_bytes_ = 0;
};

} // namespace

std::string_view name_of(CopyStage stage) noexcept {
    switch (stage) {
    case CopyStage::looking:
        return "looking";
    case CopyStage::copying:
        return "copying";
    case CopyStage::verifying:
        return "verifying";
    }
    return "unknown";
}

Result<CopyReport> copy(Store& from, Store& to, const CopyOptions& options) {
    return Copying(from, to, options).run();
}

} // namespace rebolt::store
