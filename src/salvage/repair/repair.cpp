#include <rebolt/repair.hpp>

#include <utility>

#include "base/try.hpp"
#include "salvage/repair/work.hpp"

namespace rebolt {

std::string_view name_of(RepairKind kind) noexcept {
    switch (kind) {
    case RepairKind::none:
        return "none";
    case RepairKind::mend_meta:
        return "mend-meta";
    case RepairKind::rebuild_freelist:
        return "rebuild-freelist";
    case RepairKind::mend_headers:
        return "mend-headers";
    case RepairKind::revert:
        return "revert";
    case RepairKind::reseal_meta:
        return "reseal-meta";
    case RepairKind::drop_holes:
        return "drop-holes";
    }
    return "unknown";
}

Repair::Repair(std::unique_ptr<Work> work) noexcept : work_(std::move(work)) {}
Repair::Repair(Repair&&) noexcept = default;
Repair& Repair::operator=(Repair&&) noexcept = default;
Repair::~Repair() = default;

Repair Repair::begin(const PageSource& source, RepairOptions options) {
    return Repair(std::make_unique<Work>(source, std::move(options)));
}

Result<bool> Repair::step() {
    return work_->step();
}

Result<void> Repair::run() {
    while (TRY(step())) {
    }
    return {};
}

RepairKind Repair::trying() const noexcept {
    return work_->trying();
}

const RepairReport& Repair::report() const noexcept {
    return work_->report();
}

} // namespace rebolt
