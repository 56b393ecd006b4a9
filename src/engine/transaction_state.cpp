#include "engine/transaction_state.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "engine/changes.hpp"
#include "engine/database.hpp"

namespace rebolt::engine {

TransactionState::TransactionState() = default;
TransactionState::~TransactionState() = default;

bool TransactionState::touch(Bytes bytes) const noexcept {
    return !is_in_file(bytes) ||
           mapping->touch(static_cast<std::uint64_t>(bytes.data() - file.data()), bytes.size());
}

bool TransactionState::is_sound(Bytes bytes) const noexcept {
    return !has_new_faults() || !is_in_file(bytes) ||
           !mapping->faulted(static_cast<std::uint64_t>(bytes.data() - file.data()), bytes.size());
}

std::uint64_t TransactionState::page_bound() const noexcept {
    return page_end + (changes == nullptr ? 0 : changes->dirty_pages.size());
}

std::vector<std::string> path_of(const BucketName* name) {
    std::vector<std::string> path;
    for (; name != nullptr; name = name->parent.get())
        path.push_back(name->name);
    std::ranges::reverse(path);
    return path;
}

Error damage(const TransactionState& state, FindingCode code, PageId page,
             std::uint64_t offset_in_page, std::string message, std::span<const PageId> path,
             const BucketName* bucket) {
    Finding finding{
        .code = code,
        .severity = text_of(code).severity,
        .place = {.page = page, .offset = std::nullopt, .bucket = path_of(bucket), .path = {}},
        .message = std::move(message),
        .transaction = TxId{state.meta.txid}};
    // Changed pages have no place in the file yet.
    std::ranges::copy_if(path, std::back_inserter(finding.place.path),
                         [](PageId id) { return !is_dirty(id); });
    if (is_dirty(page))
        finding.place.page.reset();
    if (number(page) < state.file.size() / state.page_size)
        finding.place.offset = number(page) * state.page_size + offset_in_page;
    return Error(std::move(finding)).in_file(state.path());
}

Error damage(const TransactionState& state, const format::Fault& fault, PageId page,
             std::span<const PageId> path, const BucketName* bucket) {
    return damage(state, fault.code, page, fault.offset, to_text(fault), path, bucket);
}

Error inline_damage(const TransactionState& state, const format::Fault& fault,
                    const BucketName* bucket) {
    return damage(state, FindingCode::inline_bucket_malformed, PageId{0}, 0,
                  fmt::format("{}: {}", text_of(fault.code).name, to_text(fault)), {}, bucket);
}

Error transaction_closed(const TransactionState& state) {
    return Error(ErrorCode::transaction_closed, "the transaction has ended").in_file(state.path());
}

} // namespace rebolt::engine
