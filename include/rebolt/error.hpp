// Error: what a call returns when it could not do its work.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <rebolt/finding.hpp>

namespace rebolt {

enum class ErrorCode : std::uint8_t {
    damaged,            ///< the file's bytes are wrong: `finding()` says how and where
    file_not_found,     ///< no such file or folder
    permission_denied,  ///< the system does not let us
    io,                 ///< the system reported an I/O error
    out_of_memory,      ///< memory that the documented bound allows was not to be had
    lock_timeout,       ///< another program holds the file (bbolt: ErrTimeout)
    invalid_argument,   ///< the caller asked for something that cannot be
    bucket_not_found,   ///< bbolt: ErrBucketNotFound
    incompatible_value, ///< a bucket where a value was asked for, or the reverse
    transaction_closed, ///< bbolt: ErrTxClosed
    database_closed,    ///< bbolt: ErrDatabaseNotOpen
    cancelled,          ///< the caller's stop token or the user ended it
    // Of writers only.
    database_read_only,       ///< bbolt: ErrDatabaseReadOnly
    transaction_not_writable, ///< bbolt: ErrTxNotWritable
    transaction_failed,       ///< an earlier call failed midway: only rollback is left
    bucket_exists,            ///< bbolt: ErrBucketExists
    bucket_name_required,     ///< bbolt: ErrBucketNameRequired
    same_bucket,              ///< bbolt: ErrSameBuckets
    different_database,       ///< bbolt: ErrDifferentDB
    key_required,             ///< bbolt: ErrKeyRequired
    key_too_large,            ///< bbolt: ErrKeyTooLarge
    value_too_large,          ///< bbolt: ErrValueTooLarge
    max_size_reached,         ///< bbolt: ErrMaxSizeReached
    sync_failed,              ///< a sync or a meta write failed, now or before: the handle
                              ///< refuses to write, since nobody knows what is on the disk
    // Of stores only (libkv's names in brackets).
    key_not_found,     ///< no such key (ErrKeyNotFound)
    key_modified,      ///< the key was written since (ErrKeyModified)
    key_exists,        ///< the key is there already (ErrKeyExists)
    previous_required, ///< a compare-and-swap without what to compare with
                       ///< (ErrPreviousNotSpecified)
    not_reachable,     ///< no server answered in time (ErrNotReachable)
    cannot_lock,       ///< the lock is not to be had, or not held (ErrCannotLock)
    not_supported,     ///< this backend cannot do it (ErrCallNotSupported)
};

/// `damaged`, `lock-timeout`, …: stable, kebab-case.
[[nodiscard]] std::string_view name_of(ErrorCode code) noexcept;

/// A code, a message that says what and where, and the finding if damage
/// caused it. One pointer wide, so that success costs nothing. Move-only.
class [[nodiscard]] Error {
public:
    Error(ErrorCode code, std::string message);
    /// An error of code `damaged`.
    explicit Error(Finding finding);
    Error(Error&&) noexcept;
    Error& operator=(Error&&) noexcept;
    Error(const Error&) = delete;
    Error& operator=(const Error&) = delete;
    ~Error();

    [[nodiscard]] ErrorCode code() const noexcept;
    /// What happened and what to do about it, without the place.
    [[nodiscard]] const std::string& message() const noexcept;
    /// The damage behind it, or null. Valid as long as this error is.
    [[nodiscard]] const Finding* finding() const noexcept;
    /// The file it is about; empty where none was named.
    [[nodiscard]] const std::string& file() const noexcept;
    /// Names the file. Returns *this, to be used while returning.
    Error&& in_file(std::string path) &&;

    /// One line: file, code, place, message.
    [[nodiscard]] std::string to_text() const;

private:
    struct Detail;
    std::unique_ptr<Detail> detail_;
};

} // namespace rebolt
