// What the tests of the etcd backend share.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rebolt/store.hpp>

#include "model/store_contract/contract.hpp" // must, failure
#include "support/etcd_cluster.hpp"
#include "support/run_command.hpp"

namespace rebolt::test {

/// A test with clients of etcd servers.
class EtcdTest : public testing::Test {
protected:
    using Ms = std::chrono::milliseconds;
    static constexpr Ms patience{30'000};

    [[nodiscard]] static std::unique_ptr<store::Store>
    connect(const std::string& url, const store::StoreOptions& options = {}) {
        return must(store::open(url, options));
    }
    /// The next event as text, `put a=1`; "nothing" if none comes.
    [[nodiscard]] static std::string next(store::Watch& watch, Ms longest = patience) {
        const std::optional<store::Event> event = must(watch.next({}, longest));
        if (!event)
            return "nothing";
        switch (event->kind) {
        case store::EventKind::put:
            return "put " + event->pair.key + "=" + event->pair.value;
        case store::EventKind::removed:
            return "removed " + event->pair.key;
        case store::EventKind::reset:
            return "reset";
        case store::EventKind::caught_up:
            return "caught up";
        }
        return "";
    }
    /// Of the error of a failed call: `code: message`.
    template <class T>
    [[nodiscard]] static std::string text(const Result<T>& failed) {
        return failed
                   ? std::string("no error")
                   : std::string(name_of(failed.error().code())) + ": " + failed.error().message();
    }
};

} // namespace rebolt::test
