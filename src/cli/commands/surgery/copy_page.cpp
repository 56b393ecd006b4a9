// rebolt surgery copy-page FILE --from-page N --to-page M
#include <fmt/format.h>

#include "cli/commands/surgery/subcommands.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct SurgeryCopyPageCommand {
    EditOptions edit;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
};

} // namespace

void set_up_copy_page(Arguments arguments) {
    auto options = std::make_shared<SurgeryCopyPageCommand>();
    options->edit.add_to(arguments);
    arguments.option("--from-page", options->from, "The page to copy")
        .check(whole_number())
        .required();
    arguments.option("--to-page", options->to, "The page to write over")
        .check(whole_number())
        .required();
    arguments.footer("Overflow pages go with the page.\nExample: rebolt surgery copy-page my.db "
                     "--from-page 7 --to-page 12 --output new.db");
    arguments.exit_codes(edit_exit_codes);
    arguments.on_run([options] {
        return operate(
            options->edit,
            fmt::format("copy-page --from-page {} --to-page {}", options->from, options->to),
            [&](const PageSource& source) {
                return surgery::copy_page(
                    source, {.from = PageId{options->from}, .to = PageId{options->to}});
            });
    });
}

} // namespace rebolt::cli
