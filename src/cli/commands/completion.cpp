// rebolt completion bash|zsh|fish, and the question that their scripts ask.
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/app.hpp"
#include "cli/commands/commands.hpp"
#include "cli/completion.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {

void set_up_completion(Arguments arguments) {
    auto shell = std::make_shared<std::string>();
    arguments.positional("SHELL", *shell, "bash, zsh or fish")
        .required()
        .check(one_of({"bash", "zsh", "fish"}));
    arguments.footer("Example: rebolt completion bash >/etc/bash_completion.d/rebolt\n"
                     "         rebolt completion zsh >/usr/local/share/zsh/site-functions/_rebolt\n"
                     "         rebolt completion fish >/etc/fish/completions/rebolt.fish");
    arguments.exit_codes("0 done");
    arguments.on_run([shell] {
        print(completion_script(*shell));
        return ExitCode::done;
    });
}

void set_up_complete(Arguments arguments) {
    auto words = std::make_shared<std::vector<std::string>>();
    arguments.positionals("WORD", *words, "What is typed so far, without the program's name");
    arguments.footer("A line for each word that may stand in place of the last one: the word, a "
                     "tab, what it means.\nThe line `:files` stands for all files.\n"
                     "Example: rebolt complete -- keys local-kv.db ''");
    arguments.exit_codes("0 done");
    arguments.on_run([words] {
        const Completions found = complete(all_commands(), *words);
        for (const Completion& one : found.words)
            print(fmt::format("{}\t{}\n", one.word, one.text));
        if (found.files)
            print(":files\n");
        return ExitCode::done;
    });
}

} // namespace rebolt::cli
