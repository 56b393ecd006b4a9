// Docker's swarm/worker/tasks.db: `v1/tasks/<task id>` with `data` (api.Task
// without its status), `status` (api.TaskStatus) and `assigned` (one byte). By
// swarmkit's agent/storage.go and api/objects.proto.
#include <algorithm>
#include <array>

#include "schema/forms.hpp"
#include "schema/owners.hpp"
#include "schema/protobuf.hpp"

namespace rebolt::schema::swarm_tasks {
namespace {

// swarmkit's identity.NewID(): base 36, padded to this length.
bool is_task_id(std::string_view text) {
    constexpr std::size_t id_bytes = 25;
    return text.size() == id_bytes && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
           });
}

// The id that a task repeats in its field 1, or nullopt if this is no message.
std::optional<std::string_view> id_in(std::string_view data) {
    constexpr std::array types{WireType::bytes};
    std::array<ProtoField, types.size()> fields{};
    return read_message(data, types, fields) ? std::nullopt : std::optional(fields[0].bytes);
}

ValueClause judge_task(const Entry& entry) {
    if (auto fault = judge_message(entry.value))
        return fault;
    const auto id = id_in(entry.value);
    if (id == entry.bucket.back())
        return std::nullopt;
    return "the task has the id `" + shown(id.value_or("")) + "`, expected its bucket's name";
}

ValueClause judge_assigned(const Entry& entry) {
    return judge_value_is(entry.value == "\xff", entry, "the byte 0xff");
}

constexpr std::array<Place, 3> places{{
    {.bucket = "v1/tasks/*", .key = "data", .judge = judge_task, .shown = Shown::message},
    {.bucket = "v1/tasks/*",
     .key = "status",
     .judge = judge_protobuf,
     .shown = Shown::message,
     .is_telling = false},
    {.bucket = "v1/tasks/*", .key = "assigned", .judge = judge_assigned, .is_telling = false},
}};

bool has_names(Names names) {
    return names.size() == 1 && names[0] == "v1";
}

// A worker that never had a task has the empty bucket `tasks`.
Fit fit_swarm_tasks(const SampleEntry& entry) {
    if (entry.is_bucket && entry.bucket.size() == 1)
        return entry.key == "tasks" ? Fit::owners : Fit::foreign;
    if (entry.is_bucket && entry.bucket.size() == 2 && entry.bucket[1] == "tasks")
        return is_task_id(entry.key) ? Fit::owners : Fit::foreign;
    if (entry.is_bucket || place_of(swarm_tasks_owner, entry.bucket, entry.key) == nullptr)
        return Fit::either;
    return fault_of(swarm_tasks_owner, {entry.bucket, entry.key, entry.value}) ? Fit::foreign
                                                                               : Fit::owners;
}

Home home_of_task(std::string_view key, std::string_view value) {
    if (key != "data")
        return std::nullopt;
    const auto id = id_in(value);
    return id && is_task_id(*id) ? Home(Path{"v1", "tasks", std::string(*id)}) : std::nullopt;
}

Home home_of_task_bucket(std::string_view name, Names keys, Names buckets) {
    const bool is_task = is_task_id(name) && has(keys, "data") && buckets.empty();
    return is_task ? Home(Path{"v1", "tasks"}) : std::nullopt;
}

} // namespace
} // namespace rebolt::schema::swarm_tasks

namespace rebolt::schema {

constinit const KnownOwner swarm_tasks_owner{.owner = Owner::swarm_tasks,
                                             .name = "swarm-tasks",
                                             .has_names = swarm_tasks::has_names,
                                             .places = swarm_tasks::places,
                                             .fit = swarm_tasks::fit_swarm_tasks,
                                             .home_of_key = swarm_tasks::home_of_task,
                                             .home_of_bucket = swarm_tasks::home_of_task_bucket};

} // namespace rebolt::schema
