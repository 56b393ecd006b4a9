#include "store/url.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::store {
namespace {

Error no_url(const std::string& why) {
    return {ErrorCode::invalid_argument,
            "not the URL of a store: " + why + "; it should look like " +
                "bolt:///path/to/file.db?bucket=NAME or etcd://host:2379/prefix"};
}

std::optional<unsigned> digit_of(char c) {
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

Result<std::string> decoded(std::string_view text, std::string_view part) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        const auto high = at + 2 < text.size() ? digit_of(text[at + 1]) : std::nullopt;
        const auto low = at + 2 < text.size() ? digit_of(text[at + 2]) : std::nullopt;
        if (!high || !low)
            return no_url(fmt::format("a % in the {} is not followed by two hex digits", part));
        out += static_cast<char>(*high * 16 + *low);
        at += 2;
    }
    return out;
}

// Cuts `text` at the first `mark`: returns what precedes it, leaves what follows.
std::string_view cut(std::string_view& text, char mark) {
    const std::size_t at = text.find(mark);
    const std::string_view before = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
    return before;
}

// No part of a URL's authority is shown: it may be one of a password.
Result<Endpoint> endpoint_of(std::string_view text) {
    Endpoint endpoint;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos)
            return no_url("a server's address has no ]");
        endpoint.host = text.substr(1, end - 1);
        const std::string_view rest = text.substr(end + 1);
        if (!rest.empty() && !rest.starts_with(':'))
            return no_url("a server's address does not end at its ]");
        port = rest.empty() ? rest : rest.substr(1);
    } else {
        endpoint.host = cut(text, ':');
        port = text;
    }
    if (endpoint.host.empty())
        return no_url("a server without a name");
    if (port.empty())
        return endpoint;
    const auto [end, failed] =
        std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (failed != std::errc() || end != port.data() + port.size() || endpoint.port == 0)
        return no_url("what follows a server's name is no port; in a user or password write / as "
                      "%2F, @ as %40, : as %3A");
    return endpoint;
}

Result<void> take_authority(Url& url, std::string_view authority) {
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        std::string_view login = authority.substr(0, at);
        authority.remove_prefix(at + 1);
        url.user = TRY(decoded(cut(login, ':'), "user"));
        url.password = TRY(decoded(login, "password"));
    }
    while (!authority.empty())
        url.endpoints.push_back(TRY(endpoint_of(cut(authority, ','))));
    return {};
}

Result<void> take_query(Url& url, std::string_view query) {
    while (!query.empty()) {
        std::string_view pair = cut(query, '&');
        const std::string name = TRY(decoded(cut(pair, '='), "query"));
        const std::string value = TRY(decoded(pair, "query"));
        if (!url.query.emplace(name, value).second)
            return no_url(fmt::format("{}= is given twice", name));
    }
    return {};
}

Result<bool> truth_of(const std::string& name, const std::string& value) {
    if (value == "true" || value == "1" || value.empty())
        return true;
    if (value == "false" || value == "0")
        return false;
    return no_url(fmt::format("{}={}: use true or false", name, value));
}

std::string_view without_slashes(std::string_view path) {
    while (path.starts_with('/'))
        path.remove_prefix(1);
    while (path.ends_with('/'))
        path.remove_suffix(1);
    return path;
}

} // namespace

Result<Url> parse_url(std::string_view text) {
    const std::size_t end = text.find("://");
    if (end == std::string_view::npos || end == 0)
        return no_url("there is no scheme://");
    Url url;
    url.scheme = text.substr(0, end);
    std::ranges::transform(url.scheme, url.scheme.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    text.remove_prefix(end + 3);
    const std::string_view place = cut(text, '?');
    TRY(take_query(url, text));
    if (url.scheme == "bolt") {
        url.path = TRY(decoded(place, "path"));
        return url;
    }
    const std::size_t slash = std::min(place.find('/'), place.size());
    TRY(take_authority(url, place.substr(0, slash)));
    url.path = without_slashes(TRY(decoded(place.substr(slash), "path")));
    return url;
}

Result<StoreOptions> with_url(StoreOptions options, const Url& url) {
    if (!url.user.empty())
        options.user = url.user;
    if (!url.password.empty())
        options.password = url.password;
    const bool is_bolt = url.scheme == "bolt";
    const bool is_etcd = url.scheme == "etcd" || url.scheme == "etcds";
    for (const auto& [name, value] : url.query) {
        if (is_etcd && name == "ca")
            options.ca_file = value;
        else if (is_etcd && name == "cert")
            options.cert_file = value;
        else if (is_etcd && name == "key")
            options.key_file = value;
        else if (is_bolt && name == "persistent")
            options.persistent = TRY(truth_of(name, value));
        else if (is_bolt && name == "create")
            options.create = TRY(truth_of(name, value));
        else if (!is_bolt || name != "bucket")
            return no_url(fmt::format("{}:// knows no {}=", url.scheme, name));
    }
    return options;
}

} // namespace rebolt::store
