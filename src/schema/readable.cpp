// Values in words. A place says how; a secret is left out, whole or by its member.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "schema/go_time.hpp"
#include "schema/msgpack.hpp"
#include "schema/numbers.hpp"
#include "schema/ordered_json.hpp"
#include "schema/owners.hpp"
#include "schema/protobuf.hpp"

namespace rebolt::schema {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t readable_bytes_max = std::size_t{1} << 20U;
constexpr std::size_t depth_max = 64; ///< of JSON: it is written by recursion

ReadableValue secret(std::string_view what, std::string_view value) {
    return {.text = fmt::format("<{}: {} bytes>", what, value.size()), .has_secret = true};
}

// Also `digest`, an API key's: JSON that names content by its digest is not read here.
bool is_secret_name(std::string_view name) {
    static constexpr std::array<std::string_view, 8> words{
        "password",          "token",   "secret",     "privatekey",
        "authenticationkey", "edgekey", "credential", "apikey"};
    std::string lower;
    for (const char c : name)
        if (c != '_' && c != '-')
            lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return lower == "digest" ||
           std::ranges::any_of(words, [&](std::string_view word) { return lower.contains(word); });
}

// Texts under a secret's name are replaced; what is inside it too.
bool leave_out_secrets(Json& outermost) {
    bool any = false;
    std::vector<Json*> to_visit{&outermost};
    while (!to_visit.empty()) {
        Json& at = *to_visit.back();
        to_visit.pop_back();
        if (!at.is_object() && !at.is_array())
            continue;
        for (auto member = at.begin(); member != at.end(); ++member) {
            const bool is_secret = at.is_object() && member->is_string() &&
                                   is_secret_name(member.key()) &&
                                   !member->get_ref<const std::string&>().empty();
            if (is_secret) {
                const std::size_t bytes = member->get_ref<const std::string&>().size();
                *member = fmt::format("<secret: {} bytes>", bytes);
                any = true;
            } else {
                to_visit.push_back(&*member);
            }
        }
    }
    return any;
}

std::optional<ReadableValue> readable_json(std::string_view value) {
    if (value.size() > readable_bytes_max)
        return secret("JSON", value);
    const auto json = parse_ordered_json(value, {.nesting_max = depth_max});
    if (!json && json.error() != JsonFault::malformed)
        return secret("JSON", value);
    if (!json)
        return std::nullopt;
    Json shown = *json;
    if (!leave_out_secrets(shown))
        return ReadableValue{.text = std::string(value), .is_json = true};
    return ReadableValue{.text = shown.dump(-1, ' ', false, Json::error_handler_t::replace),
                         .is_json = true,
                         .has_secret = true};
}

std::string text_in_quotes(std::string_view bytes) {
    return Json(bytes).dump(-1, ' ', true, Json::error_handler_t::replace);
}

bool is_printable_text(std::string_view bytes) {
    return std::ranges::all_of(bytes, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 && byte < 0x7f;
    });
}

// Fields by number. What could be a message inside is shown as text or by its size:
// without its schema nothing tells the two apart.
std::optional<ReadableValue> readable_message(std::string_view value) {
    std::string text;
    for (std::size_t at = 0; at < value.size();) {
        const auto field = next_field(value, at);
        if (!field)
            return std::nullopt;
        text += fmt::format("{}{}: ", text.empty() ? "" : ", ", field->number);
        if (!field->is_bytes)
            text += fmt::format("{}", field->integer);
        else if (is_printable_text(field->bytes))
            text += text_in_quotes(field->bytes);
        else
            text += fmt::format("<{} bytes>", field->bytes.size());
    }
    return ReadableValue{.text = "{" + text + "}"};
}

std::optional<ReadableValue> readable_number(std::string_view value, bool is_big_endian) {
    if (value.empty() || value.size() > sizeof(std::uint64_t))
        return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const std::size_t at = is_big_endian ? i : value.size() - 1 - i;
        number = number << 8U | static_cast<unsigned char>(value[at]);
    }
    return ReadableValue{.text = fmt::format("{}", number)};
}

std::optional<ReadableValue> readable_as(Shown how, std::string_view value, std::string_view what) {
    switch (how) {
    case Shown::as_is:
        return std::nullopt;
    case Shown::json:
        return readable_json(value);
    case Shown::big_endian:
        return readable_number(value, true);
    case Shown::little_endian:
        return readable_number(value, false);
    case Shown::message:
        return readable_message(value);
    case Shown::msgpack:
        if (auto json = msgpack_as_json(value))
            return ReadableValue{.text = std::move(*json), .is_json = true};
        return std::nullopt;
    case Shown::go_time:
        return readable_time(value);
    case Shown::secret:
        return secret(what, value);
    }
    return std::nullopt;
}

} // namespace

std::optional<ReadableValue> readable_value(Owner owner, BucketPath bucket, std::string_view key,
                                            std::string_view value) {
    const KnownOwner* known = known_owner(owner);
    if (known == nullptr)
        return std::nullopt;
    if (known->readable != nullptr)
        return known->readable({bucket, key, value});
    const Place* place = place_of(*known, bucket, key);
    return place == nullptr ? std::nullopt : readable_as(place->shown, value, place->secret);
}

bool keeps_secrets(Owner owner) noexcept {
    const KnownOwner* known = known_owner(owner);
    return known != nullptr && known->keeps_secrets;
}

std::string_view record_kind(Owner owner, BucketPath bucket, std::string_view key) {
    const KnownOwner* known = known_owner(owner);
    return known == nullptr || (known->record_kind == nullptr && !known->record_kind_of_bucket)
               ? "keys"
           : known->record_kind == nullptr ? std::string_view{}
                                           : known->record_kind(bucket, key);
}

std::string_view record_kind_of_bucket(Owner owner, BucketPath bucket) {
    const KnownOwner* known = known_owner(owner);
    return known == nullptr || known->record_kind_of_bucket == nullptr
               ? std::string_view{}
               : known->record_kind_of_bucket(bucket);
}

std::optional<ReadableValue> readable_key(Owner owner, BucketPath bucket, std::string_view key) {
    const KnownOwner* known = known_owner(owner);
    const Place* place = known == nullptr ? nullptr : place_of(*known, bucket, key);
    return place == nullptr ? std::nullopt : readable_as(place->key_shown, key, place->secret);
}

} // namespace rebolt::schema
