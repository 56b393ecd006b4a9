#include "surgery.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include <rebolt/format.hpp>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

enum class Surgery : std::uint8_t { none, abandon_freelist, revert_meta };

template <class T>
T get(const std::vector<std::byte>& bytes, std::uint64_t at) {
    return load<T>(bytes.data() + at);
}

void put(std::vector<std::byte>& bytes, std::uint64_t at, std::uint64_t value) {
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

// As bbolt's surgeon does: no checksum is asked, both metas are rewritten.
void operate(std::vector<std::byte>& bytes, std::uint64_t page_size, Surgery surgery) {
    if (bytes.size() < 2 * page_size)
        return;
    const auto txid_of = [&](std::uint64_t meta) {
        return get<format::MetaFields>(bytes, meta * page_size + format::page_header_bytes).txid;
    };
    if (surgery == Surgery::revert_meta) {
        const std::uint64_t newer = txid_of(1) > txid_of(0) ? 1 : 0;
        const auto from = bytes.begin() + static_cast<std::ptrdiff_t>((1 - newer) * page_size);
        std::copy_n(from, page_size,
                    bytes.begin() + static_cast<std::ptrdiff_t>(newer * page_size));
        put(bytes, newer * page_size, newer); // its page's id
    }
    if (surgery == Surgery::abandon_freelist)
        for (const std::uint64_t meta : {0U, 1U}) {
            const std::uint64_t body = meta * page_size + format::page_header_bytes;
            constexpr std::size_t checksum = offsetof(format::MetaFields, checksum);
            put(bytes, body + offsetof(format::MetaFields, freelist), number(no_freelist));
            put(bytes, body + checksum, format::fnv1a(Bytes(bytes).subspan(body, checksum)));
        }
}

// bboltpeer's `readable`, see there. The last entry may be cut.
ToldItems read_items(const std::string& text) {
    ToldItems items;
    std::size_t at = 0;
    const auto u32 = [&] {
        const bool is_there = at + 4 <= text.size();
        const auto value =
            is_there ? load<std::uint32_t>(as_bytes(text).data() + at) : std::uint32_t{0};
        at += 4;
        return value;
    };
    const auto take = [&](std::uint32_t size) {
        std::string part = at <= text.size() ? text.substr(at, size) : "";
        at += size;
        return part;
    };
    while (at < text.size()) {
        BucketNames bucket(u32() % 64);
        for (std::string& name : bucket)
            name = take(u32());
        std::string key = take(u32());
        const std::uint32_t size = u32();
        ToldItem item{std::nullopt, Provenance::stale, false, 0};
        if (size != 0)
            item.value = take(size - 1);
        if (at <= text.size())
            items.insert_or_assign({std::move(bucket), std::move(key)}, std::move(item));
    }
    return items;
}

} // namespace

Recall best_of_surgery(const ShapeFile& shape, const Harmed& harmed) {
    const TemporaryFolder folder;
    const std::string patient = folder.path("patient.db");
    const std::string found = folder.path("found");
    Recall best;
    for (const Surgery surgery : {Surgery::none, Surgery::abandon_freelist, Surgery::revert_meta}) {
        std::vector<std::byte> bytes = harmed.bytes;
        operate(bytes, shape.tree.page_size, surgery);
        std::ofstream(patient, std::ios::binary) << as_text(bytes);
        std::filesystem::remove(found);
        static_cast<void>(
            run_command({"/bin/sh", "-c",
                         fmt::format("ulimit -v 4000000; exec timeout 20 {} readable {} {}",
                                     peer_program(), patient, found)}));
        const ToldItems items =
            std::filesystem::exists(found) ? read_items(bytes_of(found)) : ToldItems{};
        const Recall recall = recall_of(shape, harmed, items);
        if (best.wanted == 0 || recall.back > best.back)
            best = recall;
    }
    return best;
}

} // namespace rebolt::test
