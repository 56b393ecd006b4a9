// OwnerRules: what is known of the programs that write bbolt files. One value;
// check, recover, repair and guard take it in their options, with the rules of
// all known programs by default. `{}` switches them off: nothing is judged.
//
// The owner of a file is recognised by a sample of its content, never by the
// name of a bucket alone. The rules of an owner speak for files that were
// recognised as that owner's, and for no others. What they say is never a reason
// to drop or to rewrite anything: it is reported.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/value_age.hpp>

namespace rebolt {

/// A program whose files are known. An OwnerRules of one's own may use further
/// numbers, from 128 on.
enum class Owner : std::uint8_t {
    unknown,
    docker_network, ///< dockerd's network/files/local-kv.db
    docker_volumes, ///< dockerd's volumes/metadata.db
    containerd,     ///< its meta.db (BuildKit has one too), its snapshotters' metadata.db
    buildkit,       ///< BuildKit's cache.db and metadata_v2.db
    etcd,           ///< etcd's member/snap/db
    swarm_tasks,    ///< Docker's swarm/worker/tasks.db
    podman,         ///< Podman's libpod/bolt_state.db
    raft_boltdb,    ///< raft.db of Consul, Nomad servers and Vault
    vault,          ///< Vault's vault.db
    nomad_client,   ///< a Nomad client's state.db
    otel_storage,   ///< files of the OpenTelemetry Collector's file_storage
    portainer,      ///< portainer.db
    influxdb,       ///< InfluxDB 2's influxd.bolt
    lnd,            ///< lnd's channel.db
    bleve,          ///< root.bolt of a Bleve index
    image_cache,    ///< containers/image's blob-info-cache-v1.boltdb
    rclone,         ///< the hasher's cache of rclone, kv/*~hasher.bolt
    trivy,          ///< trivy.db
};

/// A key or a bucket of a file.
struct SampleEntry {
    /// Names from the top-level bucket down, empty for a top-level bucket. Of an
    /// entry that is not placed: from the bucket down whose page was met.
    std::vector<std::string> bucket;
    std::string key;
    std::string value; ///< empty for a bucket
    bool is_bucket = false;
    bool is_placed = true; ///< false: nothing tells where its page belongs
};

/// A part of a file's content, spread over its buckets: enough to tell who wrote
/// it. sample_content() (rebolt/check.hpp) takes one.
struct ContentSample {
    std::vector<SampleEntry> entries;
};

/// What an owner's rules say against a value, or the key that it is stored under.
struct ValueFault {
    /// One printable line: `the JSON behind the 8-byte index stops at byte 517`.
    std::string clause;
    /// Sound in itself, but of a form that is not known: a newer release may have
    /// written it. A note, no damage.
    bool is_unknown_form = false;
};

struct OwnerRules {
    using BucketPath = std::span<const std::string>; ///< from the top-level bucket down
    using Home = std::optional<std::vector<std::string>>;

    /// Who wrote the file; `unknown` where the sample does not prove it.
    std::function<Owner(const ContentSample&)> identify;
    /// What is wrong with a value of that owner's file, or nullopt. Several
    /// threads may call it at once. Cost: O(key + value).
    std::function<std::optional<ValueFault>(Owner, BucketPath bucket, std::string_view key,
                                            std::string_view value)>
        validate;
    /// The bucket that a key with this value must belong to, where both tell it
    /// by their form alone.
    std::function<Home(Owner, std::string_view key, std::string_view value)> home_of_key;
    /// The bucket that must hold a bucket, where what is in that one tells it.
    /// `keys` are the names of values in it, `buckets` those of buckets. `*`
    /// stands for a name that nothing tells: `v1`, `*`, `images`.
    std::function<Home(Owner, std::string_view name, std::span<const std::string_view> keys,
                       std::span<const std::string_view> buckets)>
        home_of_bucket;
    /// Whether the owner's program keeps values of this form at this place. A page
    /// of which one key tells the bucket is that bucket's if it holds no others.
    std::function<bool(Owner, BucketPath bucket, std::string_view key, std::string_view value)>
        knows;
    /// How new a value is, where its owner's program writes that into it.
    std::function<std::optional<ValueAge>(Owner, BucketPath bucket, std::string_view key,
                                          std::string_view value)>
        age_of;

    /// False for `{}`.
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(identify); }
};

/// The rules of all owners that are known (see rebolt/schema.hpp).
[[nodiscard]] const OwnerRules& known_owner_rules() noexcept;

} // namespace rebolt
