#include "cli/owner.hpp"

namespace rebolt::cli {

ValueJudge owner_judge(std::span<const std::string> top_level) {
    const schema::Owner owner = schema::identify(top_level);
    if (owner == schema::Owner::unknown)
        return {};
    return [owner](std::span<const std::string> bucket, std::string_view key,
                   std::string_view value) { return schema::judge(owner, bucket, key, value); };
}

} // namespace rebolt::cli
