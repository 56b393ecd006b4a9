#include "salvage/undo_file.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/try.hpp"
#include "salvage/page_edit.hpp"

namespace rebolt::salvage {
namespace {

constexpr std::string_view magic = "RBLTUNDO";
constexpr std::uint32_t version = 1;
constexpr std::size_t checksum_bytes = 8;

/// First bytes of the file.
struct Header {
    char magic[8];                   ///< 0: RBLTUNDO
    std::uint32_t version;           ///< 8: 1
    std::uint32_t title_bytes;       ///< 12
    std::uint64_t range_count;       ///< 16
    std::uint64_t file_bytes_before; ///< 24
    std::uint64_t file_bytes_after;  ///< 32
};
static_assert(sizeof(Header) == 40 && offsetof(Header, file_bytes_after) == 32);

/// Before the old and the new bytes of each range.
struct RangeHeader {
    std::uint64_t offset;       ///< 0: in the file
    std::uint64_t before_bytes; ///< 8: at most after_bytes
    std::uint64_t after_bytes;  ///< 16
};
static_assert(sizeof(RangeHeader) == 24);

void append(std::vector<std::byte>& to, Bytes bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

template <class T>
void append_struct(std::vector<std::byte>& to, const T& value) {
    std::vector<std::byte> bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    append(to, bytes);
}

Error no_undo_file(std::string why) {
    return {ErrorCode::invalid_argument, std::move(why)};
}

// Takes bytes from the front, as many as are there.
class Reader {
public:
    explicit Reader(Bytes bytes) : bytes_(bytes) {}

    Result<Bytes> take(std::uint64_t count) {
        if (count > bytes_.size())
            return no_undo_file("the undo file ends too early");
        const Bytes taken = bytes_.first(count);
        bytes_ = bytes_.subspan(count);
        return taken;
    }
    template <class T>
    Result<T> take_struct() {
        const Bytes bytes = TRY(take(sizeof(T)));
        return load<T>(bytes.data());
    }
    [[nodiscard]] bool is_at_end() const noexcept { return bytes_.empty(); }

private:
    Bytes bytes_;
};

std::vector<std::byte> copy_of(Bytes bytes) {
    return {bytes.begin(), bytes.end()};
}

bool is_covered(const ByteChange& witness, const EditPlan& plan) {
    return std::ranges::any_of(plan.changes, [&](const ByteChange& change) {
        return change.offset <= witness.offset &&
               change.offset + change.after.size() >= witness.offset + witness.after.size();
    });
}

} // namespace

UndoFile undo_of(const EditPlan& plan) {
    UndoFile undo{.title = plan.title,
                  .file_bytes_before = plan.file_bytes_before,
                  .file_bytes_after = plan.file_bytes_after,
                  .ranges = plan.changes};
    for (const ByteChange& witness : plan.witnesses)
        if (!is_covered(witness, plan))
            undo.ranges.push_back(witness);
    return undo;
}

std::vector<std::byte> encode(const UndoFile& undo) {
    std::vector<std::byte> bytes;
    Header header{.magic = {},
                  .version = version,
                  .title_bytes = static_cast<std::uint32_t>(undo.title.size()),
                  .range_count = undo.ranges.size(),
                  .file_bytes_before = undo.file_bytes_before,
                  .file_bytes_after = undo.file_bytes_after};
    std::ranges::copy(magic, header.magic);
    append_struct(bytes, header);
    append(bytes, as_bytes(undo.title));
    for (const ByteChange& range : undo.ranges) {
        append_struct(bytes, RangeHeader{.offset = range.offset,
                                         .before_bytes = range.before.size(),
                                         .after_bytes = range.after.size()});
        append(bytes, range.before);
        append(bytes, range.after);
    }
    append_struct(bytes, format::fnv1a(bytes));
    return bytes;
}

Result<UndoFile> decode(Bytes bytes) {
    if (bytes.size() < sizeof(Header) + checksum_bytes ||
        as_text(bytes.first(magic.size())) != magic)
        return no_undo_file("this is no undo file of rebolt");
    const Bytes content = bytes.first(bytes.size() - checksum_bytes);
    if (format::fnv1a(content) != load<std::uint64_t>(bytes.data() + content.size()))
        return no_undo_file("the undo file is damaged: its checksum does not fit its content");
    Reader reader(content);
    const auto header = TRY(reader.take_struct<Header>());
    if (header.version != version)
        return no_undo_file(fmt::format("the undo file is of version {}, this program reads {}",
                                        header.version, version));
    UndoFile undo{.title = std::string(as_text(TRY(reader.take(header.title_bytes)))),
                  .file_bytes_before = header.file_bytes_before,
                  .file_bytes_after = header.file_bytes_after,
                  .ranges = {}};
    for (std::uint64_t i = 0; i < header.range_count; ++i) {
        const auto range = TRY(reader.take_struct<RangeHeader>());
        const Bytes before = TRY(reader.take(range.before_bytes));
        const Bytes after = TRY(reader.take(range.after_bytes));
        if (before.size() > after.size())
            return no_undo_file("the undo file is damaged: a range has too many old bytes");
        undo.ranges.push_back(
            {.offset = range.offset, .before = copy_of(before), .after = copy_of(after)});
    }
    if (!reader.is_at_end())
        return no_undo_file("the undo file is damaged: bytes follow its last range");
    return undo;
}

} // namespace rebolt::salvage
