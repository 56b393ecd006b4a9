#include "diagnose/log_reader.hpp"

#include <algorithm>
#include <utility>

#include "diagnose/line_text.hpp"
#include "diagnose/named_files.hpp"
#include "diagnose/programs.hpp"
#include "diagnose/quoted.hpp"
#include "diagnose/signature.hpp"

namespace rebolt::diagnose {
namespace {

constexpr std::size_t readers_max = 8;
constexpr std::uint32_t depth_max = 2;
constexpr std::uint64_t near_lines = 8;
constexpr std::size_t text_bytes_max = 1024;

// Whether a backslash escapes: in a path of Windows it does not.
bool has_escapes(std::string_view line) noexcept {
    for (std::size_t at = line.find('\\'); at != std::string_view::npos;
         at = line.find('\\', at + 2)) {
        const bool is_drive = at > 1 && line[at - 1] == ':' && is_alphanumeric(line[at - 2]) &&
                              at + 1 < line.size() && is_alphanumeric(line[at + 1]);
        if (is_drive)
            return false;
    }
    return line.find('\\') != std::string_view::npos;
}

// `k3s-agent` of `systemd[1]: k3s-agent.service: Main process exited`.
void note_failed_unit(std::string_view line, ScanReport& report) {
    constexpr std::size_t units_max = 16;
    const std::size_t end = line.find(".service");
    if (end == std::string_view::npos || report.units.size() == units_max ||
        !contains_any(line.substr(end),
                      {": Main process exited", ": Failed with result", "entered failed state",
                       ": Scheduled restart", ": Start request repeated"}))
        return;
    const std::size_t blank = line.substr(0, end).find_last_of(" \t\"");
    const std::size_t begin = blank == std::string_view::npos ? 0 : blank + 1;
    std::string unit(line.substr(begin, std::min(end - begin, name_bytes_max)));
    if (!unit.empty() && std::ranges::find(report.units, unit) == report.units.end())
        report.units.push_back(std::move(unit));
}

} // namespace

void LogReader::take(std::string_view line, const LineOrigin& origin, std::uint64_t number) {
    number_ = number;
    auto learned = LineRoute::learn(line);
    const bool is_escaped = has_escapes(line);
    const std::string plain = is_escaped ? unescaped(line) : std::string();
    const std::string_view readable = is_escaped ? std::string_view(plain) : line;
    if (note_named_files(readable, report_))
        file_line_ = number;
    note_failed_unit(readable, report_);
    if (learned) {
        if (!origin.program.empty())
            learned->program = origin.program.substr(0, name_bytes_max);
        if (!origin.time.empty())
            learned->time = origin.time.substr(0, name_bytes_max);
        take_learned(std::move(*learned), line);
        return;
    }
    if (give_to_reader(line))
        return;
    drop_ended();
    if (const std::string_view program = program_that_says(readable); !program.empty())
        symptoms_.note_program(program);
    take_lone(readable, origin);
}

void LogReader::finish() {
    for (CrashReader& reader : readers_)
        reader.end();
    readers_.clear();
}

void LogReader::take_learned(LearnedRoute learned, std::string_view line) {
    if (learned.program == "kernel")
        return;
    if (learned.is_burst) {
        take_burst(learned);
        return;
    }
    CrashReader* reader = reader_of(learned, line);
    if (reader == nullptr)
        reader = &new_reader(learned);
    reader->take(learned.text, number_);
    drop_ended();
}

// The crash that this line continues; nullptr: it starts one.
CrashReader* LogReader::reader_of(const LearnedRoute& learned, std::string_view line) {
    const auto is_its_own = [&](const CrashReader& reader) {
        const auto text = reader.route().follow(line);
        return text && trimmed(*text) == trimmed(learned.text);
    };
    auto at = std::ranges::find_if(readers_, is_its_own);
    if (at == readers_.end()) {
        // A logger may put its prefix before the message only.
        if (!starts_with_goroutine_header(learned.text))
            return nullptr;
        at = std::ranges::find_if(readers_, &CrashReader::waits_for_stack);
        for (auto later = at; later != readers_.end(); ++later)
            if (later->waits_for_stack())
                at = later;
        if (at == readers_.end())
            return nullptr;
        at->set_route(learned.route);
    }
    std::rotate(at, at + 1, readers_.end());
    return &readers_.back();
}

CrashReader& LogReader::new_reader(const LearnedRoute& learned) {
    if (readers_.size() == readers_max) {
        readers_.front().end();
        readers_.erase(readers_.begin());
    }
    return readers_.emplace_back(learned, symptoms_, report_.traces);
}

// The most specific way wins: an empty prefix fits every line.
bool LogReader::give_to_reader(std::string_view line) {
    CrashReader* best = nullptr;
    std::string text;
    for (CrashReader& reader : readers_) {
        if (best != nullptr && best->route().size() >= reader.route().size())
            continue;
        if (auto its = reader.route().follow(line)) {
            text = std::move(*its);
            best = &reader;
        }
    }
    for (CrashReader& reader : readers_)
        if (&reader != best)
            reader.pass();
    return best != nullptr && best->take(text, number_);
}

void LogReader::drop_ended() {
    std::erase_if(readers_, [](const CrashReader& reader) { return reader.is_over(); });
}

// A whole crash in one line is a log of its own.
void LogReader::take_burst(const LearnedRoute& learned) {
    if (depth_ == depth_max)
        return;
    LogReader inner(report_, symptoms_, depth_ + 1);
    const LineOrigin origin{.program = learned.program, .time = learned.time};
    std::string_view rest = learned.text;
    for (;;) {
        const std::size_t end = rest.find('\n');
        inner.take(rest.substr(0, end), origin, number_);
        if (end == std::string_view::npos)
            break;
        rest.remove_prefix(end + 1);
    }
    inner.finish();
}

void LogReader::take_lone(std::string_view line, const LineOrigin& origin) {
    if (!may_have_signature(line))
        return;
    const PrefixOrigin by_prefix = origin_of_line(line);
    const std::string_view writer = origin.program.empty() ? by_prefix.program : origin.program;
    const std::string_view known = program_of_line(line);
    const LineContext context{.program = is_known_program(writer) ? writer : known,
                              .is_file_near =
                                  file_line_ != 0 && number_ - file_line_ <= near_lines};
    const auto signature = signature_of_line(line, context);
    if (!signature)
        return;
    const std::string_view named = known_program_in(writer);
    const std::string_view program = !known.empty() ? known : !named.empty() ? named : writer;
    symptoms_.add(
        {.signature = *signature,
         .program = std::string(program.substr(0, name_bytes_max)),
         .writer = std::string(writer.substr(0, name_bytes_max)),
         .text = std::string(trimmed(without_prefix(line)).substr(0, text_bytes_max)),
         .line = number_,
         .time = std::string(
             (origin.time.empty() ? by_prefix.time : origin.time).substr(0, name_bytes_max)),
         .trace = {}});
}

} // namespace rebolt::diagnose
