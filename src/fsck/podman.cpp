// Podman's registries: who is there is said in id-registry, name-registry, all-ctrs
// or allPods or allVolumes, and by a bucket with the record. By
// libpod/boltdb_state.go and boltdb_state_internal.go.
#include <fmt/format.h>

#include <rebolt/finding.hpp>

#include "fsck/contents.hpp"
#include "fsck/json.hpp"

namespace rebolt::fsck_rules {
namespace {

// Containers and pods are kept alike.
struct Kind {
    std::string_view noun;
    const char* records; ///< a bucket for each id
    const char* list;    ///< id to name
};
constexpr Kind containers{"container", "ctr", "all-ctrs"};
constexpr Kind pods{"pod", "pod", "allPods"};

std::string short_id(std::string_view id) {
    constexpr std::size_t shown_digits = 12;
    return printable(id.substr(0, shown_digits));
}

class Comparison {
public:
    Comparison(const Contents& contents, Findings& findings)
        : contents_(contents), findings_(findings) {}

    void run() {
        compare_records(containers);
        compare_records(pods);
        compare_list(containers);
        compare_list(pods);
        compare_registries();
        compare_volumes();
        compare_dependencies();
    }

private:
    [[nodiscard]] bool is_there(std::string_view id) const {
        return contents_.has_bucket({containers.records, std::string(id)}) ||
               contents_.has_bucket({pods.records, std::string(id)});
    }
    [[nodiscard]] std::string name_of_record(const Kind& kind, const std::string& id) const {
        const std::string* config = contents_.value({kind.records, id}, "config");
        return config == nullptr ? "" : string_in(*config, "name");
    }

    // Each record has its entries.
    void compare_records(const Kind& kind) {
        for (const std::string& id : contents_.names_in({kind.records})) {
            const std::string name = name_of_record(kind, id);
            if (name.empty())
                continue; // its config is a finding of check's
            const Path list{kind.list};
            if (contents_.value(list, id) == nullptr)
                findings_.push_back(
                    {"record-not-listed",
                     true,
                     list,
                     id,
                     fmt::format("the {} {} ({}) is not in {}", kind.noun, name, short_id(id),
                                 kind.list),
                     fmt::format("podman lists no such {}; its name cannot be used again",
                                 kind.noun),
                     {put(list, id, name, fmt::format("add it to {}", kind.list))}});
            compare_registry(kind, id, name);
        }
    }

    void compare_registry(const Kind& kind, const std::string& id, const std::string& name) {
        if (contents_.value(ids_, id) == nullptr)
            findings_.push_back(
                {"record-without-id",
                 true,
                 ids_,
                 id,
                 fmt::format("the id of the {} {} ({}) is not registered", kind.noun, name,
                             short_id(id)),
                 fmt::format("podman may give the id away again, and does not find the {} by it",
                             kind.noun),
                 {put(ids_, id, name, "register the id")}});
        const std::string* owner = contents_.value(names_, name);
        if (owner == nullptr)
            findings_.push_back(
                {"record-without-name",
                 true,
                 names_,
                 name,
                 fmt::format("the name of the {} {} ({}) is not registered", kind.noun, name,
                             short_id(id)),
                 fmt::format("podman says: no {} with name or ID \"{}\" found", kind.noun, name),
                 {put(names_, name, id, "register the name")}});
        else if (*owner != id && is_there(*owner))
            findings_.push_back({"name-twice",
                                 true,
                                 names_,
                                 name,
                                 fmt::format("the {} {} has a name that belongs to {}", kind.noun,
                                             short_id(id), short_id(*owner)),
                                 "podman reaches only one of the two by name",
                                 {}});
    }

    // Each entry of a list has its record.
    void compare_list(const Kind& kind) {
        const Path list{kind.list};
        for (const auto& [id, name] : contents_.in(list))
            if (!contents_.has_bucket({kind.records, id}))
                findings_.push_back(
                    {"listed-without-record",
                     true,
                     list,
                     id,
                     fmt::format("{} lists the {} {} ({}), which is gone", kind.list, kind.noun,
                                 printable(name), short_id(id)),
                     fmt::format("podman says: {} {} not found in DB: no such {}", kind.noun, id,
                                 kind.noun),
                     {erase(list, id, fmt::format("remove it from {}", kind.list))}});
    }

    void compare_registries() {
        for (const auto& [id, name] : contents_.in(ids_))
            if (!is_there(id))
                findings_.push_back({"id-without-record",
                                     true,
                                     ids_,
                                     id,
                                     fmt::format("the registered id {} is nobody's", short_id(id)),
                                     "podman says that the id is in use",
                                     {erase(ids_, id, "free the id")}});
        for (const auto& [name, id] : contents_.in(names_))
            if (!is_there(id))
                findings_.push_back(
                    {"name-without-record",
                     true,
                     names_,
                     name,
                     fmt::format("the registered name {} is nobody's", printable(name)),
                     fmt::format("podman says: name \"{}\" is in use", printable(name)),
                     {erase(names_, name, "free the name")}});
    }

    void compare_volumes() {
        const Path list{"allVolumes"};
        for (const std::string& name : contents_.names_in({"vol"}))
            if (contents_.value(list, name) == nullptr)
                findings_.push_back({"record-not-listed",
                                     true,
                                     list,
                                     name,
                                     fmt::format("the volume {} is not in allVolumes", name),
                                     "podman volume ls does not show it",
                                     {put(list, name, name, "add it to allVolumes")}});
        for (const auto& [name, value] : contents_.in(list))
            if (!contents_.has_bucket({"vol", name}))
                findings_.push_back(
                    {"listed-without-record",
                     true,
                     list,
                     name,
                     fmt::format("allVolumes lists the volume {}, which is gone", printable(name)),
                     fmt::format("podman says: volume with name {} not found", printable(name)),
                     {erase(list, name, "remove it from allVolumes")}});
    }

    void require_containers(const Path& bucket, std::string_view consequence) {
        for (const auto& [id, value] : contents_.in(bucket))
            if (!contents_.has_bucket({containers.records, id}))
                findings_.push_back({"dependency-is-gone",
                                     true,
                                     bucket,
                                     id,
                                     fmt::format("{} of {} names the container {}, which is gone",
                                                 bucket.back(), short_id(bucket[1]), short_id(id)),
                                     std::string(consequence),
                                     {erase(bucket, id, "remove it")}});
    }

    // Podman 3 and 4 forget to remove a container from its volumes' users.
    void note_users_of_volume(const Path& bucket) {
        for (const auto& [id, value] : contents_.in(bucket))
            if (!contents_.has_bucket({containers.records, id}))
                findings_.push_back({"volume-user-is-gone",
                                     false,
                                     bucket,
                                     id,
                                     fmt::format("the volume {} names the container {} as a user, "
                                                 "which is gone",
                                                 printable(bucket[1]), short_id(id)),
                                     "Podman leaves such entries behind itself",
                                     {}});
    }

    void compare_dependencies() {
        for (const std::string& id : contents_.names_in({containers.records}))
            require_containers({containers.records, id, "dependencies"},
                               "podman does not remove the container: others depend on it");
        for (const std::string& id : contents_.names_in({pods.records}))
            require_containers({pods.records, id, "containers"},
                               "podman cannot list, stop or remove the pod");
        for (const std::string& name : contents_.names_in({"vol"}))
            note_users_of_volume({"vol", name, "vol-dependencies"});
        for (const auto& [session, id] : contents_.in({"exec"}))
            if (!contents_.has_bucket({containers.records, id}))
                findings_.push_back({"session-is-gone",
                                     true,
                                     {"exec"},
                                     session,
                                     "an exec session's container is gone",
                                     "podman keeps the session's id in use",
                                     {erase({"exec"}, session, "remove the session")}});
    }

    const Path ids_{"id-registry"};
    const Path names_{"name-registry"};
    const Contents& contents_;
    Findings& findings_;
};

} // namespace

void compare_podman(const Contents& contents, Findings& findings) {
    Comparison(contents, findings).run();
}

} // namespace rebolt::fsck_rules
