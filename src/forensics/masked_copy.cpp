#include <rebolt/masked_copy.hpp>

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>

#include <rebolt/check.hpp>
#include <rebolt/page_grammar.hpp>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "forensics/page_mask.hpp"
#include "io/new_file.hpp"

namespace rebolt {
namespace {

using format::PageHeader;
using format::PageType;

constexpr std::uint32_t mode_of_copy = 0600;
constexpr std::uint64_t pages_between_marks = 4096;
constexpr std::size_t run_bytes = 8; ///< so many bytes of a value are not to be found again

// The byte that values become: one of which the file has no eight in a row.
std::byte choose_filler(Bytes file) {
    std::array<bool, 256> has_run{};
    std::size_t run = 0;
    for (std::size_t i = 0; i < file.size(); ++i) {
        run = i != 0 && file[i] == file[i - 1] ? run + 1 : 1;
        if (run >= run_bytes)
            has_run[std::to_integer<std::size_t>(file[i])] = true;
    }
    for (unsigned char byte = 'x'; byte != 'x' - 1; byte = static_cast<unsigned char>(byte + 1))
        if (byte != 0 && !has_run[byte])
            return std::byte{byte};
    return std::byte{'x'};
}

/// Cuts a file into pages with their overflow, by what each page says of itself.
class PageRuns {
public:
    explicit PageRuns(const PageSource& source) : source_(source) {}

    /// Calls visit(page, bytes) -> Result<void> for each run, so that they add up to
    /// the file's whole pages.
    template <class Visit>
    Result<void> for_each(Visit&& visit) const {
        for (std::uint64_t id = 0; id < source_.page_count();) {
            const std::uint64_t pages = length(id);
            TRY(visit(PageId{id}, bytes(id, pages)));
            id += pages;
        }
        return {};
    }

private:
    [[nodiscard]] Bytes bytes(std::uint64_t id, std::uint64_t pages) const {
        const std::uint64_t size = source_.page_size_bytes();
        return source_.file().subspan(id * size, pages * size);
    }

    [[nodiscard]] PageHeader header(std::uint64_t id) const {
        return load<PageHeader>(bytes(id, 1).data());
    }

    // Overflow ends where another page begins. One that stands in a value is cut out
    // of it, and masked as a page.
    [[nodiscard]] std::uint64_t length(std::uint64_t id) const {
        const PageHeader first = header(id);
        const bool has_overflow =
            id >= 2 && first.type() != PageType::unknown && first.type() != PageType::meta;
        const std::uint64_t most =
            std::min<std::uint64_t>(source_.page_count() - id, first.overflow + 1ULL);
        std::uint64_t pages = 1;
        while (has_overflow && pages < most && !is_page(id + pages))
            ++pages;
        return pages;
    }

    [[nodiscard]] bool is_page(std::uint64_t id) const {
        const PageHeader own = header(id);
        if (own.id != id || own.overflow >= source_.page_count() - id)
            return false;
        const Bytes page = bytes(id, own.overflow + 1ULL);
        const format::PagePlace anywhere{.range = {},
                                         .page_size_bytes = source_.page_size_bytes(),
                                         .is_root = true,
                                         .is_inline = false};
        format::LeafCount count;
        return own.type() == PageType::leaf     ? format::leaf_is_sound(page, anywhere, count)
               : own.type() == PageType::branch ? format::branch_is_sound(page, anywhere)
                                                : own.type() == PageType::freelist;
    }

    const PageSource& source_;
};

std::string text_of(const Finding& finding) {
    return fmt::format("{} {}", text_of(finding.code).name, to_text(finding.place));
}

// A place as it is called in the copy, but for the bucket's names.
Place in_copy(Place place) {
    const auto masked = [](PageId id) { return PageId{forensics::masked_page_number(number(id))}; };
    if (place.page)
        place.page = masked(*place.page);
    std::ranges::transform(place.path, place.path.begin(), masked);
    return place;
}

// Messages show keys, which are not the same.
bool is_same(const Finding& left, const Finding& right) {
    const Place place = in_copy(left.place);
    return std::tuple(left.code, left.severity, left.transaction, left.repeated) ==
               std::tuple(right.code, right.severity, right.transaction, right.repeated) &&
           std::tuple(place.page, place.offset, place.path, place.bucket.size()) ==
               std::tuple(right.place.page, right.place.offset, right.place.path,
                          right.place.bucket.size());
}

Result<CheckReport> check_by_pages(const PageSource& source) {
    CheckOptions by_pages;
    by_pages.owners = {};
    by_pages.findings_max = std::size_t{1} << 20U;
    return check(source, by_pages);
}

Result<void> compare(const PageSource& source, const PageSource& copy, MaskedCopy& result) {
    const CheckReport left = TRY(check_by_pages(source));
    const CheckReport right = TRY(check_by_pages(copy));
    result.findings = left.findings.size();
    for (std::size_t i = 0; i < std::max(left.findings.size(), right.findings.size()); ++i) {
        if (i < left.findings.size() && i < right.findings.size() &&
            is_same(left.findings[i], right.findings[i]))
            continue;
        const auto shown = [i](const CheckReport& report) {
            return i < report.findings.size() ? text_of(report.findings[i])
                                              : std::string("nothing");
        };
        result.difference = fmt::format("{} became {}", shown(left), shown(right));
        return {};
    }
    result.has_same_findings = left.verdict == right.verdict && left.count_of == right.count_of;
    return {};
}

class CopyMaker {
public:
    using Progress = std::function<bool(std::uint64_t, std::uint64_t)>;

    CopyMaker(const PageSource& source, const Progress& progress)
        : source_(source), progress_(progress), runs_(source) {}

    Result<MaskedCopy> write_to(const std::string& path) {
        const forensics::Pseudonyms names(TRY(all_keys()));
        result_.keys = names.size();
        result_.pages = source_.page_count();
        io::NewFile file = TRY(io::NewFile::create(path, mode_of_copy));
        TRY(write_pages(names, file));
        ReadOptions unlocked;
        unlocked.lock = false;
        const PageSource copy = TRY(PageSource::open(file.open_path(), unlocked));
        TRY(compare(source_, copy, result_));
        TRY(file.put_in_place());
        return std::move(result_);
    }

private:
    Result<std::vector<std::string_view>> all_keys() {
        std::vector<std::string_view> keys;
        const auto collect = [&](PageId id, Bytes page) -> Result<void> {
            forensics::for_each_key(page, [&](std::string_view key) { keys.push_back(key); });
            return report(number(id));
        };
        TRY(runs_.for_each(collect));
        return keys;
    }

    Result<void> write_pages(const forensics::Pseudonyms& names, io::NewFile& file) {
        const std::byte filler = choose_filler(source_.file());
        forensics::PageMask mask(names, filler);
        const auto write = [&](PageId id, Bytes page) -> Result<void> {
            TRY(file.append(mask.masked(page, id)));
            return report(number(id));
        };
        TRY(runs_.for_each(write));
        const std::uint64_t whole = source_.page_count() * source_.page_size_bytes();
        std::vector<std::byte> rest;
        for (const std::byte byte : source_.file().subspan(whole))
            rest.push_back(byte == std::byte{0} ? byte : filler);
        return file.append(rest);
    }

    Result<void> report(std::uint64_t page) const {
        if (progress_ && page % pages_between_marks == 0 && !progress_(page, source_.page_count()))
            return Error(ErrorCode::cancelled, "cancelled").in_file(source_.path());
        return {};
    }

    const PageSource& source_;
    const Progress& progress_;
    PageRuns runs_;
    MaskedCopy result_;
};

} // namespace

Result<MaskedCopy>
write_masked_copy(const PageSource& source, const std::string& path,
                  const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    return with_memory([&] { return CopyMaker(source, progress).write_to(path); });
}

} // namespace rebolt
