#include "diagnose/crash_reader.hpp"

#include <algorithm>
#include <utility>

#include "diagnose/bolt_words.hpp"
#include "diagnose/line_text.hpp"
#include "diagnose/programs.hpp"
#include "diagnose/signature.hpp"

namespace rebolt::diagnose {
namespace {

constexpr std::size_t messages_max = 8;
constexpr std::size_t message_bytes_max = 1024;
constexpr std::size_t strange_lines_max = 20; ///< within a stack
constexpr std::size_t patience_lines = 50;    ///< between a message and its stack
constexpr std::size_t passed_max = 2000;      ///< lines of others between two of its own

bool is_of_stack(std::string_view text) {
    Frame ignored;
    return trimmed(text).starts_with("created by ") || frame_of(text).has_value() ||
           take_place(text, ignored);
}

// A frame or place whose end is on the next line.
bool may_be_piece(std::string_view bare) noexcept {
    if (bare.empty() || contains(bare, ".go:"))
        return false;
    const bool is_path = bare.front() == '/' || is_alphanumeric(bare.front());
    const std::size_t blank = bare.find(' ');
    const bool is_name = blank == std::string_view::npos || bare.find('(') < blank;
    return is_path && is_name && contains(bare, "/") && !bare.ends_with(')');
}

// The message that has the signature's words; else the first.
std::string_view message_of(Signature signature, const Trace& trace) {
    for (const std::string& message : trace.messages) {
        const auto words = bolt_words_in(message);
        if (words && words->signature == signature)
            return message;
    }
    return trace.messages.front();
}

} // namespace

CrashReader::CrashReader(const LearnedRoute& learned, SymptomList& symptoms, std::uint64_t& traces)
    : route_(learned.route), program_(learned.program), component_(learned.component),
      time_(learned.time), symptoms_(&symptoms), traces_(&traces) {}

bool CrashReader::take(std::string_view text, std::uint64_t line) {
    passed_ = 0;
    if (line_ == 0)
        line_ = line;
    if (const auto header = goroutine_header(text)) {
        take_header(*header);
        return true;
    }
    if (crash_start(text)) {
        take_message(text, line);
        return true;
    }
    return where_ == Where::stack ? take_stack_line(text) : take_other_line(text);
}

void CrashReader::pass() {
    if (++passed_ > passed_max)
        end();
}

void CrashReader::end() {
    end_stack();
    end_event();
    where_ = Where::between;
}

void CrashReader::take_header(const GoroutineHeader& header) {
    if (where_ == Where::stack)
        end_stack();
    is_user_to_come_ = false;
    if (where_ == Where::others)
        return;
    stack_.restart(header);
    strange_lines_ = 0;
    where_ = Where::stack;
}

void CrashReader::take_message(std::string_view text, std::uint64_t line) {
    if (where_ == Where::stack)
        end_stack();
    if (where_ != Where::messages) {
        end_event();
        line_ = line;
        where_ = Where::messages;
    }
    patience_ = patience_lines;
    if (messages_.size() < messages_max)
        messages_.emplace_back(trimmed(text).substr(0, message_bytes_max));
}

bool CrashReader::take_stack_line(std::string_view text) {
    const std::string_view bare = trimmed(text);
    if (bare.empty()) {
        if (!stack_.is_empty())
            end_stack();
        return true;
    }
    if (bare.starts_with("created by ") || bare.starts_with("..."))
        return true;
    if (!stack_.is_empty() && take_place(bare, stack_.last()))
        return true;
    if (auto frame = frame_of(bare)) {
        stack_.add(std::move(*frame));
        piece_.clear();
        return true;
    }
    if (take_pieces(bare))
        return true;
    if (++strange_lines_ > strange_lines_max)
        end_stack();
    return false;
}

// A terminal or a mail may have broken a long line.
bool CrashReader::take_pieces(std::string_view bare) {
    constexpr std::size_t piece_bytes_max = 1024;
    const std::string whole = piece_ + std::string(bare);
    const bool is_second = !piece_.empty();
    piece_.clear();
    if (is_second && !stack_.is_empty() && take_place(whole, stack_.last()))
        return true;
    if (auto frame = is_second ? frame_of(whole) : std::nullopt) {
        stack_.add(std::move(*frame));
        return true;
    }
    if (!may_be_piece(bare))
        return false;
    piece_ = bare.substr(0, piece_bytes_max);
    return true;
}

// The stack that crashed may be bbolt's alone: who called it waits in another one.
void CrashReader::note_user(const Frame& frame) {
    if (is_of_bolt(frame))
        is_user_to_come_ = true;
    else if (is_user_to_come_ && user_.empty())
        user_ = program_of(frame);
}

bool CrashReader::take_other_line(std::string_view text) {
    if (where_ == Where::messages && --patience_ == 0) {
        end_event();
        where_ = Where::between;
    }
    // Somebody has cut the goroutine's header out of the log.
    if (auto frame = where_ == Where::messages ? frame_of(text) : std::nullopt;
        frame && is_of_bolt(*frame)) {
        stack_.restart({});
        stack_.add(std::move(*frame));
        where_ = Where::stack;
        return true;
    }
    if (where_ != Where::others)
        return false;
    if (const auto frame = frame_of(text))
        note_user(*frame);
    // The other stacks of a crash end where something else starts.
    if (trimmed(text).empty() || is_of_stack(text))
        return true;
    if (++strange_lines_ > strange_lines_max) {
        end_event();
        where_ = Where::between;
    }
    return false;
}

// The crashing goroutine's stack is whole: the event is.
void CrashReader::end_stack() {
    if (where_ != Where::stack)
        return;
    trace_ = stack_.take();
    const bool is_dump = messages_.empty();
    if (is_dump || !program_of(trace_).empty())
        end_event();
    piece_.clear();
    strange_lines_ = 0;
    where_ = is_dump ? Where::between : Where::others;
}

void CrashReader::end_event() {
    Trace trace = std::exchange(trace_, {});
    trace.messages = std::exchange(messages_, {});
    if (trace.messages.empty() && trace.frames.empty())
        return;
    if (trace.messages.empty()) {
        if (const auto signature = signature_of_dump(trace))
            add_symptom(*signature, trace);
        return;
    }
    ++*traces_;
    for (const Signature signature : signatures_of_trace(trace))
        add_symptom(signature, trace);
    user_ = {};
}

void CrashReader::add_symptom(Signature signature, const Trace& trace) {
    Symptom symptom{.signature = signature,
                    .program = std::string(program_of(trace)),
                    .writer = program_,
                    .text = {},
                    .line = line_,
                    .time = time_,
                    .trace = trace};
    const bool is_dump = trace.messages.empty();
    symptom.text = is_dump
                       ? "goroutine " + std::to_string(trace.goroutine) + " [" + trace.state + "]"
                       : std::string(message_of(signature, trace));
    if (symptom.program.empty())
        symptom.program = user_;
    if (symptom.program.empty())
        symptom.program = component_.empty() ? std::string(known_program_in(program_)) : component_;
    if (symptom.program.empty() && !is_dump)
        symptom.program = program_of_line(symptom.text);
    symptoms_->add(std::move(symptom));
}

} // namespace rebolt::diagnose
