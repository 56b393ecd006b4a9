// No false alarm: every value of every real file is fine. And a check on the
// check: the same values, cut short, mostly are not.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include <rebolt/content_sample.hpp>
#include <rebolt/db.hpp>
#include <rebolt/schema.hpp>

namespace rebolt::schema {
namespace {

struct RealFile {
    std::string name;
    Owner owner;
    std::size_t value_count;        ///< counted with bbolt
    std::size_t caught_when_halved; ///< at least
};

void PrintTo(const RealFile& file, std::ostream* out) {
    *out << file.name;
}

struct Tally {
    std::size_t value_count = 0;
    std::size_t caught_when_halved = 0;
};

class RealValues : public testing::TestWithParam<RealFile> {};

// Buckets nest at most six deep in the real files; the engine bounds it anyway.
Result<void> walk(const Bucket& bucket, Owner owner, Tally& tally) {
    const std::vector<std::string> path = bucket.path();
    Result<void> values = bucket.for_each([&](const Entry& entry) -> Result<void> {
        if (entry.is_bucket)
            return {};
        ++tally.value_count;
        EXPECT_FALSE(validate(owner, path, entry.key, entry.value)) << entry.key;
        const std::string_view half = entry.value.substr(0, entry.value.size() / 2);
        if (validate(owner, path, entry.key, half))
            ++tally.caught_when_halved;
        return {};
    });
    if (!values)
        return values;
    return bucket.for_each_bucket([&](std::string_view /*name*/, const Bucket& inside) {
        return walk(inside, owner, tally);
    });
}

TEST_P(RealValues, AreFine) {
    const std::filesystem::path folder = REBOLT_TEST_DATA;
    auto db = DB::open((folder / GetParam().name).string(), {.read_only = true});
    ASSERT_TRUE(db) << db.error().to_text();
    auto tx = db->begin();
    ASSERT_TRUE(tx) << tx.error().to_text();

    const auto source = PageSource::open((folder / GetParam().name).string());
    ASSERT_TRUE(source) << source.error().to_text();
    EXPECT_EQ(owner_of(*source, known_owner_rules()), GetParam().owner);

    Tally tally;
    const Result<void> walked = walk(tx->root(), GetParam().owner, tally);
    ASSERT_TRUE(walked) << walked.error().to_text();
    EXPECT_EQ(tally.value_count, GetParam().value_count);
    EXPECT_GE(tally.caught_when_halved, GetParam().caught_when_halved);
}

std::string name_of_test(const testing::TestParamInfo<RealFile>& file) {
    std::string name = file.param.name;
    std::ranges::replace_if(name, [](char c) { return c == '.' || c == '-' || c == '/'; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(
    Files, RealValues,
    testing::Values(RealFile{"real/docker-20.10-running.db", Owner::docker_network, 56, 56},
                    RealFile{"real/docker-20.10-stopped.db", Owner::docker_network, 25, 25},
                    RealFile{"real/docker-20.10-many.db", Owner::docker_network, 305, 305},
                    RealFile{"real/docker-20.10-volumes-metadata.db", Owner::docker_volumes, 1, 1},
                    RealFile{"real/containerd-1.6-meta.db", Owner::containerd, 109, 49},
                    RealFile{"real/buildkit-cache.db", Owner::unknown, 0, 0},
                    RealFile{"real/etcd-3.4.db", Owner::etcd, 5110, 5000}),
    name_of_test);

// What the real bbolt wrote by each owner's layout: tests/peers/bboltpeer.
INSTANTIATE_TEST_SUITE_P(
    Owners, RealValues,
    testing::Values(RealFile{"owners/bleve.db", Owner::bleve, 39, 1},
                    RealFile{"owners/image-cache.db", Owner::image_cache, 24, 1},
                    RealFile{"owners/influxdb.db", Owner::influxdb, 52, 20},
                    RealFile{"owners/lnd.db", Owner::lnd, 63, 10},
                    RealFile{"owners/nomad.db", Owner::nomad_client, 25, 15},
                    RealFile{"owners/otel.db", Owner::otel_storage, 8, 2},
                    RealFile{"owners/podman.db", Owner::podman, 60, 15},
                    RealFile{"owners/portainer.db", Owner::portainer, 21, 15},
                    RealFile{"owners/raft.db", Owner::raft_boltdb, 49, 40},
                    RealFile{"owners/rclone.db", Owner::rclone, 10, 8},
                    RealFile{"owners/swarm-tasks.db", Owner::swarm_tasks, 9, 3},
                    RealFile{"owners/trivy.db", Owner::trivy, 41, 20},
                    RealFile{"owners/vault.db", Owner::vault, 15, 1}),
    name_of_test);

} // namespace
} // namespace rebolt::schema
