// What a recovery brought back, for a person and for a machine.
#pragma once

#include <string>

#include <rebolt/carve.hpp>
#include <rebolt/recover.hpp>
#include <rebolt/recover_in_place.hpp>

#include "cli/json_output.hpp"
#include "cli/records.hpp"

namespace rebolt::cli {

struct RecoverView {
    const RecoverReport& report;
    const std::string& output;
    bool is_dry_run = false;
    /// To do the same in place; empty where that cannot be done.
    std::string in_place_command{};
    bool is_incomplete_member = false; ///< of an etcd cluster: not to be put in place
    RecordSums records{};
    std::string set_aside{}; ///< done in place: where the damaged file is
};

/// One line: `56 of 56 keys came back: 56 current`.
[[nodiscard]] std::string recover_sentence(const RecoverView& view);
[[nodiscard]] std::string recover_text(const RecoverView& view);
/// What to do with an etcd member of which not all came back.
[[nodiscard]] std::string member_text();
/// As docs/recovery.md describes.
[[nodiscard]] Document recover_document(const RecoverView& view);
[[nodiscard]] Document in_place_document(const InPlaceReport& report, const std::string& file);

/// The databases found inside another file, each with the command to type.
[[nodiscard]] std::string found_text(const std::vector<FoundDatabase>& found,
                                     const std::string& file);
[[nodiscard]] Document found_document(const std::vector<FoundDatabase>& found,
                                      const std::string& file);

} // namespace rebolt::cli
