#include "schema/ordered_json.hpp"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace rebolt::schema {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// Makes the tree. The members of an open object are found by a map beside it.
class TreeBuilder final : public nlohmann::json_sax<OrderedJson> {
public:
    explicit TreeBuilder(const JsonLimits& limits) : limits_(limits) {}

    [[nodiscard]] JsonFault fault() const { return fault_; }
    [[nodiscard]] OrderedJson take() { return std::move(outermost_); }

    bool start_object(std::size_t /*elements*/) override {
        return open(OrderedJson::value_t::object);
    }
    bool start_array(std::size_t /*elements*/) override {
        return open(OrderedJson::value_t::array);
    }
    bool key(string_t& name) override {
        Level& level = levels_.back();
        auto& members = level.value->get_ref<OrderedJson::object_t&>();
        const auto [at, is_new] = level.places.try_emplace(name, members.size());
        if (is_new)
            members.emplace_back(std::move(name), nullptr);
        level.member = &members.data()[at->second].second; // not operator[], which finds names
        return true;
    }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool string(string_t& value) override { return put(std::move(value)) != nullptr; }
    bool number_unsigned(number_unsigned_t value) override { return put(value) != nullptr; }
    bool number_integer(number_integer_t value) override { return put(value) != nullptr; }
    bool number_float(number_float_t value, const string_t& /*text*/) override {
        return put(value) != nullptr;
    }
    bool boolean(bool value) override { return put(value) != nullptr; }
    bool null() override { return put(nullptr) != nullptr; }
    bool binary(binary_t& /*value*/) override { return false; }
    bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                     const nlohmann::json::exception& /*error*/) override {
        return false;
    }

private:
    struct Level {
        OrderedJson* value;
        OrderedJson* member = nullptr; ///< of an object: the one that was named last
        std::unordered_map<std::string, std::size_t> places{};
    };

    // Where the value is now; null if there are too many.
    OrderedJson* put(OrderedJson value) {
        if (values_++ == limits_.values_max) {
            fault_ = JsonFault::too_many_values;
            return nullptr;
        }
        OrderedJson* at = &outermost_;
        if (!levels_.empty() && levels_.back().value->is_array())
            at = &levels_.back().value->get_ref<OrderedJson::array_t&>().emplace_back();
        else if (!levels_.empty())
            at = levels_.back().member;
        *at = std::move(value);
        return at;
    }
    bool open(OrderedJson::value_t kind) {
        if (levels_.size() == limits_.nesting_max) {
            fault_ = JsonFault::too_deep;
            return false;
        }
        OrderedJson* const at = put(OrderedJson(kind));
        if (at != nullptr)
            levels_.push_back({.value = at});
        return at != nullptr;
    }
    bool close() {
        levels_.pop_back();
        return true;
    }

    const JsonLimits& limits_;
    std::vector<Level> levels_;
    OrderedJson outermost_;
    std::size_t values_ = 0;
    JsonFault fault_ = JsonFault::malformed;
};

} // namespace

std::expected<OrderedJson, JsonFault> parse_ordered_json(std::string_view text,
                                                         const JsonLimits& limits) {
    // nlohmann takes a zero byte for the end of its input; JSON has none.
    if (text.find('\0') != std::string_view::npos)
        return std::unexpected(JsonFault::malformed);
    TreeBuilder builder(limits);
    if (!OrderedJson::sax_parse(text.begin(), text.end(), &builder))
        return std::unexpected(builder.fault());
    return builder.take();
}

} // namespace rebolt::schema
