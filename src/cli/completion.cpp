#include "cli/completion.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <rebolt/db.hpp>

#include "cli/printable.hpp"

namespace rebolt::cli {
namespace {

constexpr std::size_t bucket_names_max = 1000;

// How far the words before the last one lead.
struct Position {
    const CommandHelp* command;
    std::vector<std::string> positionals;
    const OptionHelp* awaits_value = nullptr;
};

const OptionHelp* option_of(const CommandHelp& command, std::string_view name) {
    for (const OptionHelp& option : command.options)
        if (std::ranges::find(option.names, name) != option.names.end())
            return &option;
    return nullptr;
}

const CommandHelp* subcommand_of(const CommandHelp& command, std::string_view name) {
    for (const CommandHelp& one : command.subcommands)
        if (last_word(one) == name)
            return &one;
    return nullptr;
}

void go_on(Position& at, const std::string& word) {
    if (word == "=") // bash takes --name=value for three words
        return;
    if (at.awaits_value != nullptr) {
        at.awaits_value = nullptr;
    } else if (word.starts_with('-') && word != "-") {
        const OptionHelp* const option = option_of(*at.command, word);
        at.awaits_value = option != nullptr && !option->value.empty() ? option : nullptr;
    } else if (const CommandHelp* const below = subcommand_of(*at.command, word);
               below != nullptr && at.positionals.empty()) {
        at.command = below;
    } else {
        at.positionals.push_back(word);
    }
}

void add(Completions& found, std::string_view typed, std::string word, const std::string& text) {
    if (word.starts_with(typed))
        found.words.push_back({std::move(word), text});
}

void add_values(Completions& found, std::string_view typed, const OptionHelp& option) {
    for (const std::string& choice : option.choices)
        add(found, typed, choice, "");
    constexpr std::array<std::string_view, 4> of_files{"FILE", "NEW", "FOLDER", "DIR"};
    found.files |= std::ranges::find(of_files, option.value) != of_files.end();
}

void add_options(Completions& found, std::string_view typed, const CommandHelp& command) {
    for (const OptionHelp& option : command.options)
        for (const std::string& name : option.names)
            add(found, typed, name, option.text);
}

Result<void> add_bucket_names(Completions& found, std::string_view typed,
                              std::span<const std::string> path) {
    auto db = DB::open(path.front(), {.read_only = true, .lock = false});
    if (!db)
        return {};
    return db->view([&](Tx& tx) -> Result<void> {
        Bucket bucket = tx.root();
        for (const std::string& name : path.subspan(1)) {
            auto below = bucket.bucket(name);
            if (!below)
                return {};
            bucket = *std::move(below);
        }
        return bucket.for_each_bucket(
            [&](std::string_view name, Bucket& /*bucket*/) -> Result<void> {
                if (found.words.size() == bucket_names_max)
                    return Error(ErrorCode::cancelled, "enough");
                if (is_printable(name))
                    add(found, typed, std::string(name), "bucket");
                return {};
            });
    });
}

void add_positionals(Completions& found, std::string_view typed, const Position& at) {
    const auto& all = at.command->positionals;
    if (all.empty())
        return;
    const std::size_t index = std::min(at.positionals.size(), all.size() - 1);
    const std::string& name = all[index].names.front();
    if (at.positionals.size() > index && !all[index].is_repeatable)
        return;
    if (name.starts_with("BUCKET") && !at.positionals.empty())
        static_cast<void>(add_bucket_names(found, typed, at.positionals)); // as far as they go
    found.files |= name == "FILE" || name == "DIR" || name == "targets";
}

} // namespace

Completions complete(const CommandHelp& root, const std::vector<std::string>& words) {
    Position at{.command = &root, .positionals = {}};
    const std::string typed = words.empty() || words.back() == "=" ? "" : words.back();
    for (std::size_t index = 0; index + 1 < words.size(); ++index)
        if (index != 0 || words[index] != "help")
            go_on(at, words[index]);
    Completions found;
    const std::size_t equals = typed.find('=');
    if (at.awaits_value != nullptr) {
        add_values(found, typed, *at.awaits_value);
    } else if (typed.starts_with("--") && equals != std::string::npos) {
        const OptionHelp* const option = option_of(*at.command, typed.substr(0, equals));
        if (option != nullptr)
            for (const std::string& choice : option->choices)
                add(found, typed, typed.substr(0, equals + 1) + choice, "");
    } else if (typed.starts_with('-')) {
        add_options(found, typed, *at.command);
    } else {
        if (at.positionals.empty())
            for (const CommandHelp& one : at.command->subcommands)
                add(found, typed, last_word(one), one.summary);
        add_positionals(found, typed, at);
    }
    return found;
}

} // namespace rebolt::cli
