#include "forensics/pseudonyms.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace rebolt::forensics {
namespace {

std::vector<std::string> random_keys(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<std::string> keys;
    for (int i = 0; i < 500; ++i) {
        std::string key(random() % 12, '\0');
        for (char& byte : key)
            byte = static_cast<char>(random() % (i % 2 == 0 ? 3 : 256));
        keys.push_back(key);
    }
    return keys;
}

TEST(Pseudonyms, KeepLengthOrderAndCommonBeginnings) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const std::vector<std::string> keys = random_keys(seed);
        const Pseudonyms names({keys.begin(), keys.end()});
        for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
            const std::string_view left = names.of(keys[i]);
            const std::string_view right = names.of(keys[i + 1]);
            EXPECT_EQ(left.size(), keys[i].size()) << "seed " << seed;
            EXPECT_EQ(left < right, keys[i] < keys[i + 1]) << "seed " << seed;
            EXPECT_EQ(left == right, keys[i] == keys[i + 1]) << "seed " << seed;
            EXPECT_EQ(std::ranges::mismatch(left, right).in1 - left.begin(),
                      std::ranges::mismatch(keys[i], keys[i + 1]).in1 - keys[i].begin())
                << "seed " << seed;
        }
    }
}

TEST(Pseudonyms, NoByteStaysWhereItWas) {
    const std::vector<std::string_view> keys{"passwords", "password", "secret", "aaaaaaaa",
                                             "zzzzzzzz",  "s3cret",   ""};
    const Pseudonyms names(keys);
    EXPECT_EQ(names.size(), keys.size());
    for (const std::string_view key : keys)
        for (std::size_t i = 0; i < key.size(); ++i)
            EXPECT_NE(names.of(key)[i], key[i]) << key;
}

// Where all 256 bytes follow, order leaves no choice.
TEST(Pseudonyms, AllBytesAtOncePlace) {
    std::vector<std::string> keys;
    for (int byte = 0; byte < 256; ++byte)
        keys.push_back(std::string("k") + static_cast<char>(byte));
    const Pseudonyms names({keys.begin(), keys.end()});
    for (const std::string& key : keys) {
        EXPECT_NE(names.of(key)[0], 'k');
        EXPECT_EQ(names.of(key)[1], key[1]);
    }
}

TEST(Pseudonyms, OfAKeyThatIsNotThereThereIsNone) {
    EXPECT_EQ(Pseudonyms({"a", "c"}).of("b"), "");
    EXPECT_EQ(Pseudonyms({}).of("b"), "");
}

} // namespace
} // namespace rebolt::forensics
