// What the commands of `rebolt store` share: how to reach a store, and what to
// say when it fails.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "cli/arguments.hpp"

#include <rebolt/store.hpp>

#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"

namespace rebolt::cli {

/// Options that each command has.
struct StoreConnection {
    bool quiet = false;
    double timeout_seconds = 10;
    store::StoreOptions options;

    /// Adds -q, --timeout, --user, --password, --ca, --cert and --key.
    void add_to(Arguments arguments);
};

enum class IfMissing : bool { fail, make };

/// Opens the store; a bolt file that is not there is made only if asked for.
[[nodiscard]] Result<std::unique_ptr<store::Store>>
open_store(const StoreConnection& connection, const std::string& url, IfMissing if_missing);

/// As report(); a URL that is none is a usage error.
[[nodiscard]] ExitCode report_store(const Error& error);

/// A stop token that is requested when the user cancels.
class CancelToken {
public:
    CancelToken();
    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    std::stop_source source_;
    std::jthread watcher_;
};

/// key, value and index of a pair as fields.
[[nodiscard]] Document pair_json(const store::PairView& pair);

/// Adds the positional arguments URL and, unless it is null, KEY.
void add_url_and_key(Arguments arguments, std::string& url, std::string* key);

} // namespace rebolt::cli
