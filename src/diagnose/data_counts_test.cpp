#include "diagnose/data_counts.hpp"

#include <gtest/gtest.h>

namespace rebolt::diagnose {
namespace {

RecoveredItem item(const std::vector<std::string>& bucket, std::string_view key,
                   bool is_bucket = false) {
    return {.bucket = bucket,
            .key = key,
            .value = {},
            .is_bucket = is_bucket,
            .provenance = Provenance::current,
            .is_partial = false,
            .page = PageId{3}};
}

TEST(DataCounts, AreInTheUsersTerms) {
    const std::vector<std::string> bucket{"libnetwork"};
    DataCounter counter(Owner::docker_network);
    counter.count(item({}, "libnetwork", true));
    counter.count(item(bucket, "docker/network/v1.0/network/0f7c68fb8427/"));
    counter.count(item(bucket, "docker/network/v1.0/network/caa004107180/"));
    counter.count(item(bucket, "docker/network/v1.0/endpoint/0f7c68fb8427/99aa/"));
    counter.count(item(bucket, "docker/network/v1.0/endpoint_count/0f7c68fb8427/"));
    counter.count(item(bucket, "docker/network/v1.0/bridge/0f7c68fb8427/"));
    EXPECT_EQ(to_text(counter.counts()), "2 networks and 1 endpoint");
}

TEST(DataCounts, TakeABinaryKeyForOneName) {
    const std::vector<std::string> bucket{"key"};
    DataCounter counter(Owner::etcd);
    counter.count(item(bucket, "\x00\x2f_\x2f/"));
    counter.count(item({}, "key", true));
    EXPECT_EQ(to_text(counter.counts()), "1 revision");
}

TEST(DataCounts, KnowBucketsFromKeys) {
    const std::vector<std::string> images{"v1", "default", "images"};
    DataCounter counter(Owner::containerd);
    counter.count(item(images, "docker.io/library/nginx:latest", true));
    counter.count(item(images, "stray"));
    EXPECT_EQ(to_text(counter.counts()), "1 image");
}

TEST(DataCounts, SayNothingOfAnUnknownOwner) {
    DataCounter counter(Owner::unknown);
    counter.count(item({}, "key", true));
    EXPECT_EQ(to_text(counter.counts()), "");
}

} // namespace
} // namespace rebolt::diagnose
