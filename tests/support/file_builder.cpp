#include "support/file_builder.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace rebolt::test {
namespace {

using format::element_bytes;
using format::page_header_bytes;

template <class T>
void append(std::string& image, const T& fields) {
    image.append(as_text(std::as_bytes(std::span(&fields, 1))));
}

std::string header_of(std::uint64_t id, std::uint16_t flags, std::size_t count) {
    std::string image;
    append(image, format::PageHeader{id, flags, static_cast<std::uint16_t>(count), 0});
    return image;
}

// An element's `pos` counts from the element itself to its key.
std::uint32_t position(std::size_t index, std::size_t count, std::size_t content_bytes) {
    return static_cast<std::uint32_t>((count - index) * element_bytes + content_bytes);
}

std::string leaf_image_of(std::uint64_t id, const std::vector<LeafItem>& items) {
    std::string image = header_of(id, format::leaf_flag, items.size());
    std::string content;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const LeafItem& item = items[i];
        append(image,
               format::LeafElementHeader{item.flags, position(i, items.size(), content.size()),
                                         static_cast<std::uint32_t>(item.key.size()),
                                         static_cast<std::uint32_t>(item.value.size())});
        content += item.key;
        content += item.value;
    }
    return image + content;
}

std::string branch_image_of(std::uint64_t id, const std::vector<BranchItem>& items) {
    std::string image = header_of(id, format::branch_flag, items.size());
    std::string content;
    for (std::size_t i = 0; i < items.size(); ++i) {
        append(image, format::BranchElementHeader{position(i, items.size(), content.size()),
                                                  static_cast<std::uint32_t>(items[i].key.size()),
                                                  items[i].child});
        content += items[i].key;
    }
    return image + content;
}

} // namespace

FileBuilder::FileBuilder(std::uint32_t page_size) : page_size_(page_size) {
    freelist(2, {});
    leaf(3, {});
}

FileBuilder& FileBuilder::leaf(std::uint64_t id, const std::vector<LeafItem>& items) {
    put_page(id, leaf_image_of(id, items));
    return *this;
}

FileBuilder& FileBuilder::branch(std::uint64_t id, const std::vector<BranchItem>& items) {
    put_page(id, branch_image_of(id, items));
    return *this;
}

FileBuilder& FileBuilder::freelist(std::uint64_t id, const std::vector<std::uint64_t>& ids) {
    const bool is_long = ids.size() >= format::freelist_count_in_first_id;
    std::string image = header_of(id, format::freelist_flag,
                                  is_long ? format::freelist_count_in_first_id : ids.size());
    if (is_long)
        append(image, std::uint64_t{ids.size()});
    for (const std::uint64_t free : ids)
        append(image, free);
    put_page(id, std::move(image));
    roots_.freelist = id;
    return *this;
}

FileBuilder& FileBuilder::no_freelist() {
    roots_.freelist = previous_.freelist = number(rebolt::no_freelist);
    return *this;
}

FileBuilder& FileBuilder::root(std::uint64_t id, std::uint64_t sequence) {
    roots_.root = id;
    sequence_ = sequence;
    return *this;
}

FileBuilder& FileBuilder::transaction(std::uint64_t txid) {
    txid_ = txid;
    return *this;
}

FileBuilder& FileBuilder::previous(std::uint64_t root, std::uint64_t freelist) {
    previous_ = {root, freelist};
    has_previous_ = true;
    return *this;
}

FileBuilder& FileBuilder::pages(std::uint64_t count) {
    bytes_.resize(std::max<std::size_t>(bytes_.size(), count * page_size_));
    return *this;
}

FileBuilder& FileBuilder::pages_behind(std::uint64_t count) {
    pages_behind_ = count;
    return *this;
}

std::vector<std::byte> FileBuilder::bytes() const {
    std::vector<std::byte> bytes = bytes_;
    for (const std::uint64_t page : {0U, 1U}) {
        const std::string image = meta_page(page);
        std::memcpy(bytes.data() + page * page_size_, image.data(), image.size());
    }
    bytes.resize(bytes.size() + pages_behind_ * page_size_);
    return bytes;
}

void FileBuilder::write_to(const std::string& path) const {
    write_file(path, bytes());
}

std::uint64_t FileBuilder::pages_for(std::size_t content_bytes) const noexcept {
    return std::max<std::uint64_t>(1, (content_bytes + page_size_ - 1) / page_size_);
}

std::string FileBuilder::bucket(std::uint64_t root, std::uint64_t sequence) {
    std::string value;
    append(value, format::BucketHeader{root, sequence});
    return value;
}

std::string FileBuilder::inline_bucket(const std::vector<LeafItem>& items, std::uint64_t sequence) {
    return bucket(0, sequence) + leaf_image_of(0, items);
}

std::size_t FileBuilder::image_bytes(const std::vector<LeafItem>& items) noexcept {
    std::size_t bytes = page_header_bytes;
    for (const LeafItem& item : items)
        bytes += element_bytes + item.key.size() + item.value.size();
    return bytes;
}

std::size_t FileBuilder::image_bytes(const std::vector<BranchItem>& items) noexcept {
    std::size_t bytes = page_header_bytes;
    for (const BranchItem& item : items)
        bytes += element_bytes + item.key.size();
    return bytes;
}

std::size_t FileBuilder::freelist_bytes(std::size_t ids) noexcept {
    return page_header_bytes + (ids + (ids >= format::freelist_count_in_first_id ? 1 : 0)) * 8;
}

void FileBuilder::put_page(std::uint64_t id, std::string image) {
    const std::uint64_t count = pages_for(image.size());
    const auto overflow = static_cast<std::uint32_t>(count - 1);
    std::memcpy(image.data() + offsetof(format::PageHeader, overflow), &overflow, sizeof overflow);
    image.resize(count * page_size_);
    pages(id + count);
    std::memcpy(bytes_.data() + id * page_size_, image.data(), image.size());
}

std::string FileBuilder::meta_page(std::uint64_t page) const {
    const bool is_newest = page == txid_ % 2;
    const Roots& roots = is_newest || !has_previous_ ? roots_ : previous_;
    std::string image = header_of(page, format::meta_flag, 0);
    append(image, with_checksum({.magic = format::magic,
                                 .version = format::version,
                                 .page_size = page_size_,
                                 .flags = 0,
                                 .root = roots.root,
                                 .sequence = sequence_,
                                 .freelist = roots.freelist,
                                 .high_water_mark = bytes_.size() / page_size_,
                                 .txid = is_newest || txid_ == 0 ? txid_ : txid_ - 1,
                                 .checksum = 0}));
    return image;
}

format::MetaFields with_checksum(format::MetaFields fields) noexcept {
    fields.checksum = format::fnv1a(
        std::as_bytes(std::span(&fields, 1)).first(offsetof(format::MetaFields, checksum)));
    return fields;
}

void write_file(const std::string& path, Bytes bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    const std::string_view text = as_text(bytes);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.flush()) {
        std::fputs(("cannot write " + path + "\n").c_str(), stderr);
        std::abort();
    }
}

} // namespace rebolt::test
