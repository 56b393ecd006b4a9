#include "schema/json_text.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rebolt::schema {
namespace {

using nlohmann::json;

struct Fault {
    std::size_t offset;
    bool is_certain; ///< false where this parser is stricter than Go's, which wrote the text
};

// Listens to the parser: remembers what the outermost value is, and the one
// string of the outermost object that the rule asks for.
class Listener final : public nlohmann::json_sax<json> {
public:
    explicit Listener(std::string_view wanted_field) : wanted_field_(wanted_field) {}

    [[nodiscard]] bool is_object() const { return is_object_; }
    [[nodiscard]] const std::optional<std::string>& field() const { return field_; }
    [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }

    bool start_object(std::size_t /*elements*/) override {
        if (depth_ == 0)
            is_object_ = true;
        ++depth_;
        at_wanted_ = false;
        return true;
    }
    bool end_object() override { return leave(); }
    bool start_array(std::size_t /*elements*/) override {
        ++depth_;
        at_wanted_ = false;
        return true;
    }
    bool end_array() override { return leave(); }
    bool key(string_t& name) override {
        at_wanted_ = depth_ == 1 && !wanted_field_.empty() && name == wanted_field_;
        return true;
    }
    bool string(string_t& text) override {
        if (at_wanted_ && depth_ == 1)
            field_ = text;
        return scalar();
    }
    bool null() override { return scalar(); }
    bool boolean(bool /*value*/) override { return scalar(); }
    bool number_integer(number_integer_t /*value*/) override { return scalar(); }
    bool number_unsigned(number_unsigned_t /*value*/) override { return scalar(); }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
        return scalar();
    }
    bool binary(binary_t& /*value*/) override { return scalar(); }

    // `position` counts bytes read, the offending one (or the end) included.
    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const json::exception& error) override {
        constexpr int number_overflow = 406;
        const bool lone_surrogate =
            std::string_view(error.what()).find("surrogate") != std::string_view::npos;
        fault_ = Fault{.offset = position == 0 ? 0 : position - 1,
                       .is_certain = error.id != number_overflow && !lone_surrogate};
        return false;
    }

private:
    bool scalar() {
        at_wanted_ = false;
        return true;
    }
    bool leave() {
        --depth_;
        return scalar();
    }

    std::string_view wanted_field_;
    std::optional<std::string> field_;
    std::optional<Fault> fault_;
    std::size_t depth_ = 0;
    bool is_object_ = false;
    bool at_wanted_ = false;
};

std::string describe_fault(std::string_view text, std::size_t offset, const JsonRule& rule) {
    const std::size_t at = rule.starts_at_byte + std::min(offset, text.size());
    if (offset >= text.size())
        return fmt::format("{} stops at byte {}: unexpected end of input", rule.subject, at);
    return fmt::format("{} stops at byte {}: unexpected byte 0x{:02x}", rule.subject, at,
                       static_cast<unsigned char>(text[offset]));
}

ValueClause judge_id(const Listener& listener, const JsonRule& rule) {
    if (rule.id_field.empty() || listener.field() == rule.id)
        return std::nullopt;
    if (!listener.field())
        return fmt::format("{} has no string `{}`", rule.subject, rule.id_field);
    return fmt::format("{} has {} `{}`, expected `{}` as in the key", rule.subject, rule.id_field,
                       shown(*listener.field()), shown(rule.id));
}

} // namespace

ValueClause judge_json(std::string_view text, const JsonRule& rule) {
    // nlohmann takes a zero byte for the end of its input; JSON has none.
    if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
        return describe_fault(text, zero, rule);
    if (text.size() > json_judged_bytes_max)
        return std::nullopt;
    Listener listener(rule.id_field);
    const bool parsed = json::sax_parse(text.begin(), text.end(), &listener);
    if (const auto& fault = listener.fault(); fault && fault->is_certain)
        return describe_fault(text, fault->offset, rule);
    if (!parsed)
        return std::nullopt;
    if (rule.must_be_object && !listener.is_object())
        return fmt::format("{} is not an object", rule.subject);
    return judge_id(listener, rule);
}

} // namespace rebolt::schema
