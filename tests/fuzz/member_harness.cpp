// The harness of an etcd member's log and snapshot.
#include <fstream>
#include <string>

#include <rebolt/etcd/member.hpp>
#include <rebolt/etcd/repair.hpp>

#include "etcd/crc32c.hpp"
#include "input_file.hpp"
#include "pieces.hpp"

namespace rebolt::fuzz {
namespace {

namespace fs = std::filesystem;

std::string varint(std::uint64_t number) {
    std::string bytes;
    for (; number >= 0x80; number >>= 7U)
        bytes += static_cast<char>(number | 0x80U);
    return bytes + static_cast<char>(number);
}

// As protobuf writes them: type, checksum, data.
std::string record_of(std::uint64_t type, std::uint32_t checksum, std::string_view data) {
    return "\x08" + varint(type) + "\x10" + varint(checksum) + "\x1a" + varint(data.size()) +
           std::string(data);
}

// A length, with the padding in its first byte, the record, and the padding.
std::string framed(const std::string& record) {
    constexpr std::uint64_t is_padded = 0x80;
    const std::uint64_t padding = (8 - record.size() % 8) % 8;
    std::uint64_t length = record.size();
    if (padding != 0)
        length |= (is_padded | padding) << 56U;
    return std::string(as_text(std::as_bytes(std::span(&length, 1)))) + record +
           std::string(padding, '\0');
}

// A log of the records that the input names. One in 16 has a wrong checksum.
std::string log_of(Pieces& pieces) {
    constexpr std::uint64_t checksum_type = 4;
    std::string log = framed(record_of(checksum_type, 0, ""));
    std::uint32_t checksum = 0;
    while (!pieces.is_empty()) {
        const std::uint8_t kind = pieces.number();
        const std::string_view data = pieces.sized();
        checksum = etcd::crc32c(checksum, data);
        log += framed(record_of(kind % 8, checksum + (kind >= 0xf0 ? 1 : 0), data));
    }
    return log;
}

std::string snapshot_of(std::string_view data) {
    return "\x08" + varint(etcd::crc32c(0, data)) + "\x12" + varint(data.size()) +
           std::string(data);
}

void put(const std::string& path, const std::string& bytes) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

} // namespace

void read_member_files(Input input) {
    const NewName folder;
    Pieces pieces(text_of(input));
    const bool is_sealed = pieces.number() % 4 != 0;
    const std::string snapshot(pieces.sized());
    put(folder.path() + "/snap/0000000000000001-0000000000000001.snap",
        is_sealed ? snapshot_of(snapshot) : snapshot);
    put(folder.path() + "/wal/0000000000000000-0000000000000000.wal",
        is_sealed ? log_of(pieces) : std::string(pieces.rest()));
    const auto member = etcd::read_member(folder.path());
    if (!member)
        return;
    for (const etcd::Release release : etcd::all_releases)
        static_cast<void>(etcd::predict_start(*member, release));
    const etcd::RepairPlan plan = etcd::plan_repair(*member);
    if (plan.is_possible())
        static_cast<void>(etcd::apply_repair(*member, plan));
}

} // namespace rebolt::fuzz
