// A phone book in a bbolt file: what a program that uses rebolt looks like.
#include <cstdio>
#include <string>

#include <rebolt/rebolt.hpp>

namespace {

using rebolt::Result;

// A write transaction: all of it happens, or nothing.
Result<void> add(const rebolt::DB& db, const std::string& name, const std::string& number) {
    return db.update([&](rebolt::Tx& tx) -> Result<void> {
        auto book = tx.create_bucket_if_missing("phone book");
        if (!book)
            return std::move(book).error();
        return book->put(name, number);
    });
}

// A read transaction: one state of the database, whatever writers do meanwhile.
Result<void> print(const rebolt::DB& db) {
    return db.view([](rebolt::Tx& tx) -> Result<void> {
        auto book = tx.bucket("phone book");
        if (!book)
            return std::move(book).error();
        return book->for_each([](const rebolt::Entry& entry) -> Result<void> {
            // Views into the file: they end with the transaction.
            std::printf("%.*s: %.*s\n", static_cast<int>(entry.key.size()), entry.key.data(),
                        static_cast<int>(entry.value.size()), entry.value.data());
            return {};
        });
    });
}

Result<void> run(const std::string& path) {
    auto db = rebolt::DB::open(path);
    if (!db)
        return std::move(db).error();
    for (const auto& [name, number] : {std::pair{"Lovelace", "1815"}, {"Hopper", "1906"}})
        if (auto added = add(*db, name, number); !added)
            return added;
    return print(*db);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: phone-book FILE\n");
        return 16;
    }
    const auto done = run(argv[1]);
    if (done)
        return 0;
    // Says what, where and, for damage, the pages on the way.
    std::fprintf(stderr, "phone-book: %s\n", done.error().to_text().c_str());
    return done.error().code() == rebolt::ErrorCode::damaged ? 4 : 8;
}
