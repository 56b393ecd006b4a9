// What bolt.Open does before the first page is asked for.
#include <algorithm>

#include <fmt/format.h>

#include <rebolt/format.hpp>
#include <rebolt/page_view.hpp>

#include "docker/go_cursor.hpp"
#include "docker/key.hpp"

namespace rebolt::docker {
namespace {

constexpr std::uint64_t page_size_min = 512;
constexpr std::uint64_t freelist_flag = 16;
constexpr std::uint64_t patience = std::uint64_t{1} << 20U;

// bbolt's page.typ().
std::string page_type(std::uint64_t flags) {
    if ((flags & branch_flag) != 0)
        return "branch";
    if ((flags & leaf_flag) != 0)
        return "leaf";
    if ((flags & 4U) != 0)
        return "meta";
    if ((flags & freelist_flag) != 0)
        return "freelist";
    return fmt::format("unknown<{:02x}>", flags);
}

// bbolt's Meta.Validate.
std::string meta_fault(const PageSource& source, std::uint64_t at, PageChecks checks) {
    const Bytes file = source.file();
    if (at + system_page_bytes > file.size() && at + 80 > file.size())
        return "invalid database";
    const auto meta = format::MetaView::of(file.subspan(at));
    if (!meta)
        return "invalid database";
    const auto fault = meta->validate();
    if (!fault)
        return "";
    if (fault->code == FindingCode::meta_version)
        return "version mismatch";
    const bool is_unsealed = checks == PageChecks::none && meta->fields().checksum == 0;
    if (fault->code == FindingCode::meta_checksum)
        return is_unsealed ? "" : "checksum error";
    return "invalid database";
}

// The first meta's; where that is broken bbolt 1.3.7 looks for the second.
std::uint64_t find_page_size(const PageSource& source, PageChecks checks) {
    if (meta_fault(source, 0, checks).empty())
        return format::MetaView::of(source.file())->fields().page_size;
    if (checks == PageChecks::each)
        for (std::uint64_t at = 1024; at <= 1024U << 14U && at + 1024 < source.file_bytes();
             at *= 2)
            if (meta_fault(source, at, checks).empty())
                return format::MetaView::of(source.file().subspan(at))->fields().page_size;
    return system_page_bytes;
}

} // namespace

Fated<GoStore> GoStore::open(const PageSource& source, PageChecks checks) {
    const auto refused = [](std::string words) {
        return std::unexpected(Fate{FateKind::error, std::move(words), {}, std::nullopt, {}});
    };
    if (source.file_bytes() < system_page_bytes)
        return refused("invalid database");
    const std::uint64_t page_size = find_page_size(source, checks);
    if (page_size < page_size_min)
        return refused("invalid database");
    if (source.file_bytes() < page_size * 2)
        return refused("file size too small");
    const std::string fault0 = meta_fault(source, 0, checks);
    const std::string fault1 = meta_fault(source, page_size, checks);
    if (!fault0.empty() && !fault1.empty())
        return refused(fault0);
    const auto meta0 = format::MetaView::of(source.file());
    const auto meta1 = format::MetaView::of(source.file().subspan(page_size));
    const bool second =
        fault0.empty() ? fault1.empty() && meta1->fields().txid > meta0->fields().txid : true;
    const format::MetaFields meta = second ? meta1->fields() : meta0->fields();
    GoStore store(source, page_size, checks);
    store.pages_max_ = source.file_bytes() / page_size + patience;
    store.root_ = meta.root;
    const bool has_freelist = meta.freelist != ~std::uint64_t{0};
    if (has_freelist)
        if (auto done = store.load_freelist(meta.freelist); !done)
            return failed(done);
    if (auto done = store.open_bucket(); !done)
        return failed(done);
    return store;
}

GoStore::Done GoStore::load_freelist(std::uint64_t page) {
    const std::uint64_t at = page * page_size_; // may wrap, as bbolt's does
    if (at >= map_limit)
        return std::unexpected(bad_address(at));
    auto flags = read(at + 8, 2);
    // Behind the mapping lies memory of Go's own, zeros as a rule.
    if (!flags && flags.error().words.find("SIGSEGV") != std::string::npos)
        return std::unexpected(
            fate(FateKind::panic, "invalid freelist page: 0, page type is unknown<00>"));
    if (!flags)
        return failed(flags);
    if ((*flags & freelist_flag) == 0) {
        auto id = read(at, 8);
        Fate wrong = fate(FateKind::panic, fmt::format("invalid freelist page: {}, page type is {}",
                                                       id.value_or(0), page_type(*flags)));
        wrong.page = PageId{page};
        return std::unexpected(std::move(wrong));
    }
    auto count = read(at + 10, 2);
    if (!count)
        return failed(count);
    std::uint64_t ids = *count;
    if (ids == 0xFFFF) {
        auto long_count = read(at + header_bytes, 8);
        if (!long_count)
            return failed(long_count);
        ids = *long_count;
    }
    if (ids > source_->file_bytes() / 8 || at + header_bytes + ids * 8 > source_->file_bytes())
        return std::unexpected(bad_address(source_->file_bytes()));
    return {};
}

GoStore::Done GoStore::open_bucket() {
    entered_by_call_ = 0;
    stack_.clear();
    if (auto done = search(bucket_name, root_); !done)
        return done;
    auto found = key_value();
    if (!found)
        return failed(found);
    if (found->key != bucket_name || !found->is_bucket)
        return {};
    const std::uint64_t at =
        static_cast<std::uint64_t>(as_bytes(found->value).data() - source_->file().data());
    auto root = read(at, 8);
    if (!root)
        return failed(root);
    has_bucket_ = true;
    root_ = *root;
    inline_at_ = root_ == 0 ? at + header_bytes : 0;
    return {};
}

} // namespace rebolt::docker
