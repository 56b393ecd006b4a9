#include "guard/missing_state.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <sys/stat.h>

#include <fmt/format.h>

#include <rebolt/docker/containers.hpp>

#include "base/try.hpp"
#include "guard/guard_lock.hpp"
#include "guard/replacement.hpp"
#include "io/file_writer.hpp"
#include "io/folder.hpp"
#include "io/io.hpp"

namespace rebolt::guard {
namespace {

bool is_users(const docker::ContainerNetwork& place) {
    return place.name != "bridge" && place.name != "host" && place.name != "none" &&
           place.name != "default";
}

constexpr mode_t docker_mode = 0644; // as Docker makes it

Result<Replacement> rebuild(const GuardedFile& file, const GuardOptions& options,
                            const std::string& path) {
    std::error_code failed;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failed);
    const io::Place place = TRY(io::place_of(path, io::LastLink::follow));
    const io::WorkFolder work = TRY(io::WorkFolder::make(place, work_word));
    const std::string name = "new.db";
    ReplacementRequest request{.path = work.folder().descriptor_path_of(name),
                               .docker_root = file.docker_root,
                               .recover = options.recover,
                               .deadline = std::chrono::steady_clock::now() + options.time_budget};
    request.recover.donors.clear();
    Replacement made = TRY(rebuild_replacement(request));
    const auto opened = TRY(work.folder().open(name));
    if (::fchmod(opened->descriptor(), docker_mode) != 0)
        return io::system_error(errno, "cannot set the mode", path);
    TRY(io::FileWriter(opened).sync_all());
    TRY(place.folder->take(work.folder(), name, place.name));
    TRY(place.folder->sync());
    return made;
}

} // namespace

bool containers_need_networks(const std::string& docker_root) {
    const auto containers = docker::load_containers(docker_root);
    return containers && std::ranges::any_of(containers->all, [](const auto& container) {
               return std::ranges::any_of(container.networks, is_users);
           });
}

void guard_missing_state(const GuardedFile& file, const GuardOptions& options,
                         GuardReport& report) {
    if (report.outcome != GuardOutcome::absent || file.docker_root.empty() ||
        !containers_need_networks(file.docker_root))
        return;
    if (!options.rebuild || options.dry_run) {
        report.line += "; containers are in networks that are lost with it. To rebuild those "
                       "from the containers' files: rebolt guard --rebuild docker";
        return;
    }
    const auto made = rebuild(file, options, report.path);
    if (!made) {
        report.line += fmt::format("; it could not be rebuilt: {}", made.error().to_text());
        return;
    }
    report.outcome = GuardOutcome::recovered;
    report.records_mended = made->records_mended;
    report.line = fmt::format("it was not there: {} records rebuilt from the containers' "
                              "files. To take that back: rm {}",
                              made->records_mended, report.path);
}

} // namespace rebolt::guard
