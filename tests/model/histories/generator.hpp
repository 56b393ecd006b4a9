// Makes random scripts: what they do depends on the seed alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "script.hpp"
#include "support/random.hpp"

namespace rebolt::test {

/// Keys of one form; key i of a style is the same in the whole script.
enum class KeyStyle : std::uint8_t { decimal, padded, counter, noise, huge };

class Generator {
public:
    explicit Generator(std::uint64_t seed);

    [[nodiscard]] Script generate();

private:
    using Chore = void (Generator::*)();

    void session();
    void transaction();
    void first_growth();

    void put_run();
    void delete_run();
    void cursor_delete();
    void create();
    void create_many();
    void create_chain();
    void delete_bucket();
    void move();
    void sequence();
    void read();
    void mistake();
    void wrong_kind();

    void add(std::string line) { script_.push_back(std::move(line)); }
    /// True once in so many times.
    bool once_in(std::uint64_t times) { return random_.below(times) == 0; }
    std::uint64_t between(std::uint64_t least, std::uint64_t most) {
        return least + random_.below(most - least + 1);
    }
    [[nodiscard]] std::string key(KeyStyle style, std::uint64_t index) const;
    std::uint64_t any_index();
    KeyStyle style_in(std::string_view bucket);
    std::string key_in(std::string_view bucket);
    std::string value(std::uint64_t size);
    std::string any_value(std::size_t count);
    std::vector<std::uint64_t> indexes(std::size_t count);
    std::string any_bucket();
    std::string any_name();
    std::string any_new_path(std::string_view command);
    void forget(const std::string& path);

    Random random_;
    Script script_;
    std::uint32_t page_size_;
    /// Paths of the buckets that should be there: most operations find one.
    std::set<std::string> buckets_;
};

} // namespace rebolt::test
