// Reads a log line by line.
//
// Go prints a crash as: messages (`panic: …`), then stacks; the first stack is
// the one that crashed, others are passed over. Other lines may stand between,
// as a journal mixes several writers. A stack without messages before it is of
// a dump that somebody asked for.
#include <algorithm>
#include <utility>

#include "diagnose/frame.hpp"
#include "diagnose/signature.hpp"
#include "diagnose/text.hpp"

namespace rebolt::diagnose {
namespace {

constexpr std::size_t messages_max = 8;
constexpr std::size_t text_bytes_max = 1024;
constexpr std::size_t frames_max = 128;
constexpr std::size_t symptoms_max = 32;
constexpr std::size_t files_max = 16;
constexpr std::size_t path_bytes_max = 512;
constexpr std::size_t strange_lines_max = 20; ///< within a stack
constexpr std::size_t patience_lines = 50;    ///< between a message and its stack

std::string shortened(std::string_view text) {
    return std::string(trimmed(text).substr(0, text_bytes_max));
}

// Keeps the innermost frames and, in a ring, the outermost.
class Stack {
public:
    void begin(const GoroutineHeader& header) {
        trace_ = {};
        trace_.goroutine = header.number;
        trace_.state = header.state.substr(0, 64);
        count_ = 0;
    }
    void add(Frame frame) {
        if (count_ < frames_max)
            trace_.frames.push_back(std::move(frame));
        else
            trace_.frames[last_index(count_)] = std::move(frame);
        ++count_;
    }
    [[nodiscard]] bool is_empty() const noexcept { return count_ == 0; }
    [[nodiscard]] Frame& last() { return trace_.frames[last_index(count_ - 1)]; }
    [[nodiscard]] Trace take() {
        if (count_ > frames_max) {
            trace_.frames_dropped = count_ - frames_max;
            const auto middle = static_cast<std::ptrdiff_t>(half);
            const auto oldest = static_cast<std::ptrdiff_t>(half + (count_ - frames_max) % half);
            std::rotate(trace_.frames.begin() + middle, trace_.frames.begin() + oldest,
                        trace_.frames.end());
        }
        count_ = 0;
        return std::exchange(trace_, {});
    }

private:
    static constexpr std::size_t half = frames_max / 2;
    static std::size_t last_index(std::size_t index) noexcept {
        return index < frames_max ? index : half + (index - frames_max) % half;
    }
    Trace trace_;
    std::size_t count_ = 0;
};

} // namespace

class LogScan::Work {
public:
    explicit Work(std::string source) { report_.source = std::move(source); }

    void add(std::string_view bytes) {
        report_.bytes += bytes.size();
        while (!bytes.empty()) {
            const std::size_t end = bytes.find('\n');
            const std::string_view piece = bytes.substr(0, end);
            const std::size_t room = line_bytes_max - partial_.size();
            partial_.append(piece.substr(0, room));
            is_cut_ = is_cut_ || piece.size() > room;
            if (end == std::string_view::npos)
                return;
            end_line();
            bytes.remove_prefix(end + 1);
        }
    }

    void add_line(std::string_view line, const LineOrigin& origin) {
        report_.bytes += line.size();
        if (line.size() > line_bytes_max)
            ++report_.lines_cut;
        take(line.substr(0, line_bytes_max), origin);
    }

    ScanReport finish() {
        if (!partial_.empty())
            end_line();
        end_stack();
        end_event();
        return std::move(report_);
    }

private:
    enum class Where : std::uint8_t {
        between,  ///< nothing is open
        messages, ///< of a crash, its stack is to come
        stack,    ///< the one that counts
        others,   ///< further stacks of a crash
    };

    void end_line() {
        report_.lines_cut += is_cut_ ? 1 : 0;
        const std::string line = std::exchange(partial_, {});
        is_cut_ = false;
        take(line, {});
    }

    void take(std::string_view line, const LineOrigin& origin) {
        ++report_.lines;
        StrippedLine stripped{line, origin.program, origin.time};
        const auto unwrapped = unwrapped_json(line);
        if (unwrapped)
            stripped.text = *unwrapped;
        else if (origin.program.empty())
            stripped = without_prefix(line);
        note_files(stripped.text);
        if (const auto header = goroutine_header(stripped.text))
            begin_stack(*header, stripped);
        else if (begins_trace(stripped.text))
            take_message(stripped);
        else if (where_ == Where::stack)
            take_stack_line(stripped.text);
        else
            take_other_line(stripped);
    }

    void begin_stack(const GoroutineHeader& header, const StrippedLine& line) {
        if (where_ == Where::stack)
            end_stack();
        if (where_ == Where::others)
            return;
        if (where_ == Where::between)
            begin_event(line); // of a dump
        stack_.begin(header);
        strange_lines_ = 0;
        where_ = Where::stack;
    }

    void take_message(const StrippedLine& line) {
        if (where_ == Where::stack)
            end_stack();
        if (where_ != Where::messages) {
            begin_event(line);
            where_ = Where::messages;
        }
        patience_ = patience_lines;
        if (messages_.size() < messages_max)
            messages_.push_back(shortened(line.text));
    }

    void take_stack_line(std::string_view text) {
        const std::string_view bare = trimmed(text);
        if (bare.empty()) {
            if (!stack_.is_empty())
                end_stack();
            return;
        }
        if (bare.starts_with("created by ") || bare.starts_with("..."))
            return;
        if (!stack_.is_empty() && take_place(bare, stack_.last()))
            return;
        if (auto frame = frame_of(bare)) {
            stack_.add(std::move(*frame));
            return;
        }
        if (++strange_lines_ > strange_lines_max)
            end_stack();
        take_lone_line(text);
    }

    void take_other_line(const StrippedLine& line) {
        if (where_ == Where::messages && --patience_ == 0) {
            end_event();
            where_ = Where::between;
        }
        // The other stacks of a crash end where something else begins.
        if (where_ == Where::others && !trimmed(line.text).empty() && !is_of_stack(line.text)) {
            if (++strange_lines_ > strange_lines_max)
                where_ = Where::between;
        }
        take_lone_line(line.text, line);
    }

    static bool is_of_stack(std::string_view text) {
        Frame ignored;
        return trimmed(text).starts_with("created by ") || frame_of(text).has_value() ||
               take_place(text, ignored);
    }

    void take_lone_line(std::string_view text, const StrippedLine& line = {}) {
        const auto signature = signature_of_line(text);
        if (!signature)
            return;
        const std::string_view known = program_of_line(text);
        const std::string_view program = known.empty() ? line.program : known;
        Symptom symptom{.signature = *signature,
                        .program = std::string(program.substr(0, 64)),
                        .text = shortened(text),
                        .line = report_.lines,
                        .time = std::string(line.time.substr(0, 64)),
                        .trace = {}};
        keep(std::move(symptom));
    }

    void begin_event(const StrippedLine& line) {
        end_event();
        program_ = line.program.substr(0, 64);
        time_ = line.time.substr(0, 64);
        line_ = report_.lines;
    }

    // The crashing goroutine's stack is whole: the event is.
    void end_stack() {
        if (where_ != Where::stack)
            return;
        trace_ = stack_.take();
        const bool is_dump = messages_.empty();
        end_event();
        strange_lines_ = 0;
        where_ = is_dump ? Where::between : Where::others;
    }

    void end_event() {
        Trace trace = std::exchange(trace_, {});
        trace.messages = std::exchange(messages_, {});
        if (trace.messages.empty() && trace.frames.empty())
            return;
        const bool is_dump = trace.messages.empty();
        report_.traces += is_dump ? 0 : 1;
        const auto signature = is_dump ? signature_of_dump(trace) : signature_of_trace(trace);
        if (!signature)
            return;
        Symptom symptom{.signature = *signature,
                        .program = std::string(program_of(trace)),
                        .text = {},
                        .line = line_,
                        .time = time_,
                        .trace = {}};
        if (symptom.program.empty())
            symptom.program = program_;
        symptom.text =
            is_dump ? "goroutine " + std::to_string(trace.goroutine) + " [" + trace.state + "]"
                    : trace.messages.front();
        symptom.trace = std::move(trace);
        keep(std::move(symptom));
    }

    void keep(Symptom symptom) {
        const auto same = std::ranges::find_if(report_.symptoms, [&](const Symptom& other) {
            return other.signature == symptom.signature && other.program == symptom.program &&
                   other.trace.messages.empty() == symptom.trace.messages.empty() &&
                   other.trace.call_path() == symptom.trace.call_path();
        });
        if (same != report_.symptoms.end()) {
            symptom.count = same->count + 1;
            *same = std::move(symptom);
        } else if (report_.symptoms.size() < symptoms_max)
            report_.symptoms.push_back(std::move(symptom));
        else
            ++report_.symptoms_left;
    }

    void note_file(std::string_view path) {
        if (report_.files.size() < files_max && path.size() <= path_bytes_max &&
            std::ranges::find(report_.files, path) == report_.files.end())
            report_.files.emplace_back(path);
    }

    // Absolute paths that end as databases do.
    void note_files(std::string_view text) {
        for (const std::string_view end : {".db", ".bolt", "/snap/db"})
            for (std::size_t at = text.find(end); at != std::string_view::npos;
                 at = text.find(end, at + 1)) {
                const std::size_t stop = at + end.size();
                constexpr std::string_view closing = " \t\r\"',:;)]}\\";
                if (stop < text.size() && closing.find(text[stop]) == std::string_view::npos)
                    continue;
                const std::size_t before = text.find_last_of(" \t\"'=(,[{:", at);
                const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
                if (begin < text.size() && text[begin] == '/')
                    note_file(text.substr(begin, stop - begin));
            }
        constexpr std::string_view folder = R"("data-dir":"/)";
        if (const std::size_t at = text.find(folder); at != std::string_view::npos) {
            const std::size_t begin = at + folder.size() - 1;
            const std::size_t stop = text.find('"', begin);
            if (stop != std::string_view::npos && stop - begin < path_bytes_max)
                note_file(std::string(text.substr(begin, stop - begin)) + "/member/snap/db");
        }
    }

    ScanReport report_;
    std::string partial_;
    bool is_cut_ = false;
    Where where_ = Where::between;
    Stack stack_;
    Trace trace_;
    std::vector<std::string> messages_;
    std::string program_;
    std::string time_;
    std::uint64_t line_ = 0;
    std::size_t strange_lines_ = 0;
    std::size_t patience_ = 0;
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
