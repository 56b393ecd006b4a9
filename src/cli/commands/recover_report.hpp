// What a recovery brought back, for a person and for a machine.
#pragma once

#include <string>

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

} // namespace rebolt::cli
