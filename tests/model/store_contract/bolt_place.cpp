// The embedded store: opened once a call, as libkv does, and held open.
#include "model/store_contract/contract.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

class BoltPlace final : public Place {
public:
    explicit BoltPlace(std::string query) : query_(std::move(query)) {}
    [[nodiscard]] std::string url() const override {
        return "bolt://" + folder_.path("kv.db") + "?bucket=contract" + query_;
    }
    [[nodiscard]] bool has_time_to_live() const override { return false; }
    [[nodiscard]] bool resumes_watches() const override { return false; }
    [[nodiscard]] bool tells_each_change() const override { return false; }
    [[nodiscard]] std::size_t huge_value_bytes() const override { return std::size_t{64} << 20U; }

private:
    TemporaryFolder folder_;
    std::string query_;
};

const BackendRegistration bolt({"bolt", [] { return std::make_unique<BoltPlace>(""); }});
const BackendRegistration
    persistent({"bolt_persistent", [] { return std::make_unique<BoltPlace>("&persistent=true"); }});

} // namespace
} // namespace rebolt::test
