#include "engine/snapshot.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "engine/changes.hpp"
#include "engine/database.hpp"

namespace rebolt::engine {

Snapshot::Snapshot() = default;
Snapshot::~Snapshot() = default;

bool Snapshot::touch(Bytes bytes) const noexcept {
    return !is_in_file(bytes) ||
           mapping->touch(static_cast<std::uint64_t>(bytes.data() - file.data()), bytes.size());
}

bool Snapshot::is_sound(Bytes bytes) const noexcept {
    return !has_new_faults() || !is_in_file(bytes) ||
           !mapping->faulted(static_cast<std::uint64_t>(bytes.data() - file.data()), bytes.size());
}

std::uint64_t Snapshot::page_bound() const noexcept {
    return page_end + (changes == nullptr ? 0 : changes->drafts.size());
}

std::vector<std::string> path_of(const BucketName* name) {
    std::vector<std::string> path;
    for (; name != nullptr; name = name->parent.get())
        path.push_back(name->name);
    std::ranges::reverse(path);
    return path;
}

Error damage(const Snapshot& snapshot, FindingCode code, PageId page, std::uint64_t offset_in_page,
             std::string message, std::span<const PageId> path, const BucketName* bucket) {
    Finding finding{
        .code = code,
        .severity = text_of(code).severity,
        .place = {.page = page, .offset = std::nullopt, .bucket = path_of(bucket), .path = {}},
        .message = std::move(message),
        .transaction = TxId{snapshot.meta.txid}};
    // Changed pages have no place in the file yet.
    std::ranges::copy_if(path, std::back_inserter(finding.place.path),
                         [](PageId id) { return !is_draft(id); });
    if (is_draft(page))
        finding.place.page.reset();
    if (number(page) < snapshot.file.size() / snapshot.page_size)
        finding.place.offset = number(page) * snapshot.page_size + offset_in_page;
    return Error(std::move(finding)).in_file(snapshot.path());
}

Error damage(const Snapshot& snapshot, const format::Fault& fault, PageId page,
             std::span<const PageId> path, const BucketName* bucket) {
    return damage(snapshot, fault.code, page, fault.offset, to_text(fault), path, bucket);
}

Error inline_damage(const Snapshot& snapshot, const format::Fault& fault,
                    const BucketName* bucket) {
    return damage(snapshot, FindingCode::inline_bucket_malformed, PageId{0}, 0,
                  fmt::format("{}: {}", text_of(fault.code).name, to_text(fault)), {}, bucket);
}

Error transaction_closed(const Snapshot& snapshot) {
    return Error(ErrorCode::transaction_closed, "the transaction has ended")
        .in_file(snapshot.path());
}

} // namespace rebolt::engine
