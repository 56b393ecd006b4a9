// Operations on etcd, side by side with etcd's own Go client, on one server:
//   rebolt_etcd_bench HOST:PORT ETCDPEER
// So many threads or goroutines share one client. Rounds alternate, and the
// medians are compared: a server's disk is not the same from one second to the next.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include <rebolt/store.hpp>

#include "measure.hpp"

namespace rebolt::bench {
namespace {

constexpr int keys = 1000; // as etcdpeer
constexpr int rounds = 5;

template <class T>
T must(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "bench: {}\n", result.error().to_text());
        std::exit(8);
    }
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

std::string key(int number) {
    return fmt::format("key-{:06}", number % keys);
}

struct Load {
    std::string what; ///< get, put, swap
    int clients = 1;
    int operations = 0;
};

// One thread's share, as etcdpeer's.
void work(store::Store& kv, const Load& load, int begin) {
    const std::string value(100, '\0');
    const std::string own = fmt::format("own-{}", begin);
    std::optional<store::KeyValue> pair;
    if (load.what == "swap") {
        auto there = kv.get(own);
        pair = there ? std::move(*there) : must(kv.atomic_put(own, value, std::nullopt));
    }
    for (int number = begin; number < load.operations; number += load.clients) {
        if (load.what == "get")
            use(must(kv.get(key(number))).last_index);
        else if (load.what == "put")
            must(kv.put(key(number), value));
        else
            pair = must(kv.atomic_put(own, value, pair));
    }
}

double seconds(store::Store& kv, const Load& load) {
    return median_seconds(1, [&] {
        std::vector<std::jthread> threads;
        for (int i = 0; i < load.clients; ++i)
            threads.emplace_back([&, i] { work(kv, load, i); });
    });
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void compare(store::Store& kv, const Load& load, const std::string& peer) {
    std::vector<double> ours;
    std::vector<double> theirs;
    const std::string command =
        fmt::format("{} {} {} {}", peer, load.what, load.clients, load.operations);
    for (int round = 0; round < rounds; ++round) {
        ours.push_back(seconds(kv, load));
        theirs.push_back(peer_seconds(command));
    }
    const double our_rate = load.operations / median(ours);
    const double their_rate = load.operations / median(theirs);
    fmt::print("| {} | {} | {:.0f} | {:.0f} | {:.2f} |\n", load.what, load.clients, our_rate,
               their_rate, our_rate / their_rate);
    std::fflush(stdout);
}

void run(const std::string& endpoint, const std::string& peer) {
    const auto kv = must(store::open("etcd://" + endpoint + "/bench"));
    for (int number = 0; number < keys; ++number)
        must(kv->put(key(number), std::string(100, '\0')));
    fmt::print(
        "| operation | clients | rebolt/s | Go client/s | faster |\n|---|---:|---:|---:|---:|\n");
    for (const char* what : {"get", "put", "swap"})
        for (const int clients : {1, 4, 16, 64}) {
            const int operations =
                (what == std::string("get") ? 1'000 : 500) * (clients == 1   ? 1
                                                              : clients == 4 ? 3
                                                                             : 5);
            compare(*kv, {.what = what, .clients = clients, .operations = operations},
                    peer + " " + endpoint);
        }
}

} // namespace
} // namespace rebolt::bench

int main(int count, char** words) {
    if (count != 3) {
        fmt::print(stderr, "usage: rebolt_etcd_bench HOST:PORT ETCDPEER\n");
        return 16;
    }
    rebolt::bench::run(words[1], words[2]);
    return 0;
}
