#include "cli/browser.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <rebolt/schema.hpp>

#include "cli/key_format.hpp"
#include "cli/page_content.hpp"

namespace rebolt::cli {
namespace {

constexpr std::size_t preview_bytes = 200;
constexpr std::size_t text_width = 96;
constexpr std::size_t bytes_of_row = 16;
constexpr std::size_t entries_max = 1'000'000;

/// A key in a bucket, or what keeps some from being shown.
struct BrowserEntry {
    PageId page{};
    std::string_view key;
    std::string_view value;
    bool is_bucket = false;
    std::string fault; ///< of a page that cannot be read
};

/// All entries below a page, as far as they can be read: each page is entered once.
class EntryReader {
public:
    explicit EntryReader(const PageSource& source)
        : source_(source), is_entered_(source.page_count()) {}

    std::vector<BrowserEntry> below(PageId root) {
        to_visit_.push_back(root);
        while (!to_visit_.empty() && entries_.size() < entries_max) {
            const PageId page = to_visit_.back();
            to_visit_.pop_back();
            visit(page);
        }
        return std::move(entries_);
    }

    std::vector<BrowserEntry> of_inline(PageId page, Bytes bytes) {
        add_leaf(page, bytes);
        return std::move(entries_);
    }

private:
    void visit(PageId id) {
        if (number(id) < 2 || number(id) >= is_entered_.size())
            return add_fault(id, "there is no such page");
        if (is_entered_[number(id)])
            return add_fault(id, "the tree leads to this page twice");
        is_entered_[number(id)] = true;
        const auto page = source_.page(id);
        if (!page)
            return add_fault(id, page.error().message());
        if (page->header().id != number(id))
            return add_fault(id, fmt::format("it says that it is page {}", page->header().id));
        if (page->type() == format::PageType::leaf)
            return add_leaf(id, page->bytes());
        if (page->type() != format::PageType::branch)
            return add_fault(id, fmt::format("its type is {}", type_text(page->header())));
        const auto branch = format::BranchView::of(page->bytes());
        if (!branch)
            return add_fault(id, to_text(branch.error()));
        for (std::size_t i = branch->count(); i-- > 0;)
            to_visit_.push_back(PageId{branch->raw(i).child});
    }

    void add_leaf(PageId id, Bytes bytes) {
        const auto leaf = format::LeafView::of(bytes);
        if (!leaf)
            return add_fault(id, to_text(leaf.error()));
        for (std::size_t i = 0; i < leaf->count(); ++i) {
            const auto element = leaf->element(i);
            if (element)
                entries_.push_back({id, element->key, element->value, element->is_bucket(), {}});
            else
                add_fault(id, to_text(element.error()));
        }
    }

    void add_fault(PageId id, std::string text) {
        entries_.push_back({id, {}, {}, false, std::move(text)});
    }

    const PageSource& source_;
    std::vector<bool> is_entered_;
    std::vector<PageId> to_visit_;
    std::vector<BrowserEntry> entries_;
};

/// What all lists share.
struct Browsed {
    const PageSource& source;
    const FileMap& map;
};

std::string preview(std::string_view bytes) {
    return printable(bytes.substr(0, preview_bytes));
}

std::string hex_row(std::string_view bytes, std::uint64_t at) {
    const std::string_view row = bytes.substr(at * bytes_of_row, bytes_of_row);
    std::string text;
    for (const char c : row)
        text += c >= ' ' && c <= '~' ? c : '.';
    return fmt::format("{:08x}  {:<32}  {}", at * bytes_of_row, formatted(row, KeyFormat::hex),
                       text);
}

/// A value: in words, where its form is known, and its bytes.
BrowserList value_list(const Browsed& browsed, const std::vector<std::string>& bucket,
                       std::string_view key, std::string_view value) {
    const auto words = schema::readable_value(browsed.map.report.owner, bucket, key, value);
    const std::string text = words ? words->text : preview(value);
    const bool is_secret = words && words->has_secret;
    const std::uint64_t lines = (text.size() + text_width - 1) / text_width;
    const std::uint64_t rows = is_secret ? 0 : (value.size() + bytes_of_row - 1) / bytes_of_row;
    return {.title = fmt::format("{}: {} bytes", preview(key), value.size()),
            .rows = lines + 1 + rows,
            .text =
                [=](std::uint64_t row) {
                    if (row < lines)
                        return text.substr(row * text_width, text_width);
                    return row == lines ? std::string() : hex_row(value, row - lines - 1);
                },
            .open = [](std::uint64_t) { return std::optional<BrowserList>(); }};
}

BrowserList entry_list(const Browsed& browsed, const std::vector<std::string>& bucket,
                       std::vector<BrowserEntry> found);
std::optional<BrowserList> page_list(const Browsed& browsed, PageId id);

std::optional<BrowserList> open_entry(const Browsed& browsed, std::vector<std::string> bucket,
                                      const BrowserEntry& entry) {
    if (!entry.fault.empty())
        return page_list(browsed, entry.page);
    if (!entry.is_bucket)
        return value_list(browsed, bucket, entry.key, entry.value);
    bucket.emplace_back(entry.key);
    const auto inside = format::BucketView::of(entry.value);
    if (!inside)
        return entry_list(browsed, bucket, {{entry.page, {}, {}, false, to_text(inside.error())}});
    EntryReader reader(browsed.source);
    return entry_list(browsed, bucket,
                      inside->is_inline() ? reader.of_inline(entry.page, inside->inline_page())
                                          : reader.below(inside->root()));
}

BrowserList entry_list(const Browsed& browsed, const std::vector<std::string>& bucket,
                       std::vector<BrowserEntry> found) {
    const auto entries = std::make_shared<std::vector<BrowserEntry>>(std::move(found));
    std::string title = "buckets";
    if (!bucket.empty())
        title = "bucket";
    for (const std::string& name : bucket)
        title += " > " + preview(name);
    return {
        .title = std::move(title),
        .rows = entries->size(),
        .text =
            [=](std::uint64_t row) {
                const BrowserEntry& entry = (*entries)[row];
                if (!entry.fault.empty())
                    return fmt::format("! page {}: {}", number(entry.page), printable(entry.fault));
                if (entry.is_bucket)
                    return fmt::format("> {}", preview(entry.key));
                const auto words = schema::readable_value(browsed.map.report.owner, bucket,
                                                          entry.key, entry.value);
                return fmt::format("  {} = {}", preview(entry.key),
                                   words ? words->text : preview(entry.value));
            },
        .open = [=](std::uint64_t row) { return open_entry(browsed, bucket, (*entries)[row]); }};
}

// Of a page it is not known what its values are: they may be secrets.
std::string unplaced(const Browsed& browsed, std::string_view bytes) {
    return schema::keeps_secrets(browsed.map.report.owner) ? fmt::format("<{} bytes>", bytes.size())
                                                           : preview(bytes);
}

std::optional<BrowserList> page_list(const Browsed& browsed, PageId id) {
    const auto page = browsed.source.page(id);
    if (!page)
        return std::nullopt;
    const auto items = std::make_shared<std::vector<PageItem>>(items_of(*page));
    const bool is_leaf = page->type() == format::PageType::leaf;
    return BrowserList{
        .title = fmt::format("page {}: {}, {} items, overflow {}", number(id),
                             type_text(page->header()), item_count(*page), page->header().overflow),
        .rows = items->size(),
        .text =
            [=](std::uint64_t row) {
                const PageItem& item = (*items)[row];
                if (item.fault)
                    return fmt::format("! item {}: {}", row, to_text(*item.fault));
                return is_leaf
                           ? fmt::format("{} {} = {}", item.is_bucket ? '>' : ' ',
                                         unplaced(browsed, item.key), unplaced(browsed, item.value))
                           : fmt::format("  {} -> page {}", unplaced(browsed, item.key),
                                         number(item.child));
            },
        .open =
            [=](std::uint64_t row) {
                const PageItem& item = (*items)[row];
                if (item.fault || (is_leaf && schema::keeps_secrets(browsed.map.report.owner)))
                    return std::optional<BrowserList>();
                return is_leaf ? std::optional(value_list(browsed, {}, item.key, item.value))
                               : page_list(browsed, item.child);
            }};
}

BrowserList pages_list(const Browsed& browsed) {
    return {.title = fmt::format("{} pages", browsed.map.pages.size()),
            .rows = browsed.map.pages.size(),
            .text =
                [=](std::uint64_t row) {
                    std::string uses;
                    for (const MappedState& state : browsed.map.states)
                        uses += fmt::format(" {:<9}", name_of(state.pages[row].use));
                    const PageContent& content = browsed.map.pages[row];
                    return fmt::format("{:>9} {} {:>3} % full", row, uses, content.fill_percent);
                },
            .open = [=](std::uint64_t row) { return page_list(browsed, PageId{row}); }};
}

BrowserList findings_list(const Browsed& browsed) {
    const std::vector<Finding>& findings = browsed.map.report.findings;
    return {.title = fmt::format("{} findings", findings.size()),
            .rows = findings.size(),
            .text =
                [&findings](std::uint64_t row) {
                    const Finding& finding = findings[row];
                    return fmt::format("{} {}: {}", text_of(finding.code).name,
                                       to_text(finding.place), printable(finding.message));
                },
            .open =
                [=, &findings](std::uint64_t row) {
                    const auto page = findings[row].place.page;
                    return page ? page_list(browsed, *page) : std::optional<BrowserList>();
                }};
}

BrowserList state_list(const Browsed& browsed, const MappedState& state) {
    return entry_list(browsed, {}, EntryReader(browsed.source).below(PageId{state.meta.root}));
}

} // namespace

BrowserList browse_file(const PageSource& source, const FileMap& map) {
    const Browsed browsed{source, map};
    const std::size_t states = map.states.size();
    return {.title = fmt::format("{}: {}", printable(source.path()), sentence(map.report)),
            .rows = states + 2,
            .text =
                [=, &map](std::uint64_t row) {
                    if (row < states)
                        return fmt::format("Buckets of transaction {}{}", map.states[row].meta.txid,
                                           row == 0 ? ", the newest" : ", the one before");
                    return row == states ? fmt::format("Pages ({})", map.pages.size())
                                         : fmt::format("Findings ({})", map.report.findings.size());
                },
            .open =
                [=, &map](std::uint64_t row) {
                    return std::optional(row < states    ? state_list(browsed, map.states[row])
                                         : row == states ? pages_list(browsed)
                                                         : findings_list(browsed));
                }};
}

} // namespace rebolt::cli
