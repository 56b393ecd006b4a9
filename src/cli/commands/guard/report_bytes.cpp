#include "cli/commands/guard/report_bytes.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace rebolt::cli {
namespace {

// Both sides walk through the fields in the same order.
class Writer {
public:
    void number(std::uint64_t value) {
        std::array<char, sizeof value> raw{};
        std::memcpy(raw.data(), &value, sizeof value);
        bytes_.append(raw.data(), raw.size());
    }
    void text(const std::string& value) {
        number(value.size());
        bytes_ += value;
    }
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
    std::string bytes_;
};

class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        if (bytes_.size() < sizeof value) {
            is_cut_off_ = true;
            bytes_ = {};
            return 0;
        }
        std::memcpy(&value, bytes_.data(), sizeof value);
        bytes_.remove_prefix(sizeof value);
        return value;
    }
    std::string text() {
        const std::uint64_t size = number();
        is_cut_off_ |= size > bytes_.size();
        if (is_cut_off_)
            return {};
        std::string value(bytes_.substr(0, size));
        bytes_.remove_prefix(size);
        return value;
    }
    [[nodiscard]] bool is_cut_off() const noexcept { return is_cut_off_; }
    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size(); }

private:
    std::string_view bytes_;
    bool is_cut_off_ = false;
};

} // namespace

std::string to_bytes(const GuardReport& report, bool is_final) {
    Writer writer;
    writer.number(is_final ? 1 : 0);
    writer.number(static_cast<std::uint64_t>(report.outcome));
    writer.number(report.may_start ? 1 : 0);
    for (const std::string* text : {&report.path, &report.line, &report.damage, &report.quarantine,
                                    &report.snapshot, &report.restored_from, &report.broken_seal})
        writer.text(*text);
    writer.number(report.donors.size());
    for (const std::string& donor : report.donors)
        writer.text(donor);
    writer.number(report.records_mended);
    writer.number(static_cast<std::uint64_t>(report.took.count()));
    writer.number(report.recovery ? 1 : 0);
    if (report.recovery) {
        for (const std::uint64_t keys : report.recovery->counts.keys)
            writer.number(keys);
        writer.number(report.recovery->lost_estimate);
    }
    return writer.bytes();
}

std::optional<ReceivedReport> take_report(std::string& bytes) {
    Reader reader(bytes);
    ReceivedReport received;
    GuardReport& report = received.report;
    received.is_final = reader.number() != 0;
    report.outcome = static_cast<GuardOutcome>(reader.number());
    report.may_start = reader.number() != 0;
    for (std::string* text : {&report.path, &report.line, &report.damage, &report.quarantine,
                              &report.snapshot, &report.restored_from, &report.broken_seal})
        *text = reader.text();
    for (std::uint64_t donors = reader.number(); donors > 0 && !reader.is_cut_off(); --donors)
        report.donors.push_back(reader.text());
    report.records_mended = reader.number();
    report.took = std::chrono::microseconds(reader.number());
    if (reader.number() != 0) {
        report.recovery.emplace();
        for (std::uint64_t& keys : report.recovery->counts.keys)
            keys = reader.number();
        report.recovery->lost_estimate = reader.number();
    }
    if (reader.is_cut_off())
        return std::nullopt;
    bytes.erase(0, bytes.size() - reader.left());
    return received;
}

} // namespace rebolt::cli
