#include "targets.hpp"

namespace rebolt::test {

Target target_of(HarmClass promise, ShapeGroup group) noexcept {
    const bool is_known = group == ShapeGroup::docker || group == ShapeGroup::etcd;
    switch (promise) {
    case HarmClass::nothing:
    case HarmClass::outside:
    case HarmClass::leaves:
        return {1.0, true};
    // Where no value tells its age, the state before may be all that is proven:
    // what the last transaction changed is then another value.
    case HarmClass::newest:
        return {is_known ? 1.0 : 0.9, true};
    case HarmClass::a_branch:
        return {0.999, true};
    // Nothing tells whose leaf it is, where buckets share keys of one form.
    case HarmClass::branches:
        return {is_known ? 0.99 : group == ShapeGroup::nested ? 0.95 : 0.0, true};
    case HarmClass::root:
    case HarmClass::scattered:
        return {0.0, true};
    case HarmClass::unseen:
        return {0.0, false};
    }
    return {1.0, true};
}

} // namespace rebolt::test
