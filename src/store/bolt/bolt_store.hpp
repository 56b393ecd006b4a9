// BoltStore: the calls of rebolt/store.hpp on a BoltFile.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <rebolt/bucket.hpp>
#include <rebolt/store.hpp>

#include "store/bolt/bolt_file.hpp"
#include "store/call_gate.hpp"

namespace rebolt::store {

/// What a store, its watches and its locks share: it lives as long as any.
struct BoltShared {
    std::shared_ptr<BoltFile> file;
    BoltTarget target;
    CallGate gate;

    Result<void> read(const std::function<Result<void>(const Bucket*)>& work) const {
        return file->read(target, work);
    }
    Result<void> write(const std::function<Result<void>(Bucket&)>& work) const {
        return file->write(target, work);
    }
};

/// What an element of the bucket is, in the file's bytes. Errors: damaged (a value
/// without an index), incompatible_value (a bucket, where libkv knows none).
[[nodiscard]] Result<PairView> view_of(const BoltShared& shared, const Entry& entry);
/// The same as a copy.
[[nodiscard]] Result<KeyValue> pair_of(const BoltShared& shared, const Entry& entry);

/// Writes a value with the next index, and returns that index. Errors: those of
/// Bucket::put.
Result<std::uint64_t> put_indexed(const BoltShared& shared, Bucket& bucket, std::string_view key,
                                  std::string_view value);
/// Removes an existing key, and keeps its index from being reused.
Result<void> erase_indexed(Bucket& bucket, const KeyValue& pair);

class BoltStore final : public Store {
public:
    /// Of a held file: let go with the store.
    BoltStore(std::shared_ptr<BoltShared> shared, bool is_held)
        : shared_(std::move(shared)), is_held_(is_held) {}
    BoltStore(const BoltStore&) = delete;
    BoltStore& operator=(const BoltStore&) = delete;
    ~BoltStore() override { shut(); }

    [[nodiscard]] std::string_view backend() const noexcept override { return "bolt"; }
    Result<void> put(std::string_view key, std::string_view value,
                     const PutOptions& options) override;
    Result<void> put_all(std::span<const KeyValue> pairs) override;
    Result<KeyValue> get(std::string_view key) override;
    Result<bool> exists(std::string_view key) override;
    Result<void> remove(std::string_view key) override;
    Result<void> for_each(std::string_view prefix,
                          const std::function<Result<void>(const PairView&)>& visit) override;
    Result<std::size_t> remove_tree(std::string_view prefix) override;
    Result<KeyValue> atomic_put(std::string_view key, std::string_view value,
                                const std::optional<KeyValue>& previous,
                                const PutOptions& options) override;
    Result<void> atomic_remove(std::string_view key,
                               const std::optional<KeyValue>& previous) override;
    Result<std::unique_ptr<Watch>> watch(std::string_view key,
                                         const WatchOptions& options) override;
    Result<std::unique_ptr<Watch>> watch_tree(std::string_view prefix,
                                              const WatchOptions& options) override;
    Result<std::unique_ptr<Lock>> new_lock(std::string_view key,
                                           const LockOptions& options) override;
    void close() override { shut(); }

private:
    void shut();
    [[nodiscard]] Result<std::optional<KeyValue>> find(const Bucket& bucket,
                                                       std::string_view key) const;

    std::shared_ptr<BoltShared> shared_;
    std::mutex closing_;
    bool is_held_;
};

} // namespace rebolt::store
