#include "cli/confirm.hpp"

#include <cctype>
#include <cstdio>

#include <unistd.h>

#include "cli/cancel.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {

Answer confirm(const std::string& question, bool yes) {
    if (yes)
        return Answer::yes;
    if (wants_json() || ::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1)
        return Answer::not_asked;
    print_note(question + " [y/N]");
    std::string answer;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar())
        answer += static_cast<char>(std::tolower(c));
    return !cancelled() && (answer == "y" || answer == "yes") ? Answer::yes : Answer::no;
}

ExitCode exit_code_of(Answer answer) {
    if (answer == Answer::yes)
        return ExitCode::done;
    return answer == Answer::not_asked ? ExitCode::usage : ExitCode::cancelled;
}

ExitCode report_not_done(Answer answer) {
    if (answer == Answer::not_asked)
        return report_usage("nothing was changed; to do it, add --yes");
    return report(Error(ErrorCode::cancelled, "nothing was changed"));
}

} // namespace rebolt::cli
