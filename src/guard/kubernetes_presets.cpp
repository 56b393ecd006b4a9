#include "guard/kubernetes_presets.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "systemd/kubernetes.hpp"
#include "systemd/unit_command.hpp"

namespace rebolt::guard {
namespace {

using Distribution = systemd::KubernetesDistribution;

const Distribution* find(std::string_view preset) noexcept {
    const auto all = systemd::kubernetes_distributions();
    const auto found = std::ranges::find(all, preset, &Distribution::name);
    return found == all.end() ? nullptr : &*found;
}

// `option: VALUE`, or in a list of arguments `- --option=VALUE`.
std::string value_in_line(std::string_view line, std::string_view option) {
    const auto skip = [&](std::string_view characters) {
        line.remove_prefix(std::min(line.find_first_not_of(characters), line.size()));
    };
    skip(" -");
    if (!line.starts_with(option))
        return {};
    line.remove_prefix(option.size());
    if (!line.starts_with('=') && !line.starts_with(':'))
        return {};
    skip("=: \"'");
    return std::string(line.substr(0, line.find_first_of("\"' \r#")));
}

std::string value_in_file(const std::string& path, std::string_view option) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (std::string value = value_in_line(line, option); value.starts_with('/'))
            return value;
    return {};
}

std::string data_root_of(const Distribution& distribution, const GuardPresetOptions& options) {
    if (!options.data_root.empty())
        return options.data_root;
    if (!distribution.option.empty()) {
        const auto unit = systemd::read_unit_command(options.system_root,
                                                     fmt::format("{}.service", distribution.unit));
        if (std::string root = unit.option(fmt::format("--{}", distribution.option)); !root.empty())
            return root;
    }
    if (!distribution.config.empty())
        if (std::string root = value_in_file(options.system_root + std::string(distribution.config),
                                             distribution.option);
            !root.empty())
            return root;
    return std::string(distribution.data_root);
}

} // namespace

std::optional<KubernetesRoots> kubernetes_roots(std::string_view preset,
                                                const GuardPresetOptions& options) {
    const Distribution* distribution = find(preset);
    if (distribution == nullptr)
        return std::nullopt;
    const std::string root = data_root_of(*distribution, options);
    return KubernetesRoots{.etcd = root + std::string(distribution->etcd),
                           .containerd = distribution->containerd.empty()
                                             ? std::string()
                                             : root + std::string(distribution->containerd)};
}

std::string_view kubernetes_unit(std::string_view preset) noexcept {
    const Distribution* distribution = find(preset);
    return distribution == nullptr ? std::string_view() : distribution->unit;
}

std::string kubernetes_preset_names() {
    std::string names;
    for (const Distribution& distribution : systemd::kubernetes_distributions())
        names += fmt::format(", {}", distribution.name);
    return names;
}

} // namespace rebolt::guard
