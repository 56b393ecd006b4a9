// rebolt dump FILE PAGE...
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/damage_log.hpp"
#include "cli/json_output.hpp"
#include "cli/key_format.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/page_content.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

constexpr std::size_t line_bytes = 16;

struct DumpCommand {
    CommonOptions common;
    std::vector<std::uint64_t> pages;
};

std::string line_text(std::uint64_t offset, std::string_view line) {
    const std::string hex = formatted(line, KeyFormat::hex);
    std::string text = fmt::format("{:07x}", offset);
    for (std::size_t at = 0; at < hex.size(); at += 4)
        text.append(" ").append(hex, at, 4);
    return text + "\n";
}

// Lines that repeat the one before are left out, but for the last.
void print_dump(std::uint64_t offset, std::string_view bytes) {
    std::string_view before;
    bool skipped = false;
    for (std::size_t at = 0; at < bytes.size(); at += line_bytes) {
        const std::string_view line = bytes.substr(at, line_bytes);
        if (line != before || at + line_bytes == bytes.size()) {
            print(line_text(offset + at, line));
            skipped = false;
        } else if (!skipped) {
            print(fmt::format("{:07x} *\n", offset + at));
            skipped = true;
        }
        before = line;
    }
    print("\n");
}

void print_page(DocumentList& list, const PageSource& source, std::uint64_t id,
                const format::PageView& page) {
    const std::uint64_t offset = id * source.page_size_bytes();
    const std::string_view bytes = as_text(page.bytes().first(source.page_size_bytes()));
    if (!wants_json())
        return print_dump(offset, bytes);
    Document object{{"page", id}, {"offset", offset}};
    put_bytes(object, "bytes", bytes, KeyFormat::hex);
    list.add(object);
}

ExitCode run_dump(const DumpCommand& options) {
    const auto source = open_pages(options.common);
    if (!source)
        return report(source.error());
    const auto meta = options.common.state.meta_of(*source);
    if (!meta)
        return report(meta.error());
    DocumentList list({{"shape", "rebolt.dump/1"},
                       {"file", options.common.file},
                       {"page_size", source->page_size_bytes()}},
                      "pages");
    ExitCode worst = ExitCode::done;
    bool first = true;
    for (const std::uint64_t id : options.pages) {
        if (cancelled() || output_failed())
            break;
        const auto page = existing_page(*source, PageId{id}, *meta);
        if (!page) {
            worst = std::max(worst, report(page.error()));
            continue;
        }
        if (!first && !wants_json())
            print(page_separator);
        first = false;
        print_page(list, *source, id, *page);
    }
    return cancelled() ? report_cancelled() : worst;
}

} // namespace

void set_up_dump(Arguments arguments) {
    auto options = std::make_shared<DumpCommand>();
    options->common.add_to(arguments);
    options->common.state.add_to(arguments);
    arguments.positional("PAGE", options->pages, "Page ids").check(whole_number()).required();
    arguments.footer(
        "Prints the bytes of each page in hex, without its overflow pages; `*` stands for lines "
        "that repeat.\nExample: rebolt dump /var/lib/docker/network/files/local-kv.db 0 1");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_dump(*options); });
}

} // namespace rebolt::cli
