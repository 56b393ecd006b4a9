// Small files built page by page, for this folder's tests. Shares no code with
// the engine; writes pages as bbolt does, or wrongly when a test asks for it.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/db.hpp>
#include <rebolt/format.hpp>

#include "support/patched_file.hpp"

namespace rebolt::test {

/// A leaf's key and value; flags 1: the value is a bucket.
struct Item {
    std::string key;
    std::string value;
    std::uint32_t flags = 0;
};

struct Child {
    std::string key;
    std::uint64_t page;
};

/// The value of a bucket that is rooted at a page, or inline.
inline std::string bucket_value(std::uint64_t root, std::uint64_t sequence = 0) {
    std::string value(16, '\0');
    std::memcpy(value.data(), &root, 8);
    std::memcpy(value.data() + 8, &sequence, 8);
    return value;
}

/// A leaf's page image: header, elements, keys and values without gaps.
inline std::string leaf_image(std::uint64_t id, const std::vector<Item>& items,
                              std::uint32_t overflow = 0) {
    const format::PageHeader header{id, format::leaf_flag, static_cast<std::uint16_t>(items.size()),
                                    overflow};
    std::string image(as_text(std::as_bytes(std::span(&header, 1))));
    std::string content;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto& [key, value, flags] = items[i];
        const auto pos = static_cast<std::uint32_t>((items.size() - i) * 16 + content.size());
        const format::LeafElementHeader element{flags, pos, static_cast<std::uint32_t>(key.size()),
                                                static_cast<std::uint32_t>(value.size())};
        image += as_text(std::as_bytes(std::span(&element, 1)));
        content += key + value;
    }
    return image + content;
}

/// Pages 0 and 1 are metas (transactions 6 and 7), page 2 an empty freelist,
/// the root bucket's root is page 3.
class TestFile {
public:
    explicit TestFile(std::uint64_t pages, std::uint32_t page_size = 4096)
        : file_(std::vector<std::byte>(pages * page_size)), page_size_(page_size) {
        for (std::uint64_t page = 0; page < 2; ++page) {
            put(page, format::PageHeader{page, format::meta_flag, 0, 0});
            file_.put(page * page_size + 16,
                      format::MetaFields{format::magic, format::version, page_size, 0, 3, 0, 2,
                                         pages, 6 + page, 0});
            file_.seal_meta(page, page_size);
        }
        put(2, format::PageHeader{2, format::freelist_flag, 0, 0});
    }

    TestFile& leaf(std::uint64_t page, const std::vector<Item>& items, std::uint32_t overflow = 0) {
        const std::string image = leaf_image(page, items, overflow);
        std::memcpy(file_.bytes().data() + page * page_size_, image.data(), image.size());
        return *this;
    }
    TestFile& branch(std::uint64_t page, const std::vector<Child>& children) {
        put(page, format::PageHeader{page, format::branch_flag,
                                     static_cast<std::uint16_t>(children.size()), 0});
        std::uint64_t element = page * page_size_ + 16;
        std::uint64_t key = element + children.size() * 16;
        for (const Child& child : children) {
            file_.put(element, format::BranchElementHeader{
                                   static_cast<std::uint32_t>(key - element),
                                   static_cast<std::uint32_t>(child.key.size()), child.page});
            std::memcpy(file_.bytes().data() + key, child.key.data(), child.key.size());
            element += 16;
            key += child.key.size();
        }
        return *this;
    }
    /// The root bucket, on page 3, holds one bucket `b` whose root is page 4.
    TestFile& bucket_b() { return leaf(3, {{"b", bucket_value(4, 9), 1}}); }

    [[nodiscard]] PatchedFile& file() noexcept { return file_; }
    [[nodiscard]] DB open() {
        auto db = DB::open(file_.path(), {.read_only = true, .lock = false});
        if (!db)
            throw std::runtime_error(db.error().to_text());
        return std::move(*db);
    }

private:
    void put(std::uint64_t page, const format::PageHeader& header) {
        file_.put(page * page_size_, header);
    }

    PatchedFile file_;
    std::uint32_t page_size_;
};

/// A file of tests/data.
inline std::string test_data(const std::string& name) {
    return std::string(REBOLT_TEST_DATA) + "/" + name;
}

/// Key after key from first() on, until the end or an error.
struct Listing {
    std::vector<std::string> keys;
    std::optional<FindingCode> code; ///< of the error that ended it
    std::vector<std::uint64_t> path;
    std::uint64_t pages_entered = 0;
};

enum class Way : std::uint8_t { forward, backward };

inline Listing list(const Bucket& bucket, Way way = Way::forward) {
    Listing listing;
    Cursor at = bucket.cursor();
    auto entry = way == Way::forward ? at.first() : at.last();
    while (entry && *entry) {
        listing.keys.emplace_back((*entry)->key);
        entry = way == Way::forward ? at.next() : at.prev();
    }
    listing.pages_entered = at.pages_entered();
    if (!entry && entry.error().finding() != nullptr) {
        listing.code = entry.error().finding()->code;
        for (const PageId page : entry.error().finding()->place.path)
            listing.path.push_back(number(page));
    }
    return listing;
}

} // namespace rebolt::test
