// rebolt page FILE PAGE... | --all
#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include <rebolt/page_tree.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/page_text.hpp"
#include "cli/damage_log.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/readable.hpp"
#include "cli/shell_quoted.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct PageCommand {
    CommonOptions common;
    std::vector<std::uint64_t> pages;
    bool all = false;
    KeyFormat value_format = KeyFormat::automatic;
    bool raw = false;
};

/// `3, 5-9, 12`: the items that cannot be shown.
std::string broken_items(const std::vector<PageItem>& items) {
    std::string text;
    for (std::size_t index = 0; index < items.size();) {
        std::size_t end = index;
        while (end < items.size() && items[end].fault)
            ++end;
        if (end > index)
            text += fmt::format("{}{}{}", text.empty() ? "" : ", ", index,
                                end > index + 1 ? fmt::format("-{}", end - 1) : "");
        index = end + 1;
    }
    return text;
}

class PagePrinter {
public:
    PagePrinter(const PageSource& source, const std::optional<format::MetaFields>& meta,
                const PageCommand& options)
        : source_(source), options_(options), meta_(meta), log_(source.path()),
          words_(Words::of(source, options.value_format, options.raw)),
          list_({{"shape", "rebolt.page/1"}, {"file", source.path()}}, "pages") {
        if (words_.are_known() && meta_)
            tree_.emplace(source, *meta_);
    }

    ExitCode print_listed() {
        for (const std::uint64_t id : options_.pages)
            if (!stop())
                show(PageId{id});
        return finish();
    }

    ExitCode print_all() {
        const std::uint64_t end = page_end(source_, meta_);
        for (std::uint64_t id = 0; id < end && !stop();)
            id += 1 + show(PageId{id});
        return finish();
    }

private:
    static bool stop() { return cancelled() || output_failed(); }

    ExitCode finish() {
        words_.tell_secrets(options_.common.quiet);
        return std::max(worst_, log_.finish());
    }

    // By the tree; where nothing leads to the page, by what its keys tell.
    std::optional<std::vector<std::string>> bucket_of(const ShownPage& shown) const {
        if (const auto bucket = tree_ ? tree_->bucket_of(shown.id) : std::nullopt)
            return tree_->path_of(*bucket);
        for (const PageItem& item : shown.items)
            if (!item.fault && !item.is_bucket)
                if (auto home = schema::home_of_key(words_.owner(), item.key, item.value))
                    return home;
        return std::nullopt;
    }

    void put_words(ShownPage& shown) {
        if (!words_.are_known() || shown.page.type() != format::PageType::leaf)
            return;
        const auto bucket = bucket_of(shown);
        for (PageItem& item : shown.items) {
            if (item.fault || item.is_bucket)
                continue;
            item.value_words =
                bucket ? words_.value(*bucket, item.key, item.value) : words_.unplaced(item.value);
            item.key_words = bucket ? words_.key(*bucket, item.key) : words_.unplaced(item.key);
        }
    }

    /// nullopt: not known. Where no freelist is stored a walk tells, which is
    /// worth it only when it `matters`.
    std::optional<bool> is_in_use(PageId id, bool matters) {
        if (!meta_)
            return std::nullopt;
        if (number(id) >= meta_->high_water_mark)
            return false;
        if (!free_ && (matters || PageId{meta_->freelist} != no_freelist))
            free_ = FreePages::of(source_, *meta_);
        if (!free_)
            return std::nullopt;
        if (*free_)
            return !(*free_)->contains(id);
        if (matters && !std::exchange(freelist_told_, true))
            log_.add(free_->error());
        return std::nullopt;
    }

    /// Returns how many pages after it belong to it.
    std::uint64_t show(PageId id) {
        const auto page = existing_page(source_, id, meta_);
        if (!page) {
            if (page.error().code() == ErrorCode::damaged)
                log_.add(page.error());
            else
                worst_ = std::max(worst_, report(page.error()));
            return 0;
        }
        ShownPage shown{id, *page, items_of(*page), faults_of(source_, id, *page, meta_), {}};
        const std::string broken = broken_items(shown.items);
        const std::uint64_t overflow = overflow_of(*page, shown.faults);
        shown.in_use = is_in_use(id, options_.all || !shown.faults.empty() || !broken.empty());
        if (shown.in_use == false)
            shown.faults.clear();
        put_words(shown);
        print_one(shown);
        tell(shown, broken);
        return shown.in_use == false ? 0 : overflow;
    }

    void print_one(const ShownPage& shown) {
        if (wants_json())
            return list_.add(page_json(shown, options_.value_format));
        if (!first_)
            print(page_separator);
        first_ = false;
        print_page_text(shown, options_.value_format);
    }

    void tell(const ShownPage& shown, const std::string& broken) {
        if (shown.in_use == false) {
            if (!options_.common.quiet && !options_.all)
                print_note(fmt::format("note: page {} is not in use: what it holds is left over "
                                       "from an older transaction",
                                       number(shown.id)));
            return;
        }
        for (const PageFault& fault : shown.faults)
            log_.add(page_damage(source_, fault.code, shown.id, fault.text));
        if (broken.empty())
            return;
        const auto item = std::ranges::find_if(
            shown.items, [](const PageItem& candidate) { return candidate.fault.has_value(); });
        log_.add(page_damage(source_, item->fault->code, shown.id,
                             fmt::format("of {} items these cannot be shown: {}; {}",
                                         shown.items.size(), broken, to_text(*item->fault))));
    }

    const PageSource& source_;
    const PageCommand& options_;
    std::optional<format::MetaFields> meta_;
    std::optional<Result<FreePages>> free_; // looked up when first asked for
    bool freelist_told_ = false;
    bool first_ = true;
    DamageLog log_;
    Words words_;
    DocumentList list_;
    std::optional<PageTree> tree_; // where there are words
    ExitCode worst_ = ExitCode::done;
};

ExitCode run_page(const PageCommand& options) {
    if (options.all != options.pages.empty()) {
        return report_usage(
            options.all ? "page: give page ids or --all, not both"
                        : "page: which page? Give page ids, or --all",
            {"To see the pages", "rebolt pages " + shell_quoted(options.common.file)});
    }
    const auto source = open_pages(options.common);
    if (!source)
        return report(source.error());
    const auto meta = options.common.state.meta_of(*source);
    if (!meta)
        return report(meta.error());
    PagePrinter printer(*source, *meta, options);
    return options.all ? printer.print_all() : printer.print_listed();
}

} // namespace

void set_up_page(Arguments arguments) {
    auto options = std::make_shared<PageCommand>();
    options->common.add_to(arguments);
    options->common.state.add_to(arguments);
    arguments.positional("PAGE", options->pages, "Page ids").check(whole_number());
    arguments.flag("--all", options->all, "Print all pages, each with its overflow pages");
    add_format_option(arguments, "--format-value,--value-format", options->value_format,
                      "How to print the values of a leaf page");
    add_raw(arguments, options->raw);
    arguments.footer("Example: rebolt page /var/lib/docker/network/files/local-kv.db 0 1");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_page(*options); });
}

} // namespace rebolt::cli
