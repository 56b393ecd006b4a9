#include "lost_writes.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

using Lost = std::optional<Harmed>;

class Disk {
public:
    explicit Disk(const Commit& commit, Random& random)
        : commit_(commit), random_(random), bytes_(commit.after.begin(), commit.after.end()) {}

    [[nodiscard]] std::uint64_t page_size() const { return commit_.tree.page_size; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] const Commit& commit() const { return commit_; }
    [[nodiscard]] std::vector<std::byte>& bytes() { return bytes_; }

    /// Pages of the newest tree that this commit wrote, whole.
    [[nodiscard]] std::vector<LivePage> written(bool (*is_wanted)(const LivePage&)) const {
        std::vector<LivePage> found;
        for (const LivePage& page : commit_.tree.pages)
            if (is_wanted(page) && is_written(page.id, page.pages))
                found.push_back(page);
        return found;
    }
    [[nodiscard]] bool is_written(std::uint64_t page, std::uint64_t pages) const {
        return differ(page * page_size(), pages * page_size());
    }
    /// Makes a stretch what it was before the commit.
    bool lose(std::uint64_t begin, std::uint64_t length) {
        return restore(commit_.before, begin, length);
    }
    bool restore(std::span<const std::byte> from, std::uint64_t begin, std::uint64_t length) {
        begin = std::max(begin, 2 * page_size()); // the metas arrived
        if (begin >= bytes_.size())
            return false;
        length = std::min<std::uint64_t>(length, bytes_.size() - begin);
        bool is_changed = false;
        for (std::uint64_t at = begin; at < begin + length; ++at) {
            const std::byte old = at < from.size() ? from[at] : std::byte{0};
            is_changed |= old != bytes_[at];
            bytes_[at] = old;
        }
        return is_changed;
    }
    bool lose_pages(std::uint64_t page, std::uint64_t pages) {
        text_ += fmt::format(" {}", page);
        return lose(page * page_size(), pages * page_size());
    }
    [[nodiscard]] Lost gone(const std::string& what) {
        if (std::ranges::equal(bytes_, commit_.after))
            return std::nullopt;
        return Harmed{std::move(bytes_), what + text_, {}};
    }
    [[nodiscard]] bool differ(std::uint64_t begin, std::uint64_t length) const {
        for (std::uint64_t at = begin; at < begin + length && at < commit_.after.size(); ++at)
            if ((at < commit_.before.size() ? commit_.before[at] : std::byte{0}) !=
                commit_.after[at])
                return true;
        return false;
    }
    /// One of the stretches of this length that the commit changed, behind the metas.
    [[nodiscard]] std::optional<std::uint64_t> changed_block(std::uint64_t length) {
        std::vector<std::uint64_t> found;
        for (std::uint64_t at = 0; at < commit_.after.size(); at += length)
            if (const std::uint64_t begin = std::max(at, 2 * page_size());
                begin < at + length && differ(begin, at + length - begin))
                found.push_back(at);
        if (found.empty())
            return std::nullopt;
        return found[random_.below(found.size())];
    }

private:
    const Commit& commit_;
    Random& random_;
    std::vector<std::byte> bytes_;
    std::string text_;
};

bool is_any(const LivePage&) {
    return true;
}
bool is_leaf(const LivePage& page) {
    return page.is_leaf && page.parent != no_index;
}
bool is_branch(const LivePage& page) {
    return !page.is_leaf;
}
bool is_bucket_root(const LivePage& page) {
    return page.parent == no_index && page.bucket != 0;
}
bool has_overflow(const LivePage& page) {
    return page.pages > 1;
}

Lost lose_one(const Commit& commit, Random& random, bool (*is_wanted)(const LivePage&)) {
    Disk disk(commit, random);
    const auto pages = disk.written(is_wanted);
    if (pages.empty())
        return std::nullopt;
    const LivePage page = pages[random.below(pages.size())];
    disk.lose_pages(page.id, page.pages);
    return disk.gone("page was not written:");
}

Lost lose_root(const Commit& commit, Random& random) {
    Disk disk(commit, random);
    const LivePage& root = commit.tree.pages[0];
    disk.lose_pages(root.id, root.pages);
    return disk.gone("the root was not written:");
}

Lost lose_branch(const Commit& commit, Random& random) {
    return lose_one(commit, random, is_branch);
}

Lost lose_bucket_root(const Commit& commit, Random& random) {
    return lose_one(commit, random, is_bucket_root);
}

Lost lose_leaf(const Commit& commit, Random& random) {
    return lose_one(commit, random, is_leaf);
}

std::uint64_t freelist_pages(const Commit& commit) {
    const std::uint64_t begin = commit.tree.fields.freelist * commit.tree.page_size;
    format::PageHeader header;
    std::memcpy(&header, commit.after.data() + begin, sizeof header);
    return std::uint64_t{1} + header.overflow;
}

bool has_freelist(const Commit& commit) {
    return PageId{commit.tree.fields.freelist} != no_freelist;
}

Lost lose_freelist(const Commit& commit, Random& random) {
    if (!has_freelist(commit))
        return std::nullopt;
    Disk disk(commit, random);
    disk.lose_pages(commit.tree.fields.freelist, freelist_pages(commit));
    return disk.gone("the freelist was not written:");
}

Lost lose_overflow(const Commit& commit, Random& random) {
    Disk disk(commit, random);
    const auto pages = disk.written(has_overflow);
    if (pages.empty())
        return std::nullopt;
    const LivePage page = pages[random.below(pages.size())];
    disk.lose_pages(page.id + 1 + random.below(page.pages - 1), 1);
    return disk.gone("an overflow page was not written:");
}

Lost lose_pair(const Commit& commit, Random& random) {
    Disk disk(commit, random);
    const auto pages = disk.written(is_any);
    if (pages.size() < 2)
        return std::nullopt;
    for (int i = 0; i < 2; ++i) {
        const LivePage page = pages[random.below(pages.size())];
        disk.lose_pages(page.id, page.pages);
    }
    return disk.gone("two pages were not written:");
}

Lost lose_root_and_freelist(const Commit& commit, Random& random) {
    if (!has_freelist(commit))
        return std::nullopt;
    Disk disk(commit, random);
    disk.lose_pages(commit.tree.pages[0].id, commit.tree.pages[0].pages);
    disk.lose_pages(commit.tree.fields.freelist, freelist_pages(commit));
    return disk.gone("root and freelist were not written:");
}

Lost lose_block(const Commit& commit, Random& random, std::uint64_t length) {
    Disk disk(commit, random);
    const auto block = disk.changed_block(length);
    if (!block)
        return std::nullopt;
    disk.lose(*block, length);
    return disk.gone(fmt::format("{} bytes at {} were not written", length, *block));
}

Lost lose_sector(const Commit& commit, Random& random) {
    return lose_block(commit, random, 512);
}
Lost lose_4096(const Commit& commit, Random& random) {
    return lose_block(commit, random, 4096);
}
Lost lose_65536(const Commit& commit, Random& random) {
    return lose_block(commit, random, 65536);
}

Lost lose_all(const Commit& commit, Random& random) {
    Disk disk(commit, random);
    disk.lose(0, commit.after.size());
    return disk.gone("the meta was written before its pages");
}

// Pages of the last two commits, as they were before both.
Lost lose_of_two(const Commit& commit, Random& random) {
    Disk disk(commit, random);
    std::vector<LivePage> pages = disk.written(is_any);
    std::string text = "pages of two commits were not written:";
    for (int i = 0; i < 3 && !pages.empty(); ++i) {
        const LivePage page = pages[random.below(pages.size())];
        text += fmt::format(" {}", page.id);
        disk.restore(commit.before_that, page.id * disk.page_size(), page.pages * disk.page_size());
    }
    const LivePage& old = commit.tree_before.pages[random.below(commit.tree_before.pages.size())];
    const std::uint64_t begin = old.id * disk.page_size();
    if (!disk.differ(begin, old.pages * disk.page_size())) {
        text += fmt::format(" {}", old.id);
        disk.restore(commit.before_that, begin, old.pages * disk.page_size());
    }
    return disk.gone(text);
}

// The freelist of another commit, written where this one's should be.
Lost age_freelist(const Commit& commit, Random& random) {
    if (!has_freelist(commit))
        return std::nullopt;
    Disk disk(commit, random);
    const std::uint64_t page_size = disk.page_size();
    const auto& from = random.below(2) == 0 ? commit.before : commit.before_that;
    const LiveTree old = read_live_tree(from, commit.tree.page_size);
    const std::uint64_t begin = commit.tree.fields.freelist * page_size;
    const std::uint64_t room = freelist_pages(commit) * page_size - format::page_header_bytes;
    if (old.free.size() * 8 > room || old.free.size() >= 0xFFFF)
        return std::nullopt;
    const auto count = static_cast<std::uint16_t>(old.free.size());
    std::memcpy(disk.bytes().data() + begin + offsetof(format::PageHeader, count), &count,
                sizeof count);
    std::memcpy(disk.bytes().data() + begin + format::page_header_bytes, old.free.data(),
                old.free.size() * 8);
    return disk.gone("the freelist is an older commit's");
}

Lost shorten_freelist(const Commit& commit, Random& random) {
    if (!has_freelist(commit))
        return std::nullopt;
    Disk disk(commit, random);
    const std::uint64_t at =
        commit.tree.fields.freelist * disk.page_size() + offsetof(format::PageHeader, count);
    std::uint16_t count = 0;
    std::memcpy(&count, disk.bytes().data() + at, sizeof count);
    if (count == 0 || count == 0xFFFF)
        return std::nullopt;
    const auto shorter = static_cast<std::uint16_t>(random.below(2) == 0 ? 0 : random.below(count));
    std::memcpy(disk.bytes().data() + at, &shorter, sizeof shorter);
    return disk.gone(fmt::format("the freelist has {} of {} ids", shorter, count));
}

// A copy made while the commit went on: the first part is of before, or the rest.
Lost copy_meanwhile(const Commit& commit, Random& random) {
    Disk disk(commit, random);
    const std::uint64_t blocks = (commit.after.size() + 65535) / 65536;
    for (std::uint64_t block = 0; block < blocks; ++block)
        if (random.below(2) == 0)
            disk.lose(block * 65536, 65536);
    return disk.gone("copied while it was written");
}

// The last pages of the file are zero.
Lost zero_tail(const Commit& commit, Random& random) {
    Disk disk(commit, random);
    const std::uint64_t pages = commit.after.size() / disk.page_size();
    const std::uint64_t first = pages - 1 - random.below(pages / 2);
    std::fill(disk.bytes().begin() + static_cast<std::ptrdiff_t>(first * disk.page_size()),
              disk.bytes().end(), std::byte{0});
    return disk.gone(fmt::format("zero from page {}", first));
}

// The next commit's pages are written, its meta is not; and the root is damaged.
Lost zero_root_under_commit(const Commit& commit, Random& random) {
    // Here `before` is the newest state.
    Disk disk(commit, random);
    const std::uint64_t page_size = disk.page_size();
    std::copy_n(commit.before.begin(), 2 * page_size, disk.bytes().begin());
    const std::uint64_t root = commit.tree_before.pages[0].id;
    std::fill_n(disk.bytes().begin() + static_cast<std::ptrdiff_t>(root * page_size), page_size,
                std::byte{0});
    return disk.gone("root zeroed while the next commit was written");
}

constexpr std::array<LostWrite, 19> kinds{{
    {"root", false, lose_root},
    {"branch", false, lose_branch},
    {"bucket-root", true, lose_bucket_root},
    {"freelist", false, lose_freelist},
    {"root-and-freelist", false, lose_root_and_freelist},
    {"leaf", true, lose_leaf},
    {"overflow", true, lose_overflow},
    {"pair", true, lose_pair},
    {"sector", true, lose_sector},
    {"block-4096", true, lose_4096},
    {"block-65536", true, lose_65536},
    {"meta-before-data", false, lose_all},
    {"of-two-commits", true, lose_of_two},
    {"older-freelist", false, age_freelist},
    {"shorter-freelist", false, shorten_freelist},
    {"copied-meanwhile", true, copy_meanwhile},
    {"tail-zeroed", false, zero_tail},
    {"commit-in-flight", false, zero_root_under_commit},
    {"none", false,
     [](const Commit& commit, Random&) {
         return Lost(Harmed{{commit.after.begin(), commit.after.end()}, "nothing", {}});
     }},
}};

} // namespace

std::span<const LostWrite> all_lost_writes() noexcept {
    return kinds;
}

} // namespace rebolt::test
