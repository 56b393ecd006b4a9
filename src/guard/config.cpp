#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace rebolt {
struct NoToml {};
constexpr void require_toml(bool holds) {
    if (!holds)
        throw NoToml();
}
} // namespace rebolt
// What toml++ asserts, a text can make false. That is a mistake in the text, in every build.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) rebolt::require_toml(static_cast<bool>(expr))
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <rebolt/guard.hpp>

#include "base/try.hpp"
#include "guard/toml_file.hpp"
#include "io/file.hpp"

namespace rebolt {
namespace {

constexpr std::uint64_t config_bytes_max = 1U << 20;

Error wrong(const std::string& path, const toml::source_position& at, std::string what) {
    return Error(ErrorCode::invalid_argument, fmt::format("line {}: {}", at.line, what))
        .in_file(path);
}

Result<toml::table> parse(const std::string& path) {
    const auto file = TRY(io::File::open_for_reading(path));
    const std::uint64_t size = TRY(file->size_bytes());
    if (size > config_bytes_max)
        return Error(ErrorCode::invalid_argument, "too large for a configuration file")
            .in_file(path);
    std::string text(size, '\0');
    text.resize(TRY(file->read_at(0, std::as_writable_bytes(std::span(text)))));
    try {
        return toml::parse(text, path);
    } catch (const toml::parse_error& error) {
        return wrong(path, error.source().begin, std::string(error.description()));
    } catch (const NoToml&) {
        return Error(ErrorCode::invalid_argument, "not valid TOML").in_file(path);
    }
}

// One table of the file: takes keys out of it, and remembers the first error.
class Table {
public:
    Table(const std::string& path, const toml::table& table) : path_(path), table_(table) {}

    template <class T>
    void take(std::string_view key, T& into) {
        known_.push_back(key);
        const toml::node* node = table_.get(key);
        if (node == nullptr)
            return;
        if (const auto value = node->value_exact<T>())
            into = *value;
        else
            complain(*node, fmt::format("`{}` has a value of another kind", key));
    }
    void take_count(std::string_view key, std::size_t& into, std::int64_t least) {
        auto value = static_cast<std::int64_t>(into);
        take(key, value);
        if (value < least || value > 1'000'000)
            complain(*table_.get(key), fmt::format("`{}` must be from {} to 1000000", key, least));
        else
            into = static_cast<std::size_t>(value);
    }
    [[nodiscard]] const toml::array* array(std::string_view key) {
        known_.push_back(key);
        const toml::node* node = table_.get(key);
        if (node != nullptr && !node->is_array())
            complain(*node, fmt::format("`{}` must be a list", key));
        return node == nullptr ? nullptr : node->as_array();
    }
    void complain(const toml::node& node, std::string what) {
        if (!error_)
            error_ = wrong(path_, node.source().begin, std::move(what));
    }
    /// Errors: the first complaint; a key that was not asked for.
    Result<void> finish() {
        for (const auto& [key, node] : table_)
            if (std::ranges::find(known_, key.str()) == known_.end())
                complain(node, fmt::format("there is no setting `{}`", key.str()));
        if (error_)
            return *std::move(error_);
        return {};
    }

private:
    const std::string& path_;
    const toml::table& table_;
    std::vector<std::string_view> known_;
    std::optional<Error> error_;
};

Result<GuardedFile> read_file(const std::string& path, const toml::table& from) {
    Table table(path, from);
    GuardedFile file;
    std::string policy(name_of(file.policy));
    table.take("path", file.path);
    table.take("policy", policy);
    table.take("only_complete", file.only_complete);
    table.take("cache", file.is_cache);
    table.take("docker_root", file.docker_root);
    if (file.path.empty() || file.path.front() != '/')
        table.complain(from, "a file needs a `path` that begins with /");
    if (const auto known = guard_policy(policy))
        file.policy = *known;
    else
        table.complain(
            from, fmt::format("`{}` is no policy: recover, quarantine and refuse are", policy));
    TRY(table.finish());
    return file;
}

} // namespace

Result<GuardConfig> read_guard_config(const std::string& path) {
    const toml::table root = TRY(parse(path));
    GuardConfig config;
    Table table(path, root);
    std::size_t seconds = static_cast<std::size_t>(config.options.time_budget.count()) / 1000;
    table.take("state_folder", config.options.state_folder);
    table.take_count("snapshots", config.options.snapshots_kept, 0);
    std::size_t megabytes = config.options.snapshot_bytes_max >> 20U;
    table.take_count("snapshot_megabytes_max", megabytes, 0);
    config.options.snapshot_bytes_max = std::uint64_t{megabytes} << 20U;
    table.take("snapshot_free_share", config.options.snapshot_free_share);
    if (config.options.snapshot_free_share <= 0 || config.options.snapshot_free_share > 1)
        table.complain(*root.get("snapshot_free_share"),
                       "`snapshot_free_share` must be above 0 and at most 1");
    table.take_count("quarantines", config.options.quarantines_kept, 1);
    table.take_count("time_budget_seconds", seconds, 1);
    table.take("reset_caches", config.options.reset_caches);
    table.take("seals", config.options.seals);
    table.take("compact_above", config.options.compact_above);
    if (config.options.compact_above < 0 || config.options.compact_above >= 1)
        table.complain(*root.get("compact_above"), "`compact_above` must be from 0 to less than 1");
    config.options.time_budget = std::chrono::seconds(seconds);
    std::string on_failure = "stop";
    table.take("on_failure", on_failure);
    if (on_failure != "stop" && on_failure != "start")
        table.complain(*root.get("on_failure"), "`on_failure` must be stop or start");
    config.options.starts_anyway = on_failure == "start";
    if (const toml::array* presets = table.array("presets"))
        for (const toml::node& node : *presets) {
            if (const auto name = node.value_exact<std::string>())
                config.presets.push_back(*name);
            else
                table.complain(node, "`presets` are names");
        }
    if (const toml::array* files = table.array("file"))
        for (const toml::node& node : *files) {
            if (const toml::table* file = node.as_table())
                config.files.push_back(TRY(read_file(path, *file)));
            else
                table.complain(node, "`file` is a table: write [[file]]");
        }
    TRY(table.finish());
    return config;
}

namespace guard {

Result<std::optional<std::string>> read_toml_text(const std::string& path, const char* key) {
    const toml::table root = TRY(parse(path));
    return root.at_path(key).value<std::string>();
}

} // namespace guard
} // namespace rebolt
