#include "cli/damage_log.hpp"

#include <fmt/format.h>

#include "cli/cancel.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {

ExitCode report_cancelled() {
    return report(Error(ErrorCode::cancelled, "cancelled; nothing was changed"));
}

void DamageLog::add(const Error& error) {
    if (++count_ <= shown_max)
        print_error(error.to_text());
    add_json_error(error_document(error, next_step(error)));
}

ExitCode DamageLog::finish() {
    if (count_ > shown_max)
        print_error(fmt::format("{}: {} more like these", printable(file_), count_ - shown_max));
    if (count_ != 0)
        print_note(fmt::format("To see all damage: rebolt check {}", shell_quoted(file_)));
    if (cancelled())
        return report_cancelled();
    return count_ != 0 ? ExitCode::damaged : ExitCode::done;
}

} // namespace rebolt::cli
