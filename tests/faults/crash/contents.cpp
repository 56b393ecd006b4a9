#include "contents.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

Error different(const Bucket& bucket, const std::string& what) {
    std::string path;
    for (const std::string& name : bucket.path())
        path += name + "/";
    return Error(ErrorCode::invalid_argument, fmt::format("bucket /{}: {}", path, what));
}

std::string any_value(const Style& style, Random& random) {
    const bool is_long = random.below(100) < style.long_percent;
    std::string value(random.below((is_long ? style.long_bytes : style.value_bytes) + 1), '\0');
    for (char& byte : value)
        byte = static_cast<char>('a' + random.below(26));
    return value;
}

// One of a map's elements; the map is not empty.
template <class Map>
auto& any_of(Map& map, Random& random) {
    return *std::next(map.begin(), static_cast<std::ptrdiff_t>(random.below(map.size())));
}

Result<void> change_values(Bucket bucket, Contents& contents, const Style& style, Random& random) {
    const std::uint64_t choice = random.below(100);
    if (choice < 3) {
        auto sequence = bucket.next_sequence();
        if (!sequence)
            return std::move(sequence).error();
        contents.sequence = *sequence;
        return {};
    }
    if (choice < 3 + style.erase_percent && !contents.values.empty()) {
        const std::string key = any_of(contents.values, random).first;
        contents.values.erase(key);
        return bucket.erase(key);
    }
    const std::string key = fmt::format("key-{:03}", random.below(style.keys));
    std::string& value = contents.values[key] = any_value(style, random);
    return bucket.put(key, value);
}

// Moves one bucket into another, if that has none of its name.
Result<void> move_bucket(const Bucket& bucket, Contents& contents, Random& random) {
    const std::string name = any_of(contents.buckets, random).first;
    auto& [target_name, target] = any_of(contents.buckets, random);
    if (target_name == name || target.buckets.contains(name))
        return {};
    auto opened = bucket.bucket(target_name);
    if (!opened)
        return std::move(opened).error();
    target.buckets.insert(contents.buckets.extract(name));
    return Bucket(bucket).move_bucket(name, *opened);
}

Result<void> change_buckets(Bucket bucket, Contents& contents, Random& random) {
    if (contents.buckets.size() > 1 && random.below(3) == 0)
        return move_bucket(bucket, contents, random);
    const std::string name = fmt::format("bucket-{}", random.below(4));
    if (contents.buckets.erase(name) != 0)
        return bucket.delete_bucket(name);
    contents.buckets[name];
    auto made = bucket.create_bucket(name);
    return made ? Result<void>() : std::move(made).error();
}

} // namespace

Result<void> compare(const Bucket& bucket, const Contents& expected) {
    if (bucket.sequence() != expected.sequence)
        return different(
            bucket, fmt::format("sequence {}, expected {}", bucket.sequence(), expected.sequence));
    auto value = expected.values.begin();
    auto inside = expected.buckets.begin();
    const auto visit = [&](const Entry& entry) -> Result<void> {
        if (entry.is_bucket) {
            if (inside == expected.buckets.end() || inside->first != entry.key)
                return different(bucket, fmt::format("bucket {} is there", entry.key));
            auto opened = bucket.bucket(entry.key);
            if (!opened)
                return std::move(opened).error();
            return compare(*opened, (inside++)->second);
        }
        if (value == expected.values.end() || value->first != entry.key)
            return different(bucket, fmt::format("key {} is there", entry.key));
        if (value->second != entry.value)
            return different(bucket,
                             fmt::format("key {} has {} bytes not as expected, {}", entry.key,
                                         entry.value.size(), value->second.size()));
        ++value;
        return {};
    };
    if (Result<void> same = bucket.for_each(visit); !same)
        return same;
    if (value != expected.values.end())
        return different(bucket, fmt::format("key {} is missing", value->first));
    if (inside != expected.buckets.end())
        return different(bucket, fmt::format("bucket {} is missing", inside->first));
    return {};
}

Result<void> compare(const DB& db, const Contents& expected) {
    return db.view([&](const Tx& tx) { return compare(tx.root(), expected); });
}

Result<void> require_clean(const std::string& path, Trees trees) {
    auto source = PageSource::open(path);
    if (!source)
        return std::move(source).error();
    auto report = check(*source);
    if (!report)
        return std::move(report).error();
    std::string grave;
    for (const Finding& finding : report->findings)
        if (finding.severity >= Severity::data)
            grave += fmt::format("; {} {}: {}", text_of(finding.code).name, to_text(finding.place),
                                 finding.message);
    for (const TreeReport& tree : report->trees)
        if (!tree.whole && (tree.current || trees == Trees::both))
            grave +=
                fmt::format("; the tree of transaction {} is not whole", number(tree.transaction));
    if (report->verdict == Verdict::clean && grave.empty())
        return {};
    return Error(ErrorCode::invalid_argument, sentence(*report) + grave);
}

Result<void> change(Bucket bucket, Contents& contents, const Style& style, Random& random) {
    const std::size_t depth = bucket.path().size();
    if (!contents.buckets.empty() && random.below(100) < (depth == 0 ? 96U : 40U)) {
        auto& [name, inside] = any_of(contents.buckets, random);
        auto opened = bucket.bucket(name);
        if (!opened)
            return std::move(opened).error();
        return change(*opened, inside, style, random);
    }
    if (depth == 0 || (depth < style.depth && random.below(100) < style.bucket_percent))
        return change_buckets(std::move(bucket), contents, random);
    return change_values(std::move(bucket), contents, style, random);
}

} // namespace rebolt::test
