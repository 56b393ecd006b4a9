#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <rebolt/store.hpp>

#include "base/try.hpp"
#include "store/call_gate.hpp"
#include "store/memory/memory_watch.hpp"
#include "store/memory/model.hpp"
#include "store/memory_backend.hpp"

namespace rebolt::store {
namespace {

Result<void> check_put(std::string_view key, std::string_view value, const PutOptions& options) {
    TRY(check_key(key));
    if (options.is_directory && !value.empty())
        return Error(ErrorCode::invalid_argument, "a directory has no value");
    return {};
}

class MemoryStore final : public Store {
public:
    explicit MemoryStore(std::shared_ptr<Model> model) : model_(std::move(model)) {}
    MemoryStore(const MemoryStore&) = delete;
    MemoryStore& operator=(const MemoryStore&) = delete;
    ~MemoryStore() override { gate_->close(); }

    [[nodiscard]] std::string_view backend() const noexcept override { return "memory"; }

    Result<void> put(std::string_view key, std::string_view value,
                     const PutOptions& options) override {
        const CallGate::Call call = TRY(gate_->enter());
        TRY(check_put(key, value, options));
        const std::lock_guard lock(model_->mutex);
        static_cast<void>(model_->cells());
        model_->put(key, value, options);
        return {};
    }

    Result<KeyValue> get(std::string_view key) override {
        const CallGate::Call call = TRY(gate_->enter());
        TRY(check_key(key));
        const std::lock_guard lock(model_->mutex);
        const auto at = model_->cells().find(key);
        if (at == model_->cells().end())
            return missing(key);
        return KeyValue{at->first, at->second.value, at->second.index};
    }

    Result<bool> exists(std::string_view key) override {
        const Result<KeyValue> pair = get(key);
        if (!pair && pair.error().code() != ErrorCode::key_not_found)
            return Error(pair.error().code(), pair.error().message());
        return pair.has_value();
    }

    Result<void> remove(std::string_view key) override {
        const CallGate::Call call = TRY(gate_->enter());
        TRY(check_key(key));
        const std::lock_guard lock(model_->mutex);
        if (!model_->cells().contains(key))
            return missing(key);
        model_->remove(key);
        return {};
    }

    Result<void> for_each(std::string_view prefix,
                          const std::function<Result<void>(const PairView&)>& visit) override {
        const CallGate::Call call = TRY(gate_->enter());
        std::vector<KeyValue> pairs;
        {
            const std::lock_guard lock(model_->mutex);
            const auto& cells = model_->cells();
            for (auto at = cells.lower_bound(prefix);
                 at != cells.end() && at->first.starts_with(prefix); ++at)
                pairs.push_back({at->first, at->second.value, at->second.index});
        }
        for (const KeyValue& pair : pairs)
            TRY(visit(pair.view()));
        return {};
    }

    Result<std::size_t> remove_tree(std::string_view prefix) override {
        const CallGate::Call call = TRY(gate_->enter());
        const std::lock_guard lock(model_->mutex);
        std::vector<std::string> keys;
        for (const auto& [key, cell] : model_->cells())
            if (key.starts_with(prefix))
                keys.push_back(key);
        for (const std::string& key : keys)
            model_->remove(key);
        return keys.size();
    }

    Result<KeyValue> atomic_put(std::string_view key, std::string_view value,
                                const std::optional<KeyValue>& previous,
                                const PutOptions& options) override {
        const CallGate::Call call = TRY(gate_->enter());
        TRY(check_put(key, value, options));
        const std::lock_guard lock(model_->mutex);
        const auto at = model_->cells().find(key);
        const bool is_there = at != model_->cells().end();
        if (is_there && !previous)
            return Error(ErrorCode::key_exists, "the key is there already");
        if (!is_there && previous)
            return missing(key);
        if (is_there && at->second.index != previous->last_index)
            return Error(ErrorCode::key_modified, "the key was written since");
        const std::uint64_t index = model_->put(key, value, options);
        return KeyValue{std::string(key), std::string(value), index};
    }

    Result<void> atomic_remove(std::string_view key,
                               const std::optional<KeyValue>& previous) override {
        const CallGate::Call call = TRY(gate_->enter());
        TRY(check_key(key));
        if (!previous)
            return Error(ErrorCode::previous_required, "atomic_remove needs what to compare with");
        const std::lock_guard lock(model_->mutex);
        const auto at = model_->cells().find(key);
        if (at == model_->cells().end())
            return missing(key);
        if (at->second.index != previous->last_index)
            return Error(ErrorCode::key_modified, "the key was written since");
        model_->remove(key);
        return {};
    }

    Result<std::unique_ptr<Watch>> watch(std::string_view key,
                                         const WatchOptions& options) override {
        const CallGate::Call call = TRY(gate_->enter());
        TRY(check_key(key));
        return new_watch({std::string(key), false}, options);
    }

    Result<std::unique_ptr<Watch>> watch_tree(std::string_view prefix,
                                              const WatchOptions& options) override {
        const CallGate::Call call = TRY(gate_->enter());
        return new_watch({std::string(prefix), true}, options);
    }

    Result<std::unique_ptr<Lock>> new_lock(std::string_view key,
                                           const LockOptions& options) override {
        const CallGate::Call call = TRY(gate_->enter());
        TRY(check_key(key));
        return std::unique_ptr<Lock>(
            std::make_unique<MemoryLock>(model_, gate_, std::string(key), options.value));
    }

    void close() override { gate_->close(); }

private:
    static Error missing(std::string_view key) {
        return {ErrorCode::key_not_found, "there is no key " + printable(key)};
    }
    [[nodiscard]] std::unique_ptr<Watch> new_watch(WatchedKeys keys, const WatchOptions& options) {
        return std::make_unique<MemoryWatch>(model_, gate_, std::move(keys), options);
    }

    std::shared_ptr<Model> model_;
    std::shared_ptr<CallGate> gate_ = std::make_shared<CallGate>();
};

// Stores of one name share a model as long as one of them is open.
std::shared_ptr<Model> model_of(const std::string& name) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<Model>> models;
    if (name.empty())
        return std::make_shared<Model>();
    const std::lock_guard lock(mutex);
    std::shared_ptr<Model> model = models[name].lock();
    if (!model)
        models[name] = model = std::make_shared<Model>();
    return model;
}

} // namespace

Result<std::unique_ptr<Store>> open_memory(const Url& url) {
    const std::string host = url.endpoints.empty() ? "" : url.endpoints.front().host;
    return std::unique_ptr<Store>(std::make_unique<MemoryStore>(model_of(host + url.path)));
}

} // namespace rebolt::store
