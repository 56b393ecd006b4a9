#include <rebolt/datastore.hpp>

#include <charconv>
#include <thread>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace rebolt::store {

struct Phone {
    std::string number = {};
    std::string owner = {};
    bool is_global = false;
    bool operator==(const Phone&) const = default;
};

template <>
struct Kind<Phone> {
    static KeyParts prefix(const Phone&) { return {"phone"}; }
    static KeyParts key(const Phone& phone) { return {"phone", phone.number}; }
    static std::string value(const Phone& phone) { return phone.owner; }
    static Result<Phone> parse(const KeyValue& pair) {
        if (pair.value == "?")
            return Error(ErrorCode::damaged, "no owner");
        const std::size_t begin = pair.key.find("/phone/") + 7;
        return Phone{pair.key.substr(begin, pair.key.size() - begin - 1), pair.value, false};
    }
    static Scope scope(const Phone& phone) {
        return phone.is_global ? Scope::global : Scope::local;
    }
};

namespace {

constexpr std::chrono::milliseconds patience{20'000};

// A store that counts what is asked of it.
class CountingStore final : public Store {
public:
    struct Counts {
        int lists = 0;
        int watches = 0;
        int gets = 0;
    };
    CountingStore(std::unique_ptr<Store> store, Counts& counts)
        : store_(std::move(store)), counts_(counts) {}

    [[nodiscard]] std::string_view backend() const noexcept override { return store_->backend(); }
    Result<void> put(std::string_view key, std::string_view value,
                     const PutOptions& options) override {
        return store_->put(key, value, options);
    }
    Result<KeyValue> get(std::string_view key) override {
        ++counts_.gets;
        return store_->get(key);
    }
    Result<bool> exists(std::string_view key) override { return store_->exists(key); }
    Result<void> remove(std::string_view key) override { return store_->remove(key); }
    Result<void> for_each(std::string_view prefix,
                          const std::function<Result<void>(const PairView&)>& visit) override {
        ++counts_.lists;
        return store_->for_each(prefix, visit);
    }
    Result<std::size_t> remove_tree(std::string_view prefix) override {
        return store_->remove_tree(prefix);
    }
    Result<KeyValue> atomic_put(std::string_view key, std::string_view value,
                                const std::optional<KeyValue>& previous,
                                const PutOptions& options) override {
        return store_->atomic_put(key, value, previous, options);
    }
    Result<void> atomic_remove(std::string_view key,
                               const std::optional<KeyValue>& previous) override {
        return store_->atomic_remove(key, previous);
    }
    Result<std::unique_ptr<Watch>> watch(std::string_view key,
                                         const WatchOptions& options) override {
        return store_->watch(key, options);
    }
    Result<std::unique_ptr<Watch>> watch_tree(std::string_view prefix,
                                              const WatchOptions& options) override {
        ++counts_.watches;
        return store_->watch_tree(prefix, options);
    }
    Result<std::unique_ptr<Lock>> new_lock(std::string_view key,
                                           const LockOptions& options) override {
        return store_->new_lock(key, options);
    }
    void close() override { store_->close(); }

private:
    std::unique_ptr<Store> store_;
    Counts& counts_;
};

class DatastoreTest : public testing::Test {
protected:
    [[nodiscard]] std::string url() const {
        return "bolt://" + folder_.path("kv.db") + "?bucket=app";
    }
    [[nodiscard]] Datastore open() const {
        auto data = Datastore::open({.local = url(), .global = "memory://", .root = "app/v1"});
        EXPECT_TRUE(data) << data.error().to_text();
        return std::move(*data);
    }
    static std::vector<std::string> owners(Datastore& data, const Phone& like = {}) {
        std::vector<std::string> owners;
        const auto phones = data.list(like);
        EXPECT_TRUE(phones) << phones.error().to_text();
        for (const Object<Phone>& phone : *phones)
            owners.push_back(phone.value.owner);
        return owners;
    }

    test::TemporaryFolder folder_;
};

TEST_F(DatastoreTest, KeysAreLibnetworks) {
    EXPECT_EQ(open().key_of({"phone", "1"}), "app/v1/phone/1/");
    auto docker = Datastore::open({.local = url()});
    EXPECT_EQ(docker->key_of({"network"}), "docker/network/v1.0/network/");
}

TEST_F(DatastoreTest, AnObjectIsPutOnceAndChangedByItsIndex) {
    Datastore data = open();
    Object<Phone> phone{{"1", "Jo"}};
    EXPECT_FALSE(phone.exists());
    ASSERT_TRUE(data.put_object_atomic(phone));
    EXPECT_EQ(phone.index, 1U);
    phone.value.owner = "Kim";
    ASSERT_TRUE(data.put_object_atomic(phone));
    EXPECT_EQ(phone.index, 2U);
    const auto got = data.get_object(Phone{"1"});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->value, phone.value);
    EXPECT_EQ(got->index, 2U);
}

TEST_F(DatastoreTest, WhoWasOvertakenIsTold) {
    Datastore data = open();
    Object<Phone> first{{"1", "Jo"}};
    Object<Phone> second{{"1", "Kim"}};
    ASSERT_TRUE(data.put_object_atomic(first));
    EXPECT_EQ(data.put_object_atomic(second).error().code(), ErrorCode::key_modified);
    second.index = first.index;
    ASSERT_TRUE(data.put_object_atomic(second));
    EXPECT_EQ(data.put_object_atomic(first).error().code(), ErrorCode::key_modified);
    EXPECT_EQ(data.delete_object_atomic(first).error().code(), ErrorCode::key_modified);
    ASSERT_TRUE(data.delete_object_atomic(second));
    EXPECT_EQ(data.put_object_atomic(second).error().code(), ErrorCode::key_not_found);
    EXPECT_EQ(data.delete_object(first).error().code(), ErrorCode::key_not_found);
    EXPECT_EQ(data.delete_object_atomic(Object<Phone>{{"1", "Jo"}}).error().code(),
              ErrorCode::previous_required);
}

TEST_F(DatastoreTest, PutWithoutComparisonWinsAlways) {
    Datastore data = open();
    Object<Phone> first{{"1", "Jo"}};
    Object<Phone> second{{"1", "Kim"}};
    ASSERT_TRUE(data.put_object(first));
    ASSERT_TRUE(data.put_object(second));
    EXPECT_GT(second.index, first.index);
    EXPECT_EQ(owners(data), std::vector<std::string>{"Kim"});
}

TEST_F(DatastoreTest, ScopesAreTwoStores) {
    Datastore data = open();
    Object<Phone> here{{"1", "Jo"}};
    Object<Phone> everywhere{{"2", "Kim", true}};
    ASSERT_TRUE(data.put_object_atomic(here));
    ASSERT_TRUE(data.put_object_atomic(everywhere));
    EXPECT_EQ(owners(data), std::vector<std::string>{"Jo"});
    EXPECT_EQ(owners(data, {.number = "", .owner = "", .is_global = true}),
              std::vector<std::string>{"Kim"});
    EXPECT_EQ(data.store(Scope::global)->backend(), "memory");
    auto lonely = Datastore::open({.local = url(), .root = "app/v1"});
    ASSERT_TRUE(lonely);
    EXPECT_EQ(lonely->put_object(everywhere).error().code(), ErrorCode::not_supported);
}

TEST_F(DatastoreTest, MapsAreByKeyAndMarkersAreNotListed) {
    Datastore data = open();
    Object<Phone> phone{{"1", "Jo"}};
    ASSERT_TRUE(data.put_object_atomic(phone));
    ASSERT_TRUE(data.store(Scope::local)->put("app/v1/phone/", "", {}));
    const auto map = data.map<Phone>();
    ASSERT_TRUE(map);
    ASSERT_EQ(map->size(), 1U);
    EXPECT_EQ(map->begin()->first, "app/v1/phone/1/");
    EXPECT_EQ(map->begin()->second.value.owner, "Jo");
}

TEST_F(DatastoreTest, AnObjectThatCannotBeReadIsAnError) {
    Datastore data = open();
    ASSERT_TRUE(data.store(Scope::local)->put("app/v1/phone/1/", "?", {}));
    EXPECT_EQ(data.list<Phone>().error().code(), ErrorCode::damaged);
    EXPECT_EQ(data.get_object(Phone{"1"}).error().code(), ErrorCode::damaged);
}

TEST_F(DatastoreTest, ThePrefixIsListedOnceAndThenCached) {
    CountingStore::Counts counts;
    Datastore data(std::make_unique<CountingStore>(*store::open(url()), counts), nullptr, "app/v1");
    for (const std::string number : {"1", "2", "3"}) {
        Object<Phone> phone{{number, "owner " + number}};
        ASSERT_TRUE(data.put_object_atomic(phone));
    }
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(owners(data).size(), 3U);
        EXPECT_TRUE(data.get_object(Phone{"2"}));
        EXPECT_FALSE(data.get_object(Phone{"4"}));
    }
    EXPECT_EQ(counts.watches, 1);
    EXPECT_EQ(counts.lists, 0);
    EXPECT_EQ(counts.gets, 0);
}

// Whoever changes the file: this datastore, another one, or a plain store.
TEST_F(DatastoreTest, TheCacheFollowsEveryWriter) {
    Datastore data = open();
    Datastore other = open();
    const auto plain = store::open(url());
    ASSERT_TRUE(plain);
    EXPECT_EQ(owners(data).size(), 0U);
    for (int i = 0; i < 20; ++i) {
        Object<Phone> phone{{"1", std::to_string(i)}};
        ASSERT_TRUE(other.put_object(phone));
        EXPECT_EQ(owners(data), std::vector<std::string>{std::to_string(i)});
        EXPECT_EQ(data.get_object(Phone{"1"})->index, phone.index);
        ASSERT_TRUE((*plain)->remove("app/v1/phone/1/"));
        EXPECT_EQ(owners(data).size(), 0U);
        EXPECT_EQ(data.get_object(Phone{"1"}).error().code(), ErrorCode::key_not_found);
    }
}

// Eight threads count one object up through one datastore with its cache.
TEST_F(DatastoreTest, ManyThreadsShareTheCache) {
    Datastore data = open();
    Object<Phone> phone{{"1", "0"}};
    ASSERT_TRUE(data.put_object_atomic(phone));
    EXPECT_EQ(owners(data).size(), 1U);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                for (int wins = 0; wins < 10;) {
                    auto mine = data.get_object(Phone{"1"});
                    ASSERT_TRUE(mine) << mine.error().to_text();
                    mine->value.owner = std::to_string(std::stoi(mine->value.owner) + 1);
                    wins += data.put_object_atomic(*mine) ? 1 : 0;
                }
            });
    }
    EXPECT_EQ(owners(data), std::vector<std::string>{"80"});
}

TEST_F(DatastoreTest, AWatchGivesObjects) {
    Datastore data = open();
    Object<Phone> phone{{"1", "Jo"}};
    ASSERT_TRUE(data.put_object_atomic(phone));
    auto watch = data.watch<Phone>();
    ASSERT_TRUE(watch);
    auto event = watch->next({}, patience);
    ASSERT_TRUE(event && *event);
    EXPECT_EQ((*event)->object.value.owner, "Jo");
    EXPECT_EQ((*event)->object.index, phone.index);
    event = watch->next({}, patience);
    ASSERT_TRUE(event && *event);
    EXPECT_TRUE((*event)->kind == EventKind::caught_up);
    ASSERT_TRUE(data.delete_object_atomic(phone));
    event = watch->next({}, patience);
    ASSERT_TRUE(event && *event);
    EXPECT_TRUE((*event)->kind == EventKind::removed);
    EXPECT_EQ((*event)->key, "app/v1/phone/1/");
}

} // namespace
} // namespace rebolt::store
