#include "check/freelist_check.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace rebolt::check_walk {
namespace {

using format::FreelistView;

class FreelistCheck {
public:
    FreelistCheck(CheckContext& context, const Tree& tree)
        : context_(context), tree_(tree), page_(PageId{tree.meta.fields.freelist}),
          high_water_mark_(tree.meta.fields.high_water_mark),
          mark_(tree.primary ? PageMap::free : PageMap::previous_free) {}

    bool run() {
        if (page_ == no_freelist) {
            context_.primary_freelist_known |= tree_.primary;
            return true;
        }
        if (number(page_) < 2 || number(page_) >= high_water_mark_)
            return false; // reported with the meta
        if (number(page_) >= context_.map.page_count()) {
            context_.missing_pages_needed = true;
            return false;
        }
        const std::optional<Bytes> bytes = freelist_page();
        if (!bytes)
            return false;
        const auto view = FreelistView::of(*bytes);
        if (!view) {
            report(view.error().code, view.error().offset, to_text(view.error()));
            return false;
        }
        mark_ids(*view);
        context_.primary_freelist_known |= tree_.primary && sound_;
        return sound_;
    }

private:
    void report(FindingCode code, std::uint64_t offset, std::string message) {
        sound_ = false;
        const Severity severity = tree_.primary ? text_of(code).severity : Severity::note;
        Finding finding = context_.finding_at(code, page_, offset, std::move(message));
        finding.severity = severity;
        finding.transaction = TxId{tree_.meta.fields.txid};
        context_.log.add(std::move(finding));
    }

    // The freelist's bytes, if the page is one. Claims its pages.
    std::optional<Bytes> freelist_page() {
        const std::uint32_t page_size = context_.source.page_size_bytes();
        const std::uint64_t offset = context_.offset_of(page_);
        const Bytes first = context_.source.file().subspan(offset, page_size);
        const auto header = load<format::PageHeader>(first.data());
        if (!context_.source.probe(offset, page_size))
            return fail(FindingCode::page_unreadable, 0, "the system could not read the page");
        if (header.type() != format::PageType::freelist)
            return format::all_zero(first)
                       ? fail(FindingCode::page_zeroed, 0, "the freelist's page holds only zeros")
                       : fail(FindingCode::freelist_type, 8,
                              fmt::format("the page is of type {} (flags {:#x}), expected 0x10 "
                                          "(freelist)",
                                          name_of(header.type()), header.flags));
        if (header.id != number(page_))
            return fail(FindingCode::page_id_mismatch, 0,
                        fmt::format("the freelist's page says that it is page {}", header.id));
        const std::uint64_t room =
            std::min(high_water_mark_, context_.map.page_count()) - number(page_);
        if (header.overflow >= high_water_mark_ - number(page_))
            return fail(FindingCode::page_overflow_out_of_range, 12,
                        fmt::format("overflow is {}, the database ends {} pages behind this one",
                                    header.overflow, high_water_mark_ - number(page_) - 1));
        const std::uint64_t pages = std::min<std::uint64_t>(header.overflow + 1ULL, room);
        if (!context_.source.probe(offset, pages * page_size))
            return fail(FindingCode::page_unreadable, 0,
                        "the system could not read the freelist's overflow");
        if (tree_.primary)
            for (std::uint64_t i = 0; i < pages; ++i)
                context_.map.claim(PageId{number(page_) + i}, Role::freelist);
        pages_ = pages;
        return context_.source.file().subspan(offset, pages * page_size);
    }

    std::optional<Bytes> fail(FindingCode code, std::uint64_t offset, std::string message) {
        report(code, offset, std::move(message));
        return std::nullopt;
    }

    // Each kind of wrong id is one finding that shows the first and counts all.
    void mark_ids(const FreelistView& ids) {
        const std::uint64_t first = first_id_offset();
        std::uint64_t previous = 0;
        for (std::uint64_t i = 0; i < ids.count(); ++i) {
            const std::uint64_t id = number(ids.id(i));
            const std::uint64_t at = first + i * 8;
            if (id < 2 || id >= high_water_mark_) {
                seen(FindingCode::freelist_out_of_range, at, [&] {
                    return fmt::format("entry {} is page {}, expected 2 to {}", i, id,
                                       high_water_mark_ - 1);
                });
                continue;
            }
            if (id < previous)
                seen(FindingCode::freelist_unsorted, at, [&] {
                    return fmt::format("entry {} is page {}, behind page {}", i, id, previous);
                });
            previous = id;
            mark(id, i, at);
        }
        finish();
    }

    void mark(std::uint64_t id, std::uint64_t index, std::uint64_t at) {
        if (id >= context_.map.page_count()) {
            context_.missing_pages_needed = true;
            return;
        }
        if (context_.map.has(PageId{id}, mark_))
            seen(FindingCode::freelist_duplicate, at,
                 [&] { return fmt::format("entry {} lists page {} again", index, id); });
        context_.map.set(PageId{id}, mark_);
        if (id >= number(page_) && id < number(page_) + pages_)
            seen(FindingCode::page_reachable_but_free, at, [&] {
                return fmt::format("entry {} lists page {}, which holds the freelist itself", index,
                                   id);
            });
    }

    [[nodiscard]] std::uint64_t first_id_offset() const {
        const auto header =
            load<format::PageHeader>(context_.source.file().data() + context_.offset_of(page_));
        return format::page_header_bytes +
               (header.count == format::freelist_count_in_first_id ? 8U : 0U);
    }

    template <class Message>
    void seen(FindingCode code, std::uint64_t offset, Message&& message) {
        std::optional<Finding>& finding = first_of_[static_cast<std::size_t>(code)];
        if (finding) {
            ++finding->repeated;
            return;
        }
        sound_ = false;
        finding = context_.finding_at(code, page_, offset, message());
        finding->severity = tree_.primary ? text_of(code).severity : Severity::note;
        finding->transaction = TxId{tree_.meta.fields.txid};
    }

    void finish() {
        for (std::optional<Finding>& finding : first_of_)
            if (finding)
                context_.log.add(std::move(*finding));
    }

    CheckContext& context_;
    const Tree& tree_;
    PageId page_;
    std::uint64_t high_water_mark_;
    PageMap::Mark mark_;
    std::uint64_t pages_ = 0;
    bool sound_ = true;
    std::array<std::optional<Finding>, finding_code_count> first_of_;
};

} // namespace

bool check_freelist(CheckContext& context, const Tree& tree) {
    return FreelistCheck(context, tree).run();
}

} // namespace rebolt::check_walk
