#include <rebolt/store.hpp>

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/try.hpp"
#include "store/bolt_backend.hpp"
#include "store/etcd_backend.hpp"
#include "store/memory_backend.hpp"
#include "store/url.hpp"

namespace rebolt::store {
namespace {

bool is_this_machine(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// A password that goes over a network in clear is everybody's.
Result<void> require_secrecy(const Url& url, const StoreOptions& options) {
    const auto is_elsewhere = [](const Endpoint& one) { return !is_this_machine(one.host); };
    if (url.scheme != "etcd" || options.password.empty() ||
        std::ranges::none_of(url.endpoints, is_elsewhere))
        return {};
    return Error(ErrorCode::invalid_argument,
                 "a password is sent to other machines by etcds:// alone: etcd:// would send it "
                 "in clear");
}

} // namespace

Result<std::unique_ptr<Store>> open(std::string_view url, const StoreOptions& options) {
    const Url parts = TRY(parse_url(url));
    const StoreOptions resolved = TRY(with_url(options, parts));
    if (parts.scheme == "bolt")
        return open_bolt(parts, resolved);
    if (parts.scheme == "memory")
        return open_memory(parts);
    if (parts.scheme != "etcd" && parts.scheme != "etcds")
        return Error(ErrorCode::invalid_argument,
                     fmt::format("no store is called {}://; there are bolt://, etcd://, etcds:// "
                                 "and, for tests, memory://",
                                 parts.scheme));
    if (parts.endpoints.empty())
        return Error(ErrorCode::invalid_argument,
                     fmt::format("{}:// needs a server: etcd://host:2379/prefix", parts.scheme));
    TRY(require_secrecy(parts, resolved));
    return open_etcd(parts, resolved);
}

} // namespace rebolt::store
