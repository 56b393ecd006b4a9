// Harnesses of what makes or changes files.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/db.hpp>
#include <rebolt/edit_plan.hpp>
#include <rebolt/recover.hpp>
#include <rebolt/repair.hpp>
#include <rebolt/restore_values.hpp>
#include <rebolt/store.hpp>

#include "input_file.hpp"

namespace rebolt::fuzz {
namespace {

constexpr std::uint64_t file_bytes_max = std::uint64_t{8} << 20U;

// What its owner would not write is no damage: values are kept as they are.
bool has_sound_pages(const std::string& path) {
    const auto source = PageSource::open(path, {.lock = false});
    require(source.has_value());
    const auto checked = check(*source);
    require(checked.has_value());
    if (!checked->has_sound_pages())
        std::fprintf(stderr, "%s\n", sentence(*checked).c_str());
    return checked->has_sound_pages();
}

// A sound file of Docker's.
const std::vector<std::uint8_t>& sample() {
    static const std::vector<std::uint8_t> bytes = [] {
        std::ifstream file(REBOLT_SOURCE_DIR "/tests/fuzz/corpus/libnetwork", std::ios::binary);
        return std::vector<std::uint8_t>((std::istreambuf_iterator<char>(file)), {});
    }();
    require(!bytes.empty());
    return bytes;
}

// The same, of which a quarter is gone.
const std::vector<std::uint8_t>& damaged_sample() {
    static const std::vector<std::uint8_t> bytes = [] {
        std::vector<std::uint8_t> made = sample();
        const auto quarter = static_cast<std::ptrdiff_t>(made.size() / 4);
        std::fill(made.begin() + 2 * quarter, made.begin() + 3 * quarter, std::uint8_t{0});
        return made;
    }();
    return bytes;
}

void recover_with(Input damaged, Input donor) {
    const MemoryFile file(damaged);
    const MemoryFile donor_file(donor);
    const NewName name;
    const auto source = PageSource::open(file.path());
    require(source.has_value());
    RecoverOptions options;
    options.donors = {donor_file.path()};
    auto recovery = Recovery::begin(*source, name.path(), options);
    if (!recovery)
        return;
    if (const auto done = recovery->run(); !done)
        return require(done.error().code() == ErrorCode::damaged &&
                       done.error().message().find("defect") == std::string::npos);
    require(has_sound_pages(name.path()));
    static_cast<void>(restore_values(name.path(), options.donors));
    require(has_sound_pages(name.path()));
}

// Not the root, in which there are buckets alone.
std::vector<Bucket> some_buckets(Tx& tx) {
    constexpr std::size_t buckets_max = 6;
    std::vector<Bucket> found{tx.root()};
    for (std::size_t at = 0; at < found.size() && found.size() < buckets_max; ++at) {
        std::vector<std::string> names;
        const Bucket outer = found[at];
        static_cast<void>(outer.for_each([&](const Entry& entry) -> Result<void> {
            if (entry.is_bucket && names.size() < 3)
                names.emplace_back(entry.key);
            return {};
        }));
        for (const std::string& name : names)
            if (auto inner = outer.bucket(name))
                found.push_back(*std::move(inner));
    }
    found.erase(found.begin());
    return found;
}

Result<void> change(Tx& tx, std::size_t round) {
    for (Bucket& bucket : some_buckets(tx)) {
        auto put = bucket.put("key" + std::to_string(round), std::string(round * 700, 'v'));
        if (!put && put.error().code() == ErrorCode::damaged)
            return put;
        Cursor cursor = bucket.cursor();
        const auto first = cursor.first();
        if (first && *first && !(*first)->is_bucket && round == 1)
            if (auto erased = cursor.erase(); !erased)
                return erased;
    }
    auto made = tx.create_bucket_if_missing("new");
    return made ? made->put("a", "b") : Result<void>(std::move(made).error());
}

std::optional<std::string> first_plain_bucket(const std::string& path) {
    const auto db = DB::open(path, {.read_only = true});
    if (!db)
        return std::nullopt;
    std::optional<std::string> name;
    static_cast<void>(db->view([&](Tx& tx) {
        return tx.root().for_each([&](const Entry& entry) -> Result<void> {
            const auto is_plain = [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
            if (entry.is_bucket && !name && !entry.key.empty() &&
                std::ranges::all_of(entry.key, is_plain))
                name = entry.key;
            return {};
        });
    }));
    return name;
}

} // namespace

void recover_with_donors(Input input) {
    recover_with(input, sample());
    recover_with(damaged_sample(), input);
}

void repair_file(Input input) {
    const MemoryFile file(input);
    const NewName name;
    const auto source = PageSource::open(file.path());
    require(source.has_value());
    Repair repair = Repair::begin(*source, {.progress = {}, .rounds_max = 20});
    require(repair.run().has_value());
    if (!repair.report().is_repairable())
        return;
    require(apply_to_copy(*source, repair.report().plan, name.path()).has_value());
    require(has_sound_pages(name.path()));
    require(DB::open(name.path(), {.read_only = true}).has_value());
}

void write_file(Input input) {
    const MemoryFile file(input);
    OpenOptions options;
    options.no_sync = true;
    options.max_size_bytes = file_bytes_max;
    auto db = DB::open(file.path(), options);
    if (!db)
        return;
    const bool was_sound = has_sound_pages(file.path());
    bool goes_on = true;
    for (std::size_t round = 0; round < 3 && goes_on; ++round)
        goes_on = db->update([&](Tx& tx) { return change(tx, round); }).has_value();
    db->close();
    if (was_sound)
        require(has_sound_pages(file.path()));
}

void use_store(Input input) {
    const MemoryFile file(input);
    const auto bucket = first_plain_bucket(file.path());
    if (!bucket)
        return;
    const auto store = store::open("bolt://" + file.path() + "?bucket=" + *bucket);
    if (!store)
        return;
    static_cast<void>((*store)->list(""));
    static_cast<void>((*store)->put("k", "v"));
    if (const auto pair = (*store)->get("k"))
        static_cast<void>((*store)->atomic_put("k", "w", *pair));
    static_cast<void>((*store)->remove_tree("a"));
    static_cast<void>((*store)->list(""));
}

} // namespace rebolt::fuzz
