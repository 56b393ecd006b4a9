// What to type next.
#pragma once

#include <vector>

#include <rebolt/evidence.hpp>

namespace rebolt::diagnose {

/// The steps from a damaged file to a running service. `units`: to stop before.
/// An etcd member's file is never put in place incomplete: the member would
/// differ from its peers, and nothing would say so.
[[nodiscard]] std::vector<Step>
recovery_steps(const FileEvidence& file, const std::vector<std::string>& units, bool may_loop);

/// Whether the steps of recovery_steps() are one block that ends in a clean file.
[[nodiscard]] bool is_recovered_in_place(const FileEvidence& file) noexcept;

/// The steps that a log alone gives reason for.
[[nodiscard]] std::vector<Step> steps_after_log(const Diagnosis& diagnosis,
                                                const std::vector<FileEvidence>& examined);

/// Whether recovery would give a file that an etcd member must not be started
/// with: something is lost or older than the rest.
[[nodiscard]] bool is_incomplete_member(const FileEvidence& file) noexcept;

} // namespace rebolt::diagnose
