// What a failed call means: may it be tried again, and how it is told.
//
// The one question that matters is whether a change may have been carried out.
// gRPC says so where it has found no connection for a call, and etcd where it
// refuses a request before it looks at it. All else is of unknown fate.
#pragma once

#include <cstdint>
#include <string>

#include <grpcpp/support/status.h>

#include <rebolt/error.hpp>

namespace rebolt::store::etcd {

enum class FailureKind : std::uint8_t {
    not_carried_out, ///< another server, or this one later, may do it
    unknown_fate,    ///< it may have been carried out, or may still be
    token_invalid,   ///< not carried out, for want of a valid token
    refused,         ///< an answer that no repetition changes
};

[[nodiscard]] FailureKind classify(const grpc::Status& status);

/// The compaction that removed the revision which was asked for.
[[nodiscard]] bool is_compacted(const grpc::Status& status);
/// An answer that is larger than what this side takes.
[[nodiscard]] bool is_answer_too_large(const grpc::Status& status);

/// A watch that the server cancelled says why in words only: the same as a status.
[[nodiscard]] grpc::Status status_of_reason(const std::string& cancel_reason);

/// `server`: which server, as host:port. The code is not_reachable,
/// permission_denied, value_too_large, key_required, invalid_argument or io.
[[nodiscard]] Error error_of(const grpc::Status& status, const std::string& server);

} // namespace rebolt::store::etcd
