#include "cli/state_choice.hpp"

#include <array>
#include <span>

#include <fmt/format.h>

#include "cli/free_pages.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

std::optional<format::MetaFields> valid_meta(const PageSource& source, PageId page) {
    const auto view = source.page(page);
    const auto meta = view ? format::MetaView::of(view->bytes())
                           : format::Checked<format::MetaView>(std::unexpect);
    if (!meta || meta->validate() || meta->fields().page_size != source.page_size_bytes())
        return std::nullopt;
    return meta->fields();
}

} // namespace

void StateChoice::add_to(Arguments arguments) {
    const Option by_number =
        arguments
            .option("--transaction", transaction,
                    "Show the state of this transaction: the newest or the one before")
            .check(whole_number());
    arguments.option("--meta", meta, "Show the state that this meta page names: 0 or 1")
        .check(one_of({"0", "1"}))
        .excludes(by_number);
}

Result<std::optional<format::MetaFields>> StateChoice::meta_of(const PageSource& source) const {
    if (!is_made())
        return current_meta(source);
    std::string there;
    for (const PageId page : {PageId{0}, PageId{1}}) {
        const auto fields = valid_meta(source, page);
        if (!fields)
            continue;
        if (transaction.empty() ? meta == fmt::to_string(number(page))
                                : transaction == fmt::to_string(fields->txid))
            return fields;
        there += fmt::format("{}transaction {} (meta {})", there.empty() ? "" : ", ", fields->txid,
                             number(page));
    }
    return Error(ErrorCode::invalid_argument,
                 fmt::format("no valid meta names {}; the file has {}",
                             transaction.empty() ? "this state: meta " + meta + " is damaged"
                                                 : "transaction " + transaction,
                             there.empty() ? "no valid meta" : there))
        .in_file(source.path());
}

Result<PageSource> StateChoice::shown_in(PageSource source) const {
    if (!is_made())
        return source;
    auto fields = meta_of(source);
    if (!fields)
        return std::move(fields).error();
    const Bytes bytes = std::as_bytes(std::span(&**fields, 1));
    const std::array<Patch, 2> patches{
        Patch{format::page_header_bytes, bytes},
        Patch{source.page_size_bytes() + format::page_header_bytes, bytes}};
    return source.with_patches(patches, source.file_bytes());
}

} // namespace rebolt::cli
