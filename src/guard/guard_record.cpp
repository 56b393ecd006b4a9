#include "guard/guard_record.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/try.hpp"
#include "guard/event_json.hpp"
#include "io/new_file.hpp"

namespace rebolt::guard {
namespace {

constexpr const char* record_name = "record.json";
constexpr const char* shape = "rebolt.guard-record/1";
constexpr std::uint32_t record_mode = 0600;

GuardRecord from_json(const Json& json) {
    GuardRecord record;
    if (json.value("shape", "") != shape)
        return record;
    record.file = json.value("file", "");
    record.stamp = {json.value("inode", std::uint64_t{0}), json.value("bytes", std::uint64_t{0}),
                    json.value("modified_ns", std::int64_t{0})};
    for (const Json& item : json.value("snapshots", Json::array()))
        record.snapshots.push_back({item.value("path", ""), item.value("bytes", std::uint64_t{0}),
                                    item.value("xxh3", ""),
                                    item.value("transaction", std::uint64_t{0})});
    for (const Json& item : json.value("set_aside", Json::array()))
        record.set_aside.push_back({item.value("name", ""), item.value("inode", std::uint64_t{0})});
    if (const Json undone = json.value("undone", Json()); undone.is_object())
        record.undone = {undone.value("inode", std::uint64_t{0}),
                         undone.value("bytes", std::uint64_t{0}),
                         undone.value("modified_ns", std::int64_t{0})};
    record.last_time = json.value("last_time", "");
    record.last_outcome = json.value("last_outcome", "");
    record.last_line = json.value("last_line", "");
    record.last_risks = json.value("last_risks", std::vector<std::string>{});
    for (const Json& item : json.value("events", Json::array()))
        record.events.push_back(guard::event_from(item));
    return record;
}

Json to_json(const GuardRecord& record) {
    Json json{{"shape", shape},
              {"file", record.file},
              {"inode", record.stamp.inode},
              {"bytes", record.stamp.bytes},
              {"modified_ns", record.stamp.modified_ns},
              {"snapshots", Json::array()},
              {"set_aside", Json::array()},
              {"undone", nullptr},
              {"last_time", record.last_time},
              {"last_outcome", record.last_outcome},
              {"last_line", record.last_line},
              {"last_risks", record.last_risks},
              {"events", Json::array()}};
    for (const Snapshot& snapshot : record.snapshots)
        json["snapshots"].push_back({{"path", snapshot.path},
                                     {"bytes", snapshot.bytes},
                                     {"xxh3", snapshot.checksum},
                                     {"transaction", snapshot.transaction}});
    for (const AsideFile& file : record.set_aside)
        json["set_aside"].push_back({{"name", file.name}, {"inode", file.inode}});
    if (record.undone != FileStamp{})
        json["undone"] = {{"inode", record.undone.inode},
                          {"bytes", record.undone.bytes},
                          {"modified_ns", record.undone.modified_ns}};
    for (const GuardEvent& event : record.events)
        json["events"].push_back(guard::to_json(event));
    return json;
}

// By its name: `<transaction>-<checksum>.db`.
std::optional<Snapshot> snapshot_at(const io::Folder& folder, const std::string& name) {
    constexpr std::size_t checksum_digits = 16;
    constexpr std::string_view end = ".db";
    if (!name.ends_with(end))
        return std::nullopt;
    const std::string stem = name.substr(0, name.size() - end.size());
    const std::size_t dash = stem.find('-');
    Snapshot snapshot;
    const auto status = folder.status(name);
    if (!status || !S_ISREG(status->st_mode) || dash == std::string::npos ||
        stem.size() != dash + 1 + checksum_digits)
        return std::nullopt;
    snapshot.bytes = static_cast<std::uint64_t>(status->st_size);
    const auto read = std::from_chars(stem.data(), stem.data() + dash, snapshot.transaction);
    if (read.ec != std::errc{} || read.ptr != stem.data() + dash)
        return std::nullopt;
    snapshot.path = folder.path_of(name);
    snapshot.checksum = stem.substr(dash + 1);
    return snapshot;
}

std::vector<Snapshot> snapshots_in(const std::string& folder) {
    std::vector<Snapshot> found;
    const auto place =
        io::place_of((std::filesystem::path(folder) / record_name).string(), io::LastLink::keep);
    const auto names = place ? place->folder->names() : std::vector<std::string>{};
    for (const std::string& name : names ? *names : std::vector<std::string>{})
        if (auto snapshot = snapshot_at(*place->folder, name))
            found.push_back(*std::move(snapshot));
    std::ranges::sort(found, std::ranges::greater{}, &Snapshot::transaction);
    return found;
}

std::optional<GuardRecord> record_in(const std::string& folder) {
    std::ifstream file(std::filesystem::path(folder) / record_name);
    if (!file)
        return std::nullopt;
    try {
        return from_json(Json::parse(file));
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

} // namespace

std::string folder_of(const std::string& state_folder, const std::string& file) {
    std::string name;
    for (const char c : file) {
        if (c == '/')
            name += name.empty() ? "" : "-";
        else if (c == '-' || c == '\\')
            name += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            name += c;
    }
    return state_folder + "/" + name;
}

GuardRecord read_record(const std::string& folder) {
    GuardRecord record = record_in(folder).value_or(GuardRecord{});
    if (record.snapshots.empty())
        record.snapshots = snapshots_in(folder);
    return record;
}

Result<void> write_record(const std::string& folder, const GuardRecord& record) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return io::system_error(error.value(), "cannot make the folder", folder);
    const std::string path = (std::filesystem::path(folder) / record_name).string();
    auto file = TRY(io::NewFile::create(path, record_mode));
    const std::string text =
        to_json(record).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    TRY(file.append(as_bytes(text)));
    return file.put_in_place_unsynced();
}

std::string utc_time() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

} // namespace rebolt::guard
