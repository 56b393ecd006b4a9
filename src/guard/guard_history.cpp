#include <rebolt/guard_history.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "guard/event_json.hpp"
#include "guard/guard_record.hpp"
#include "io/file.hpp"
#include "schema/ordered_json.hpp"

namespace rebolt {
namespace {

namespace fs = std::filesystem;

constexpr const char* status_shape = "rebolt.guard-status/1";
constexpr std::array replacing{GuardOutcome::recovered, GuardOutcome::quarantined};

GuardedState state_of(const guard::GuardRecord& record) {
    GuardedState state{.file = record.file,
                       .last_time = record.last_time,
                       .last_outcome = record.last_outcome,
                       .last_line = record.last_line,
                       .snapshots = {},
                       .set_aside = {},
                       .events = record.events};
    std::error_code ignored;
    for (const guard::Snapshot& snapshot : record.snapshots)
        if (fs::exists(snapshot.path, ignored))
            state.snapshots.push_back({snapshot.path, snapshot.bytes, snapshot.transaction});
    const fs::path folder = fs::path(record.file).parent_path();
    for (const guard::AsideFile& aside : record.set_aside)
        if (fs::exists(folder / aside.name, ignored))
            state.set_aside.push_back((folder / aside.name).string());
    return state;
}

guard::Json json_of(const GuardedState& state) {
    guard::Json json{{"file", state.file},
                     {"last_time", state.last_time},
                     {"last_outcome", state.last_outcome},
                     {"last_line", state.last_line},
                     {"snapshots", guard::Json::array()},
                     {"set_aside", state.set_aside},
                     {"events", guard::Json::array()}};
    for (const GuardSnapshot& snapshot : state.snapshots)
        json["snapshots"].push_back({{"path", snapshot.path},
                                     {"bytes", snapshot.bytes},
                                     {"transaction", snapshot.transaction}});
    for (const GuardEvent& event : state.events)
        json["events"].push_back(guard::to_json(event));
    return json;
}

GuardedState state_from(const guard::Json& json) {
    GuardedState state{.file = json.value("file", ""),
                       .last_time = json.value("last_time", ""),
                       .last_outcome = json.value("last_outcome", ""),
                       .last_line = json.value("last_line", ""),
                       .snapshots = {},
                       .set_aside = json.value("set_aside", std::vector<std::string>{}),
                       .events = {}};
    for (const guard::Json& item : json.value("snapshots", guard::Json::array()))
        state.snapshots.push_back({item.value("path", ""), item.value("bytes", std::uint64_t{0}),
                                   item.value("transaction", std::uint64_t{0})});
    for (const guard::Json& item : json.value("events", guard::Json::array()))
        state.events.push_back(guard::event_from(item));
    return state;
}

} // namespace

const GuardEvent* GuardedState::last_recovery() const noexcept {
    for (auto event = events.rbegin(); event != events.rend(); ++event)
        if (std::ranges::find(replacing, event->outcome) != replacing.end())
            return &*event;
    return nullptr;
}

Result<std::vector<GuardedState>> guarded_states(const std::string& state_folder) {
    std::vector<GuardedState> states;
    std::error_code error;
    if (!fs::exists(state_folder, error) && !error)
        return states;
    fs::directory_iterator folders(state_folder, error);
    if (error)
        return io::system_error(error.value(), "cannot list the folder", state_folder);
    for (const fs::directory_entry& folder : folders) {
        const guard::GuardRecord record = guard::read_record(folder.path().string());
        if (!record.file.empty())
            states.push_back(state_of(record));
    }
    std::ranges::sort(states, {}, &GuardedState::file);
    return states;
}

std::string to_json(const HostStatus& status) {
    guard::Json files = guard::Json::array();
    for (const GuardedState& state : status.files)
        files.push_back(json_of(state));
    return nlohmann::ordered_json{
        {"shape", status_shape}, {"host", status.host}, {"files", std::move(files)}}
        .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<HostStatus> host_status(std::string_view json) {
    try {
        const auto read = schema::parse_ordered_json(json); // another host wrote it
        const guard::Json parsed = read ? *read : guard::Json();
        if (!parsed.is_object() || parsed.value("shape", "") != status_shape)
            return Error(ErrorCode::invalid_argument,
                         fmt::format("no document of shape {}: write it with `rebolt guard status "
                                     "--json`",
                                     status_shape));
        HostStatus status{.host = parsed.value("host", ""), .files = {}};
        for (const guard::Json& file : parsed.value("files", guard::Json::array()))
            status.files.push_back(state_from(file));
        return status;
    } catch (const guard::Json::exception&) {
        return Error(ErrorCode::invalid_argument, "not the JSON of `rebolt guard status --json`");
    }
}

} // namespace rebolt
