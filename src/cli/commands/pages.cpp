// rebolt pages FILE
#include <memory>

#include <fmt/format.h>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/damage_log.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/page_content.hpp"

namespace rebolt::cli {
namespace {

/// A row of the table.
struct Row {
    PageId id;
    std::string type; ///< `free` and `unreadable` too
    std::optional<std::uint64_t> item_count;
    std::uint64_t overflow = 0; ///< as the header says
    std::vector<PageFault> faults;
};

class PageTable {
public:
    explicit PageTable(const PageSource& source)
        : source_(source), meta_(current_meta(source)),
          list_({{"shape", "rebolt.pages/1"},
                 {"file", source.path()},
                 {"page_size", source.page_size_bytes()}},
                "pages"),
          log_(source.path()) {}

    ExitCode print_all() {
        read_free_pages();
        if (!wants_json())
            print("ID       TYPE       ITEMS  OVRFLW\n======== ========== ====== ======\n");
        const std::uint64_t end = page_end(source_, meta_);
        for (std::uint64_t id = 0; id < end && !cancelled() && !output_failed();)
            id += 1 + show(PageId{id});
        if (meta_ && meta_->high_water_mark > end)
            log_.add(
                page_damage(source_, FindingCode::file_truncated, PageId{end},
                            fmt::format("pages {} to {} are not in the file, which has {}", end,
                                        meta_->high_water_mark - 1, source_.page_count())));
        return log_.finish();
    }

private:
    void read_free_pages() {
        if (!meta_) {
            log_.add(page_damage(source_, FindingCode::both_metas_invalid, PageId{0},
                                 "neither meta page is valid: all pages of the file are shown, "
                                 "and which are free is not known"));
            return;
        }
        auto free = FreePages::of(source_, *meta_);
        if (free)
            free_ = std::move(*free);
        else
            log_.add(free.error());
    }

    /// Returns how many pages after it belong to it.
    std::uint64_t show(PageId id) {
        if (free_ && free_->contains(id)) {
            print_row({.id = id, .type = "free", .item_count = std::nullopt, .faults = {}});
            return 0;
        }
        const auto page = source_.page(id);
        if (!page) {
            log_.add(page.error());
            print_row({.id = id, .type = "unreadable", .item_count = std::nullopt, .faults = {}});
            return 0;
        }
        const Row row{.id = id,
                      .type = type_text(page->header()),
                      .item_count = item_count(*page),
                      .overflow = page->header().overflow,
                      .faults = faults_of(source_, id, *page, meta_)};
        print_row(row);
        for (const PageFault& fault : row.faults)
            log_.add(page_damage(source_, fault.code, id, fault.text));
        return overflow_of(*page, row.faults);
    }

    void print_row(const Row& row) {
        if (wants_json())
            return list_.add(as_json(row));
        std::string text = fmt::format("{:<8} {:<10} {:<6} {:<6}", number(row.id), row.type,
                                       row.item_count ? fmt::to_string(*row.item_count) : "",
                                       row.overflow != 0 ? fmt::to_string(row.overflow) : "");
        for (const PageFault& fault : row.faults)
            text += fmt::format(" {}", red(text_of(fault.code).name));
        print(text + "\n");
    }

    static Document as_json(const Row& row) {
        return {{"page", number(row.id)},
                {"type", row.type},
                {"items", row.item_count ? Document(*row.item_count) : Document(nullptr)},
                {"overflow", row.overflow},
                {"faults", array_of(row.faults, fault_document)}};
    }

    const PageSource& source_;
    std::optional<format::MetaFields> meta_;
    std::optional<FreePages> free_;
    DocumentList list_;
    DamageLog log_;
};

ExitCode run_pages(const CommonOptions& options) {
    const auto source = open_shown_pages(options);
    if (!source)
        return report(source.error());
    return PageTable(*source).print_all();
}

} // namespace

void set_up_pages(Arguments arguments) {
    auto options = std::make_shared<CommonOptions>();
    options->add_to(arguments);
    options->state.add_to(arguments);
    arguments.footer(
        "ITEMS are keys in leaf and branch pages, free pages in the freelist; OVRFLW counts the "
        "pages that a page goes on into. What is wrong with a page follows, by its "
        "code.\nExample: rebolt pages /var/lib/docker/network/files/local-kv.db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_pages(*options); });
}

} // namespace rebolt::cli
