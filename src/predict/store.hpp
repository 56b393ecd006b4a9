// The file as bbolt's Open leaves it, and the pages in it as its Tx hands them
// out: without asking whether they are what they should be.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <rebolt/format.hpp>
#include <rebolt/prediction.hpp>

#include "predict/freelist.hpp"
#include "predict/memory.hpp"

namespace rebolt::predict {

/// Where the releases differ.
struct Rules {
    BboltVersion version;
    [[nodiscard]] bool asks_pages() const noexcept { return version != BboltVersion::v1_3_6; }
    [[nodiscard]] bool flags_are_exact() const noexcept { return version == BboltVersion::v1_4_3; }
    [[nodiscard]] bool is(std::uint64_t flags, std::uint64_t flag) const noexcept {
        return flags_are_exact() ? flags == flag : (flags & flag) != 0;
    }
};

constexpr std::uint64_t branch_flag = 1;
constexpr std::uint64_t leaf_flag = 2;
constexpr std::uint64_t meta_flag = 4;
constexpr std::uint64_t freelist_flag = 16;
constexpr std::uint64_t bucket_flag = 1; ///< of a leaf's element
constexpr std::uint64_t header_bytes = 16;
constexpr std::uint64_t element_bytes = 16;
constexpr std::uint64_t bucket_header_bytes = 16;
constexpr std::uint64_t map_limit = 0xFFFFFFFFFFFF; ///< bbolt's maxMapSize
constexpr std::uint64_t no_page = ~std::uint64_t{0};

/// A page's header, as it was when the page was asked for.
struct Page {
    Address at = 0;
    std::uint64_t id = 0; ///< what its header says
    std::uint64_t flags = 0;
    std::uint64_t count = 0;
    std::uint64_t overflow = 0;
};

class Store {
public:
    /// bolt.Open, without what a writable one does with the freelist.
    static Ended<Store> open(Bytes file, const PredictionOptions& options);

    [[nodiscard]] const Rules& rules() const noexcept { return rules_; }
    [[nodiscard]] Memory& memory() noexcept { return memory_; }
    [[nodiscard]] std::uint64_t page_size() const noexcept { return page_size_; }
    [[nodiscard]] std::uint64_t file_bytes() const noexcept { return file_bytes_; }
    [[nodiscard]] std::uint64_t memory_bytes() const noexcept { return memory_bytes_; }
    /// Of the transaction that runs: a commit changes it.
    [[nodiscard]] format::MetaFields& meta() noexcept { return meta_; }
    [[nodiscard]] Freelist& freelist() noexcept { return freelist_; }

    /// DB.page and Tx.page.
    Ended<Page> db_page(std::uint64_t id);
    Ended<Page> tx_page(std::uint64_t id);
    Ended<Page> page_at(Address at);
    [[nodiscard]] bool is_leaf(const Page& page) const noexcept {
        return rules_.is(page.flags, leaf_flag);
    }
    [[nodiscard]] bool is_branch(const Page& page) const noexcept {
        return rules_.is(page.flags, branch_flag);
    }
    /// bbolt's page.typ().
    [[nodiscard]] std::string type_of(const Page& page) const;

    /// Elements, whether or not the page has so many.
    Ended<Text> branch_key(const Page& page, std::uint64_t index);
    Ended<std::uint64_t> branch_child(const Page& page, std::uint64_t index);
    Ended<std::uint64_t> leaf_flags(const Page& page, std::uint64_t index);
    Ended<Text> leaf_key(const Page& page, std::uint64_t index);
    Ended<Text> leaf_value(const Page& page, std::uint64_t index);

    /// A page that a commit has filled, until it is written.
    void put_dirty(std::uint64_t id, Address at) { dirty_[id] = at; }
    [[nodiscard]] const std::map<std::uint64_t, Address>& dirty() const noexcept { return dirty_; }

    /// Counts work. More than any sound file could ask for is called endless.
    Done step(std::uint64_t steps = 1);

    /// DB.mmapSize. Errors: mmap too large.
    Ended<std::uint64_t> map_size(std::uint64_t bytes) const;

private:
    Store(Memory memory, const PredictionOptions& options)
        : rules_{options.version}, memory_(std::move(memory)), memory_bytes_(options.memory_bytes) {
    }
    Ended<Text> slice(Address at, std::uint64_t begin, std::uint64_t end);

    Rules rules_;
    Memory memory_;
    std::uint64_t memory_bytes_;
    std::uint64_t page_size_ = 4096;
    std::uint64_t file_bytes_ = 0;
    format::MetaFields meta_{};
    Freelist freelist_;
    std::map<std::uint64_t, Address> dirty_;
    std::uint64_t steps_ = 0;
};

} // namespace rebolt::predict
