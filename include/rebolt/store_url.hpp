// store_url: what names a store, taken apart.
//
//   bolt:///var/lib/app/kv.db?bucket=app
//   etcd://user:password@host:2379,[::1]:2379/prefix?ca=FILE
//
// `%XX` is decoded in user, password, path and query. What a scheme does with
// the parts is its backend's matter.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/result.hpp>

namespace rebolt::store {

/// A server; an IPv6 address without its brackets.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0; ///< 0: none was given
    bool operator==(const Endpoint&) const = default;
};

struct Url {
    std::string scheme; ///< lower case, without `://`
    std::string user;
    std::string password;
    std::vector<Endpoint> endpoints; ///< of bolt: none
    /// bolt: the file's path; all behind `bolt://`, so `bolt://kv.db` is a
    /// relative one. etcd: the prefix, without a slash at begin or end; empty
    /// for none.
    std::string path;
    std::map<std::string, std::string> query; ///< decoded; `?a` is {"a", ""}
};

/// Errors: invalid_argument (it says which part; passwords are not repeated).
[[nodiscard]] Result<Url> parse_url(std::string_view text);

} // namespace rebolt::store
