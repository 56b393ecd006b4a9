#include "etcd/repair_record.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <rebolt/bytes.hpp>

#include "base/try.hpp"
#include "io/new_file.hpp"

namespace rebolt::etcd {
namespace {

using Json = nlohmann::json;

constexpr std::string_view prefix = "rebolt-repair-";
constexpr std::string_view suffix = ".json";

} // namespace

std::string repair_time() {
    return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::time(nullptr)));
}

Result<std::string> write_repair_record(const std::string& member_folder, const std::string& time,
                                        const std::vector<FileMove>& moves) {
    Json record{{"shape", "rebolt.etcd-repair/1"}, {"moves", Json::array()}};
    for (const FileMove& move : moves)
        record["moves"].push_back({{"from", move.from}, {"to", move.to}});
    const std::string path = fmt::format("{}/{}{}{}", member_folder, prefix, time, suffix);
    auto file = TRY(io::NewFile::create(path, 0600));
    TRY(file.append(as_bytes(record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n")));
    TRY(file.put_in_place());
    return path;
}

Result<std::string> newest_repair_record(const std::string& member_folder) {
    std::error_code failed;
    std::string newest;
    std::filesystem::directory_iterator entries(member_folder, failed);
    for (; !failed && entries != std::filesystem::directory_iterator(); entries.increment(failed)) {
        const std::string name = entries->path().filename().string();
        if (name.starts_with(prefix) && name.ends_with(suffix))
            newest = std::max(newest, name);
    }
    if (newest.empty())
        return Error(ErrorCode::file_not_found, "there is no repair to undo")
            .in_file(member_folder);
    return member_folder + "/" + newest;
}

Result<std::vector<FileMove>> read_repair_record(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const Json record = Json::parse(file, nullptr, false);
    if (!record.is_object() || !record.contains("moves") || !record["moves"].is_array())
        return Error(ErrorCode::invalid_argument, "it is no record of a repair").in_file(path);
    std::vector<FileMove> moves;
    for (const Json& move : record["moves"])
        moves.push_back({move.value("from", ""), move.value("to", "")});
    return moves;
}

} // namespace rebolt::etcd
