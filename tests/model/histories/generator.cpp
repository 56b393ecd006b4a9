#include "generator.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

#include <fmt/format.h>

#include <rebolt/format.hpp>

namespace rebolt::test {
namespace {

constexpr std::uint64_t index_count = 500;   // keys of a style
constexpr const char* top_bucket = "746f70"; // a favourite: it grows large
constexpr std::size_t bucket_depth = 6;
constexpr std::size_t huge_keys_max = 12; // in one go

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes)
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(c));
    return text;
}

std::size_t depth_of(const std::string& path) {
    return static_cast<std::size_t>(std::ranges::count(path, '/')) + 1;
}

std::string name_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

} // namespace

Generator::Generator(std::uint64_t seed) : random_(seed) {
    constexpr std::array<std::uint32_t, 12> sizes = {512,  512,  512,  1024,  1024,  2048,
                                                     4096, 4096, 8192, 16384, 32768, 65536};
    page_size_ = sizes.at(random_.below(sizes.size()));
}

Script Generator::generate() {
    const std::uint64_t sessions = between(1, 4);
    for (std::uint64_t i = 0; i < sessions; ++i)
        session();
    return std::move(script_);
}

void Generator::session() {
    const bool is_first = script_.empty();
    add(fmt::format("open page-size={} no-freelist-sync={} freelist={}", page_size_,
                    once_in(3) ? 1 : 0, once_in(2) ? "hashmap" : "array"));
    if (is_first)
        first_growth();
    const std::uint64_t transactions = between(1, 8);
    for (std::uint64_t i = 0; i < transactions; ++i)
        transaction();
    add("close");
}

// bbolt cannot open a file shorter than 4096 bytes, such as a new one with pages
// of 512 bytes.
void Generator::first_growth() {
    add("begin");
    add(fmt::format("create {}", top_bucket));
    add(fmt::format("put {} 67726f77 {}", top_bucket, value(4096)));
    add("commit");
    buckets_.insert(top_bucket);
}

void Generator::transaction() {
    struct Weighted {
        std::uint64_t weight;
        Chore chore;
    };
    static constexpr std::array<Weighted, 12> chores = {{
        {30, &Generator::put_run},
        {16, &Generator::delete_run},
        {8, &Generator::cursor_delete},
        {12, &Generator::create},
        {4, &Generator::create_many},
        {2, &Generator::create_chain},
        {4, &Generator::delete_bucket},
        {6, &Generator::move},
        {6, &Generator::sequence},
        {8, &Generator::read},
        {4, &Generator::mistake},
        {4, &Generator::wrong_kind},
    }};
    static constexpr std::uint64_t weights = [] {
        std::uint64_t sum = 0;
        for (const Weighted& weighted : chores)
            sum += weighted.weight;
        return sum;
    }();
    const std::set<std::string> before = buckets_;
    add("begin");
    for (std::uint64_t left = between(0, 6); left > 0; --left) {
        std::uint64_t at = random_.below(weights);
        const Weighted* chosen = chores.data();
        for (; at >= chosen->weight; ++chosen)
            at -= chosen->weight;
        (this->*chosen->chore)();
    }
    if (once_in(3))
        for (const std::string& path : buckets_)
            add("list " + path);
    if (once_in(8)) {
        add("rollback");
        buckets_ = before;
    } else
        add("commit");
}

std::string Generator::key(KeyStyle style, std::uint64_t index) const {
    switch (style) {
    case KeyStyle::decimal:
        return hex(fmt::format("key-{:06}", index));
    case KeyStyle::padded:
        return hex(fmt::format("{:a<{}}-{:04}", "long", 40 + page_size_ / 16 % 200, index));
    case KeyStyle::counter:
        return fmt::format("{:016x}", index);
    case KeyStyle::noise:
        return fmt::format("{}:{}", 1000 + index, 1 + index % 24);
    case KeyStyle::huge:
        break;
    }
    const std::uint64_t most = std::min<std::uint64_t>(format::key_bytes_max, 3ULL * page_size_);
    return fmt::format("{}:{}", 5000 + index % 40, 1 + most * (index % 40 + 1) / 41);
}

// The smaller ones more often.
std::uint64_t Generator::any_index() {
    return random_.below(1 + random_.below(index_count));
}

// Mostly the bucket's own, so that keys are met again.
KeyStyle Generator::style_in(std::string_view bucket) {
    constexpr std::array<KeyStyle, 10> styles = {
        KeyStyle::decimal, KeyStyle::decimal, KeyStyle::decimal, KeyStyle::padded, KeyStyle::padded,
        KeyStyle::counter, KeyStyle::counter, KeyStyle::noise,   KeyStyle::noise,  KeyStyle::huge};
    const std::uint64_t own = format::fnv1a(as_bytes(bucket));
    return styles.at((once_in(5) ? random_.next() : own) % styles.size());
}

std::string Generator::key_in(std::string_view bucket) {
    return key(style_in(bucket), any_index());
}

std::string Generator::value(std::uint64_t size) {
    return size == 0 ? "-" : fmt::format("{}:{}", random_.below(1'000'000), size);
}

// Many values at once are small ones.
std::string Generator::any_value(std::size_t count) {
    const std::uint64_t kind = random_.below(count > 60 ? 90 : 100);
    if (kind < 5)
        return value(0);
    if (kind < 60)
        return value(random_.below(40));
    if (kind < 90)
        return value(random_.below(std::min<std::uint64_t>(page_size_ / 3, 3000)));
    if (kind < 97)
        return value(random_.below(2ULL * page_size_));
    return value(page_size_ + random_.below(5ULL * page_size_));
}

// In order, backwards, every third, or at random; some from the end on.
std::vector<std::uint64_t> Generator::indexes(std::size_t count) {
    std::vector<std::uint64_t> order(count);
    const std::uint64_t step = once_in(4) ? 3 : 1;
    const std::uint64_t first = any_index();
    for (std::size_t i = 0; i < count; ++i)
        order[i] = (first + i * step) % index_count;
    switch (random_.below(4)) {
    case 0:
        std::ranges::reverse(order);
        break;
    case 1:
        for (std::uint64_t& index : order)
            index = any_index();
        break;
    default:
        break;
    }
    return order;
}

std::string Generator::any_bucket() {
    if (buckets_.empty() || once_in(60))
        return "6e6f6e65"; // none
    if (once_in(4) && buckets_.contains(top_bucket))
        return top_bucket;
    auto at = buckets_.begin();
    std::advance(at, random_.below(buckets_.size()));
    return *at;
}

std::string Generator::any_name() {
    if (once_in(12))
        return fmt::format("{}:{}", random_.below(8), between(1, std::min(page_size_, 8192U)));
    return hex(fmt::format("b{}", random_.below(8)));
}

// Of a new bucket, or one that is there: at the top or in another.
std::string Generator::any_new_path(std::string_view command) {
    const std::string parent = any_bucket();
    const bool is_top = once_in(4) || depth_of(parent) >= bucket_depth;
    const std::string path = is_top ? any_name() : parent + '/' + any_name();
    add(fmt::format("{} {}", command, path));
    if (is_top || buckets_.contains(parent))
        buckets_.insert(path);
    return path;
}

void Generator::forget(const std::string& path) {
    std::erase_if(buckets_, [&](const std::string& bucket) {
        return bucket == path || bucket.starts_with(path + '/');
    });
}

void Generator::put_run() {
    const std::string bucket = any_bucket();
    const KeyStyle style = style_in(bucket);
    const std::uint64_t size = buckets_.contains(bucket) ? random_.below(10) : 0;
    std::size_t count = size < 4 ? between(1, 8) : size < 9 ? between(9, 80) : between(100, 500);
    if (style == KeyStyle::huge)
        count = std::min(count, huge_keys_max);
    if (once_in(5))
        add(fmt::format("fill {} {}", bucket, between(10, 100)));
    for (const std::uint64_t index : indexes(count))
        add(fmt::format("put {} {} {}", bucket, key(style, index), any_value(count)));
}

void Generator::delete_run() {
    const std::string bucket = any_bucket();
    const KeyStyle style = style_in(bucket);
    const bool is_long = buckets_.contains(bucket) && once_in(2);
    const std::size_t count = is_long ? between(50, 400) : between(1, 20);
    for (const std::uint64_t index : indexes(count))
        add(fmt::format("delete {} {}", bucket, key(style, index)));
}

void Generator::cursor_delete() {
    const std::string bucket = any_bucket();
    switch (random_.below(3)) {
    case 0:
        return add(fmt::format("cursor-delete {} {} 1", bucket, key_in(bucket)));
    case 1:
        return add(fmt::format("cursor-delete {} {} {}", bucket, key_in(bucket), between(2, 300)));
    default: // all
        return add(fmt::format("cursor-delete {} - 1000000", bucket));
    }
}

void Generator::create() {
    any_new_path(once_in(2) ? "create" : "create-if-missing");
}

// Small ones, which fit their parent's page.
void Generator::create_many() {
    const std::string parent = any_bucket();
    const std::uint64_t count = between(5, 60);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string path = fmt::format("{}/{}", parent, hex(fmt::format("small-{:02}", i)));
        add("create-if-missing " + path);
        for (std::uint64_t puts = random_.below(4); puts > 0; --puts)
            add(fmt::format("put {} {} {}", path, key(KeyStyle::decimal, random_.below(20)),
                            value(random_.below(30))));
        if (once_in(8) && buckets_.contains(parent))
            buckets_.insert(path);
    }
}

void Generator::create_chain() {
    std::string path = hex(fmt::format("chain-{}", random_.below(3)));
    for (std::uint64_t depth = between(3, 15); depth > 0; --depth) {
        add("create-if-missing " + path);
        if (once_in(2))
            add(fmt::format("put {} {} {}", path, key_in(path), any_value(1)));
        buckets_.insert(path);
        path += '/' + hex("c");
    }
}

void Generator::delete_bucket() {
    const std::string path = any_bucket();
    add("delete-bucket " + path);
    forget(path);
}

void Generator::move() {
    const std::string path = any_bucket();
    const std::string target = once_in(4) ? "/" : any_bucket();
    const std::string moved = target == "/" ? name_of(path) : target + '/' + name_of(path);
    add(fmt::format("move {} {}", path, target));
    const bool works = buckets_.contains(path) && !buckets_.contains(moved) && target != path &&
                       !target.starts_with(path + '/') &&
                       (target == "/" || buckets_.contains(target));
    if (!works)
        return;
    std::vector<std::string> inside;
    for (const std::string& bucket : buckets_)
        if (bucket.starts_with(path + '/'))
            inside.push_back(bucket.substr(path.size()));
    forget(path);
    buckets_.insert(moved);
    for (const std::string& rest : inside)
        buckets_.insert(moved + rest);
}

void Generator::sequence() {
    const std::string bucket = any_bucket();
    if (once_in(2)) {
        // Of any size: 0, 1 … 2^64 − 1.
        const std::uint64_t bits = random_.below(65);
        const std::uint64_t most = bits == 64 ? ~0ULL : (1ULL << bits) - 1;
        add(fmt::format("set-sequence {} {}", bucket, once_in(2) ? most : random_.next() & most));
    }
    for (std::uint64_t i = random_.below(4); i > 0; --i)
        add("next-sequence " + bucket);
}

void Generator::read() {
    const std::string bucket = any_bucket();
    for (std::uint64_t i = random_.below(20); i > 0; --i)
        add(fmt::format("get {} {}", bucket, key_in(bucket)));
    add("list " + (once_in(5) ? "/" : bucket));
}

// What must be refused, or does nothing.
void Generator::mistake() {
    const std::string bucket = any_bucket();
    switch (random_.below(8)) {
    case 0:
        return add(fmt::format("put {} - {}", bucket, value(5)));
    case 1:
        return add(fmt::format("put {} 1:{} {}", bucket, format::key_bytes_max + 1, value(5)));
    case 2:
        return add(fmt::format("create {}/-", bucket));
    case 3:
        return add(fmt::format("create-if-missing {}/-", bucket));
    case 4:
        return add(fmt::format("delete-bucket {}/6e6f6e65", bucket));
    case 5:
        return add(fmt::format("delete {} -", bucket));
    case 6:
        return add(fmt::format("get {} -", bucket));
    default:
        return add(fmt::format("move {}/6e6f6e65 {}", bucket, any_bucket()));
    }
}

// A bucket where a value should be, or the reverse.
void Generator::wrong_kind() {
    const std::string bucket = any_bucket();
    const std::string parent = depth_of(bucket) > 1 ? bucket.substr(0, bucket.rfind('/')) : "";
    const std::string taken = key_in(bucket);
    add(fmt::format("put {} {} {}", bucket, taken, value(9)));
    for (const char* command : {"create", "create-if-missing", "delete-bucket"})
        if (once_in(2))
            add(fmt::format("{} {}/{}", command, bucket, taken));
    if (once_in(2))
        add(fmt::format("put {}/{} 61 62", bucket, taken));
    if (once_in(2))
        add(fmt::format("move {}/{} {}", bucket, taken, any_bucket()));
    if (parent.empty())
        return;
    add(fmt::format("put {} {} {}", parent, name_of(bucket), value(3)));
    add(fmt::format("delete {} {}", parent, name_of(bucket)));
    add(fmt::format("get {} {}", parent, name_of(bucket)));
    add(fmt::format("cursor-delete {} {} 3", parent, name_of(bucket)));
}

} // namespace rebolt::test
