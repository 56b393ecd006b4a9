// rebolt surgery copy-page FILE --from-page N --to-page M
#include <fmt/format.h>

#include "cli/commands/surgery/verbs.hpp"
#include "cli/numbers.hpp"

namespace rebolt::cli {
namespace {

struct Options {
    EditOptions edit;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
};

} // namespace

void set_up_copy_page(CLI::App& app, ExitCode& code) {
    auto options = std::make_shared<Options>();
    options->edit.add_to(app);
    app.add_option("--from-page", options->from, "The page to copy")
        ->check(whole_number())
        ->required();
    app.add_option("--to-page", options->to, "The page to write over")
        ->check(whole_number())
        ->required();
    app.footer(
        "Overflow pages go with the page.\n"
        "Example: rebolt surgery copy-page my.db --from-page 7 --to-page 12 --output new.db");
    app.callback([options, &code] {
        code = operate(
            options->edit,
            fmt::format("copy-page --from-page {} --to-page {}", options->from, options->to),
            [&](const PageSource& source) {
                return surgery::copy_page(
                    source, {.from = PageId{options->from}, .to = PageId{options->to}});
            });
    });
}

} // namespace rebolt::cli
