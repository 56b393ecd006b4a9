#include "salvage/recover/context.hpp"

namespace rebolt::salvage {

OwnerRules::Home Context::home_of(std::string_view key, std::string_view value) const {
    if (!has_rules() || !options.owners.home_of_key)
        return std::nullopt;
    return options.owners.home_of_key(owner, key, value);
}

OwnerRules::Home Context::home_of_bucket(std::string_view name,
                                         std::span<const std::string_view> keys,
                                         std::span<const std::string_view> within) const {
    if (!has_rules() || !options.owners.home_of_bucket)
        return std::nullopt;
    return options.owners.home_of_bucket(owner, name, keys, within);
}

bool Context::knows(std::span<const std::string> bucket, std::string_view key,
                    std::string_view value) const {
    return has_rules() && options.owners.knows && options.owners.knows(owner, bucket, key, value);
}

std::optional<ValueAge> Context::age_of(std::span<const std::string> bucket, std::string_view key,
                                        std::string_view value) const {
    if (!has_rules() || !options.owners.age_of)
        return std::nullopt;
    return options.owners.age_of(owner, bucket, key, value);
}

bool Context::is_malformed(std::span<const std::string> bucket, std::string_view key,
                           std::string_view value) const {
    if (!has_rules() || !options.owners.validate)
        return false;
    const auto fault = options.owners.validate(owner, bucket, key, value);
    return fault && !fault->is_unknown_form;
}

} // namespace rebolt::salvage
