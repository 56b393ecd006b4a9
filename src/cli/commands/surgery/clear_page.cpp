// rebolt surgery clear-page FILE --pageId N
#include <fmt/format.h>

#include "cli/commands/surgery/subcommands.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct SurgeryClearPageCommand {
    EditOptions edit;
    std::uint64_t page = 0;
};

} // namespace

void set_up_clear_page(Arguments arguments) {
    auto options = std::make_shared<SurgeryClearPageCommand>();
    options->edit.add_to(arguments);
    arguments.option("--page,--pageId", options->page, "The page, a branch or a leaf")
        .check(whole_number())
        .required();
    arguments.footer("Example: rebolt surgery clear-page my.db --page 12 --output new.db");
    arguments.exit_codes(edit_exit_codes);
    arguments.on_run([options] {
        return operate(options->edit, fmt::format("clear-page --pageId {}", options->page),
                       [&](const PageSource& source) {
                           return surgery::clear_page(source, PageId{options->page});
                       });
    });
}

} // namespace rebolt::cli
