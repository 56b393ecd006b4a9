// EtcdStore: store.hpp's Store on a cluster.
#pragma once

#include <memory>

#include <rebolt/store.hpp>

#include "store/etcd/client.hpp"
#include "store/etcd/key_space.hpp"

namespace rebolt::store::etcd {

class EtcdStore final : public Store {
public:
    EtcdStore(std::unique_ptr<Client> client, KeySpace keys)
        : client_(std::move(client)), keys_(std::move(keys)) {}
    EtcdStore(const EtcdStore&) = delete;
    EtcdStore& operator=(const EtcdStore&) = delete;
    ~EtcdStore() override = default; // ~Client closes

    [[nodiscard]] std::string_view backend() const noexcept override { return "etcd"; }
    Result<void> put(std::string_view key, std::string_view value,
                     const PutOptions& options) override;
    Result<KeyValue> get(std::string_view key) override;
    Result<bool> exists(std::string_view key) override;
    Result<void> remove(std::string_view key) override;
    Result<void> put_all(std::span<const KeyValue> pairs) override;
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
    void close() override { client_->close(); }

private:
    [[nodiscard]] Result<void> check_open() const;
    Result<rpc::PutRequest> put_request(std::string_view key, std::string_view value,
                                        const PutOptions& options);
    void drop_lease(const rpc::PutRequest& request);

    std::unique_ptr<Client> client_;
    KeySpace keys_;
};

} // namespace rebolt::store::etcd
