#include <rebolt/docker/network_state.hpp>

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include <rebolt/recover.hpp>
#include <rebolt/schema.hpp>

#include "base/try.hpp"
#include "docker/key.hpp"

namespace rebolt::docker {
namespace {

template <class T>
const T* find_by(const std::vector<T>& records, std::string T::* id, std::string_view wanted) {
    const auto at = std::ranges::find(records, wanted, id);
    return at == records.end() ? nullptr : &*at;
}

// The list of each kind of record.
constexpr std::tuple record_lists{&NetworkState::networks,       &NetworkState::endpoints,
                                  &NetworkState::counts,         &NetworkState::sandboxes,
                                  &NetworkState::bridges,        &NetworkState::bridge_endpoints,
                                  &NetworkState::vlans,          &NetworkState::driver_endpoints,
                                  &NetworkState::address_spaces, &NetworkState::bit_sequences,
                                  &NetworkState::others};

template <class T>
void put(NetworkState& state, T record) {
    (state.*std::get<std::vector<T> NetworkState::*>(record_lists)).push_back(std::move(record));
}

void add_item(NetworkState& state, const RecoveredItem& item) {
    auto record = parse_record(item.key, item.value);
    if (record)
        return state.add(std::move(*record));
    state.unreadable.push_back(
        {std::string(item.key), std::string(item.value), std::move(record).error()});
}

} // namespace

void NetworkState::add(Record record) {
    std::visit(
        [this]<class T>(T& one) {
            if constexpr (std::is_same_v<T, Marker>)
                ++markers;
            else
                put(*this, std::move(one));
        },
        record);
}

std::uint64_t NetworkState::record_count() const noexcept {
    return std::apply(
        [this](auto... list) { return (std::uint64_t{0} + ... + (this->*list).size()); },
        record_lists);
}

const Network* NetworkState::network(std::string_view id) const noexcept {
    return find_by(networks, &Network::id, id);
}
const Endpoint* NetworkState::endpoint(std::string_view id) const noexcept {
    return find_by(endpoints, &Endpoint::id, id);
}
const Sandbox* NetworkState::sandbox(std::string_view id) const noexcept {
    return find_by(sandboxes, &Sandbox::id, id);
}
const EndpointCount* NetworkState::count(std::string_view network_id) const noexcept {
    return find_by(counts, &EndpointCount::network_id, network_id);
}
const BridgeEndpoint* NetworkState::bridge_endpoint(std::string_view id) const noexcept {
    return find_by(bridge_endpoints, &BridgeEndpoint::id, id);
}
const BridgeNetwork* NetworkState::bridge(std::string_view id) const noexcept {
    return find_by(bridges, &BridgeNetwork::id, id);
}

Result<NetworkState> load_network_state(const PageSource& source) {
    NetworkState state;
    bool has_bucket = false;
    RecoverOptions options;
    options.policy = RecoverPolicy::current_only;
    options.dry_run = true;
    options.on_item = [&](const RecoveredItem& item) -> Result<void> {
        const bool is_top = item.bucket.empty();
        has_bucket = has_bucket || (is_top && item.is_bucket && item.key == bucket_name);
        if (item.bucket.size() == 1 && item.bucket[0] == bucket_name && !item.is_bucket)
            add_item(state, item);
        return {};
    };
    auto recovery = TRY(Recovery::begin(source, "", std::move(options)));
    TRY(recovery.run());
    const RecoverReport& report = recovery.report();
    if (!has_bucket && report.is_whole)
        return Error(ErrorCode::bucket_not_found,
                     fmt::format("there is no bucket `{}`: this is not Docker's network state",
                                 bucket_name))
            .in_file(source.path());
    state.is_whole = report.is_whole;
    state.damaged_ranges = report.ranges;
    state.lost_estimate = report.lost_estimate;
    return state;
}

std::string protocol_name(std::int64_t protocol) {
    switch (protocol) {
    case 6:
        return "tcp";
    case 17:
        return "udp";
    case 132:
        return "sctp";
    default:
        return std::to_string(protocol);
    }
}

} // namespace rebolt::docker
