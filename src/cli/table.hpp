// Tables for people: columns under a head.
#pragma once

#include <string>
#include <vector>

namespace rebolt::cli {

/// Rows of cells under a head, as docker prints them; all cells printable.
class Table {
public:
    explicit Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
    void add(std::vector<std::string> row);
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

/// A text from a file, unless that is empty: then `otherwise`.
[[nodiscard]] std::string text_or(const std::string& text, const std::string& otherwise);

} // namespace rebolt::cli
