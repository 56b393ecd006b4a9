#include "interpreter.hpp"

#include <cstdint>
#include <span>

#include <fmt/format.h>

#include "base/try.hpp"
#include "support/describe.hpp"

namespace rebolt::test {
namespace {

/// What bboltpeer hashes of a bucket: see `list` there.
class Listing {
public:
    void add(const Entry& entry) {
        ++count_;
        add_size(entry.key.size());
        bytes_ += entry.key;
        add_size(entry.is_bucket ? ~std::uint64_t{0} : entry.value.size());
        bytes_ += entry.value;
    }
    [[nodiscard]] std::string text(std::uint64_t sequence) const {
        return fmt::format("sequence {}, {} entries, #{:016x}", sequence, count_,
                           format::fnv1a(as_bytes(bytes_)));
    }

private:
    void add_size(std::uint64_t size) { bytes_ += as_text(std::as_bytes(std::span(&size, 1))); }

    std::uint64_t count_ = 0;
    std::string bytes_;
};

/// Empty, or how going backward differs from the keys that going forward gave.
Result<std::string> compare_backward(const Bucket& bucket, const std::vector<std::string>& keys) {
    Cursor cursor = bucket.cursor();
    auto entry = TRY(cursor.last());
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
        if (!entry || entry->key != *key)
            return ", but backward not " + printable(*key);
        entry = TRY(cursor.prev());
    }
    return entry ? ", but backward also " + printable(entry->key) : std::string{};
}

} // namespace

const std::map<std::string_view, Interpreter::Operation> Interpreter::operations = {
    {"begin", &Interpreter::begin},
    {"commit", &Interpreter::commit},
    {"rollback", &Interpreter::rollback},
    {"create", &Interpreter::create},
    {"create-if-missing", &Interpreter::create_if_missing},
    {"delete-bucket", &Interpreter::delete_bucket},
    {"move", &Interpreter::move},
    {"put", &Interpreter::put},
    {"delete", &Interpreter::erase},
    {"cursor-delete", &Interpreter::cursor_delete},
    {"set-sequence", &Interpreter::set_sequence},
    {"next-sequence", &Interpreter::next_sequence},
    {"fill", &Interpreter::fill},
    {"get", &Interpreter::get},
    {"list", &Interpreter::list},
};

Result<std::string> Interpreter::run(std::size_t from, std::size_t to) {
    std::string results;
    std::size_t transaction = 0;
    for (std::size_t i = 0; i < script_.size(); ++i) {
        const Fields fields = fields_of(script_[i]);
        if (fields.empty())
            continue;
        if (fields[0] == "open")
            options_ = script_options(fields);
        else if (fields[0] == "close")
            close();
        else {
            transaction += fields[0] == "begin";
            if (transaction >= from && transaction <= to)
                results += fmt::format("{} {}\n", i + 1, TRY(run_line(fields)));
        }
    }
    close();
    return results;
}

// An error of the database's is a result; one of the file is an error.
Result<std::string> Interpreter::run_line(const Fields& fields) {
    Result<std::string> result = (this->*operations.at(fields[0]))(fields);
    if (result || result.error().code() == ErrorCode::damaged ||
        result.error().code() == ErrorCode::io)
        return result;
    return std::string(name_of(result.error().code()));
}

void Interpreter::close() {
    handles_.clear();
    tx_.reset();
    db_.reset();
}

Result<Bucket> Interpreter::bucket_at(std::string_view path) {
    if (path == "/")
        return tx_->root();
    if (const auto known = handles_.find(path); known != handles_.end())
        return known->second;
    auto [parent, name] = TRY(parent_at(path));
    const Bucket bucket = TRY(parent.bucket(name));
    handles_.emplace(path, bucket);
    return bucket;
}

Result<std::pair<Bucket, std::string>> Interpreter::parent_at(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos)
        return std::pair{tx_->root(), script_bytes(path)};
    return std::pair{TRY(bucket_at(path.substr(0, slash))), script_bytes(path.substr(slash + 1))};
}

void Interpreter::forget(std::string_view path) {
    const std::string inside = std::string(path) + '/';
    std::erase_if(handles_, [&](const auto& handle) {
        return handle.first == path || handle.first.starts_with(inside);
    });
}

Result<std::string> Interpreter::begin(const Fields&) {
    if (!db_) {
        db_ = TRY(DB::open(file_, options_));
        for (const Finding& finding : db_->findings_at_open())
            findings_ += fmt::format("{}: {}; ", text_of(finding.code).name, finding.message);
    }
    tx_ = TRY(db_->begin(Access::write));
    return "ok";
}

Result<std::string> Interpreter::commit(const Fields&) {
    Result<void> committed = tx_->commit();
    handles_.clear();
    tx_.reset();
    TRY(std::move(committed));
    return "ok";
}

Result<std::string> Interpreter::rollback(const Fields&) {
    tx_->rollback();
    handles_.clear();
    tx_.reset();
    return "ok";
}

Result<std::string> Interpreter::create(const Fields& fields) {
    auto [parent, name] = TRY(parent_at(fields.at(1)));
    TRY(parent.create_bucket(name));
    return "ok";
}

Result<std::string> Interpreter::create_if_missing(const Fields& fields) {
    auto [parent, name] = TRY(parent_at(fields.at(1)));
    TRY(parent.create_bucket_if_missing(name));
    return "ok";
}

Result<std::string> Interpreter::delete_bucket(const Fields& fields) {
    auto [parent, name] = TRY(parent_at(fields.at(1)));
    TRY(parent.delete_bucket(name));
    forget(fields[1]);
    return "ok";
}

Result<std::string> Interpreter::move(const Fields& fields) {
    auto [parent, name] = TRY(parent_at(fields.at(1)));
    const Bucket target = TRY(bucket_at(fields.at(2)));
    TRY(parent.move_bucket(name, target));
    forget(fields[1]);
    return "ok";
}

Result<std::string> Interpreter::put(const Fields& fields) {
    Bucket bucket = TRY(bucket_at(fields.at(1)));
    TRY(bucket.put(script_bytes(fields.at(2)), script_bytes(fields.at(3))));
    return "ok";
}

Result<std::string> Interpreter::erase(const Fields& fields) {
    Bucket bucket = TRY(bucket_at(fields.at(1)));
    TRY(bucket.erase(script_bytes(fields.at(2))));
    return "ok";
}

Result<std::string> Interpreter::cursor_delete(const Fields& fields) {
    const std::uint64_t count = script_number(fields.at(3));
    Cursor cursor = TRY(bucket_at(fields.at(1))).cursor();
    auto entry = TRY(cursor.seek(script_bytes(fields.at(2))));
    std::uint64_t deleted = 0;
    for (; entry && deleted < count; ++deleted) {
        Result<void> erased = cursor.erase();
        if (!erased && erased.error().code() == ErrorCode::incompatible_value)
            return fmt::format("deleted {}, then incompatible-value", deleted);
        TRY(std::move(erased));
        entry = TRY(cursor.next());
    }
    return fmt::format("deleted {}", deleted);
}

Result<std::string> Interpreter::set_sequence(const Fields& fields) {
    Bucket bucket = TRY(bucket_at(fields.at(1)));
    TRY(bucket.set_sequence(script_number(fields.at(2))));
    return "ok";
}

Result<std::string> Interpreter::next_sequence(const Fields& fields) {
    Bucket bucket = TRY(bucket_at(fields.at(1)));
    return std::to_string(TRY(bucket.next_sequence()));
}

Result<std::string> Interpreter::fill(const Fields& fields) {
    Bucket bucket = TRY(bucket_at(fields.at(1)));
    TRY(bucket.set_fill_percent(static_cast<double>(script_number(fields.at(2))) / 100));
    return "ok";
}

Result<std::string> Interpreter::get(const Fields& fields) {
    const Bucket bucket = TRY(bucket_at(fields.at(1)));
    const auto value = TRY(bucket.get(script_bytes(fields.at(2))));
    return value ? describe_value(*value) : "none";
}

Result<std::string> Interpreter::list(const Fields& fields) {
    const Bucket bucket = TRY(bucket_at(fields.at(1)));
    Listing listing;
    std::vector<std::string> keys;
    TRY(bucket.for_each([&](const Entry& entry) -> Result<void> {
        listing.add(entry);
        keys.emplace_back(entry.key);
        return {};
    }));
    return listing.text(bucket.sequence()) + TRY(compare_backward(bucket, keys));
}

} // namespace rebolt::test
