#include "guard/guard_record.hpp"

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/try.hpp"
#include "io/new_file.hpp"

namespace rebolt::guard {
namespace {

using Json = nlohmann::ordered_json;

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
    record.last_time = json.value("last_time", "");
    record.last_outcome = json.value("last_outcome", "");
    record.last_line = json.value("last_line", "");
    return record;
}

Json to_json(const GuardRecord& record) {
    Json json{{"shape", shape},
              {"file", record.file},
              {"inode", record.stamp.inode},
              {"bytes", record.stamp.bytes},
              {"modified_ns", record.stamp.modified_ns},
              {"snapshots", Json::array()},
              {"last_time", record.last_time},
              {"last_outcome", record.last_outcome},
              {"last_line", record.last_line}};
    for (const Snapshot& snapshot : record.snapshots)
        json["snapshots"].push_back({{"path", snapshot.path},
                                     {"bytes", snapshot.bytes},
                                     {"xxh3", snapshot.checksum},
                                     {"transaction", snapshot.transaction}});
    return json;
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
    std::ifstream file(std::filesystem::path(folder) / record_name);
    if (!file)
        return {};
    try {
        return from_json(Json::parse(file));
    } catch (const Json::exception&) {
        return {};
    }
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

std::string utc_time(bool compact) {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return compact ? fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(now))
                   : fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

} // namespace rebolt::guard
