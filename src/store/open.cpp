#include <rebolt/store.hpp>

#include <fmt/format.h>

#include "base/try.hpp"
#include "store/bolt_backend.hpp"
#include "store/etcd_backend.hpp"
#include "store/memory_backend.hpp"
#include "store/url.hpp"

namespace rebolt::store {

Result<std::unique_ptr<Store>> open(std::string_view text, const StoreOptions& given) {
    const Url url = TRY(parse_url(text));
    const StoreOptions options = TRY(with_url(given, url));
    if (url.scheme == "bolt")
        return open_bolt(url, options);
    if (url.scheme == "memory")
        return open_memory(url);
    if (url.scheme != "etcd" && url.scheme != "etcds")
        return Error(ErrorCode::invalid_argument,
                     fmt::format("no store is called {}://; there are bolt://, etcd://, etcds:// "
                                 "and, for tests, memory://",
                                 url.scheme));
    if (url.endpoints.empty())
        return Error(ErrorCode::invalid_argument,
                     fmt::format("{}:// needs a server: etcd://host:2379/prefix", url.scheme));
    return open_etcd(url, options);
}

} // namespace rebolt::store
