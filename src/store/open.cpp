#include <rebolt/store.hpp>

#include <fmt/format.h>

#include "base/try.hpp"
#include "store/bolt_backend.hpp"
#include "store/etcd_backend.hpp"
#include "store/memory_backend.hpp"
#include "store/url.hpp"

namespace rebolt::store {

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
    return open_etcd(parts, resolved);
}

} // namespace rebolt::store
