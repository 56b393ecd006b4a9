#include "check/parallel_pass.hpp"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "check/symptom.hpp"

namespace rebolt::check_walk {
namespace {

using format::PageType;
using Names = std::vector<std::string>;

// A stack longer than this is no sound tree's, or one for the serial walk.
constexpr std::size_t tasks_max = 100'000;
constexpr std::size_t headers_ahead = 10;
constexpr std::size_t elements_ahead = 7;
constexpr std::size_t keys_ahead = 3;
constexpr std::size_t elements_fetched = 31; // so many lie in the smallest page, with its header
constexpr std::size_t keys_fetched = 30;     // that many elements lie in the smallest page
constexpr std::size_t cache_line = 64;
constexpr std::uint64_t system_page_bytes = 4096;
constexpr std::uint64_t pages_between_reports = 4096;

/// A page to enter. `names` is kept only if values are judged there.
struct Task {
    PageId page;
    KeyRange range;
    std::uint16_t level = 0;
    std::uint16_t bucket_depth = 0;
    std::shared_ptr<const Names> names;
};

struct Counts {
    std::uint64_t pages = 0;
    std::uint64_t keys = 0;
    std::uint64_t buckets = 0;
};

class ParallelPass {
public:
    ParallelPass(CheckContext& context, const Tree& tree, unsigned threads)
        : context_(context), file_(context.source.file()),
          page_size_(context.source.page_size_bytes()),
          page_count_(std::min(tree.meta.fields.high_water_mark, context.map.page_count())),
          threads_(threads) {
        shared_.push_back(
            {.page = PageId{tree.meta.fields.root},
             .range = {},
             .names = context.validates() ? std::make_shared<const Names>() : nullptr});
    }

    /// True if every page was sound.
    bool run() {
        {
            std::vector<std::jthread> workers;
            start(workers);
            work_or_doubt();
        }
        return !doubt_.load();
    }

    [[nodiscard]] const Counts& total() const noexcept { return total_; }
    [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

private:
    /// What one thread has: its stack and its counts.
    struct Worker {
        std::vector<Task> stack;
        Counts counts;
        std::size_t leaf_elements = elements_fetched; ///< of the leaf entered last
    };

    // What the system refuses of them, the others do.
    void start(std::vector<std::jthread>& workers) {
        workers.reserve(threads_);
        try {
            for (unsigned i = 1; i < threads_; ++i)
                workers.emplace_back([this] { work_or_doubt(); });
        } catch (const std::system_error&) {
            const std::scoped_lock lock(mutex_);
            threads_ = static_cast<unsigned>(workers.size()) + 1;
        }
    }

    // Without memory it is the serial walk's turn, which says so.
    void work_or_doubt() noexcept {
        try {
            work();
        } catch (const std::bad_alloc&) {
            const std::scoped_lock lock(mutex_);
            doubt_.store(true);
            ready_.notify_all();
        }
    }

    void work() {
        Worker worker;
        while (take_shared(worker)) {
            while (!worker.stack.empty() && !doubt_.load(std::memory_order_relaxed)) {
                const Task task = std::move(worker.stack.back());
                worker.stack.pop_back();
                prefetch(worker);
                if (!enter(task, worker))
                    doubt_.store(true);
                if (idle_.load(std::memory_order_relaxed) != 0 && worker.stack.size() > 1)
                    share(worker.stack);
                if (++worker.counts.pages % pages_between_reports == 1)
                    tell_progress();
            }
        }
        const std::scoped_lock lock(mutex_);
        total_.pages += worker.counts.pages;
        total_.keys += worker.counts.keys;
        total_.buckets += worker.counts.buckets;
    }

    // Waits for work; false when nobody has any more.
    bool take_shared(Worker& worker) {
        std::unique_lock lock(mutex_);
        ++idle_;
        if (idle_ == threads_ && shared_.empty())
            ready_.notify_all();
        ready_.wait(lock,
                    [this] { return !shared_.empty() || idle_ == threads_ || doubt_.load(); });
        if (shared_.empty() || doubt_.load()) {
            ready_.notify_all();
            return false;
        }
        --idle_;
        worker.stack.swap(shared_);
        return true;
    }

    // Gives the older half away: the nearer the root, the more is below it.
    void share(std::vector<Task>& stack) {
        const std::scoped_lock lock(mutex_);
        if (!shared_.empty())
            return;
        const auto half = stack.begin() + static_cast<std::ptrdiff_t>(stack.size() / 2);
        shared_.assign(std::make_move_iterator(stack.begin()), std::make_move_iterator(half));
        stack.erase(stack.begin(), half);
        ready_.notify_one();
    }

    void tell_progress() {
        if (!context_.options.progress)
            return;
        const std::scoped_lock lock(mutex_);
        progress_pages_ += pages_between_reports;
        if (context_.options.progress({progress_pages_, context_.map.page_count()}))
            return;
        cancelled_ = true;
        doubt_.store(true);
    }

    // Pages are met in the tree's order, which no hardware foresees. So the first
    // line of a page some tasks ahead is read now, the elements of a nearer one are
    // fetched, and the keys that the elements of the next point to, whose own fetch
    // is over by now.
    void prefetch(const Worker& worker) const noexcept {
        const std::vector<Task>& stack = worker.stack;
        if (const std::byte* page = ahead(stack, headers_ahead))
            read_byte(page);
        if (const std::byte* page = ahead(stack, elements_ahead)) {
            const std::size_t elements =
                format::LeafView::offset_of(std::min(worker.leaf_elements, elements_fetched));
            for (std::size_t line = cache_line; line < elements; line += cache_line)
                __builtin_prefetch(page + line);
        }
        const std::byte* page = ahead(stack, keys_ahead);
        if (page == nullptr)
            return;
        const auto header = load<format::PageHeader>(page);
        const std::size_t count = std::min<std::size_t>(header.count, keys_fetched);
        if (header.flags != format::leaf_flag)
            return;
        const auto file_left = static_cast<std::uint64_t>(file_.data() + file_.size() - page);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t offset = format::LeafView::offset_of(i);
            const auto raw = load<format::LeafElementHeader>(page + offset);
            const std::uint64_t key_end = offset + raw.pos + raw.key_bytes;
            if (key_end < system_page_bytes)
                __builtin_prefetch(page + key_end);
            else if (key_end < file_left)
                read_byte(page + key_end);
        }
    }

    // A processor may drop a prefetch whose address it has not translated yet: into
    // another system page only a read goes for sure.
    static void read_byte(const std::byte* at) noexcept {
        static_cast<void>(*static_cast<const volatile std::byte*>(at));
    }

    [[nodiscard]] const std::byte* ahead(const std::vector<Task>& stack,
                                         std::size_t tasks) const noexcept {
        return stack.size() < tasks ? nullptr : page_of(stack[stack.size() - tasks]);
    }

    [[nodiscard]] const std::byte* page_of(const Task& task) const noexcept {
        const std::uint64_t id = number(task.page);
        return id < page_count_ ? file_.data() + id * page_size_ : nullptr;
    }

    // True if the page is sound; its children are then on the stack.
    bool enter(const Task& task, Worker& worker) {
        const std::uint64_t id = number(task.page);
        if (id < 2 || id >= page_count_ || task.level >= format::tree_depth_max ||
            task.bucket_depth > format::bucket_depth_max)
            return false;
        const std::byte* first = file_.data() + id * page_size_;
        const auto header = load<format::PageHeader>(first);
        const PageType type = header.type();
        const bool is_leaf = type == PageType::leaf;
        if (header.id != id || (!is_leaf && type != PageType::branch) ||
            header.overflow >= page_count_ - id)
            return false;
        const std::uint64_t bytes = (std::uint64_t{header.overflow} + 1) * page_size_;
        if (!claim(task.page, header.overflow, is_leaf ? Role::leaf : Role::branch) ||
            !readable(id * page_size_, bytes))
            return false;
        const Bytes page{first, bytes};
        const PagePlace place{.range = task.range,
                              .page_size_bytes = page_size_,
                              .is_root = task.level == 0,
                              .is_inline = false};
        return is_leaf ? enter_leaf(task, page, place, worker)
                       : format::branch_is_sound(page, place) && push_children(task, page, worker);
    }

    bool claim(PageId page, std::uint32_t overflow, Role role) {
        if ((context_.map.claim(page, role) & (PageMap::role_bits | PageMap::free)) != 0)
            return false;
        for (std::uint64_t i = 1; i <= overflow; ++i) {
            const PageId id{number(page) + i};
            if ((context_.map.claim(id, Role::overflow) & (PageMap::role_bits | PageMap::free)) !=
                0)
                return false;
        }
        return true;
    }

    bool readable(std::uint64_t offset, std::uint64_t bytes) const {
        if (bytes <= 4096) // the header's read showed it
            return context_.source.fault_count() == 0 || context_.source.readable(offset, bytes);
        return context_.source.probe(offset, bytes);
    }

    bool enter_leaf(const Task& task, Bytes page, const PagePlace& place, Worker& worker) {
        LeafCount count;
        const bool is_top_level = task.bucket_depth == 0;
        if (!format::leaf_is_sound(page, place, count) ||
            (is_top_level && count.keys != count.buckets))
            return false;
        worker.counts.keys += count.keys;
        worker.counts.buckets += count.buckets;
        worker.leaf_elements = count.keys;
        if (!values_are_sound(task, page, count))
            return false;
        return count.buckets == 0 || push_buckets(task, page, worker);
    }

    bool values_are_sound(const Task& task, Bytes page, const LeafCount& count) const {
        if (!task.names || count.keys == count.buckets)
            return true;
        const format::SoundLeaf leaf(page);
        for (std::size_t i = 0; i < leaf.count(); ++i) {
            const format::LeafElement element = leaf[i];
            if (!element.is_bucket() && context_.validate(*task.names, element.key, element.value))
                return false;
        }
        return true;
    }

    bool push_children(const Task& task, Bytes page, Worker& worker) {
        const format::SoundBranch branch(page);
        if (worker.stack.size() + branch.count() > tasks_max)
            return false;
        std::optional<std::string_view> upper = task.range.upper;
        // Backwards: the stack gives the first child first.
        for (std::size_t i = branch.count(); i-- > 0;) {
            const format::BranchElement element = branch[i];
            worker.stack.push_back({.page = element.child,
                                    .range = {element.key, upper},
                                    .level = static_cast<std::uint16_t>(task.level + 1),
                                    .bucket_depth = task.bucket_depth,
                                    .names = task.names});
            upper = element.key;
        }
        return true;
    }

    bool push_buckets(const Task& task, Bytes page, Worker& worker) {
        const format::SoundLeaf leaf(page);
        for (std::size_t i = leaf.count(); i-- > 0;) {
            const format::LeafElement element = leaf[i];
            if (element.is_bucket() && !push_bucket(task, element, worker))
                return false;
        }
        return worker.stack.size() <= tasks_max;
    }

    bool push_bucket(const Task& task, const format::LeafElement& element, Worker& worker) {
        const auto bucket = format::BucketView::of(element.value);
        if (!bucket)
            return false;
        Task inside{.page = bucket->root(),
                    .range = {},
                    .bucket_depth = static_cast<std::uint16_t>(task.bucket_depth + 1),
                    .names = nullptr};
        if (task.names) {
            Names names = *task.names;
            names.emplace_back(element.key);
            if (may_be_judged(names))
                inside.names = std::make_shared<const Names>(std::move(names));
        }
        if (bucket->is_inline())
            return inline_is_sound(inside, bucket->inline_page(), worker);
        worker.stack.push_back(std::move(inside));
        return element.value.size() == sizeof(format::BucketHeader);
    }

    bool inline_is_sound(const Task& inside, Bytes image, Worker& worker) {
        const PagePlace place{
            .range = {}, .page_size_bytes = page_size_, .is_root = true, .is_inline = true};
        LeafCount count;
        if (!format::leaf_is_sound(image, place, count) || count.buckets != 0)
            return false;
        worker.counts.keys += count.keys;
        return values_are_sound(inside, image, count);
    }

    CheckContext& context_;
    Bytes file_;
    std::uint32_t page_size_;
    std::uint64_t page_count_;
    unsigned threads_;

    std::mutex mutex_; // guards what follows but the atomics' reads
    std::condition_variable ready_;
    std::vector<Task> shared_;
    std::atomic<unsigned> idle_{0};
    std::atomic<bool> doubt_{false};
    bool cancelled_ = false;
    std::uint64_t progress_pages_ = 0;
    Counts total_;
};

} // namespace

Result<std::optional<TreeReport>> parallel_pass(CheckContext& context, const Tree& tree,
                                                unsigned threads) {
    ParallelPass pass(context, tree, threads);
    const bool sound = pass.run();
    context.pages_entered += pass.total().pages;
    if (pass.cancelled())
        return Error(ErrorCode::cancelled, "the check was cancelled");
    if (!sound)
        return std::optional<TreeReport>{};
    return std::optional<TreeReport>{TreeReport{.transaction = TxId{tree.meta.fields.txid},
                                                .meta = tree.meta.page,
                                                .current = tree.meta.current,
                                                .whole = true,
                                                .key_count = pass.total().keys,
                                                .bucket_count = pass.total().buckets}};
}

} // namespace rebolt::check_walk
