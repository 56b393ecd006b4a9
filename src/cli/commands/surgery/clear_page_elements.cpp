// rebolt surgery clear-page-elements FILE --pageId N --from-index I --to-index J
#include <fmt/format.h>

#include "cli/commands/surgery/subcommands.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct SurgeryClearPageElementsCommand {
    EditOptions edit;
    std::uint64_t page = 0;
    std::uint64_t from = 0;
    std::int64_t to = 0;
};

} // namespace

void set_up_clear_page_elements(Arguments arguments) {
    auto options = std::make_shared<SurgeryClearPageElementsCommand>();
    options->edit.add_to(arguments);
    arguments.option("--page,--pageId", options->page, "The page, a branch or a leaf")
        .check(whole_number())
        .required();
    arguments.option("--from-index", options->from, "The first element to clear, counted from 0")
        .check(whole_number())
        .required();
    arguments
        .option("--to-index", options->to,
                "One past the last element to clear; -1: to the end of the page")
        .required()
        .check(integer(-1, 0xFFFF));
    arguments.footer("Example: rebolt surgery clear-page-elements my.db --page 12 --from-index 0 "
                     "--to-index 3 --output new.db");
    arguments.exit_codes(edit_exit_codes);
    arguments.on_run([options] {
        surgery::ElementRange range{.from = options->from};
        if (options->to >= 0)
            range.to = static_cast<std::uint64_t>(options->to);
        return operate(options->edit,
                       fmt::format("clear-page-elements --pageId {} --from-index {} --to-index {}",
                                   options->page, options->from, options->to),
                       [&](const PageSource& source) {
                           return surgery::clear_page_elements(source, PageId{options->page},
                                                               range);
                       });
    });
}

} // namespace rebolt::cli
