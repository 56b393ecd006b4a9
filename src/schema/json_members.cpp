#include "schema/json_members.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "schema/json_text.hpp"

namespace rebolt::schema {

using nlohmann::json;

class JsonMembers::Listener final : public nlohmann::json_sax<json> {
public:
    explicit Listener(std::vector<Member>& members) : members_(members) {}

    [[nodiscard]] bool is_object() const { return is_object_; }

    bool start_object(std::size_t /*elements*/) override {
        is_object_ = is_object_ || depth_ == 0;
        ++depth_;
        return true;
    }
    bool start_array(std::size_t /*elements*/) override {
        ++depth_;
        return true;
    }
    bool end_object() override { return leave(); }
    bool end_array() override { return leave(); }
    bool key(string_t& name) override {
        if (depth_ == 1 && is_object_ && members_.size() < members_max)
            members_.push_back({.name = name});
        return true;
    }
    bool string(string_t& value) override {
        if (Member* member = at(); member != nullptr && value.size() <= string_bytes_max)
            member->text = value;
        return true;
    }
    bool number_unsigned(number_unsigned_t value) override {
        if (Member* member = at())
            member->number = value;
        return true;
    }
    bool number_integer(number_integer_t /*value*/) override { return true; }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
    bool boolean(bool /*value*/) override { return true; }
    bool null() override { return true; }
    bool binary(binary_t& /*value*/) override { return true; }
    bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                     const json::exception& /*error*/) override {
        return false;
    }

private:
    // The outermost object's member whose value is read.
    Member* at() {
        return depth_ == 1 && is_object_ && !members_.empty() ? &members_.back() : nullptr;
    }
    bool leave() {
        --depth_;
        return true;
    }

    std::vector<Member>& members_;
    std::size_t depth_ = 0;
    bool is_object_ = false;
};

std::optional<JsonMembers> JsonMembers::read(std::string_view text) {
    if (!text.starts_with('{') || text.size() > json_judged_bytes_max)
        return std::nullopt;
    JsonMembers members;
    Listener listener(members.members_);
    if (!json::sax_parse(text.begin(), text.end(), &listener) || !listener.is_object())
        return std::nullopt;
    return members;
}

const JsonMembers::Member* JsonMembers::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(members_, name, &Member::name);
    return found == members_.end() ? nullptr : &*found;
}

bool JsonMembers::has(std::string_view name) const noexcept {
    return find(name) != nullptr;
}

std::optional<std::string_view> JsonMembers::string(std::string_view name) const noexcept {
    const Member* member = find(name);
    return member != nullptr && member->text ? std::optional<std::string_view>(*member->text)
                                             : std::nullopt;
}

std::optional<std::uint64_t> JsonMembers::number(std::string_view name) const noexcept {
    const Member* member = find(name);
    return member == nullptr ? std::nullopt : member->number;
}

} // namespace rebolt::schema
