// rebolt surgery meta validate|update FILE
#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "cli/commands/surgery/subcommands.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct UpdateOptions {
    EditOptions edit;
    std::vector<std::string> fields; ///< `root:16`, …
    std::uint32_t meta_page = 0;
};

std::string freelist_text(std::uint64_t freelist) {
    return PageId{freelist} == no_freelist ? "none" : fmt::to_string(freelist);
}

Document meta_json(const surgery::MetaJudgement& meta) {
    const format::MetaFields& fields = meta.fields;
    return {{"page", number(meta.page)},
            {"valid", meta.is_valid},
            {"current", meta.is_current},
            {"txid", fields.txid},
            {"page_size", fields.page_size},
            {"root", fields.root},
            {"freelist", PageId{fields.freelist} == no_freelist ? Document(nullptr)
                                                                : Document(fields.freelist)},
            {"high_water_mark", fields.high_water_mark},
            {"complaints", meta.complaints}};
}

std::string meta_text(const surgery::MetaJudgement& meta) {
    const format::MetaFields& fields = meta.fields;
    std::string text =
        fmt::format("meta {}: {}{}: transaction {}, pageSize {}, root {}, freelist {}, pgid {}\n",
                    number(meta.page), meta.is_valid ? "valid" : "not valid",
                    meta.is_current ? ", current" : "", fields.txid, fields.page_size, fields.root,
                    freelist_text(fields.freelist), fields.high_water_mark);
    for (const std::string& complaint : meta.complaints)
        text += fmt::format("  {}\n", complaint);
    return text;
}

ExitCode run_validate(const CommonOptions& options) {
    const auto source = open_pages(options);
    if (!source)
        return report(source.error());
    const auto metas = surgery::validate_metas(*source);
    bool is_right = metas.size() == 2;
    Document json{
        {"shape", "rebolt.metas/1"}, {"file", options.file}, {"metas", Document::array()}};
    for (const surgery::MetaJudgement& meta : metas) {
        is_right &= meta.complaints.empty();
        json["metas"].push_back(meta_json(meta));
        if (!wants_json())
            print(meta_text(meta));
    }
    if (metas.size() < 2)
        static_cast<void>(
            report(Error(ErrorCode::damaged, "the file ends before its second meta page")
                       .in_file(options.file)));
    if (wants_json())
        print_document(json);
    return is_right ? ExitCode::done : ExitCode::damaged;
}

// `root:16` into its place; what is wrong with it otherwise.
std::optional<std::string> take_field(std::string_view field, surgery::MetaChange& change) {
    const std::size_t colon = field.find(':');
    const std::string_view name = field.substr(0, colon);
    const std::string_view digits = colon == std::string_view::npos ? "" : field.substr(colon + 1);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.empty())
        return fmt::format("`{}` is no field with a number, as root:16", printable(field));
    if (name == "pageSize")
        change.page_size_bytes = value;
    else if (name == "root")
        change.root = value;
    else if (name == "freelist")
        change.freelist = value;
    else if (name == "pgid")
        change.high_water_mark = value;
    else
        return fmt::format("`{}` cannot be updated: pageSize, root, freelist and pgid can",
                           printable(name));
    return std::nullopt;
}

ExitCode run_update(const UpdateOptions& options) {
    surgery::MetaChange change{.meta_page = options.meta_page};
    std::string subcommand = fmt::format("meta update --meta-page {}", options.meta_page);
    for (const std::string& field : options.fields) {
        subcommand += fmt::format(" --fields {}", field);
        if (const auto wrong = take_field(field, change))
            return report_usage(fmt::format("surgery meta update: {}", *wrong));
    }
    return operate(options.edit, subcommand,
                   [&](const PageSource& source) { return surgery::update_meta(source, change); });
}

} // namespace

void set_up_meta(Arguments arguments) {
    arguments.require_subcommand();
    arguments.footer("Example: rebolt surgery meta validate my.db");
    Arguments validate = arguments.subcommand("validate", "Judge both meta pages; changes nothing");
    auto validating = std::make_shared<CommonOptions>();
    validating->add_to(validate);
    validate.footer("Example: rebolt surgery meta validate my.db");
    validate.exit_codes("0 both are right, 4 not, 8 failed");
    validate.on_run([validating] { return run_validate(*validating); });
    Arguments update = arguments.subcommand("update", "Set fields of a meta page");
    auto updating = std::make_shared<UpdateOptions>();
    updating->edit.add_to(update);
    update
        .option("--fields", updating->fields,
                "Fields with their values: pageSize, root, freelist, pgid "
                "(18446744073709551615 as freelist: none stored)")
        .value_name("FIELD:VALUE,...")
        .list(',');
    update.option("--meta-page", updating->meta_page, "The meta page: 0 or 1")
        .check(whole_number(0, 1))
        .show_default();
    update.footer(
        "Magic, version and checksum are set to what they must be.\nExample: rebolt surgery meta "
        "update my.db --meta-page 1 --fields root:16,pgid:128 --output new.db");
    update.exit_codes(edit_exit_codes);
    update.on_run([updating] { return run_update(*updating); });
}

} // namespace rebolt::cli
