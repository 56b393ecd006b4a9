#include "script.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <stdexcept>

#include "support/random.hpp"
#include "support/run_command.hpp"

namespace rebolt::test {
namespace {

template <class T>
T number_in(std::string_view text, int base = 10) {
    T number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc{} || end != text.data() + text.size())
        throw std::invalid_argument("not a number: " + std::string(text));
    return number;
}

} // namespace

std::string text_of(const Script& script) {
    std::string text;
    for (const std::string& line : script)
        text += line + '\n';
    return text;
}

Script read_script(const std::string& path) {
    std::istringstream text(bytes_of(path));
    Script script;
    for (std::string line; std::getline(text, line);)
        script.push_back(line);
    return script;
}

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        fields.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return fields;
}

std::size_t transaction_count(const Script& script) {
    return static_cast<std::size_t>(std::ranges::count(script, "begin"));
}

std::vector<Session> sessions_of(const Script& script) {
    std::vector<Session> sessions;
    std::size_t begun = 0;
    std::size_t seen = 0;
    for (const std::string& line : script) {
        begun += line == "begin";
        if (line == "close" && begun > seen) {
            sessions.push_back({seen + 1, begun});
            seen = begun;
        }
    }
    return sessions;
}

std::string script_bytes(std::string_view field) {
    if (field == "-")
        return {};
    if (const std::size_t colon = field.find(':'); colon != std::string_view::npos)
        return noise(script_number(field.substr(0, colon)), script_number(field.substr(colon + 1)));
    std::string bytes;
    for (std::size_t at = 0; at < field.size(); at += 2)
        bytes += static_cast<char>(number_in<std::uint8_t>(field.substr(at, 2), 16));
    return bytes;
}

std::uint64_t script_number(std::string_view field) {
    return number_in<std::uint64_t>(field);
}

OpenOptions script_options(const std::vector<std::string_view>& fields) {
    OpenOptions options;
    options.no_sync = true;
    for (const std::string_view setting : fields) {
        const std::size_t end = std::min(setting.find('='), setting.size());
        const std::string_view name = setting.substr(0, end);
        const std::string_view value = setting.substr(std::min(end + 1, setting.size()));
        if (name == "page-size")
            options.page_size_bytes = number_in<std::uint32_t>(value);
        else if (name == "no-freelist-sync")
            options.no_freelist_sync = value == "1";
        else if (name == "freelist")
            options.freelist_type =
                value == "hashmap" ? FreelistType::hashmap : FreelistType::array;
        else if (name != "open")
            throw std::invalid_argument("no such setting: " + std::string(setting));
    }
    return options;
}

std::string noise(std::uint64_t seed, std::size_t size) {
    std::string bytes;
    bytes.reserve(size + 8);
    for (Random random(Random(seed).next()); bytes.size() < size;) {
        const std::uint64_t word = random.next();
        for (unsigned byte = 0; byte < 8; ++byte)
            bytes += static_cast<char>(word >> (8 * byte));
    }
    bytes.resize(size);
    return bytes;
}

} // namespace rebolt::test
