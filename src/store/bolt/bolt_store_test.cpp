// What is bolt's own: bytes in the file, damage, other programs. What it shares
// with other backends is in tests/model/store_contract.
#include "store/bolt/bolt_store.hpp"

#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <rebolt/check.hpp>
#include <rebolt/db.hpp>

#include "store/bolt/bolt_lock.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::store {
namespace {

constexpr std::chrono::milliseconds patience{20'000};

// Runs `work` in a process of its own; false if that fails.
class OtherProcess {
public:
    explicit OtherProcess(const std::function<bool()>& work) : process_(::fork()) {
        if (process_ == 0)
            ::_exit(work() ? 0 : 1);
    }
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;
    ~OtherProcess() {
        if (process_ > 0)
            static_cast<void>(succeeded());
    }
    bool succeeded() {
        int status = 1;
        ::waitpid(std::exchange(process_, -1), &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    void kill() const { ::kill(process_, SIGKILL); }

private:
    pid_t process_;
};

class BoltStoreTest : public testing::Test {
protected:
    [[nodiscard]] std::string url(const std::string& more = "") const {
        return "bolt://" + path_ + "?bucket=app" + more;
    }
    [[nodiscard]] std::unique_ptr<Store> open(const std::string& more = "") const {
        auto store = store::open(url(more));
        EXPECT_TRUE(store) << store.error().to_text();
        return std::move(*store);
    }
    // Changes the bucket as another program would.
    void change(const std::function<Result<void>(Bucket&)>& work) const {
        const auto db = DB::open(path_);
        ASSERT_TRUE(db) << db.error().to_text();
        const auto done = db->update([&](Tx& tx) -> Result<void> {
            auto bucket = tx.create_bucket_if_missing("app");
            return bucket ? work(*bucket) : std::move(bucket).error();
        });
        ASSERT_TRUE(done) << done.error().to_text();
    }
    [[nodiscard]] std::map<std::string, std::string> raw() const {
        std::map<std::string, std::string> values;
        const auto db = DB::open(path_, {.read_only = true});
        EXPECT_TRUE(db->view([&](Tx& tx) -> Result<void> {
            return tx.bucket("app")->for_each([&](const Entry& entry) -> Result<void> {
                values[std::string(entry.key)] = entry.value;
                return {};
            });
        }));
        return values;
    }

    test::TemporaryFolder folder_;
    std::string path_ = folder_.path("kv.db");
};

TEST_F(BoltStoreTest, BytesAreLibkvs) {
    const auto store = open();
    ASSERT_TRUE(store->put("a", "one"));
    ASSERT_TRUE(store->put("b", ""));
    ASSERT_TRUE(store->atomic_put("a", "two", store->get("a").value()));
    EXPECT_EQ(raw(),
              (std::map<std::string, std::string>{{"a", std::string("\3\0\0\0\0\0\0\0two", 11)},
                                                  {"b", std::string("\2\0\0\0\0\0\0\0", 8)}}));
}

TEST_F(BoltStoreTest, IndexesGoOnWhereAnyWriterLeftThem) {
    change([](Bucket& bucket) { return bucket.put("a", std::string("\7\1\0\0\0\0\0\0x", 9)); });
    const auto store = open();
    EXPECT_EQ(store->get("a")->last_index, 0x107U);
    ASSERT_TRUE(store->put("a", "y"));
    EXPECT_EQ(store->get("a")->last_index, 0x108U);
    ASSERT_TRUE(store->put("b", "z"));
    EXPECT_EQ(store->get("b")->last_index, 0x109U);
}

TEST_F(BoltStoreTest, TheFileStaysClean) {
    const auto store = open();
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(store->put("key" + std::to_string(i % 30), std::string(300, 'x')));
    ASSERT_TRUE(store->remove_tree("key1"));
    const auto source = PageSource::open(path_);
    EXPECT_EQ(check(*source)->verdict, Verdict::clean);
}

TEST_F(BoltStoreTest, AValueWithoutIndexIsDamage) {
    change([](Bucket& bucket) { return bucket.put("a", "short"); });
    const auto store = open();
    EXPECT_EQ(store->list("").error().code(), ErrorCode::damaged);
    EXPECT_EQ(store->put("a", "x").error().code(), ErrorCode::damaged);
    EXPECT_EQ(store->remove_tree("").error().code(), ErrorCode::damaged);
    const auto got = store->get("a");
    ASSERT_NE(got.error().finding(), nullptr);
    EXPECT_EQ(got.error().finding()->code, FindingCode::value_malformed);
    EXPECT_EQ(got.error().finding()->place.bucket, std::vector<std::string>{"app"});
    EXPECT_EQ(raw().at("a"), "short");
    EXPECT_TRUE(store->put("b", "x"));
}

TEST_F(BoltStoreTest, ABucketUnderAKeyIsNoPair) {
    change([](Bucket& bucket) -> Result<void> {
        auto made = bucket.create_bucket("inner");
        return made ? Result<void>() : std::move(made).error();
    });
    const auto store = open();
    EXPECT_EQ(store->get("inner").error().code(), ErrorCode::key_not_found);
    EXPECT_EQ(store->put("inner", "x").error().code(), ErrorCode::incompatible_value);
    EXPECT_EQ(store->list("").error().code(), ErrorCode::incompatible_value);
    EXPECT_EQ(store->remove_tree("").error().code(), ErrorCode::incompatible_value);
}

TEST_F(BoltStoreTest, LimitsAreBbolts) {
    const auto store = open();
    EXPECT_EQ(store->put(std::string(40'000, 'k'), "x").error().code(), ErrorCode::key_too_large);
}

TEST_F(BoltStoreTest, WithoutCreateNothingIsMade) {
    EXPECT_EQ(store::open(url("&create=false")).error().code(), ErrorCode::file_not_found);
    EXPECT_FALSE(std::filesystem::exists(path_));
    open()->close();
    EXPECT_EQ(store::open("bolt://" + path_ + "?bucket=other&create=false").error().code(),
              ErrorCode::bucket_not_found);
}

TEST_F(BoltStoreTest, FoldersAreMadeAsLibkvDoes) {
    auto store = store::open("bolt://" + folder_.path("a/b/kv.db") + "?bucket=app");
    ASSERT_TRUE(store) << store.error().to_text();
    EXPECT_TRUE(std::filesystem::exists(folder_.path("a/b/kv.db")));
}

TEST_F(BoltStoreTest, AFileThatWasRemovedIsEmptyAndMadeAnew) {
    const auto store = open();
    ASSERT_TRUE(store->put("a", "1"));
    std::filesystem::remove(path_);
    EXPECT_EQ(store->get("a").error().code(), ErrorCode::key_not_found);
    EXPECT_FALSE(std::filesystem::exists(path_));
    ASSERT_TRUE(store->put("b", "2"));
    EXPECT_EQ(raw().size(), 1U);
}

TEST_F(BoltStoreTest, BetweenCallsTheFileIsFree) {
    const auto store = open();
    ASSERT_TRUE(store->put("a", "1"));
    EXPECT_TRUE(DB::open(path_, {.timeout = std::chrono::milliseconds(0)}));
    const auto held = open("&persistent=true");
    EXPECT_EQ(DB::open(path_, {.timeout = std::chrono::milliseconds(0)}).error().code(),
              ErrorCode::lock_timeout);
    EXPECT_EQ(store->get("a")->value, "1"); // through the handle that this process holds
    ASSERT_TRUE(store->put("a", "2"));
    EXPECT_EQ(held->get("a")->value, "2");
    held->close();
    EXPECT_TRUE(DB::open(path_, {.timeout = std::chrono::milliseconds(0)}));
    EXPECT_EQ(store->get("a")->value, "2");
}

TEST_F(BoltStoreTest, AFileThatIsHeldElsewhereTimesOut) {
    const auto store = open();
    const auto db = DB::open(path_);
    ASSERT_TRUE(db);
    StoreOptions options;
    options.connect_timeout = std::chrono::milliseconds(60);
    EXPECT_EQ(store::open(url(), options).error().code(), ErrorCode::lock_timeout);
}

TEST_F(BoltStoreTest, AVisitorThatWritesIsToldSo) {
    const auto store = open();
    ASSERT_TRUE(store->put("a", "1"));
    const auto listed =
        store->for_each("", [&](const PairView&) -> Result<void> { return store->put("b", "2"); });
    EXPECT_EQ(listed.error().code(), ErrorCode::invalid_argument);
    const auto read = store->for_each("", [&](const PairView& pair) -> Result<void> {
        EXPECT_EQ(store->get("a")->value, pair.value); // reading is allowed
        return {};
    });
    EXPECT_TRUE(read);
}

TEST_F(BoltStoreTest, AWatchSeesAFileThatIsReplaced) {
    const auto store = open();
    ASSERT_TRUE(store->put("a", "1"));
    ASSERT_TRUE(store->put("b", "1"));
    std::filesystem::copy_file(path_, path_ + ".old");
    ASSERT_TRUE(store->put("a", "2"));
    ASSERT_TRUE(store->put("c", "1"));
    const auto watch = store->watch_tree("", {.current_first = false});
    ASSERT_TRUE(watch);
    std::filesystem::rename(path_ + ".old", path_);
    const auto first = (*watch)->next({}, patience);
    ASSERT_TRUE(first && *first);
    EXPECT_EQ((*first)->pair, (KeyValue{"a", "1", 1}));
    const auto second = (*watch)->next({}, patience);
    ASSERT_TRUE(second && *second);
    EXPECT_TRUE((*second)->kind == EventKind::removed);
    EXPECT_EQ((*second)->pair.key, "c");
    std::filesystem::remove(path_);
    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE((*watch)->next({}, patience).value()->kind == EventKind::removed);
}

TEST_F(BoltStoreTest, OfFourProcessesOneWinsEachIndex) {
    constexpr int wins = 10;
    ASSERT_TRUE(open()->put("count", "0"));
    {
        std::vector<std::unique_ptr<OtherProcess>> processes;
        for (int i = 0; i < 4; ++i)
            processes.push_back(std::make_unique<OtherProcess>([&] {
                const auto store = open();
                for (int won = 0; won < wins;) {
                    const auto pair = store->get("count");
                    if (!pair)
                        return false;
                    const std::string next = std::to_string(std::stoi(pair->value) + 1);
                    const auto put = store->atomic_put("count", next, *pair);
                    if (!put && put.error().code() != ErrorCode::key_modified)
                        return false;
                    won += put ? 1 : 0;
                }
                return true;
            }));
        for (const auto& process : processes)
            EXPECT_TRUE(process->succeeded());
    }
    EXPECT_EQ(open()->get("count")->value, std::to_string(4 * wins));
}

TEST_F(BoltStoreTest, AWatchSeesAnotherProcess) {
    const auto store = open();
    const auto watch = store->watch("a");
    ASSERT_TRUE(watch);
    ASSERT_TRUE((*watch)->next({}, patience).value()->kind == EventKind::caught_up);
    OtherProcess other([&] { return open()->put("a", "from there").has_value(); });
    const auto event = (*watch)->next({}, patience);
    ASSERT_TRUE(event && *event);
    EXPECT_EQ((*event)->pair.value, "from there");
    EXPECT_TRUE(other.succeeded());
}

TEST_F(BoltStoreTest, ALockHoldsAcrossProcessesAndDiesWithItsHolder) {
    const auto store = open();
    OtherProcess other([&] {
        const auto mine = open();
        const auto lock = mine->new_lock("lock", {.value = "other"});
        if (!lock || !(*lock)->acquire({}))
            return false;
        while (true) // until it is killed
            ::pause();
    });
    const auto watch = store->watch("lock");
    ASSERT_TRUE(watch);
    while (true) { // the lock's value says when it is held
        const auto event = (*watch)->next({}, patience);
        ASSERT_TRUE(event && *event);
        if ((*event)->kind == EventKind::put)
            break;
    }
    const auto lock = store->new_lock("lock", {.value = "mine"});
    ASSERT_TRUE(lock);
    std::stop_source stop;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        stop.request_stop();
    });
    EXPECT_EQ((*lock)->acquire(stop.get_token()).error().code(), ErrorCode::cancelled);
    EXPECT_EQ(store->get("lock")->value, "other");
    other.kill();
    ASSERT_TRUE((*lock)->acquire({}));
    EXPECT_EQ(store->get("lock")->value, "mine");
}

// The place of a lock is part of the format: programs of all versions agree.
TEST(BoltLockOffset, IsFixed) {
    EXPECT_EQ(lock_offset("app", "jobs/nightly"), 0x1458f7d340665321);
    EXPECT_NE(lock_offset("app", "a"), lock_offset("ap", "pa"));
}

} // namespace
} // namespace rebolt::store
