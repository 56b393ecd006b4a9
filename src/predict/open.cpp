// bolt.Open: the page size, the mapping, the metas.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/try.hpp"
#include "predict/store.hpp"

namespace rebolt::predict {
namespace {

using format::MetaFields;

constexpr std::uint64_t buffer_bytes = 4096; // bbolt reads so much to find a meta
constexpr std::uint64_t checksummed_bytes = offsetof(MetaFields, checksum);

struct MetaRead {
    MetaFields fields{};
    std::string fault; ///< empty: valid
};

// Meta.Validate.
MetaRead judge(const std::string& bytes, const Rules& rules) {
    MetaRead meta;
    std::memcpy(&meta.fields, bytes.data(), sizeof meta.fields);
    const MetaFields& fields = meta.fields;
    const bool unsealed_is_valid = rules.version == BboltVersion::v1_3_6 && fields.checksum == 0;
    if (fields.magic != format::magic)
        meta.fault = "invalid database";
    else if (fields.version != format::version)
        meta.fault = "version mismatch";
    else if (!unsealed_is_valid &&
             fields.checksum != format::fnv1a(as_bytes(bytes).first(checksummed_bytes)))
        meta.fault = "checksum error";
    return meta;
}

// The page size that a meta in the file at `at` names. read: the buffer could be filled.
std::optional<std::uint64_t> page_size_at(Bytes file, std::uint64_t at, const Rules& rules) {
    std::string buffer(as_text(file.subspan(at, std::min(buffer_bytes, file.size() - at))));
    buffer.resize(buffer_bytes, '\0');
    const MetaRead meta = judge(buffer.substr(header_bytes, sizeof(MetaFields)), rules);
    if (!meta.fault.empty())
        return std::nullopt;
    return meta.fields.page_size;
}

// DB.getPageSize of 1.3.7 and later; the first half of it is all that 1.3.6 does.
Ended<std::uint64_t> find_page_size(Bytes file, const Rules& rules) {
    constexpr std::uint64_t system_page_bytes = 4096;
    const bool can_read_first = file.size() >= buffer_bytes;
    if (can_read_first)
        if (const auto size = page_size_at(file, 0, rules))
            return *size;
    if (!rules.asks_pages()) {
        if (!can_read_first)
            return refusal("invalid database");
        return system_page_bytes;
    }
    bool can_read_second = false;
    for (std::uint64_t at = 1024; at <= 1024U << 14U && at + 1024 < file.size(); at *= 2) {
        can_read_second = true;
        if (const auto size = page_size_at(file, at, rules))
            return *size;
    }
    if (!can_read_first && !can_read_second)
        return refusal("invalid database");
    return system_page_bytes;
}

Ended<MetaRead> meta_of(Store& store, std::uint64_t page) {
    const Page at = TRY(store.db_page(page));
    const std::string bytes =
        TRY(store.memory().copy({at.at + header_bytes, sizeof(MetaFields), false}));
    return judge(bytes, store.rules());
}

} // namespace

Ended<Store> Store::open(Bytes file, const PredictionOptions& options) {
    const Rules rules{options.version};
    const std::uint64_t page_size = TRY(find_page_size(file, rules));
    if (file.size() < page_size * 2) {
        if (options.version == BboltVersion::v1_4_3)
            return refusal(fmt::format("file size too small {}", file.size()));
        return refusal("file size too small");
    }
    Store store(Memory(file, 0), options);
    store.page_size_ = page_size;
    store.file_bytes_ = file.size();
    store.memory_.map_again(TRY(store.map_size(file.size())));
    const MetaRead meta0 = TRY(meta_of(store, 0));
    const MetaRead meta1 = TRY(meta_of(store, 1));
    if (!meta0.fault.empty() && !meta1.fault.empty())
        return refusal(meta0.fault);
    const bool second_is_newer = meta1.fields.txid > meta0.fields.txid;
    const MetaRead& newer = second_is_newer ? meta1 : meta0;
    const MetaRead& older = second_is_newer ? meta0 : meta1;
    store.meta_ = newer.fault.empty() ? newer.fields : older.fields;
    return store;
}

} // namespace rebolt::predict
