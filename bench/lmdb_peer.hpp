// LMDB with the same data, as a peer for scans and point reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/bucket.hpp>

struct MDB_env;
struct MDB_txn;

namespace rebolt::bench {

/// An LMDB environment filled from a bucket. Ends the program on LMDB errors.
class LmdbPeer {
public:
    /// Writes all key/values of `bucket`, in order, to a new file at `path`.
    LmdbPeer(const std::string& path, const Bucket& bucket);
    LmdbPeer(const LmdbPeer&) = delete;
    LmdbPeer& operator=(const LmdbPeer&) = delete;
    ~LmdbPeer();

    /// Puts all keys with one value into a new file at `path`, `batch` a
    /// transaction, without syncs; returns how long the transactions took.
    static double put_seconds(const std::string& path, const std::vector<std::string>& keys,
                              const std::string& value, std::uint64_t batch);

    /// One pass with a cursor; reads the first byte of each key and value.
    void scan();
    void get(const std::vector<std::string>& keys);

private:
    MDB_env* environment_ = nullptr;
    MDB_txn* reader_ = nullptr;
    unsigned database_ = 0;
};

} // namespace rebolt::bench
