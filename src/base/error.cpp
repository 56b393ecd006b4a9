#include <rebolt/error.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <new>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace rebolt {

// An error must be made where memory has run out, to say so: a few have their place
// in advance.
struct Error::Detail {
    ErrorCode code;
    std::string message;
    std::optional<Finding> finding;
    std::string file;

    static void* operator new(std::size_t bytes);
    static void operator delete(void* detail) noexcept;
};

namespace {

constexpr std::size_t reserve_slots = 8;
constexpr std::size_t slot_bytes = 512;

struct Slot {
    alignas(std::max_align_t) std::array<std::byte, slot_bytes> bytes{};
    std::atomic<bool> is_taken{false};
};
constinit std::array<Slot, reserve_slots> reserve{};

} // namespace

void* Error::Detail::operator new(std::size_t bytes) {
    static_assert(sizeof(Detail) <= slot_bytes);
    if (void* const detail = ::operator new(bytes, std::nothrow))
        return detail;
    for (Slot& slot : reserve)
        if (!slot.is_taken.exchange(true))
            return slot.bytes.data();
    throw std::bad_alloc();
}

void Error::Detail::operator delete(void* detail) noexcept {
    for (Slot& slot : reserve)
        if (detail == slot.bytes.data()) {
            slot.is_taken.store(false);
            return;
        }
    ::operator delete(detail);
}

Error::Error(ErrorCode code, std::string message)
    : detail_(std::make_unique<Detail>(Detail{code, std::move(message), std::nullopt, {}})) {}

Error::Error(Finding finding) : detail_(std::make_unique<Detail>()) {
    detail_->code = ErrorCode::damaged;
    detail_->message = finding.message;
    detail_->finding = std::move(finding);
}

Error::Error(Error&&) noexcept = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

ErrorCode Error::code() const noexcept {
    return detail_->code;
}

const std::string& Error::message() const noexcept {
    return detail_->message;
}

const Finding* Error::finding() const noexcept {
    return detail_->finding ? &*detail_->finding : nullptr;
}

const std::string& Error::file() const noexcept {
    return detail_->file;
}

Error&& Error::in_file(std::string path) && {
    if (detail_->file.empty())
        detail_->file = std::move(path);
    return std::move(*this);
}

std::string Error::to_text() const {
    const std::string prefix = detail_->file.empty() ? "" : printable(detail_->file) + ": ";
    if (!detail_->finding)
        return prefix + detail_->message;
    const Finding& finding = *detail_->finding;
    const std::string place = rebolt::to_text(finding.place);
    return fmt::format("{}{}: {}{}{}", prefix, text_of(finding.code).name, place,
                       place.empty() ? "" : ": ", finding.message);
}

std::string_view name_of(ErrorCode code) noexcept {
    switch (code) {
    case ErrorCode::damaged:
        return "damaged";
    case ErrorCode::file_not_found:
        return "file-not-found";
    case ErrorCode::permission_denied:
        return "permission-denied";
    case ErrorCode::io:
        return "io";
    case ErrorCode::out_of_memory:
        return "out-of-memory";
    case ErrorCode::lock_timeout:
        return "lock-timeout";
    case ErrorCode::invalid_argument:
        return "invalid-argument";
    case ErrorCode::bucket_not_found:
        return "bucket-not-found";
    case ErrorCode::incompatible_value:
        return "incompatible-value";
    case ErrorCode::transaction_closed:
        return "transaction-closed";
    case ErrorCode::database_closed:
        return "database-closed";
    case ErrorCode::cancelled:
        return "cancelled";
    case ErrorCode::database_read_only:
        return "database-read-only";
    case ErrorCode::transaction_not_writable:
        return "transaction-not-writable";
    case ErrorCode::transaction_failed:
        return "transaction-failed";
    case ErrorCode::bucket_exists:
        return "bucket-exists";
    case ErrorCode::bucket_name_required:
        return "bucket-name-required";
    case ErrorCode::same_bucket:
        return "same-bucket";
    case ErrorCode::different_database:
        return "different-database";
    case ErrorCode::key_required:
        return "key-required";
    case ErrorCode::key_too_large:
        return "key-too-large";
    case ErrorCode::value_too_large:
        return "value-too-large";
    case ErrorCode::max_size_reached:
        return "max-size-reached";
    case ErrorCode::sync_failed:
        return "sync-failed";
    case ErrorCode::key_not_found:
        return "key-not-found";
    case ErrorCode::key_modified:
        return "key-modified";
    case ErrorCode::key_exists:
        return "key-exists";
    case ErrorCode::previous_required:
        return "previous-required";
    case ErrorCode::not_reachable:
        return "not-reachable";
    case ErrorCode::cannot_lock:
        return "cannot-lock";
    case ErrorCode::not_supported:
        return "not-supported";
    }
    return "unknown";
}

} // namespace rebolt
