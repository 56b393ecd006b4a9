// What a recovery brought back, for a person and for a machine.
#pragma once

#include <string>

#include <rebolt/carve.hpp>
#include <rebolt/recover.hpp>

namespace rebolt::cli {

struct RecoverView {
    const RecoverReport& report;
    const std::string& output;
    bool is_dry_run;
};

/// One line: `56 of 56 keys came back: 56 current`.
[[nodiscard]] std::string recover_sentence(const RecoverView& view);
[[nodiscard]] std::string recover_text(const RecoverView& view);
/// As docs/recovery.md describes.
[[nodiscard]] std::string recover_json(const RecoverView& view);

/// The databases found inside another file, each with the command to type.
[[nodiscard]] std::string found_text(const std::vector<FoundDatabase>& found,
                                     const std::string& file);
[[nodiscard]] std::string found_json(const std::vector<FoundDatabase>& found);

} // namespace rebolt::cli
