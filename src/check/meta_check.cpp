#include "check/meta_check.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <rebolt/foreign_file.hpp>

namespace rebolt::check_walk {
namespace {

using format::MetaFields;
using format::MetaView;

constexpr std::uint64_t freelist_offset =
    format::page_header_bytes + offsetof(MetaFields, freelist);
constexpr std::uint64_t page_size_offset =
    format::page_header_bytes + offsetof(MetaFields, page_size);

Finding whole_file_finding(FindingCode code, std::string message) {
    return {.code = code,
            .severity = text_of(code).severity,
            .place = {},
            .message = std::move(message),
            .transaction = std::nullopt};
}

// The finding's place is counted in the page size in use: metas have no other.
Finding meta_finding(const PageSource& source, FindingCode code, PageId page, std::uint64_t offset,
                     std::string message) {
    Finding finding = whole_file_finding(code, std::move(message));
    finding.place.page = page;
    finding.place.offset = number(page) * source.page_size_bytes() + offset;
    return finding;
}

// boltdb before 1.2.1 wrote the first two metas without a checksum, which bbolt up
// to 1.3.6 accepts.
bool has_no_checksum(const MetaFields& fields, FindingCode fault) {
    return fault == FindingCode::meta_checksum && fields.checksum == 0;
}

// bbolt opens, reads and writes the file whatever the header says, but a meta
// that belongs elsewhere is an older one.
void judge_meta_header(const PageSource& source, PageId page, FindingLog& log) {
    const auto header =
        load<format::PageHeader>(source.file().data() + number(page) * source.page_size_bytes());
    const auto add = [&](FindingCode code, std::uint64_t offset, std::string message) {
        Finding finding = meta_finding(source, code, page, offset, std::move(message));
        finding.severity = Severity::data;
        log.add(std::move(finding));
    };
    if (header.type() != format::PageType::meta)
        add(FindingCode::page_type_invalid, 8,
            fmt::format("flags are {:#x} ({}), expected 0x4 (meta)", header.flags,
                        name_of(header.type())));
    else if (header.id != number(page))
        add(FindingCode::page_id_mismatch, 0,
            fmt::format("the page says that it is page {}", header.id));
}

// Magic, version, checksum and page size. True if the meta can be used.
bool judge_meta(const PageSource& source, PageId page, const MetaView& meta, FindingLog& log) {
    const std::uint64_t begin = number(page) * source.page_size_bytes();
    const auto add = [&](FindingCode code, std::uint64_t offset, std::string message) {
        log.add(meta_finding(source, code, page, offset, std::move(message)));
    };
    if (!source.readable(begin, source.page_size_bytes())) {
        add(FindingCode::page_unreadable, 0, "the system could not read the meta page");
        return false;
    }
    if (const std::optional<format::Fault> fault = meta.validate()) {
        if (has_no_checksum(meta.fields(), fault->code))
            return false; // told when the other meta is known
        const bool zeroed =
            format::all_zero(source.file().subspan(begin, source.page_size_bytes()));
        add(fault->code, zeroed ? 0 : fault->offset,
            zeroed ? "the meta page holds only zeros" : to_text(*fault));
        return false;
    }
    if (meta.fields().page_size != source.page_size_bytes()) {
        add(FindingCode::meta_page_size, page_size_offset,
            fmt::format("the meta's page size is {}, {} {}", meta.fields().page_size,
                        format::is_page_size(meta.fields().page_size) ? "the pages in use have"
                                                                      : "expected a power of two "
                                                                        "from 512 to 65536, as",
                        source.page_size_bytes()));
        return false;
    }
    judge_meta_header(source, page, log);
    return true;
}

std::optional<MetaReport> read_meta(const PageSource& source, PageId page, FindingLog& log) {
    const std::uint64_t begin = number(page) * source.page_size_bytes();
    if (begin >= source.file_bytes())
        return std::nullopt;
    const std::uint64_t length =
        std::min<std::uint64_t>(source.page_size_bytes(), source.file_bytes() - begin);
    const auto meta = MetaView::of(source.file().subspan(begin, length));
    if (!meta)
        return std::nullopt;
    MetaReport report{.page = page, .valid = false, .current = false, .fields = meta->fields()};
    report.valid = length == source.page_size_bytes() && judge_meta(source, page, *meta, log);
    return report;
}

// bbolt: DB.meta. The valid one with the larger txid; meta 0 when equal.
MetaReport* choose_current(std::vector<MetaReport>& metas) {
    MetaReport* current = nullptr;
    for (MetaReport& meta : metas)
        if (meta.valid && (current == nullptr || meta.fields.txid > current->fields.txid))
            current = &meta;
    return current;
}

bool may_have_tree(const MetaReport& meta, const PageSource& source) {
    return meta.valid || (meta.fields.magic == format::magic && meta.fields.root >= 2 &&
                          meta.fields.root < source.page_count());
}

// A meta without a checksum is an old one, if the other is newer and can be used.
void judge_missing_checksum(const PageSource& source, const MetaReport& meta,
                            const MetaReport* current, FindingLog& log) {
    const bool is_old = current != nullptr && current->fields.txid > meta.fields.txid;
    const bool is_newer = current != nullptr && !is_old;
    Finding finding = meta_finding(
        source, is_newer ? FindingCode::meta_checksum : FindingCode::meta_without_checksum,
        meta.page, format::page_header_bytes + offsetof(MetaFields, checksum),
        is_old ? fmt::format("checksum is 0: boltdb before 1.2.1 wrote none at first; transaction "
                             "{}, of the other meta, is newer",
                             current->fields.txid)
               : std::string("checksum is 0: written before boltdb 1.2.1, or by a port that writes "
                             "none"));
    if (is_old)
        finding.severity = Severity::note;
    finding.transaction = TxId{meta.fields.txid};
    log.add(std::move(finding));
}

bool lacks_checksum_only(const MetaReport& meta) {
    return !meta.valid && meta.fields.magic == format::magic &&
           meta.fields.version == format::version && meta.fields.checksum == 0;
}

// The roots of the metas' own pages: what the tree walk cannot see.
void judge_freelist_id(const PageSource& source, const MetaReport& meta, bool is_primary,
                       FindingLog& log) {
    const std::uint64_t id = meta.fields.freelist;
    if (PageId{id} == no_freelist || (id >= 2 && id < meta.fields.high_water_mark))
        return;
    Finding finding =
        meta_finding(source, FindingCode::meta_freelist_out_of_range, meta.page, freelist_offset,
                     fmt::format("the freelist is at page {}, expected 2 to {}", id,
                                 meta.fields.high_water_mark - 1));
    finding.transaction = TxId{meta.fields.txid};
    if (!is_primary)
        finding.severity = Severity::note;
    log.add(std::move(finding));
}

std::string what_it_is(Bytes file) {
    const std::optional<ForeignFile> foreign = foreign_file(file);
    if (!foreign)
        return "no meta page and no page that carries its own number";
    std::string text = foreign->database_at ? fmt::format("{}: a database begins at byte {}",
                                                          foreign->name, *foreign->database_at)
                                            : fmt::format("it is {}", foreign->name);
    if (!foreign->command.empty())
        text += fmt::format("; try: {}", foreign->command);
    return text;
}

} // namespace

std::optional<Finding> not_a_database(const PageSource& source) {
    const Bytes file = source.file();
    if (file.empty())
        return whole_file_finding(FindingCode::file_empty, "the file has 0 bytes");
    for (const std::uint64_t page : {0U, 1U}) {
        const std::uint64_t begin = page * source.page_size_bytes();
        if (begin >= file.size())
            break;
        const auto meta = MetaView::of(file.subspan(begin));
        if (meta && meta->fields().magic == format::magic_of_foreign_byte_order)
            return whole_file_finding(
                FindingCode::foreign_byte_order,
                fmt::format("meta {}'s magic reads {:#x}, expected {:#x}: big-endian", page,
                            meta->fields().magic, format::magic));
        if (meta && meta->fields().magic == format::magic)
            return std::nullopt;
    }
    if (source.page_size_origin() == PageSizeOrigin::unknown &&
        !format::all_zero(file.first(std::min<std::size_t>(file.size(), 4096))))
        return whole_file_finding(FindingCode::not_a_bolt_file, what_it_is(file));
    return std::nullopt;
}

Metas read_metas(const PageSource& source, FindingLog& log) {
    Metas metas;
    for (const PageId page : {PageId{0}, PageId{1}})
        if (std::optional<MetaReport> meta = read_meta(source, page, log))
            metas.reports.push_back(*meta);
    MetaReport* current = choose_current(metas.reports);
    bool is_checksum_missing = false;
    for (const MetaReport& meta : metas.reports)
        if (lacks_checksum_only(meta)) {
            is_checksum_missing = true;
            judge_missing_checksum(source, meta, current, log);
        }
    if (current != nullptr)
        current->current = true;
    else if (!is_checksum_missing)
        log.add(whole_file_finding(FindingCode::both_metas_invalid,
                                   "neither meta page is valid: bbolt refuses the file"));
    std::vector<MetaReport> walked = metas.reports;
    std::erase_if(walked, [&](const MetaReport& meta) { return !may_have_tree(meta, source); });
    std::ranges::stable_sort(walked, [](const MetaReport& a, const MetaReport& b) {
        return a.current != b.current ? a.current : a.fields.txid > b.fields.txid;
    });
    for (const MetaReport& meta : walked) {
        const bool is_primary = metas.trees.empty();
        metas.trees.push_back({meta, is_primary});
        judge_freelist_id(source, meta, is_primary, log);
    }
    return metas;
}

} // namespace rebolt::check_walk
