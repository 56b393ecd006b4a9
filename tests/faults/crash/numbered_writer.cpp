#include "numbered_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

constexpr std::uint64_t keys_kept = 40;

std::string key_of(std::uint64_t transaction) {
    return fmt::format("{:08}", transaction);
}

// Some are inline with others, some take pages of their own.
std::string value_of(std::uint64_t transaction) {
    const std::uint64_t size = transaction % 16 == 0 ? 6000 : transaction * 7919 % 300;
    return std::string(size, static_cast<char>('a' + transaction % 26));
}

bool has_extra_bucket(std::uint64_t transaction) {
    return transaction % 10 >= 5;
}

std::uint64_t sum_after(std::uint64_t transaction) {
    const std::uint64_t first = transaction > keys_kept ? transaction - keys_kept + 1 : 1;
    std::uint64_t sum = 0;
    for (std::uint64_t n = first; n <= transaction; ++n)
        sum += format::fnv1a(as_bytes(value_of(n)));
    return sum;
}

Result<std::uint64_t> number_in(const Bucket& bucket, std::string_view key) {
    auto text = bucket.get(key);
    if (!text)
        return std::move(text).error();
    std::uint64_t number = 0;
    if (*text)
        std::from_chars((*text)->data(), (*text)->data() + (*text)->size(), number);
    return number;
}

Error wrong(std::string text) {
    return Error(ErrorCode::invalid_argument, std::move(text));
}

Result<void> write_log(Tx& tx, std::uint64_t transaction) {
    auto log = tx.create_bucket_if_missing("log");
    if (!log)
        return std::move(log).error();
    if (transaction > keys_kept)
        if (auto erased = log->erase(key_of(transaction - keys_kept)); !erased)
            return erased;
    return log->put(key_of(transaction), value_of(transaction));
}

Result<void> write_totals(Tx& tx, std::uint64_t transaction) {
    auto totals = tx.create_bucket_if_missing("totals");
    if (!totals)
        return std::move(totals).error();
    if (auto put = totals->put("last", std::to_string(transaction)); !put)
        return put;
    return totals->put("sum", std::to_string(sum_after(transaction)));
}

Result<void> write_extra(Tx& tx, std::uint64_t transaction) {
    if (has_extra_bucket(transaction) == has_extra_bucket(transaction - 1))
        return {};
    if (!has_extra_bucket(transaction))
        return tx.delete_bucket("extra");
    auto extra = tx.create_bucket("extra");
    if (!extra)
        return std::move(extra).error();
    for (int i = 0; i < 4; ++i)
        if (auto put = extra->put(std::to_string(i), value_of(16)); !put)
            return put;
    return {};
}

Result<void> write_transaction(Tx& tx, std::uint64_t transaction) {
    if (auto written = write_log(tx, transaction); !written)
        return written;
    if (auto written = write_totals(tx, transaction); !written)
        return written;
    return write_extra(tx, transaction);
}

void report(std::uint64_t number) {
    if (::write(STDOUT_FILENO, &number, sizeof number) != sizeof number)
        std::abort();
}

int fail(const Error& error) {
    std::fputs((error.to_text() + "\n").c_str(), stderr);
    return 1;
}

Result<void> judge_log(const Tx& tx, std::uint64_t last) {
    const auto log = tx.bucket("log");
    if (!log)
        return wrong(log.error().to_text());
    std::uint64_t next = last > keys_kept ? last - keys_kept + 1 : 1;
    auto read = log->for_each([&](const Entry& entry) -> Result<void> {
        if (entry.key != key_of(next) || entry.value != value_of(next))
            return wrong(fmt::format("key {} is there, expected {}", entry.key, key_of(next)));
        ++next;
        return {};
    });
    if (!read)
        return read;
    if (next != last + 1)
        return wrong(fmt::format("the log ends before {}, the totals with {}", next, last));
    return {};
}

} // namespace

int write_until_killed(const std::string& path) {
    report(begun);
    OpenOptions options;
    if (const char* size = std::getenv(page_size_variable))
        options.page_size_bytes = static_cast<std::uint32_t>(std::strtoul(size, nullptr, 10));
    const auto db = DB::open(path, options);
    if (!db)
        return fail(db.error());
    const auto last = last_transaction(*db);
    if (!last)
        return fail(last.error());
    for (std::uint64_t next = *last + 1;; ++next) {
        if (auto done = db->update([&](Tx& tx) { return write_transaction(tx, next); }); !done)
            return fail(done.error());
        report(next);
    }
}

Result<std::uint64_t> last_transaction(const DB& db) {
    const auto tx = db.begin();
    if (!tx)
        return wrong(tx.error().to_text());
    const auto totals = tx->bucket("totals");
    if (!totals && totals.error().code() == ErrorCode::bucket_not_found) {
        if (tx->bucket("log") || tx->bucket("extra"))
            return wrong("there are buckets, but no totals");
        return std::uint64_t{0};
    }
    if (!totals)
        return wrong(totals.error().to_text());
    auto last = number_in(*totals, "last");
    auto sum = number_in(*totals, "sum");
    if (!last || !sum)
        return wrong("the totals cannot be read");
    if (*sum != sum_after(*last))
        return wrong(fmt::format("the sum is not that of transaction {}", *last));
    if (tx->bucket("extra").has_value() != has_extra_bucket(*last))
        return wrong(fmt::format("bucket extra is not as transaction {} left it", *last));
    if (auto judged = judge_log(*tx, *last); !judged)
        return std::move(judged).error();
    return *last;
}

} // namespace rebolt::test
