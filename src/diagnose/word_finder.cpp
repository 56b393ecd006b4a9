#include "diagnose/word_finder.hpp"

#include "diagnose/line_text.hpp"

namespace rebolt::diagnose {
namespace {

std::size_t pair_at(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    return std::size_t{byte(at)} << 8 | byte(at + 1);
}

} // namespace

std::optional<std::size_t> word_length_in(std::string_view text, std::string_view word) noexcept {
    std::size_t at = 0;
    for (const char c : word) {
        if (c != '#') {
            if (at == text.size() || text[at] != c)
                return std::nullopt;
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < text.size() && is_digit(text[at]))
            ++at;
        if (at == begin)
            return std::nullopt;
    }
    return at;
}

WordFinder::WordFinder(std::span<const std::string_view> words) : words_(words) {
    for (const std::string_view word : words)
        starts_.set(pair_at(word, 0));
}

std::optional<WordFinder::Hit> WordFinder::find(std::string_view text, std::size_t from) const {
    for (std::size_t at = from; at + 1 < text.size(); ++at) {
        if (!starts_.test(pair_at(text, at)))
            continue;
        for (std::size_t i = 0; i < words_.size(); ++i)
            if (const auto length = word_length_in(text.substr(at), words_[i]))
                return Hit{at, i, at + *length};
    }
    return std::nullopt;
}

} // namespace rebolt::diagnose
