// Reads what one writer prints when it crashes.
//
// Go prints messages (`panic: …`), then stacks: the first one is of the
// goroutine that crashed, the others are passed over. A stack without messages
// before it is of a dump that somebody asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <rebolt/diagnose.hpp>

#include "diagnose/frame_stack.hpp"
#include "diagnose/line_route.hpp"
#include "diagnose/symptom_list.hpp"

namespace rebolt::diagnose {

class CrashReader {
public:
    /// `learned`: of the line that the event starts with, which take() gets next.
    CrashReader(const LearnedRoute& learned, SymptomList& symptoms, std::uint64_t& traces);

    [[nodiscard]] const LineRoute& route() const noexcept { return route_; }
    /// From now on its lines come on another way: a logger that puts its prefix
    /// before the first line only.
    void set_route(LineRoute route) { route_ = std::move(route); }
    [[nodiscard]] bool waits_for_stack() const noexcept { return where_ == Where::messages; }
    [[nodiscard]] bool is_over() const noexcept { return where_ == Where::between; }

    /// Takes a line's text; false: it is no part of a crash.
    bool take(std::string_view text, std::uint64_t line);
    /// A line of another writer.
    void pass();
    /// Nothing more comes.
    void end();

private:
    enum class Where : std::uint8_t {
        start,    ///< nothing was taken yet
        messages, ///< of a crash, its stack is to come
        stack,    ///< the one that counts
        others,   ///< further stacks of a crash
        between,  ///< the event is over
    };

    void take_header(const GoroutineHeader& header);
    void take_message(std::string_view text, std::uint64_t line);
    bool take_stack_line(std::string_view text);
    bool take_other_line(std::string_view text);
    void end_stack();
    void end_event();
    void add_symptom(Signature signature, const Trace& trace);
    bool take_pieces(std::string_view bare);
    void note_user(const Frame& frame);

    LineRoute route_;
    std::string program_; ///< by the prefix
    std::string component_;
    std::string time_;
    SymptomList* symptoms_;
    std::uint64_t* traces_;
    Where where_ = Where::start;
    FrameStack stack_;
    Trace trace_;
    std::vector<std::string> messages_;
    std::string piece_;            ///< of a frame that somebody wrapped
    std::string_view user_;        ///< whose code called bbolt, by another stack; a literal
    bool is_user_to_come_ = false; ///< of that stack, a frame of bbolt was read
    std::uint64_t line_ = 0;
    std::size_t strange_lines_ = 0;
    std::size_t patience_ = 0;
    std::size_t passed_ = 0;
};

} // namespace rebolt::diagnose
