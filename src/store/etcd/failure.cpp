#include "store/etcd/failure.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace rebolt::store::etcd {
namespace {

bool says(const grpc::Status& status, std::string_view words) {
    return status.error_message().find(words) != std::string::npos;
}

// etcd checks these before it does anything else with a request.
bool is_refused_unseen(const grpc::Status& status) {
    constexpr std::array<std::string_view, 4> refusals = {
        "etcdserver: no leader", "etcdserver: not capable",
        "etcdserver: rpc not supported for learner", "etcdserver: too many requests"};
    return std::ranges::any_of(refusals,
                               [&](std::string_view words) { return says(status, words); });
}

// gRPC's words where it picked no connection for a call, so that it went nowhere.
bool has_no_connection(const grpc::Status& status) {
    const std::string& text = status.error_message();
    return status.error_code() == grpc::StatusCode::UNAVAILABLE &&
           (text.starts_with("failed to connect to all addresses") ||
            text.starts_with("DNS resolution failed"));
}

bool is_token_invalid(const grpc::Status& status) {
    return says(status, "etcdserver: invalid auth token") ||
           says(status, "etcdserver: revision of auth store is old");
}

bool is_not_permitted(const grpc::Status& status) {
    return status.error_code() == grpc::StatusCode::PERMISSION_DENIED ||
           status.error_code() == grpc::StatusCode::UNAUTHENTICATED ||
           says(status, "etcdserver: permission denied") ||
           says(status, "etcdserver: authentication failed") ||
           says(status, "etcdserver: user name") || is_token_invalid(status);
}

bool is_request_too_large(const grpc::Status& status) {
    return says(status, "request is too large") || says(status, "larger than max");
}

// Words for what a user can do about it; gRPC's own come after them.
std::string_view advice_of(const grpc::Status& status) {
    if (says(status, "CERTIFICATE_VERIFY_FAILED") || says(status, "certificate verify failed"))
        return "the server's certificate is not signed by the given ca: ";
    if (says(status, "WRONG_VERSION_NUMBER") || says(status, "wrong version number"))
        return "the server does not speak TLS (use etcd://): ";
    if (says(status, "Peer name") || says(status, "Hostname Verification"))
        return "the server's certificate is for another host name: ";
    if (says(status, "handshake failed"))
        return "no TLS connection with the server (is its certificate signed by the given ca, and "
               "does it want a client's, cert= and key=?): ";
    if (has_no_connection(status) && (says(status, "Socket closed") || says(status, "reset by")))
        return "the server closes the connection (does one side want TLS and the other not? "
               "etcds:// is with, etcd:// without): ";
    if (says(status, "etcdserver: user name is empty"))
        return "the server wants a user and a password: ";
    if (says(status, "etcdserver: authentication failed"))
        return "wrong user or password: ";
    if (says(status, "database space exceeded"))
        return "etcd's database is full (see its --quota-backend-bytes): ";
    if (says(status, "has been compacted"))
        return "the revision that was being read has been compacted away; read again: ";
    return "";
}

ErrorCode code_of(const grpc::Status& status) {
    if (is_not_permitted(status))
        return ErrorCode::permission_denied;
    if (is_request_too_large(status))
        return ErrorCode::value_too_large;
    if (says(status, "etcdserver: key is not provided"))
        return ErrorCode::key_required;
    if (says(status, "etcdserver: too large lease TTL"))
        return ErrorCode::invalid_argument;
    const bool is_of_connection = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                                  status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED ||
                                  status.error_code() == grpc::StatusCode::CANCELLED;
    return is_of_connection ? ErrorCode::not_reachable : ErrorCode::io;
}

} // namespace

FailureKind classify(const grpc::Status& status) {
    if (is_token_invalid(status))
        return FailureKind::token_invalid;
    if (is_not_permitted(status))
        return FailureKind::refused;
    if (is_refused_unseen(status) || has_no_connection(status))
        return FailureKind::not_carried_out;
    const grpc::StatusCode code = status.error_code();
    const bool is_of_connection =
        code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::DEADLINE_EXCEEDED ||
        code == grpc::StatusCode::CANCELLED || code == grpc::StatusCode::INTERNAL ||
        code == grpc::StatusCode::UNKNOWN;
    return is_of_connection ? FailureKind::unknown_fate : FailureKind::refused;
}

bool is_compacted(const grpc::Status& status) {
    return status.error_code() == grpc::StatusCode::OUT_OF_RANGE &&
           says(status, "has been compacted");
}

bool is_answer_too_large(const grpc::Status& status) {
    return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
           says(status, "larger than max");
}

grpc::Status status_of_reason(const std::string& cancel_reason) {
    grpc::Status unavailable(grpc::StatusCode::UNAVAILABLE, cancel_reason);
    if (is_token_invalid(unavailable))
        return {grpc::StatusCode::UNAUTHENTICATED, cancel_reason};
    if (is_not_permitted(unavailable))
        return {grpc::StatusCode::PERMISSION_DENIED, cancel_reason};
    return unavailable;
}

Error error_of(const grpc::Status& status, const std::string& server) {
    const ErrorCode code = code_of(status);
    if (code == ErrorCode::value_too_large)
        return {code, fmt::format("{}: etcd takes requests of up to 1.5 MiB (its "
                                  "--max-request-bytes): {}",
                                  server, status.error_message())};
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)
        return {code, server + ": no answer in time"};
    return {code, fmt::format("{}: {}{}", server, advice_of(status), status.error_message())};
}

} // namespace rebolt::store::etcd
