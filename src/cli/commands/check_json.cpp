#include "cli/commands/check_json.hpp"

#include <fmt/format.h>

#include <rebolt/schema.hpp>

namespace rebolt::cli {
namespace {

template <class Number>
Document or_null(const std::optional<Number>& value) {
    return value ? Document(*value) : Document(nullptr);
}

Document tree_json(const TreeReport& tree) {
    return {{"txid", number(tree.transaction)},
            {"meta", number(tree.meta)},
            {"current", tree.current},
            {"whole", tree.whole},
            {"sound", tree.is_sound},
            {"findings", tree.findings},
            {"keys", tree.key_count - tree.bucket_count},
            {"buckets", tree.bucket_count}};
}

Document foreign_json(const std::optional<ForeignFile>& foreign) {
    if (!foreign)
        return nullptr;
    return {{"name", foreign->name},
            {"command", foreign->command},
            {"database_at", or_null(foreign->database_at)}};
}

Document pages_json(const PageCounts& pages) {
    return {{"meta", pages.meta},  {"freelist", pages.freelist}, {"branch", pages.branch},
            {"leaf", pages.leaf},  {"overflow", pages.overflow}, {"damaged", pages.damaged},
            {"free", pages.free},  {"leaked", pages.leaked},     {"missing", pages.missing},
            {"total", pages.total}};
}

Document counts_json(const CheckReport& report) {
    Document counts = Document::object();
    for (std::size_t code = 0; code < report.count_of.size(); ++code)
        if (report.count_of[code] != 0)
            counts[std::string(text_of(static_cast<FindingCode>(code)).name)] =
                report.count_of[code];
    return counts;
}

} // namespace

Document meta_json(const MetaReport& meta) {
    const format::MetaFields& f = meta.fields;
    return {
        {"page", number(meta.page)},
        {"valid", meta.valid},
        {"current", meta.current},
        {"txid", f.txid},
        {"version", f.version},
        {"page_size", f.page_size},
        {"root", f.root},
        {"sequence", f.sequence},
        {"freelist", PageId{f.freelist} == no_freelist ? Document(nullptr) : Document(f.freelist)},
        {"high_water_mark", f.high_water_mark},
        {"checksum", fmt::format("{:016x}", f.checksum)}};
}

Document check_document(const CheckReport& report, const Advice& advice, double seconds) {
    return {{"shape", "rebolt.check/1"},
            {"file", report.path},
            {"verdict", name_of(report.verdict)},
            {"sentence", sentence(report)},
            {"consequence", advice.consequence},
            {"next", advice.command},
            {"owner", report.owner == Owner::unknown ? Document(nullptr)
                                                     : Document(schema::name_of(report.owner))},
            {"foreign", foreign_json(report.foreign)},
            {"file_bytes", report.file_bytes},
            {"page_size", report.page_size_bytes},
            {"metas", array_of(report.metas, meta_json)},
            {"transactions", array_of(report.trees, tree_json)},
            {"pages", pages_json(report.pages)},
            {"findings", array_of(report.findings, finding_document)},
            {"findings_left_out", report.findings_left_out},
            {"counts", counts_json(report)},
            {"bytes", report.bytes_covered},
            {"seconds", seconds}};
}

} // namespace rebolt::cli
