// rebolt load FILE
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <rebolt/content_walk.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/content_line.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct LoadCommand {
    CommonOptions common;
    std::string input;
    std::uint32_t page_size_bytes = 0;
    bool force = false;
};

/// The items of a dump, line by line. The end line must be there if the head is.
class DumpReader {
public:
    explicit DumpReader(std::istream& input) : input_(input) {}

    /// Reads the head, if there is one. Returns the page size that it names, or 0.
    Result<std::uint32_t> read_head() {
        auto line = read_line();
        if (!line)
            return std::move(line).error();
        if (!*line)
            return 0U;
        if ((*line)->kind != DumpLine::Kind::head) {
            pending_ = **std::move(line);
            return 0U;
        }
        has_head_ = true;
        const std::uint64_t size = (*line)->page_size_bytes;
        return format::is_page_size(size) ? static_cast<std::uint32_t>(size) : 0U;
    }

    Result<std::optional<ContentItem>> next() {
        auto line =
            pending_ ? Result<std::optional<DumpLine>>(std::exchange(pending_, {})) : read_line();
        if (!line)
            return std::move(line).error();
        if (!*line)
            return has_head_ ? Result<std::optional<ContentItem>>(cut_off())
                             : std::optional<ContentItem>();
        if ((*line)->kind == DumpLine::Kind::head)
            return wrong_line("a second dump begins here");
        if ((*line)->kind == DumpLine::Kind::end)
            return (*line)->items == items_
                       ? Result<std::optional<ContentItem>>(std::optional<ContentItem>())
                       : cut_off();
        current_ = (*std::move(line))->content;
        ++items_;
        return std::optional(current_.item());
    }

private:
    Result<std::optional<DumpLine>> read_line() {
        std::string text;
        do {
            if (!std::getline(input_, text))
                return std::optional<DumpLine>();
            ++line_;
        } while (text.empty());
        auto line = parse_dump_line(text);
        if (!line)
            return wrong_line(line.error().message());
        return std::optional(*std::move(line));
    }

    [[nodiscard]] Error wrong_line(const std::string& why) const {
        return {ErrorCode::invalid_argument, fmt::format("line {}: {}", line_, why)};
    }
    [[nodiscard]] Error cut_off() const {
        return {ErrorCode::invalid_argument,
                fmt::format("the dump is not whole: {} items, and no end that says so", items_)};
    }

    std::istream& input_;
    std::optional<DumpLine> pending_;
    ContentLine current_;
    bool has_head_ = false;
    std::uint64_t line_ = 0;
    std::uint64_t items_ = 0;
};

Result<std::uint64_t> load(std::istream& input, const LoadCommand& options) {
    DumpReader reader(input);
    auto page_size = reader.read_head();
    if (!page_size)
        return std::move(page_size).error();
    WriteContentOptions write;
    write.page_size_bytes = options.page_size_bytes != 0 ? options.page_size_bytes : *page_size;
    write.progress = [](std::uint64_t) { return !cancelled(); };
    return write_content(options.common.file, [&] { return reader.next(); }, write);
}

ExitCode run_load(const LoadCommand& options) {
    options.common.apply();
    if (const auto may = may_write_to(options.common.file, options.input, options.force); !may)
        return report(may.error());
    std::ifstream file;
    if (!options.input.empty()) {
        file.open(options.input, std::ios::binary);
        if (!file) {
            print_error(fmt::format("{}: cannot be read", printable(options.input)));
            return ExitCode::failed;
        }
    }
    const auto items = load(options.input.empty() ? std::cin : file, options);
    if (!items) {
        const ExitCode code = report(items.error());
        print_note("no new file was made");
        return code;
    }
    if (wants_json())
        print_document(
            {{"shape", "rebolt.load/1"}, {"file", options.common.file}, {"items", *items}});
    else if (!options.common.quiet)
        print(fmt::format("{}: {} keys and buckets\n", printable(options.common.file), *items));
    return ExitCode::done;
}

} // namespace

void set_up_load(Arguments arguments) {
    auto options = std::make_shared<LoadCommand>();
    options->common.add_to_writer(arguments);
    arguments.find("FILE").description("The new file");
    arguments.option("-i,--input", options->input, "Read this file, not standard input")
        .value_name("FILE");
    arguments
        .option("--page-size", options->page_size_bytes,
                "Bytes a page of the new file (default: as the dump says)")
        .check({[](const std::string& text) {
                    for (std::uint32_t size = format::page_size_min; size <= format::page_size_max;
                         size *= 2)
                        if (text == fmt::to_string(size))
                            return std::string();
                    return text + " is not a power of two from 512 to 65536";
                },
                "BYTES"});
    arguments.flag("--force", options->force, "Replace the new file if it is there");
    arguments.footer(
        "Reads what `rebolt dump-text` prints; the new file appears under its name when it is "
        "whole and synced.\nA dump that was cut off is refused. Lines of your own need no head "
        "and no end:\n"
        "  {\"bucket\":[\"fruit\"],\"key\":\"apple\",\"value\":\"red\"}\n"
        "Example: rebolt load new.db --input dump.jsonl");
    arguments.exit_codes("0 done, 8 failed");
    arguments.on_run([options] { return run_load(*options); });
}

} // namespace rebolt::cli
