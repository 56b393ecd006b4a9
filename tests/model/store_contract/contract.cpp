#include "model/store_contract/contract.hpp"

namespace rebolt::test {

using store::Event;
using store::EventKind;

BackendRegistration::BackendRegistration(Backend backend) {
    backends().push_back(std::move(backend));
}

std::vector<Backend>& backends() {
    static std::vector<Backend> all;
    return all;
}

void StoreContract::SetUp() {
    place_ = GetParam().make();
    if (!place_)
        GTEST_SKIP() << GetParam().name << " cannot run here";
    first_ = connect();
}

std::unique_ptr<store::Store> StoreContract::connect() const {
    return must(store::open(place_->url(), place_->options()));
}

std::vector<std::string> StoreContract::keys(std::string_view prefix) {
    std::vector<std::string> keys;
    must(kv().for_each(prefix, [&](const store::PairView& pair) {
        keys.emplace_back(pair.key);
        return Result<void>();
    }));
    return keys;
}

std::string StoreContract::value(std::string_view key) {
    const auto pair = kv().get(key);
    return pair ? pair->value : std::string(name_of(pair.error().code()));
}

Event StoreContract::next(store::Watch& watch) {
    auto event = must(watch.next({}, patience));
    if (!event)
        ADD_FAILURE() << "no event came";
    return event.value_or(Event{});
}

void StoreContract::expect_next(store::Watch& watch, EventKind kind, std::string_view key,
                                std::string_view value) {
    const Event event = next(watch);
    EXPECT_EQ(static_cast<int>(event.kind), static_cast<int>(kind)) << event.pair.key;
    EXPECT_EQ(event.pair.key, key);
    EXPECT_EQ(event.pair.value, value);
}

void StoreContract::expect_quiet(store::Watch& watch) {
    const auto event = must(watch.next({}, a_while));
    EXPECT_FALSE(event) << event->pair.key << " = " << event->pair.value;
}

} // namespace rebolt::test
