// rebolt k8s ls DB, rebolt k8s get DB KIND NAME, rebolt k8s export DB DIR
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <rebolt/etcd/kubernetes.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/etcd/member_options.hpp"
#include "cli/counted.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

using etcd::ClusterObject;
using etcd::ObjectEncoding;

struct K8sCommand {
    CommonOptions common;
    std::string kind;
    std::string name;
    std::string name_space;
    std::string folder;
    std::string output = "yaml";
    std::uint64_t revision = 0;
    bool shows_secrets = false;

    [[nodiscard]] etcd::SecretValues secret_values() const {
        return shows_secrets ? etcd::SecretValues::shown : etcd::SecretValues::redacted;
    }
};

// `Pod`, `pods`, `pod`: as people write it.
bool is_of_kind(const ClusterObject& object, const std::string& wanted) {
    const auto lower = [](std::string_view text) {
        std::string result(text);
        std::ranges::transform(result, result.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        return result;
    };
    const std::string kind = lower(object.kind);
    const std::string text = lower(wanted);
    return kind == text || kind + "s" == text || kind + "es" == text || kind == text + "s" ||
           (kind.ends_with('y') && kind.substr(0, kind.size() - 1) + "ies" == text) ||
           object.key.find("/" + wanted + "/") != std::string_view::npos;
}

bool is_wanted(const ClusterObject& object, const K8sCommand& options) {
    return (options.kind.empty() || is_of_kind(object, options.kind)) &&
           (options.name_space.empty() || object.name_space == options.name_space) &&
           (options.name.empty() || object.name == options.name);
}

// The objects that are asked for, of the file that is shown.
struct Found {
    ShownDatabase shown;
    std::vector<ClusterObject> objects;
};

Result<Found> find_objects(const K8sCommand& options) {
    auto shown = open_shown_database(options.common);
    if (!shown)
        return std::move(shown).error();
    Found found{std::move(*shown), {}};
    auto objects =
        etcd::cluster_objects(found.shown.state(), static_cast<std::int64_t>(options.revision));
    if (!objects)
        return std::move(objects).error();
    found.objects = std::move(*objects);
    std::erase_if(found.objects,
                  [&](const ClusterObject& object) { return !is_wanted(object, options); });
    return found;
}

Document object_json(const ClusterObject& object) {
    Document json{{"kind", object.kind},
                  {"api_version", object.api_version},
                  {"namespace", object.name_space},
                  {"name", object.name},
                  {"labels", object.labels},
                  {"key", printable(object.key)},
                  {"resource_version", object.revision},
                  {"encoding", name_of(object.encoding)}};
    if (object.encoding == ObjectEncoding::encrypted) {
        json["provider"] = object.provider;
        json["key_name"] = object.key_name;
    }
    return json;
}

std::string encoding_text(const ClusterObject& object) {
    if (object.encoding != ObjectEncoding::encrypted)
        return std::string(name_of(object.encoding));
    return fmt::format("encrypted: {}, key {}", printable(object.provider),
                       printable(object.key_name));
}

ExitCode run_ls(const K8sCommand& options) {
    const auto found = find_objects(options);
    if (!found)
        return report(found.error());
    DocumentList list({{"shape", "rebolt.k8s-ls/1"}, {"file", options.common.file}}, "objects");
    for (const ClusterObject& object : found->objects) {
        if (wants_json())
            list.add(object_json(object));
        else
            print(fmt::format("{:<28} {:<20} {:<44} {:>10}  {}\n", printable(object.kind),
                              object.name_space.empty() ? "-" : printable(object.name_space),
                              printable(object.name), object.revision, encoding_text(object)));
    }
    return ExitCode::done;
}

ExitCode run_get(const K8sCommand& options) {
    const auto found = find_objects(options);
    if (!found)
        return report(found.error());
    if (found->objects.empty())
        return report(Error(ErrorCode::key_not_found,
                            fmt::format("there is no {} `{}`", printable(options.kind),
                                        printable(options.name)))
                          .in_file(options.common.file));
    DocumentList list({{"shape", "rebolt.k8s-get/1"}, {"file", options.common.file}}, "objects");
    bool is_first = true;
    for (const ClusterObject& object : found->objects) {
        if (wants_json()) {
            Document json = object_json(object);
            json["yaml"] = etcd::yaml_of(object, options.secret_values());
            list.add(json);
            continue;
        }
        print((is_first ? "" : "---\n") + etcd::yaml_of(object, options.secret_values()));
        is_first = false;
    }
    return ExitCode::done;
}

ExitCode run_export(const K8sCommand& options) {
    const auto found = find_objects(options);
    if (!found)
        return report(found.error());
    std::size_t opaque = 0;
    std::size_t redacted = 0;
    for (const ClusterObject& object : found->objects) {
        if (const auto written =
                etcd::export_object(object, options.folder, options.secret_values());
            !written)
            return report(written.error());
        const bool is_readable =
            object.encoding == ObjectEncoding::protobuf || object.encoding == ObjectEncoding::json;
        opaque += is_readable ? 0 : 1;
        redacted += !options.shows_secrets && etcd::has_secret_values(object) ? 1 : 0;
    }
    if (wants_json())
        print_document({{"shape", "rebolt.k8s-export/1"},
                        {"file", options.common.file},
                        {"folder", options.folder},
                        {"objects", found->objects.size()},
                        {"as_stored_bytes", opaque},
                        {"redacted", redacted}});
    else
        print(fmt::format("{} written to {}, {} of them as stored bytes\n",
                          counted(found->objects.size(), "object"), printable(options.folder),
                          opaque) +
              (redacted == 0 ? ""
                             : fmt::format("{} without values: --show-secrets writes them too\n",
                                           counted(redacted, "Secret"))));
    return ExitCode::done;
}

std::shared_ptr<K8sCommand> add_common(Arguments arguments) {
    auto options = std::make_shared<K8sCommand>();
    options->common.add_to(arguments);
    options->common.state.add_to(arguments);
    arguments.find("FILE").description("An etcd member's db, or a snapshot");
    arguments.option("--at", options->revision, "As of this revision; 0: the newest")
        .check(whole_number());
    arguments.option("-n,--namespace", options->name_space, "Only of this namespace")
        .value_name("NAMESPACE");
    return options;
}

void add_show_secrets(Arguments& arguments, K8sCommand& options) {
    arguments.flag("--show-secrets", options.shows_secrets,
                   "Show the values of Secrets; without it, how long they are");
}

void set_up_k8s_ls(Arguments arguments) {
    auto options = add_common(arguments);
    arguments.positional("KIND", options->kind, "Only of this kind: Pod, pods");
    arguments.footer("Example: rebolt k8s ls member/snap/db secrets -n kube-system");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_ls(*options); });
}

void set_up_k8s_get(Arguments arguments) {
    auto options = add_common(arguments);
    arguments.positional("KIND", options->kind, "Its kind").required();
    arguments.positional("NAME", options->name, "Its name").required();
    arguments.option("-o,--output", options->output, "The format: yaml")
        .value_name("FORMAT")
        .check(one_of({"yaml"}));
    add_show_secrets(arguments, *options);
    arguments.footer("Example: rebolt k8s get member/snap/db configmap kubeadm-config");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_get(*options); });
}

void set_up_k8s_export(Arguments arguments) {
    auto options = add_common(arguments);
    arguments.positional("DIR", options->folder, "The folder for the files").required();
    add_show_secrets(arguments, *options);
    arguments.footer("Files that are there are not overwritten.\nExample: rebolt k8s export "
                     "member/snap/db objects");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_export(*options); });
}

} // namespace

void set_up_k8s(Arguments arguments) {
    arguments.require_subcommand();
    arguments.footer("Works without a cluster, on damaged files too: what is missing is "
                     "said.\nExample: rebolt k8s ls member/snap/db");
    set_up_k8s_ls(arguments.subcommand("ls", "List objects by kind, namespace and name"));
    set_up_k8s_get(arguments.subcommand("get", "Print objects as YAML"));
    set_up_k8s_export(arguments.subcommand("export", "Write each object to a YAML file"));
}

} // namespace rebolt::cli
