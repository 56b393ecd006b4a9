// What etcd's own readers make of a log: ValidSnapshotEntries, ReadAll and Repair
// of its package wal, on bytes nobody checked.
#include <array>

#include <fmt/format.h>

#include "base/try.hpp"
#include "etcd/wal_contents.hpp"
#include "etcd/wal_decoder.hpp"

namespace rebolt::etcd {
namespace {

std::string never_fails(const WireFault& fault) {
    return fmt::format("unmarshal should never fail ({})", fault.text);
}

// ReadAll's walk.
class ReadAll {
public:
    ReadAll(std::span<const std::string_view> files, SnapshotMark snapshot, WalRules rules)
        : decoder_(files, rules), snapshot_(std::move(snapshot)) {}

    WalReading run() {
        while (reading_.error.empty()) {
            const auto record = decoder_.next();
            if (!record)
                break;
            take(*record);
        }
        const WalStop& stop = decoder_.stop();
        if (reading_.error.empty() && stop.end != WalEnd::clean) {
            reading_.error = stop.text;
            reading_.is_repairable = stop.end == WalEnd::torn;
        }
        reading_.entries = count_;
        reading_.first_index = count_ == 0 ? 0 : snapshot_.index + 1;
        reading_.last_index = count_ == 0 ? 0 : snapshot_.index + count_;
        return reading_;
    }

private:
    template <class T>
    bool must(const Decoded<T>& decoded) {
        if (!decoded)
            reading_.error = never_fails(decoded.error());
        return decoded.has_value();
    }

    void take_entry(const WalRecord& record) {
        const auto entry = decode_entry(record.data);
        if (!must(entry) || entry->index <= snapshot_.index)
            return;
        const std::uint64_t place = entry->index - snapshot_.index - 1;
        if (place > count_)
            reading_.error = "wal: slice bounds out of range";
        else
            count_ = place + 1;
    }

    void take_snapshot(const WalRecord& record) {
        const auto mark = decode_snapshot_record(record.data);
        if (must(mark) && mark->index == snapshot_.index && mark->term != snapshot_.term)
            reading_.error = "wal: snapshot mismatch";
    }

    void take(const WalRecord& record) {
        switch (record.type) {
        case WalRecord::entry:
            return take_entry(record);
        case WalRecord::state:
            if (const auto state = decode_hard_state(record.data); must(state))
                reading_.state = *state;
            return;
        case WalRecord::metadata:
            if (metadata_ && *metadata_ != record.data)
                reading_.error = "wal: conflicting metadata found";
            metadata_ = record.data;
            return;
        case WalRecord::crc_type:
            if (!decoder_.accept(record))
                reading_.error = "wal: crc mismatch";
            return;
        case WalRecord::snapshot:
            return take_snapshot(record);
        default:
            reading_.error = fmt::format("unexpected block type {}", record.type);
        }
    }

    WalDecoder decoder_;
    SnapshotMark snapshot_;
    WalReading reading_;
    std::uint64_t count_ = 0;
    std::optional<std::string_view> metadata_;
};

// Where etcd's Repair cuts the last file, or nullopt where it gives up.
std::optional<std::uint64_t> repaired_bytes(std::string_view file, WalRules rules) {
    const std::array one{file};
    WalDecoder decoder(one, rules);
    while (const auto record = decoder.next())
        if (record->type == WalRecord::crc_type && !decoder.accept(*record))
            return std::nullopt;
    const WalStop& stop = decoder.stop();
    if (stop.end == WalEnd::clean)
        return file.size();
    return stop.end == WalEnd::torn ? std::optional(stop.offset) : std::nullopt;
}

} // namespace

Result<std::vector<SnapshotMark>> Wal::valid_snapshots(WalRules rules) const {
    const auto refuse = [&](std::string text) {
        return Error(ErrorCode::damaged, std::move(text)).in_file(folder_);
    };
    if (files_.empty())
        return refuse("wal: file not found");
    std::vector<SnapshotMark> marks;
    HardState state;
    WalDecoder decoder(contents_->files, rules);
    while (const auto record = decoder.next()) {
        if (record->type == WalRecord::snapshot) {
            auto mark = decode_snapshot_record(record->data);
            if (!mark)
                return refuse(never_fails(mark.error()));
            marks.push_back(std::move(*mark));
        } else if (record->type == WalRecord::state) {
            const auto decoded = decode_hard_state(record->data);
            if (!decoded)
                return refuse(never_fails(decoded.error()));
            state = *decoded;
        } else if (record->type == WalRecord::crc_type && !decoder.accept(*record)) {
            return refuse("wal: crc mismatch");
        }
    }
    const WalEnd end = decoder.stop().end;
    if (end != WalEnd::clean && end != WalEnd::torn)
        return refuse(decoder.stop().text);
    std::erase_if(marks, [&](const SnapshotMark& mark) { return mark.index > state.commit; });
    return marks;
}

WalReading Wal::read_from(const SnapshotMark& snapshot, WalRules rules) const {
    WalReading reading;
    std::size_t first = files_.size();
    while (first > 0 && files_[first - 1].index > snapshot.index)
        --first;
    if (first == 0) {
        reading.error = "wal: file not found";
        return reading;
    }
    --first;
    for (std::size_t i = first + 1; i < files_.size(); ++i) // a hole after 0 is not noticed
        if (files_[i - 1].sequence != 0 && files_[i].sequence != files_[i - 1].sequence + 1) {
            reading.error = "wal: file not found";
            return reading;
        }
    std::vector<std::string_view> files(
        contents_->files.begin() + static_cast<std::ptrdiff_t>(first), contents_->files.end());
    reading = ReadAll(files, snapshot, rules).run();
    if (!reading.is_repairable)
        return reading;
    const auto cut = repaired_bytes(files.back(), rules);
    if (!cut)
        return reading;
    files.back() = files.back().substr(0, *cut);
    WalReading again = ReadAll(files, snapshot, rules).run();
    again.was_repaired = true;
    return again;
}

} // namespace rebolt::etcd
