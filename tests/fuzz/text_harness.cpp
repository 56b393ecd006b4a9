// Harnesses of what is no bolt file: records, logs, settings, what others wrote.
#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <rebolt/diagnose.hpp>
#include <rebolt/docker/containers.hpp>
#include <rebolt/docker/fsck.hpp>
#include <rebolt/docker/records.hpp>
#include <rebolt/evidence.hpp>
#include <rebolt/format.hpp>
#include <rebolt/guard_history.hpp>
#include <rebolt/schema.hpp>
#include <rebolt/store_url.hpp>

#include <nlohmann/json.hpp>

#include "docker/go_json.hpp"
#include "guard/guard_record.hpp"
#include "guard/seal.hpp"
#include "input_file.hpp"
#include "pieces.hpp"
#include "salvage/undo_file.hpp"
#include "systemd/journal_export.hpp"

namespace rebolt::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::array record_kinds{"network/",
                                  "endpoint/n1/",
                                  "endpoint_count/",
                                  "sandbox/",
                                  "bridge/",
                                  "bridge-endpoint/",
                                  "ipvlan/network/",
                                  "ipvlan/endpoint/",
                                  "macvlan/network/",
                                  "macvlan/endpoint/",
                                  "overlay/endpoint/",
                                  "ipam/default/config/",
                                  "idm/",
                                  "ipam/default/data/",
                                  "zz/"};

void read_journal(std::string_view text) {
    constexpr std::size_t field_bytes_max = 4096;
    systemd::JournalExport entries(
        [&](char* to, std::size_t size) {
            const std::string_view piece = text.substr(0, size);
            std::ranges::copy(piece, to);
            text.remove_prefix(piece.size());
            return piece.size();
        },
        field_bytes_max);
    while (const auto entry = entries.next())
        require(entry->message.size() <= field_bytes_max);
}

void read_undo(std::string_view text) {
    const Bytes given = as_bytes(text);
    std::vector<std::byte> bytes(given.begin(), given.end());
    if (bytes.size() >= sizeof(std::uint64_t)) {
        const Bytes body = Bytes(bytes).first(bytes.size() - sizeof(std::uint64_t));
        const std::uint64_t checksum = format::fnv1a(body);
        std::memcpy(bytes.data() + body.size(), &checksum, sizeof checksum);
    }
    if (const auto undo = salvage::decode(bytes))
        require(salvage::encode(*undo) == bytes);
}

void read_json(std::string_view text) {
    if (const auto json = docker::parse_go_json(text)) {
        const std::string written = docker::to_go_json(*json);
        const auto again = docker::parse_go_json(written);
        require(again.has_value() && docker::to_go_json(*again) == written);
    }
    if (const auto status = host_status(text)) {
        const std::string written = to_json(*status);
        const auto again = host_status(written);
        require(again.has_value() && to_json(*again) == written);
    }
}

class Settings {
public:
    Settings() { fs::create_directories(name_.path()); }
    void put(const std::string& path, std::string_view text) const {
        const fs::path at = fs::path(name_.path()) / path;
        fs::create_directories(at.parent_path());
        std::ofstream(at, std::ios::binary) << text;
    }
    [[nodiscard]] std::string path(const std::string& below = {}) const {
        return name_.path() + below;
    }

private:
    NewName name_;
};

} // namespace

void read_records(Input input) {
    constexpr std::uint64_t records_max = 40;
    Pieces pieces(text_of(input));
    docker::NetworkState state;
    while (!pieces.is_empty() && state.record_count() < records_max) {
        const std::string key = std::string("docker/network/v1.0/") +
                                record_kinds[pieces.number() % record_kinds.size()] + "id" +
                                std::to_string(pieces.number() % 8) + "/";
        const std::string value = std::string(8, '\1') + std::string(pieces.sized());
        auto record = docker::parse_record(key, value);
        if (!record) {
            state.unreadable.push_back({key, value, std::move(record).error()});
            continue;
        }
        const std::string written = docker::serialize(*record);
        const auto again = docker::parse_record(key, written);
        require(again.has_value() && docker::serialize(*again) == written);
        static_cast<void>(docker::key_of(*record));
        state.add(*std::move(record));
    }
    const docker::Containers none;
    static_cast<void>(docker::fsck(state));
    static_cast<void>(docker::fsck(state, &none));
}

void read_log(Input input) {
    Pieces pieces(text_of(input));
    read_journal(pieces.rest());
    diagnose::LogScan scan("x");
    const std::size_t step = 1 + pieces.number();
    while (!pieces.is_empty())
        scan.add(pieces.take(step));
    const diagnose::ScanReport report = scan.finish();
    for (const diagnose::Symptom& symptom : report.symptoms)
        static_cast<void>(symptom.trace.call_path());
    diagnose::Evidence evidence;
    evidence.diagnoses = diagnose::judge(report);
    static_cast<void>(diagnose::conclude(evidence));
}

void read_texts(Input input) {
    const std::string_view text = text_of(input);
    static_cast<void>(store::parse_url(text));
    read_json(text);
    read_undo(text);
}

void read_settings(Input input) {
    Pieces pieces(text_of(input));
    const Settings settings;
    const std::string_view first = pieces.sized();
    const std::string_view second = pieces.rest();
    for (const char* unit : {"docker", "containerd", "etcd"})
        settings.put("etc/systemd/system/" + std::string(unit) + ".service", first);
    settings.put("etc/docker/daemon.json", second);
    settings.put("etc/containerd/config.toml", second);
    settings.put("containers/c/config.v2.json", second);
    settings.put("guard.toml", second);
    settings.put("record.json", second);
    settings.put("seal", second);
    for (const char* preset : {"docker", "containerd", "etcd", "k3s"})
        static_cast<void>(guard_preset(preset, {.data_root = {}, .system_root = settings.path()}));
    static_cast<void>(docker::load_containers(settings.path()));
    static_cast<void>(read_guard_config(settings.path("/guard.toml")));
    static_cast<void>(guard::read_record(settings.path()));
    static_cast<void>(guard::read_seal(settings.path()));
}

} // namespace rebolt::fuzz
