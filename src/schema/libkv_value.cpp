#include "schema/libkv_value.hpp"

#include <bit>
#include <cstring>

#include <rebolt/bytes.hpp>

namespace rebolt::schema {

static_assert(std::endian::native == std::endian::little);

std::optional<LibkvValue> parse_libkv_value(std::string_view value) noexcept {
    if (value.size() < libkv_index_bytes)
        return std::nullopt;
    return LibkvValue{.index = load<std::uint64_t>(as_bytes(value).data()),
                      .payload = value.substr(libkv_index_bytes)};
}

std::string make_libkv_value(const LibkvValue& value) {
    std::string bytes(libkv_index_bytes, '\0');
    std::memcpy(bytes.data(), &value.index, libkv_index_bytes);
    return bytes.append(value.payload);
}

} // namespace rebolt::schema
