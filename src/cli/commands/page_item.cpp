// rebolt page-item FILE PAGE ITEM
#include <memory>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/key_format.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/page_content.hpp"
#include "cli/shell_quoted.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct PageItemCommand {
    CommonOptions common;
    std::uint64_t page = 0;
    std::uint64_t item = 0;
    bool key_only = false;
    bool value_only = false;
    KeyFormat format = KeyFormat::automatic;
};

Error no_item(const PageSource& source, std::string message) {
    return Error(ErrorCode::invalid_argument, std::move(message)).in_file(source.path());
}

Result<format::LeafElement> find_item(const PageSource& source, const PageItemCommand& options) {
    const PageId id{options.page};
    const auto meta = options.common.state.meta_of(source);
    if (!meta)
        return Error(meta.error().code(), meta.error().message()).in_file(source.path());
    auto page = existing_page(source, id, *meta);
    if (!page)
        return std::move(page).error();
    if (page->type() != format::PageType::leaf)
        return no_item(source, fmt::format("page {} is of type {}: only a leaf page has items with "
                                           "values; try: rebolt page {} {}",
                                           options.page, type_text(page->header()),
                                           shell_quoted(options.common.file), options.page));
    const auto leaf = format::LeafView::of(page->bytes());
    if (!leaf)
        return page_damage(source, leaf.error().code, id, to_text(leaf.error()));
    if (options.item >= leaf->count())
        return no_item(source, fmt::format("page {} has no item {}: it has {}, counted from 0",
                                           options.page, options.item, leaf->count()));
    const auto element = leaf->element(options.item);
    if (!element)
        return page_damage(source, element.error().code, id,
                           fmt::format("item {}: {}", options.item, to_text(element.error())));
    return *element;
}

void print_item(const format::LeafElement& element, const PageItemCommand& options) {
    if (!options.value_only) {
        print_bytes(element.key, options.format);
        print("\n");
    }
    if (!options.key_only) {
        print_bytes(element.value, options.format);
        print("\n");
    }
}

void print_item_json(const format::LeafElement& element, const PageItemCommand& options) {
    Document json{{"shape", "rebolt.page-item/1"},
                  {"file", options.common.file},
                  {"page", options.page},
                  {"item", options.item}};
    if (!options.value_only)
        put_bytes(json, "key", element.key, options.format);
    if (!options.key_only)
        put_bytes(json, "value", element.value, options.format);
    json["is_bucket"] = element.is_bucket();
    print_document(json);
}

ExitCode run_page_item(const PageItemCommand& options) {
    const auto source = open_pages(options.common);
    if (!source)
        return report(source.error());
    const auto element = find_item(*source, options);
    if (!element)
        return report(element.error());
    if (wants_json())
        print_item_json(*element, options);
    else
        print_item(*element, options);
    return ExitCode::done;
}

} // namespace

void set_up_page_item(Arguments arguments) {
    auto options = std::make_shared<PageItemCommand>();
    options->common.add_to(arguments);
    options->common.state.add_to(arguments);
    arguments.positional("PAGE", options->page, "A leaf page's id")
        .check(whole_number())
        .required();
    arguments.positional("ITEM", options->item, "Which of its items, from 0")
        .check(whole_number())
        .required();
    const Option key_only = arguments.flag("--key-only", options->key_only, "Print only the key");
    arguments.flag("--value-only", options->value_only, "Print only the value").excludes(key_only);
    add_format_option(arguments, "--format", options->format, "How to print key and value");
    arguments.footer("Example: rebolt page-item --key-only local-kv.db 21 0");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_page_item(*options); });
}

} // namespace rebolt::cli
