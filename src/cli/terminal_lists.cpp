#include "cli/terminal_lists.hpp"

#ifdef REBOLT_NCURSES

#include <algorithm>
#include <clocale>
#include <string>
#include <vector>

#include <ncurses.h>

#include <fmt/format.h>

#include "cli/cancel.hpp"

namespace rebolt::cli {
namespace {

constexpr int key_control_c = 3;
constexpr int key_escape = 27;
constexpr int key_return = '\n';
constexpr int wait_milliseconds = 200; // between looks at cancelled()

/// The terminal, given back as it was.
class Screen {
public:
    Screen() {
        static_cast<void>(std::setlocale(LC_ALL, ""));
        ::initscr();
        ::raw();
        ::noecho();
        ::nonl();
        ::keypad(stdscr, TRUE);
        ::set_escdelay(25);
        ::curs_set(0);
        ::timeout(wait_milliseconds);
    }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;
    ~Screen() { ::endwin(); }
};

class Viewer {
public:
    explicit Viewer(BrowserList list) { open_.push_back({std::move(list)}); }

    void run() {
        draw();
        while (!open_.empty() && !cancelled()) {
            const int key = ::getch();
            if (key == ERR)
                continue;
            act(key);
            if (!open_.empty())
                draw();
        }
    }

private:
    struct Open {
        BrowserList list;
        std::uint64_t chosen = 0;
        std::uint64_t top = 0; ///< the first row that is shown
    };

    static std::uint64_t height() { return LINES > 3 ? static_cast<std::uint64_t>(LINES) - 2 : 1; }

    static void line(int at, const std::string& text, attr_t attributes) {
        ::attrset(attributes);
        ::move(at, 0);
        ::clrtoeol();
        ::addnstr(text.c_str(), COLS);
        ::attrset(A_NORMAL);
    }

    void draw() {
        Open& shown = open_.back();
        if (shown.chosen < shown.top)
            shown.top = shown.chosen;
        if (shown.chosen >= shown.top + height())
            shown.top = shown.chosen - height() + 1;
        ::erase();
        line(0, shown.list.title, A_BOLD);
        for (std::uint64_t row = 0; row < height() && shown.top + row < shown.list.rows; ++row)
            line(static_cast<int>(row) + 1, shown.list.text(shown.top + row),
                 shown.top + row == shown.chosen ? A_REVERSE : A_NORMAL);
        line(LINES - 1,
             note_.empty()
                 ? fmt::format("{} of {}   arrows, Enter: open, Backspace: back, /: "
                               "search, n: next, q: quit",
                               shown.list.rows == 0 ? 0 : shown.chosen + 1, shown.list.rows)
                 : note_,
             A_DIM);
        note_.clear();
        ::refresh();
    }

    void move_to(std::uint64_t row) {
        Open& shown = open_.back();
        shown.chosen = shown.list.rows == 0 ? 0 : std::min(row, shown.list.rows - 1);
    }

    void move_by(std::uint64_t rows, bool is_down) {
        const std::uint64_t at = open_.back().chosen;
        move_to(is_down ? at + rows : at - std::min(at, rows));
    }

    void enter() {
        const Open& shown = open_.back();
        if (shown.list.rows == 0)
            return;
        if (auto inside = shown.list.open(shown.chosen))
            open_.push_back({*std::move(inside)});
        else
            note_ = "there is nothing inside";
    }

    void back() { open_.pop_back(); }

    void ask() {
        ::timeout(-1);
        ::echo();
        line(LINES - 1, "/", A_NORMAL);
        std::string text(256, '\0');
        const bool is_typed = ::getnstr(text.data(), static_cast<int>(text.size()) - 1) != ERR;
        ::noecho();
        ::timeout(wait_milliseconds);
        text.resize(text.find('\0'));
        if (is_typed && !text.empty())
            wanted_ = text;
        find_next();
    }

    void find_next() {
        const Open& shown = open_.back();
        for (std::uint64_t i = 1; i <= shown.list.rows && !cancelled(); ++i) {
            const std::uint64_t row = (shown.chosen + i) % shown.list.rows;
            if (shown.list.text(row).find(wanted_) != std::string::npos)
                return move_to(row);
        }
        note_ = "not found: " + wanted_;
    }

    void act(int key) {
        switch (key) {
        case KEY_UP:
        case 'k':
            return move_by(1, false);
        case KEY_DOWN:
        case 'j':
            return move_by(1, true);
        case KEY_PPAGE:
            return move_by(height(), false);
        case KEY_NPAGE:
        case ' ':
            return move_by(height(), true);
        case KEY_HOME:
        case 'g':
            return move_to(0);
        case KEY_END:
        case 'G':
            return move_to(UINT64_MAX);
        default:
            return act_on_list(key);
        }
    }

    void act_on_list(int key) {
        switch (key) {
        case KEY_RIGHT:
        case KEY_ENTER:
        case key_return:
        case '\r':
            return enter();
        case KEY_LEFT:
        case KEY_BACKSPACE:
        case '\b':
        case 127:
        case key_escape:
            if (open_.size() > 1)
                back();
            return;
        case '/':
            return ask();
        case 'n':
            return find_next();
        case 'q':
        case key_control_c:
            return open_.clear();
        default:
            return;
        }
    }

    std::vector<Open> open_;
    std::string wanted_;
    std::string note_;
};

} // namespace

bool browser_is_built() noexcept {
    return true;
}

void show_on_terminal(BrowserList list) {
    const Screen screen;
    Viewer(std::move(list)).run();
}

} // namespace rebolt::cli

#else

namespace rebolt::cli {

bool browser_is_built() noexcept {
    return false;
}

void show_on_terminal(BrowserList /*list*/) {}

} // namespace rebolt::cli

#endif
