#include <nlohmann/json.hpp>

#include <rebolt/etcd/member.hpp>

#include "base/try.hpp"
#include "etcd/crc32c.hpp"
#include "etcd/raft_messages.hpp"
#include "io/mapping.hpp"
#include "schema/ordered_json.hpp"

namespace rebolt::etcd {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::uint64_t snap_bytes_max = 1ULL << 30U; // etcd's v2 store is some kilobytes

// A node of the v2 store below `parent`; null if it is not there.
const OrderedJson* child(const OrderedJson* parent, const char* name) {
    if (parent == nullptr || !parent->is_object() || !parent->contains("Children"))
        return nullptr;
    const OrderedJson& children = (*parent)["Children"];
    return children.is_object() && children.contains(name) ? &children[name] : nullptr;
}

bool has_children(const OrderedJson* node) {
    return node != nullptr && node->is_object() && node->contains("Children") &&
           (*node)["Children"].is_object() && !(*node)["Children"].empty();
}

void read_store(SnapFile& file, std::string_view text) {
    const auto store = schema::parse_ordered_json(text);
    if (!store || !store->is_object() || !store->contains("Root"))
        return;
    const OrderedJson* root = &(*store)["Root"];
    const OrderedJson* cluster = child(root, "0");
    if (const OrderedJson* members = child(cluster, "members"); has_children(members))
        for (const auto& [id, node] : (*members)["Children"].items())
            file.members.push_back(id);
    if (const OrderedJson* version = child(cluster, "version");
        version != nullptr && version->contains("Value") && (*version)["Value"].is_string())
        file.cluster_version = (*version)["Value"].get<std::string>();
    file.has_v2_keys = has_children(child(root, "1")) || has_children(child(root, "2"));
}

void read_content(SnapFile& file, std::string_view bytes) {
    const auto outer = decode_snap(bytes);
    if (!outer) {
        file.error = outer.error().text;
        return;
    }
    if (outer->data.empty() || outer->crc == 0) {
        file.error = "snap: empty snapshot";
        return;
    }
    if (crc32c(0, outer->data) != outer->crc) {
        file.error = "snap: crc mismatch";
        return;
    }
    const auto inner = decode_raft_snapshot(outer->data);
    if (!inner) {
        file.error = inner.error().text;
        return;
    }
    file.mark = inner->mark;
    read_store(file, inner->store);
}

} // namespace

Result<SnapFile> read_snap(const std::string& path) {
    SnapFile file;
    file.name = path.substr(path.rfind('/') + 1);
    auto opened = TRY(io::File::open_for_reading(path));
    file.bytes = TRY(opened->size_bytes());
    if (file.bytes == 0) {
        file.error = "snap: empty snapshot";
        return file;
    }
    if (file.bytes > snap_bytes_max) {
        file.error = "snap: too large";
        return file;
    }
    const auto mapping = TRY(io::Mapping::map(std::move(opened), file.bytes));
    read_content(file, as_text(mapping->bytes()));
    if (mapping->fault_count() != 0)
        file.error = "input/output error";
    return file;
}

} // namespace rebolt::etcd
