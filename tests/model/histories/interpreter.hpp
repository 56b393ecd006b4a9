// Runs a script on rebolt; `bboltpeer apply` does the same on bbolt.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rebolt/rebolt.hpp>

#include "script.hpp"

namespace rebolt::test {

class Interpreter {
public:
    Interpreter(std::string file, const Script& script) : file_(std::move(file)), script_(script) {}

    /// Runs transactions `from` to `to`. Opens the file when the first begins,
    /// with what the last `open` line says. Returns for each operation its
    /// line's number and its result.
    Result<std::string> run(std::size_t from, std::size_t to);

    /// What was said of the free pages when the file was opened.
    [[nodiscard]] const std::string& findings() const noexcept { return findings_; }

private:
    using Fields = std::vector<std::string_view>;
    using Operation = Result<std::string> (Interpreter::*)(const Fields&);
    static const std::map<std::string_view, Operation> operations;

    Result<std::string> run_line(const Fields& fields);
    void close();
    Result<Bucket> bucket_at(std::string_view path);
    Result<std::pair<Bucket, std::string>> parent_at(std::string_view path);
    void forget(std::string_view path);

    Result<std::string> begin(const Fields& fields);
    Result<std::string> commit(const Fields& fields);
    Result<std::string> rollback(const Fields& fields);
    Result<std::string> create(const Fields& fields);
    Result<std::string> create_if_missing(const Fields& fields);
    Result<std::string> delete_bucket(const Fields& fields);
    Result<std::string> move(const Fields& fields);
    Result<std::string> put(const Fields& fields);
    Result<std::string> erase(const Fields& fields);
    Result<std::string> cursor_delete(const Fields& fields);
    Result<std::string> set_sequence(const Fields& fields);
    Result<std::string> next_sequence(const Fields& fields);
    Result<std::string> fill(const Fields& fields);
    Result<std::string> get(const Fields& fields);
    Result<std::string> list(const Fields& fields);

    std::string file_;
    const Script& script_;
    OpenOptions options_;
    std::string findings_;
    std::optional<DB> db_;
    std::optional<Tx> tx_;
    /// Buckets stay open for the transaction, as an application would keep them:
    /// by path. Those that were deleted or moved are dropped.
    std::map<std::string, Bucket, std::less<>> handles_;
};

} // namespace rebolt::test
