#include <rebolt/recover.hpp>

#include <filesystem>
#include <utility>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "salvage/recover/pipeline.hpp"

namespace rebolt {

Recovery::Recovery(std::unique_ptr<Work> work) noexcept : work_(std::move(work)) {}
Recovery::Recovery(Recovery&&) noexcept = default;
Recovery& Recovery::operator=(Recovery&&) noexcept = default;
Recovery::~Recovery() = default;

Result<Recovery> Recovery::begin(const PageSource& source, const std::string& path,
                                 RecoverOptions options) {
    return with_memory([&]() -> Result<Recovery> {
        std::error_code ignored;
        if (!options.dry_run && std::filesystem::equivalent(source.path(), path, ignored))
            return Error(ErrorCode::invalid_argument,
                         "the new file cannot be the damaged one itself: name another")
                .in_file(path);
        auto work = std::make_unique<Work>(source, std::move(options));
        TRY(work->open(path));
        return Recovery(std::move(work));
    });
}

Result<bool> Recovery::step() {
    return with_memory([&] { return work_->step(); });
}

Result<void> Recovery::run(const std::function<bool(const RecoverProgress&)>& progress) {
    while (TRY(step()))
        if (progress && !progress(this->progress()))
            return Error(ErrorCode::cancelled, "cancelled: no new file was made")
                .in_file(work_->report().path);
    return {};
}

RecoverProgress Recovery::progress() const noexcept {
    return work_->progress();
}

const RecoverReport& Recovery::report() const noexcept {
    return work_->report();
}

} // namespace rebolt
