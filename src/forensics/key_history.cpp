#include <rebolt/key_history.hpp>

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <rebolt/page_grammar.hpp>
#include <rebolt/page_tree.hpp>

namespace rebolt {
namespace {

using format::LeafView;

constexpr std::uint64_t pages_between_reports = 4096;

/// One of the two states, and the number of the bucket in it.
struct StateOfBucket {
    TxId transaction;
    PageTree tree;
    std::optional<PageTree::BucketNumber> bucket; ///< nullopt: inline, or not there
    std::optional<PageTree::BucketNumber> outer;  ///< the bucket it is in
};

std::optional<PageTree::BucketNumber> find(const PageTree& tree,
                                           std::span<const std::string> path) {
    const auto& buckets = tree.buckets();
    for (PageTree::BucketNumber i = 0; i < buckets.size(); ++i)
        if (buckets[i].depth == path.size() && (path.empty() || buckets[i].name == path.back()) &&
            std::ranges::equal(tree.path_of(i), path))
            return i;
    return std::nullopt;
}

class HistorySearch {
public:
    HistorySearch(const PageSource& source, std::span<const std::string> path, std::string_view key)
        : source_(source), path_(path), key_(key) {
        for (const format::MetaFields& meta : valid_metas(source)) {
            PageTree tree(source, meta);
            const auto bucket = find(tree, path);
            const auto outer = find(tree, path.first(path.size() - 1));
            states_.push_back({TxId{meta.txid}, std::move(tree), bucket, outer});
        }
    }

    Result<KeyHistory> run(const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
        for (std::uint64_t id = 2; id < source_.page_count(); ++id) {
            if (progress && id % pages_between_reports == 0 && !progress(id, source_.page_count()))
                return Error(ErrorCode::cancelled, "cancelled").in_file(source_.path());
            look_at(PageId{id});
        }
        count_neighbours();
        std::ranges::sort(found_, {}, [](const KeyVersion& version) {
            return std::tuple(version.standing, version.page, version.offset_bytes);
        });
        return KeyHistory{states_.empty() ? std::nullopt : std::optional(states_[0].transaction),
                          std::move(found_)};
    }

private:
    void look_at(PageId id) {
        for (const StateOfBucket& state : states_)
            if (state.tree.is_overflow(id))
                return;
        const auto page = source_.page(id);
        if (!page || page->type() != format::PageType::leaf)
            return;
        is_sound_ = is_sound(id, page->bytes());
        bytes_left_ = 2 * page->bytes().size(); // an inline bucket, and what is in it
        if (may_be(id, &StateOfBucket::bucket))
            look_for_key(id, page->bytes());
        if (may_be(id, &StateOfBucket::outer))
            look_for_inline_bucket(id, page->bytes());
    }

    // Values that lie over each other could add up to any size.
    bool has_room_for(std::string_view value) {
        bytes_left_ -= std::min<std::uint64_t>(bytes_left_, value.size());
        return bytes_left_ != 0;
    }

    // Whether the page is the bucket's in a state, or no bucket's.
    bool may_be(PageId id, std::optional<PageTree::BucketNumber> StateOfBucket::* bucket) const {
        bool is_led_to = false;
        for (const StateOfBucket& state : states_) {
            const auto owner = state.tree.bucket_of(id);
            is_led_to |= owner.has_value();
            if (owner && owner == state.*bucket)
                return true;
        }
        return !is_led_to;
    }

    void look_for_key(PageId id, Bytes leaf) {
        const auto view = LeafView::of(leaf);
        for (std::size_t i = 0; view && i < view->count(); ++i)
            if (const auto element = view->element(i); element && element->key == key_) {
                if (!has_room_for(element->value))
                    return;
                found_.push_back(version_of(id, *element));
            }
    }

    void look_for_inline_bucket(PageId id, Bytes page) {
        const auto view = LeafView::of(page);
        for (std::size_t i = 0; view && i < view->count(); ++i) {
            const auto element = view->element(i);
            if (!element || !element->is_bucket() || element->key != path_.back())
                continue;
            const auto inside = format::BucketView::of(element->value);
            if (!has_room_for(element->value))
                return;
            if (inside && inside->is_inline())
                look_for_key(id, inside->inline_page());
        }
    }

    [[nodiscard]] bool is_sound(PageId id, Bytes page) const {
        const format::PagePlace anywhere{.range = {},
                                         .page_size_bytes = source_.page_size_bytes(),
                                         .is_root = true,
                                         .is_inline = false};
        format::LeafCount count;
        return load<format::PageHeader>(page.data()).id == number(id) &&
               format::leaf_is_sound(page, anywhere, count);
    }

    [[nodiscard]] KeyVersion version_of(PageId id, const format::LeafElement& element) const {
        KeyVersion version{.page = id,
                           .offset_bytes = static_cast<std::uint64_t>(
                               as_bytes(element.value).data() - source_.file().data()),
                           .value = element.value,
                           .is_bucket = element.is_bucket(),
                           .is_sound = is_sound_};
        const bool in_newest = !states_.empty() && states_[0].tree.bucket_of(id);
        const bool in_other = states_.size() > 1 && states_[1].tree.bucket_of(id);
        if (in_newest)
            version.standing = VersionStanding::newest;
        else if (in_other)
            version.standing = VersionStanding::previous;
        if (in_other)
            version.not_after = states_[1].transaction;
        else if (in_newest)
            version.not_after = states_[0].transaction;
        if (in_newest && !in_other && states_.size() > 1 && states_[1].tree.is_whole())
            version.not_before = TxId{number(states_[1].transaction) + 1};
        return version;
    }

    // An old page is the bucket's if its other keys are.
    void count_neighbours() {
        collect_neighbours();
        if (is_in_bucket_.empty())
            return;
        for (std::uint64_t id = 2; id < source_.page_count(); ++id)
            if (is_of_bucket(PageId{id}))
                for_each_element(PageId{id}, [this](const format::LeafElement& element) {
                    if (const auto found = is_in_bucket_.find(element.key);
                        found != is_in_bucket_.end())
                        found->second = true;
                });
        for (KeyVersion& version : found_)
            if (version.standing == VersionStanding::old)
                for_each_element(version.page, [&](const format::LeafElement& element) {
                    if (element.key != key_)
                        version.neighbours_in_bucket += is_in_bucket_[element.key] ? 1 : 0;
                });
    }

    void collect_neighbours() {
        for (KeyVersion& version : found_)
            if (version.standing == VersionStanding::old)
                for_each_element(version.page, [&](const format::LeafElement& element) {
                    if (element.key == key_)
                        return;
                    ++version.neighbours;
                    is_in_bucket_.emplace(element.key, false);
                });
    }

    // Of a bucket that is inline, and so has no pages: what the one it is in has.
    [[nodiscard]] bool is_of_bucket(PageId id) const {
        return std::ranges::any_of(states_, [id](const StateOfBucket& state) {
            const auto owner = state.tree.bucket_of(id);
            return owner && owner == (state.bucket ? state.bucket : state.outer) &&
                   !state.tree.is_overflow(id);
        });
    }

    template <class Visit>
    void for_each_element(PageId id, Visit&& visit) const {
        const auto page = source_.page(id);
        const auto view = page && page->type() == format::PageType::leaf
                              ? LeafView::of(page->bytes())
                              : format::Checked<LeafView>(std::unexpect);
        for (std::size_t i = 0; view && i < view->count(); ++i)
            if (const auto element = view->element(i))
                visit(*element);
    }

    const PageSource& source_;
    std::span<const std::string> path_;
    std::string_view key_;
    std::vector<StateOfBucket> states_; ///< the newest first
    bool is_sound_ = false;             ///< of the page that is looked at
    std::uint64_t bytes_left_ = 0;      ///< that its values may still add up to
    std::vector<KeyVersion> found_;
    std::unordered_map<std::string_view, bool> is_in_bucket_; ///< by the keys of old pages
};

} // namespace

std::string_view name_of(VersionStanding standing) noexcept {
    switch (standing) {
    case VersionStanding::newest:
        return "newest";
    case VersionStanding::previous:
        return "previous";
    case VersionStanding::old:
        break;
    }
    return "old";
}

Result<KeyHistory> key_history(const PageSource& source, std::span<const std::string> path,
                               std::string_view key,
                               const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    if (path.empty() || key.empty())
        return Error(ErrorCode::invalid_argument, "a history is that of a key in a bucket");
    return HistorySearch(source, path, key).run(progress);
}

ValueChange change_between(std::string_view before, std::string_view after) noexcept {
    const std::size_t common = std::min(before.size(), after.size());
    std::size_t front = 0;
    while (front < common && before[front] == after[front])
        ++front;
    std::size_t back = 0;
    while (back < common - front &&
           before[before.size() - 1 - back] == after[after.size() - 1 - back])
        ++back;
    return {front, before.substr(front, before.size() - front - back),
            after.substr(front, after.size() - front - back)};
}

} // namespace rebolt
