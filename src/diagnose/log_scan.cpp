// Cuts a log's bytes into lines.
#include <utility>

#include <rebolt/diagnose.hpp>

#include "diagnose/line_text.hpp"
#include "diagnose/log_reader.hpp"
#include "diagnose/quoted.hpp"
#include "diagnose/start_watch.hpp"
#include "diagnose/utf16_decoder.hpp"

namespace rebolt::diagnose {

class LogScan::Work {
public:
    explicit Work(std::string source) : reader_(report_, symptoms_) {
        report_.source = std::move(source);
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    ~Work() = default;

    void add(std::string_view bytes) {
        report_.bytes += bytes.size();
        if (decoder_.is_plain()) {
            add_text(bytes);
            return;
        }
        std::string text;
        decoder_.decode(bytes, text);
        add_text(text);
    }

    void add_line(std::string_view line, const LineOrigin& origin) {
        report_.bytes += line.size();
        if (line.size() > line_bytes_max)
            ++report_.lines_cut;
        take(line.substr(0, line_bytes_max), origin);
    }

    ScanReport finish() {
        std::string text;
        decoder_.end(text);
        add_text(text);
        if (!partial_.empty())
            end_line();
        reader_.finish();
        const bool is_quiet = symptoms_.is_empty();
        if (auto hanging = start_.conclusion(); hanging && is_quiet)
            symptoms_.add(std::move(*hanging));
        symptoms_.move_to(report_);
        return std::move(report_);
    }

private:
    void add_text(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = text.find('\n');
            const std::string_view piece = text.substr(0, end);
            const std::size_t room = line_bytes_max - partial_.size();
            partial_.append(piece.substr(0, room));
            is_cut_ = is_cut_ || piece.size() > room;
            if (end == std::string_view::npos)
                return;
            end_line();
            text.remove_prefix(end + 1);
        }
    }

    void end_line() {
        report_.lines_cut += is_cut_ ? 1 : 0;
        is_cut_ = false;
        take(partial_, {});
        partial_.clear();
    }

    void take(std::string_view line, const LineOrigin& origin) {
        ++report_.lines;
        std::string text = without_escapes(line);
        if (auto listed = with_byte_list_as_text(text))
            text = std::move(*listed);
        start_.take(text, report_.lines);
        reader_.take(text, origin, report_.lines);
    }

    ScanReport report_;
    SymptomList symptoms_;
    LogReader reader_;
    StartWatch start_;
    Utf16Decoder decoder_;
    std::string partial_;
    bool is_cut_ = false;
};

LogScan::LogScan(std::string source) : work_(std::make_unique<Work>(std::move(source))) {}
LogScan::LogScan(LogScan&&) noexcept = default;
LogScan& LogScan::operator=(LogScan&&) noexcept = default;
LogScan::~LogScan() = default;

void LogScan::add(std::string_view bytes) {
    work_->add(bytes);
}

void LogScan::add_line(std::string_view line, const LineOrigin& origin) {
    work_->add_line(line, origin);
}

ScanReport LogScan::finish() {
    return work_->finish();
}

} // namespace rebolt::diagnose
