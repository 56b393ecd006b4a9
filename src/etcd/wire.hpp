// The protobuf wire format, as the code that etcd generates (gogo/protobuf) reads
// it: field by field, and with the same complaints, since what etcd says of a torn
// record decides whether it mends its log. By hand: a schema compiler's library
// would read what etcd refuses, and refuse what etcd reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schema/protobuf.hpp"

namespace rebolt::etcd {

using schema::WireType;

/// Why a message cannot be read.
struct WireFault {
    bool is_unexpected_eof = false; ///< it ends too early: Go's io.ErrUnexpectedEOF
    std::string text;               ///< as etcd prints it
};

/// One field of a message. `bytes` is part of the message.
struct WireField {
    std::uint64_t number = 0;
    WireType type = WireType::varint;
    std::uint64_t integer = 0;
    std::string_view bytes = {};
};

/// A field that the message's definition has.
struct KnownField {
    std::uint64_t number;
    WireType type;
    std::string_view name;
};

/// Reads a message's fields one after the other. A known field of another type is
/// a fault; groups are stepped over.
class FieldReader {
public:
    /// `name`: of the message, for complaints. All must outlive it.
    FieldReader(std::string_view message, std::string_view name,
                std::span<const KnownField> known = {}) noexcept
        : message_(message), name_(name), known_(known) {}

    /// The next field; nullopt at the end and at a fault.
    [[nodiscard]] std::optional<WireField> next();
    [[nodiscard]] const std::optional<WireFault>& fault() const noexcept { return fault_; }

private:
    std::optional<std::uint64_t> varint();
    bool is_of_known_type(std::uint64_t number, std::uint64_t type);
    bool skip_group();
    bool take(WireField& field, std::uint64_t wire_type);
    void fail(std::string text) { fault_ = WireFault{false, std::move(text)}; }
    void fail_at_end() { fault_ = WireFault{true, "unexpected EOF"}; }

    std::string_view message_;
    std::string_view name_;
    std::span<const KnownField> known_;
    std::size_t at_ = 0;
    std::optional<WireFault> fault_;
};

/// Appends a field to a message; those that are zero are left out, as proto3 does.
void put_varint_field(std::string& message, std::uint32_t number, std::uint64_t value);
void put_bytes_field(std::string& message, std::uint32_t number, std::string_view value);

} // namespace rebolt::etcd
