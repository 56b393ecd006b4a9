#include <array>
#include <bit>

#include <rebolt/content_walk.hpp>
#include <rebolt/sha256.hpp>

#include "base/try.hpp"

namespace rebolt {
namespace {

void add_number(Sha256& sum, std::uint64_t value) {
    const auto bytes = std::bit_cast<std::array<char, sizeof value>>(value);
    sum.add({bytes.data(), bytes.size()});
}

void add_text(Sha256& sum, std::string_view text) {
    add_number(sum, text.size());
    sum.add(text);
}

} // namespace

Result<ContentHash> hash_content(const Tx& tx) {
    TRY(tx.judge());
    ContentWalk walk(tx);
    ContentHash hash;
    Sha256 sum;
    while (const auto item = TRY(walk.next())) {
        ++(item->is_bucket ? hash.buckets : hash.keys);
        sum.add(item->is_bucket ? "b" : "v");
        add_number(sum, item->bucket.size());
        add_text(sum, item->key);
        if (item->is_bucket)
            add_number(sum, item->sequence);
        else
            add_text(sum, item->value);
    }
    hash.sha256 = sum.hex();
    return hash;
}

} // namespace rebolt
