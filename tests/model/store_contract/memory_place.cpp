// The model, by which the contract's own tests are checked.
#include <fmt/format.h>

#include "model/store_contract/contract.hpp"

namespace rebolt::test {
namespace {

class MemoryPlace final : public Place {
public:
    MemoryPlace() : url_(fmt::format("memory://contract-{}", ++count_)) {}
    [[nodiscard]] std::string url() const override { return url_; }
    [[nodiscard]] std::size_t huge_value_bytes() const override { return std::size_t{64} << 20U; }

private:
    static inline int count_ = 0;
    std::string url_;
};

const BackendRegistration memory({"memory", [] { return std::make_unique<MemoryPlace>(); }});

} // namespace
} // namespace rebolt::test
