#include "targets.hpp"

#include <string_view>

namespace rebolt::test {
namespace {

// Where buckets share keys of one form and values of none, swapping two buckets'
// leaves gives a file just as sound: nothing tells whose they were, unless an old
// branch is left. So there the 95 % that were aimed at for nested buckets cannot be.
double recall_without_branches(const Shape& shape) {
    const std::string_view name = shape.name;
    if (name == "docker-stopped") // 70 keys, and of one another state's value is taken
        return 0.98;
    if (name == "containerd")
        return 0.95;
    return shape.group == ShapeGroup::docker || shape.group == ShapeGroup::etcd ? 0.99 : 0.0;
}

} // namespace

// docs/recovery.md has the figures, and what defeats recover where they are low.
Target target_of(HarmClass promise, const Shape& shape) noexcept {
    const bool is_known = shape.group == ShapeGroup::docker || shape.group == ShapeGroup::etcd;
    switch (promise) {
    case HarmClass::nothing:
    case HarmClass::outside:
    case HarmClass::leaves:
        return {1.0, true};
    // Where no value tells its age, the state before may be all that is proven:
    // what the last transaction changed is then another value.
    case HarmClass::newest:
        return {is_known ? 1.0 : 0.9, true};
    // Without a freelist an old page looks like a live one.
    case HarmClass::a_branch:
        return {shape.name == std::string_view("no-freelist") ? 0.6 : 0.99, true};
    case HarmClass::branches:
        return {recall_without_branches(shape), true};
    case HarmClass::root:
    case HarmClass::scattered:
        return {0.0, true};
    case HarmClass::unseen:
        return {0.0, false};
    }
    return {1.0, true};
}

} // namespace rebolt::test
