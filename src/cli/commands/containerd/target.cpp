#include "cli/commands/containerd/target.hpp"

#include <fmt/format.h>

#include "cli/counted.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

constexpr const char* default_root = "/var/lib/containerd";

} // namespace

void ContainerdOptions::add_to(Arguments arguments) {
    common.add_to(arguments);
    common.state.add_to(arguments);
    arguments.find("FILE").required(false).description(
        "meta.db (default: the one below /var/lib/containerd)");
    arguments.option("--root", root, "containerd's root, with the content store")
        .value_name("FOLDER");
}

void ContainerdOptions::resolve() {
    if (common.file.empty()) {
        root = root.empty() ? default_root : root;
        common.file = containerd::metadata_path(root);
    } else if (root.empty()) {
        root = containerd::root_of(common.file);
    }
}

void put_completeness(Document& json, const containerd::Metadata& metadata) {
    json["complete"] = metadata.is_whole;
    json["damaged_ranges"] = metadata.damaged_ranges;
    json["lost_estimate"] = metadata.lost_estimate;
    json["version"] = metadata.version;
}

bool tell_completeness(const containerd::Metadata& metadata, const std::string& file) {
    if (metadata.is_whole)
        return true;
    print_error(
        fmt::format("{}: damaged: {} unreadable, about {}; what is sound in the newest state is "
                    "shown",
                    printable(file), counted(metadata.damaged_ranges, "key range"),
                    counted(metadata.lost_estimate, "key")));
    print_note(fmt::format("To see what is wrong: rebolt check {}", shell_quoted(file)));
    return false;
}

ExitCode show_containerd(ContainerdOptions& options,
                         const std::function<ContainerdView(const containerd::Metadata&)>& make) {
    options.resolve();
    const auto source = open_shown_pages(options.common);
    if (!source)
        return report(source.error());
    const auto metadata = containerd::load_metadata(*source);
    if (!metadata)
        return report(metadata.error());
    const ContainerdView view = make(*metadata);
    if (wants_json()) {
        Document json{{"shape", fmt::format("rebolt.containerd-{}/1", view.what)},
                      {"file", options.common.file}};
        put_completeness(json, *metadata);
        json[view.what] = view.rows;
        print_document(json);
    } else {
        print(view.table.text());
    }
    return tell_completeness(*metadata, options.common.file) ? ExitCode::done : ExitCode::damaged;
}

} // namespace rebolt::cli
