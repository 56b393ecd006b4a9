#include "systemd/unit_command.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

namespace rebolt::systemd {
namespace {

namespace fs = std::filesystem;

// The first folder that has a file of that name wins.
constexpr std::array<const char*, 5> unit_folders{"/etc/systemd/system", "/run/systemd/system",
                                                  "/usr/local/lib/systemd/system",
                                                  "/usr/lib/systemd/system", "/lib/systemd/system"};
constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_comment(std::string_view line) {
    return line.empty() || line.front() == '#' || line.front() == ';';
}

// Splits at blanks outside quotes.
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    char quote = '\0';
    bool is_word = false;
    for (const char c : text) {
        if (quote != '\0' ? c == quote : c == '"' || c == '\'') {
            quote = quote == '\0' ? c : '\0';
            is_word = true;
        } else if (quote == '\0' && blanks.find(c) != std::string_view::npos) {
            if (is_word)
                words.push_back(std::exchange(word, {}));
            is_word = false;
        } else {
            word += c;
            is_word = true;
        }
    }
    if (is_word)
        words.push_back(std::move(word));
    return words;
}

std::string_view unquoted(std::string_view text) {
    const bool is_quoted = text.size() > 1 && (text.front() == '"' || text.front() == '\'') &&
                           text.back() == text.front();
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

// The unit's own file, then its drop-ins by name.
std::vector<fs::path> files_of(const std::string& root, const std::string& unit) {
    std::vector<fs::path> files;
    std::map<std::string, fs::path> drop_ins;
    std::error_code error;
    for (const char* folder : unit_folders) {
        const fs::path place = fs::path(root + folder) / unit;
        if (files.empty() && fs::exists(place, error))
            files.push_back(place);
        const fs::path folder_of_drop_ins = place.string() + ".d";
        for (fs::directory_iterator entry(folder_of_drop_ins, error), end; !error && entry != end;
             entry.increment(error))
            if (entry->path().extension() == ".conf")
                drop_ins.try_emplace(entry->path().filename().string(), entry->path());
    }
    for (const auto& [name, path] : drop_ins)
        files.push_back(path);
    return files;
}

// A line with its continuation lines.
std::optional<std::string> next_line(std::ifstream& file) {
    std::string line;
    if (!std::getline(file, line))
        return std::nullopt;
    for (std::string more; line.ends_with('\\') && std::getline(file, more);) {
        line.back() = ' ';
        line += more;
    }
    return line;
}

// Calls visit(key, value) for each assignment of a file.
template <class Visit>
void for_each_assignment(const fs::path& path, Visit visit) {
    std::ifstream file(path);
    while (const auto line = next_line(file)) {
        const std::string_view text = trimmed(*line);
        const std::size_t at = text.find('=');
        if (!is_comment(text) && at != std::string_view::npos)
            visit(trimmed(text.substr(0, at)), trimmed(text.substr(at + 1)));
    }
}

class UnitReader {
public:
    UnitReader(std::string root, const std::string& unit)
        : root_(std::move(root)), prefix_(unit.substr(0, unit.find_last_of('.'))) {}

    void read(const fs::path& path) {
        for_each_assignment(
            path, [this](std::string_view key, std::string_view value) { take(key, value); });
    }

    UnitCommand finish() && {
        for (const std::string& word : split(command_))
            put_in(word);
        return std::move(unit_);
    }

private:
    void take(std::string_view key, std::string_view value) {
        if (key == "ExecStart") {
            command_ = value;
        } else if (key == "Environment") {
            for (const std::string& assignment : split(value))
                assign(assignment);
        } else if (key == "EnvironmentFile" && !value.empty()) {
            read_environment(root_ + specified(value.substr(value.front() == '-' ? 1 : 0)));
        }
    }

    void assign(std::string_view text) {
        const std::size_t at = text.find('=');
        if (at != std::string_view::npos)
            unit_.environment[std::string(text.substr(0, at))] = text.substr(at + 1);
    }

    void read_environment(const std::string& path) {
        for_each_assignment(path, [this](std::string_view name, std::string_view value) {
            unit_.environment[std::string(name)] = unquoted(value);
        });
    }

    // %p and %N: the unit's name.
    [[nodiscard]] std::string specified(std::string_view text) const {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == '%' && i + 1 < text.size() && (text[i + 1] == 'p' || text[i + 1] == 'N'))
                out += prefix_, ++i;
            else
                out += text[i];
        return out;
    }

    // A word `$NAME` becomes several words; `${NAME}` is replaced within a word.
    void put_in(const std::string& word) {
        if (word.size() > 1 && word[0] == '$' && word[1] != '{') {
            for (std::string& part : split(variable(word.substr(1))))
                unit_.words.push_back(std::move(part));
            return;
        }
        std::string out;
        std::size_t at = 0;
        for (std::size_t begin = word.find("${"); begin != std::string::npos;
             begin = word.find("${", at)) {
            const std::size_t end = word.find('}', begin);
            if (end == std::string::npos)
                break;
            out += word.substr(at, begin - at) + variable(word.substr(begin + 2, end - begin - 2));
            at = end + 1;
        }
        unit_.words.push_back(out + word.substr(at));
    }

    [[nodiscard]] std::string variable(const std::string& name) const {
        const auto at = unit_.environment.find(name);
        return at == unit_.environment.end() ? "" : at->second;
    }

    std::string root_;
    std::string prefix_;
    std::string command_;
    UnitCommand unit_;
};

} // namespace

std::string UnitCommand::option(std::string_view name) const {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == name && i + 1 < words.size())
            return words[i + 1];
        if (words[i].starts_with(name) && words[i].size() > name.size() &&
            words[i][name.size()] == '=')
            return words[i].substr(name.size() + 1);
    }
    return {};
}

UnitCommand read_unit_command(const std::string& root, const std::string& unit) {
    UnitReader reader(root, unit);
    for (const fs::path& path : files_of(root, unit))
        reader.read(path);
    return std::move(reader).finish();
}

} // namespace rebolt::systemd
