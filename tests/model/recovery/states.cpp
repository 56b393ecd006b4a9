#include "states.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <rebolt/bytes.hpp>
#include <rebolt/finding.hpp>

#include "support/run_command.hpp"

namespace rebolt::test {

std::string to_text(std::span<const std::string> bucket) {
    std::string text;
    for (const std::string& name : bucket)
        text += (text.empty() ? "" : "/") + printable(name);
    return text;
}

class States::Reader {
public:
    explicit Reader(States& states) : states_(states), bytes_(states.bytes_) {}

    void run() {
        if (bytes_.substr(0, 8) != "rbstate1") {
            std::fputs("not a file of states\n", stderr);
            std::abort();
        }
        at_ = 8;
        states_.page_size_ = take<std::uint32_t>();
        states_.last_ = take<std::uint64_t>();
        add_bucket();
        while (at_ < bytes_.size())
            read_record();
    }

private:
    template <class T>
    T take() {
        const T value = load<T>(as_bytes(bytes_.substr(at_, sizeof(T))).data());
        at_ += sizeof(T);
        return value;
    }

    std::string_view take_bytes() {
        const auto size = take<std::uint32_t>();
        const std::string_view text = bytes_.substr(at_, size);
        at_ += size;
        return text;
    }

    void add_bucket() {
        states_.inside_.emplace_back();
        states_.versions_.emplace_back();
        states_.sequences_.emplace_back();
    }

    void read_record() {
        const char type = bytes_[at_++];
        const auto bucket = take<std::uint32_t>();
        if (type == 'B') {
            const auto number = static_cast<std::uint32_t>(states_.inside_.size());
            states_.inside_[bucket].emplace(take_bytes(), number);
            add_bucket();
            return;
        }
        at_ += sizeof(std::uint64_t); // first: not asked for
        const bool is_live = take<std::uint64_t>() == 0;
        if (type == 'S') {
            states_.sequences_[bucket].push_back({take<std::uint64_t>(), is_live});
            return;
        }
        const std::string_view key = take_bytes();
        Wanted value;
        if (type == 'K')
            value = take_bytes();
        states_.versions_[bucket][key].push_back({value, is_live});
        states_.live_count_ += is_live ? 1 : 0;
    }

    States& states_;
    std::string_view bytes_;
    std::size_t at_ = 0;
};

States::States(const std::string& path) : bytes_(bytes_of(path)) {
    Reader(*this).run();
}

std::optional<std::uint32_t> States::number_of(std::span<const std::string> bucket) const {
    std::uint32_t at = 0;
    for (const std::string& name : bucket) {
        const auto inside = inside_[at].find(name);
        if (inside == inside_[at].end())
            return std::nullopt;
        at = inside->second;
    }
    return at;
}

const std::vector<States::Version>* States::versions(std::span<const std::string> bucket,
                                                     std::string_view key) const {
    const auto number = number_of(bucket);
    if (!number)
        return nullptr;
    const auto found = versions_[*number].find(key);
    return found == versions_[*number].end() ? nullptr : &found->second;
}

bool States::is_live(std::span<const std::string> bucket, std::string_view key,
                     Wanted value) const {
    const auto* all = versions(bucket, key);
    return all != nullptr && std::ranges::any_of(*all, [&](const Version& version) {
               return version.is_live && version.value == value;
           });
}

bool States::was_committed(std::span<const std::string> bucket, std::string_view key,
                           Wanted value) const {
    const auto* all = versions(bucket, key);
    return all != nullptr && std::ranges::find(*all, value, &Version::value) != all->end();
}

bool States::was_committed_anywhere(std::string_view key, Wanted value) const {
    return std::ranges::any_of(versions_, [&](const auto& of_bucket) {
        const auto found = of_bucket.find(key);
        return found != of_bucket.end() &&
               std::ranges::find(found->second, value, &Version::value) != found->second.end();
    });
}

std::optional<std::uint64_t> States::live_sequence(std::span<const std::string> bucket) const {
    if (const auto number = number_of(bucket))
        for (const Sequence& sequence : sequences_[*number])
            if (sequence.is_live)
                return sequence.number;
    return std::nullopt;
}

bool States::was_sequence(std::span<const std::string> bucket, std::uint64_t sequence) const {
    const auto number = number_of(bucket);
    return number && std::ranges::find(sequences_[*number], sequence, &Sequence::number) !=
                         sequences_[*number].end();
}

} // namespace rebolt::test
