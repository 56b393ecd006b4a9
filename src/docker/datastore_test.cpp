#include <rebolt/docker/datastore.hpp>

#include <filesystem>
#include <memory>

#include <gtest/gtest.h>

#include <rebolt/check.hpp>
#include <rebolt/docker/network_state.hpp>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::docker {
namespace {

using store::Datastore;
using store::Object;

const std::string custom = "0d3699cb634f9af76caa25a94b7185f179610800e32f72498fd7f17bdd766abf";

// The datastore of a copy of a real dockerd's file.
class DockerDatastore : public testing::Test {
protected:
    DockerDatastore() {
        std::filesystem::copy_file(REBOLT_TEST_DATA "/real/docker-20.10-running.db", path_);
        auto data = open_datastore(path_);
        EXPECT_TRUE(data) << data.error().to_text();
        data_ = std::make_unique<Datastore>(std::move(*data));
    }
    [[nodiscard]] NetworkState state() const {
        const auto source = PageSource::open(path_);
        auto state = load_network_state(*source);
        EXPECT_TRUE(state && state->is_complete());
        return std::move(*state);
    }

    test::TemporaryFolder folder_;
    std::string path_ = folder_.path("local-kv.db");
    std::unique_ptr<Datastore> data_;
};

TEST_F(DockerDatastore, ListsWhatTheFileHolds) {
    const std::string before = test::bytes_of(path_);
    const NetworkState there = state();
    const auto networks = data_->list<Network>();
    ASSERT_TRUE(networks) << networks.error().to_text();
    ASSERT_EQ(networks->size(), 9U);
    for (std::size_t i = 0; i < networks->size(); ++i) {
        EXPECT_EQ((*networks)[i].value.name, there.networks[i].name);
        EXPECT_EQ((*networks)[i].index, there.networks[i].index);
        EXPECT_GT((*networks)[i].index, 0U);
    }
    EXPECT_EQ(data_->list<Endpoint>()->size(), 11U);
    EXPECT_EQ(data_->list<EndpointCount>()->size(), there.counts.size());
    EXPECT_EQ(data_->list<Sandbox>()->size(), 9U);
    EXPECT_EQ(data_->list<BridgeNetwork>()->size(), there.bridges.size());
    EXPECT_EQ(data_->list<BridgeEndpoint>()->size(), there.bridge_endpoints.size());
    EXPECT_TRUE(test::bytes_of(path_) == before);
}

TEST_F(DockerDatastore, AnEndpointsPrefixIsItsNetwork) {
    Endpoint like;
    like.network_id = custom;
    const auto endpoints = data_->list(like);
    ASSERT_TRUE(endpoints);
    EXPECT_EQ(endpoints->size(), 2U);
    for (const Object<Endpoint>& endpoint : *endpoints)
        EXPECT_EQ(endpoint.value.network_id, custom);
}

TEST_F(DockerDatastore, WhatIsPutBackUnchangedIsByteForByteWhatItWas) {
    const auto map = data_->map<Network>();
    ASSERT_TRUE(map);
    for (const auto& [key, network] : *map) {
        const auto pair = data_->store(store::Scope::local)->get(key);
        ASSERT_TRUE(pair);
        EXPECT_EQ(store::Kind<Network>::value(network.value), pair->value);
        EXPECT_EQ(data_->key_of(store::Kind<Network>::key(network.value)), key);
    }
}

TEST_F(DockerDatastore, ANetworkIsChangedAndDeletedByItsIndex) {
    Network like;
    like.id = custom;
    auto network = data_->get_object(like);
    ASSERT_TRUE(network) << network.error().to_text();
    EXPECT_EQ(network->value.name, "custom");
    const Object<Network> stale = *network;
    network->value.labels["owner"] = "tests";
    ASSERT_TRUE(data_->put_object_atomic(*network));
    EXPECT_GT(network->index, stale.index);
    EXPECT_EQ(data_->delete_object_atomic(stale).error().code(), ErrorCode::key_modified);
    const NetworkState changed = state();
    EXPECT_EQ(changed.network(custom)->labels.at("owner"), "tests");
    EXPECT_EQ(changed.network(custom)->index, network->index);
    ASSERT_TRUE(data_->delete_object_atomic(*network));
    EXPECT_EQ(data_->list<Network>()->size(), 8U);
    EXPECT_EQ(state().networks.size(), 8U);
    network->index = 0;
    ASSERT_TRUE(data_->put_object_atomic(*network));
    EXPECT_EQ(state().networks.size(), 9U);
    const auto source = PageSource::open(path_);
    EXPECT_EQ(check(*source)->verdict, Verdict::clean);
}

TEST_F(DockerDatastore, AFileThatIsNotThereIsNotMade) {
    const std::string path = folder_.path("other/local-kv.db");
    EXPECT_EQ(open_datastore(path).error().code(), ErrorCode::file_not_found);
    EXPECT_FALSE(std::filesystem::exists(folder_.path("other")));
    EXPECT_EQ(open_datastore(REBOLT_TEST_DATA "/real/etcd-3.4.db").error().code(),
              ErrorCode::bucket_not_found);
}

} // namespace
} // namespace rebolt::docker
