#include "support/lost_writes.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include <rebolt/db.hpp>
#include <rebolt/format.hpp>

#include "support/random.hpp"
#include "support/temporary_folder.hpp"
#include "support/tree_survey.hpp"

namespace rebolt::test {
namespace {

constexpr std::uint64_t commits_min = 10;
constexpr std::uint64_t commits_more = 20;

template <class T>
T must(Result<T> result) {
    if (result)
        return std::move(*result);
    std::fprintf(stderr, "no history could be made: %s\n", result.error().to_text().c_str());
    std::exit(1);
}
void must(const Result<void>& result) {
    if (result)
        return;
    std::fprintf(stderr, "no history could be made: %s\n", result.error().to_text().c_str());
    std::exit(1);
}

FileBytes bytes_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    std::string text(static_cast<std::size_t>(file.tellg()), '\0');
    file.seekg(0);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    const Bytes bytes = as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

class Writer {
public:
    Writer(HistoryShape shape, std::uint64_t seed) : shape_(shape), random_(seed) {}

    void commit(const DB& db, std::uint64_t number) {
        must(db.update([&](Tx& tx) -> Result<void> {
            const std::uint64_t changes = number == 0 ? first_keys() : 1 + random_.below(12);
            for (std::uint64_t i = 0; i < changes; ++i)
                change(tx);
            return {};
        }));
    }

private:
    [[nodiscard]] std::uint64_t first_keys() const {
        return shape_ == HistoryShape::big ? 40 : shape_ == HistoryShape::inlined ? 120 : 300;
    }
    Bucket bucket(Tx& tx) {
        switch (shape_) {
        case HistoryShape::flat:
        case HistoryShape::big:
        case HistoryShape::small_pages:
            return must(tx.create_bucket_if_missing("data"));
        case HistoryShape::nested: {
            Bucket top = must(tx.create_bucket_if_missing(fmt::format("top-{}", random_.below(3))));
            Bucket inside =
                must(top.create_bucket_if_missing(fmt::format("inside-{}", random_.below(3))));
            return random_.below(4) == 0 ? top : inside;
        }
        case HistoryShape::inlined:
            return must(tx.create_bucket_if_missing(fmt::format("small-{:03}", random_.below(60))));
        }
        return tx.root();
    }
    void change(Tx& tx) {
        Bucket into = bucket(tx);
        const std::string key = fmt::format("key-{:05}", random_.below(600));
        if (random_.below(5) == 0)
            must(into.erase(key));
        else
            must(into.put(key, value()));
    }
    std::string value() {
        const std::uint64_t most = shape_ == HistoryShape::big       ? 9000
                                   : shape_ == HistoryShape::inlined ? 40
                                                                     : 150;
        std::string text = fmt::format("{:016x}", random_.next());
        text.resize(16 + random_.below(most), 'v');
        return text;
    }

    HistoryShape shape_;
    Random random_;
};

void put_back(FileBytes& file, const History& history, std::uint64_t page, std::uint64_t pages) {
    for (std::uint64_t at = page * history.page_size; at < (page + pages) * history.page_size; ++at)
        file[at] = at < history.before.size() ? history.before[at] : std::byte{0};
}

std::uint64_t pages_at(const History& history, std::uint64_t page) {
    const auto header = load<format::PageHeader>(history.after.data() + page * history.page_size);
    return std::uint64_t{header.overflow} + 1;
}

} // namespace

std::string_view name_of(HistoryShape shape) noexcept {
    switch (shape) {
    case HistoryShape::flat:
        return "flat";
    case HistoryShape::big:
        return "big";
    case HistoryShape::nested:
        return "nested";
    case HistoryShape::inlined:
        return "inlined";
    case HistoryShape::small_pages:
        return "small-pages";
    }
    return "unknown";
}

History make_history(HistoryShape shape, std::uint64_t seed, bool stores_freelist) {
    const TemporaryFolder folder;
    const std::string path = folder.path("history.db");
    OpenOptions options;
    options.page_size_bytes = shape == HistoryShape::small_pages ? 512 : 4096;
    options.no_sync = true;
    options.no_freelist_sync = !stores_freelist;
    const DB db = must(DB::open(path, options));
    Writer writer(shape, seed);
    const std::uint64_t commits = commits_min + seed % commits_more;
    History history{.page_size = options.page_size_bytes, .earlier = {}, .before = {}, .after = {}};
    for (std::uint64_t i = 0; i < commits; ++i) {
        if (i + 1 == commits)
            history.before = bytes_of_file(path);
        else if (i != 0)
            history.earlier.push_back(bytes_of_file(path));
        writer.commit(db, i);
    }
    history.after = bytes_of_file(path);
    return history;
}

std::vector<LostWrite> lost_writes(const History& history) {
    const TreeSurvey tree = survey(history.after, history.page_size);
    std::set<std::uint64_t> roots;
    const auto meta = load<format::MetaFields>(
        history.after.data() + tree.meta * history.page_size + format::page_header_bytes);
    roots.insert(meta.root);
    for (const BucketPlace& bucket : tree.buckets)
        if (bucket.root != 0)
            roots.insert(bucket.root);
    std::vector<LostWrite> lost;
    const auto lose = [&](std::string_view kind, std::uint64_t page, bool is_provable = true) {
        FileBytes bytes = history.after;
        put_back(bytes, history, page, pages_at(history, page));
        if (bytes != history.after)
            lost.push_back({fmt::format("{} {}", kind, page), std::move(bytes), is_provable});
    };
    for (const std::uint64_t root : roots)
        if (root == meta.root)
            lose("root", root);
        else if (std::ranges::find(tree.branches, root) == tree.branches.end())
            lose("bucket-leaf", root, false);
    for (const std::uint64_t branch : tree.branches)
        if (branch != meta.root)
            lose("branch", branch);
    if (PageId{tree.freelist} != no_freelist)
        lose("freelist", tree.freelist);
    return lost;
}

FileBytes meta_without_data(const History& history) {
    FileBytes bytes = history.before;
    bytes.resize(history.after.size());
    std::copy_n(history.after.begin(), 2 * history.page_size, bytes.begin());
    return bytes;
}

} // namespace rebolt::test
