// The backends are registered before main; the suite is made for each of them.
#include "model/store_contract/contract.hpp"

namespace rebolt::test {

INSTANTIATE_TEST_SUITE_P(Contract, StoreContract, testing::ValuesIn(backends()),
                         [](const testing::TestParamInfo<Backend>& one) { return one.param.name; });

} // namespace rebolt::test
