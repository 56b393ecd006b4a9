#include <rebolt/etcd/wal.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/try.hpp"
#include "etcd/wal_contents.hpp"
#include "etcd/wal_decoder.hpp"

namespace rebolt::etcd {
namespace {

constexpr std::array<std::string_view, 10> end_names{
    "clean", "torn",         "record-too-long", "malformed", "checksum",
    "chain", "unknown-type", "metadata",        "gap",       "unreadable"};

std::optional<std::uint64_t> hex_number(std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc{} || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

// `0000000000000001-0000000000000045.wal`
std::optional<WalFile> file_of_name(const std::string& name) {
    constexpr std::size_t digits = 16;
    constexpr std::string_view suffix = ".wal";
    if (name.size() != 2 * digits + 1 + suffix.size() || name[digits] != '-' ||
        !name.ends_with(suffix))
        return std::nullopt;
    const auto sequence = hex_number(std::string_view(name).substr(0, digits));
    const auto index = hex_number(std::string_view(name).substr(digits + 1, digits));
    if (!sequence || !index)
        return std::nullopt;
    WalFile file;
    file.name = name;
    file.sequence = *sequence;
    file.index = *index;
    return file;
}

} // namespace

std::string_view name_of(WalRules rules) noexcept {
    switch (rules) {
    case WalRules::ten_megabytes:
        return "ten-megabytes";
    case WalRules::rest_of_file:
        return "rest-of-file";
    }
    return "unknown";
}

std::string_view name_of(WalEnd end) noexcept {
    return end_names[static_cast<std::size_t>(end)];
}

const LogEntry* LogEntries::at(std::uint64_t index) const noexcept {
    if (is_empty() || index < first_index() || index > last_index())
        return nullptr;
    return &entries_[index - first_index()];
}

bool LogEntries::put(const LogEntry& entry) {
    if (is_empty()) {
        entries_.push_back(entry);
        return true;
    }
    if (entry.index > last_index() + 1)
        return false;
    if (entry.index <= first_index()) {
        restart(entry);
        return true;
    }
    entries_.resize(entry.index - first_index());
    entries_.push_back(entry);
    return true;
}

void LogEntries::restart(const LogEntry& entry) {
    entries_.assign(1, entry);
}

Wal::Wal() = default;
Wal::Wal(Wal&&) noexcept = default;
Wal& Wal::operator=(Wal&&) noexcept = default;
Wal::~Wal() = default;

Result<void> Wal::map_files() {
    contents_ = std::make_unique<Contents>();
    for (WalFile& file : files_) {
        auto opened = TRY(io::File::open_for_reading(folder_ + "/" + file.name));
        file.bytes = TRY(opened->size_bytes());
        std::shared_ptr<const io::Mapping> mapping;
        if (file.bytes != 0)
            mapping = TRY(io::Mapping::map(std::move(opened), file.bytes));
        contents_->files.push_back(mapping ? as_text(mapping->bytes()) : std::string_view());
        contents_->mappings.push_back(std::move(mapping));
    }
    return {};
}

namespace {

// What a record that is right by its checksum says of its file.
std::optional<WireFault> note_record(WalFile& file, const WalRecord& record) {
    if (record.type == WalRecord::crc_type && file.records == 1) {
        file.has_head = true;
        file.checksum_at_begin = record.crc;
    }
    if (record.type == WalRecord::metadata) {
        const auto identity = decode_metadata(record.data);
        if (!identity)
            return identity.error();
        file.identity = *identity;
    }
    if (record.type != WalRecord::entry)
        return std::nullopt;
    const auto entry = decode_entry(record.data);
    if (!entry)
        return entry.error();
    ++file.entries;
    if (file.first_entry == 0)
        file.first_entry = entry->index;
    file.last_entry = entry->index;
    return std::nullopt;
}

void end_file(WalFile& file, WalEnd end, std::string text) {
    file.end = end;
    file.text = std::move(text);
}

} // namespace

// Reads one file by itself: a bad byte in it leaves the others' entries.
void Wal::take_in(std::size_t at) {
    WalFile& file = files_[at];
    const std::array one{contents_->files[at]};
    WalDecoder decoder(one, WalRules::rest_of_file);
    while (const auto record = decoder.next()) {
        ++file.records;
        if (record->type == WalRecord::crc_type && !decoder.accept(*record)) {
            end_file(file, WalEnd::chain, "wal: crc mismatch");
            break;
        }
        if (record->type < WalRecord::metadata || record->type > WalRecord::snapshot) {
            end_file(file, WalEnd::unknown_type,
                     fmt::format("unexpected block type {}", record->type));
            break;
        }
        if (const auto fault = note_record(file, *record)) {
            end_file(file, WalEnd::malformed, fault->text);
            break;
        }
        file.end_offset = decoder.offset();
        file.checksum_at_end = decoder.checksum();
        if (record->type == WalRecord::entry) {
            const LogEntry entry = *decode_entry(record->data);
            if (!entries_.put(entry)) {
                has_gap_ = true;
                entries_.restart(entry);
            }
        } else if (record->type == WalRecord::state) {
            if (const auto state = decode_hard_state(record->data))
                state_ = *state;
        } else if (record->type == WalRecord::snapshot) {
            if (auto mark = decode_snapshot_record(record->data))
                snapshots_.push_back(std::move(*mark));
        }
    }
    if (file.end == WalEnd::clean)
        end_file(file, decoder.stop().end, decoder.stop().text);
    if (at + 1 < files_.size() && file.end == WalEnd::torn)
        file.end = WalEnd::malformed; // only a log's last file is torn
    const auto& mapping = contents_->mappings[at];
    if (mapping && mapping->fault_count() != 0)
        end_file(file, WalEnd::unreadable, "input/output error");
}

Result<Wal> Wal::open(const std::string& folder) {
    Wal wal;
    wal.folder_ = folder;
    std::error_code failed;
    std::filesystem::directory_iterator entries(folder, failed);
    for (; !failed && entries != std::filesystem::directory_iterator(); entries.increment(failed)) {
        const std::string name = entries->path().filename().string();
        if (auto file = file_of_name(name))
            wal.files_.push_back(std::move(*file));
        else
            wal.others_.push_back(name);
    }
    if (failed)
        return io::system_error(failed.value(), "cannot read the folder", folder);
    std::ranges::sort(wal.files_, {}, &WalFile::name);
    std::ranges::sort(wal.others_);
    TRY(wal.map_files());
    for (std::size_t i = 0; i < wal.files_.size(); ++i) {
        wal.take_in(i);
        WalFile& file = wal.files_[i];
        if (file.identity && !wal.identity_)
            wal.identity_ = file.identity;
        if (i == 0)
            continue;
        const WalFile& before = wal.files_[i - 1];
        file.follows = file.sequence == before.sequence + 1 && before.end == WalEnd::clean &&
                       file.checksum_at_begin == before.checksum_at_end;
        if (file.identity && wal.identity_ && *file.identity != *wal.identity_ &&
            file.end == WalEnd::clean)
            end_file(file, WalEnd::metadata, "wal: conflicting metadata found");
    }
    return wal;
}

} // namespace rebolt::etcd
