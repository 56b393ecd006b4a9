// A JSON document that is being written. It knows no JSON library, so that what
// builds one compiles fast; document.cpp hands it to nlohmann-json.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::report {

/// A JSON value: null, a boolean, number or string, an array, or an object
/// whose members keep their order.
class Document {
public:
    struct Member;

    Document() = default; ///< null
    // Not explicit: a document is written as `{{"page", 3}, {"valid", true}}`.
    // NOLINTBEGIN(google-explicit-constructor,hicpp-explicit-conversions)
    Document(std::nullptr_t /*null*/) {}
    Document(std::same_as<bool> auto value) : kind_(Kind::boolean), bits_(value ? 1 : 0) {}
    Document(std::unsigned_integral auto value)
        requires(!std::same_as<decltype(value), bool>)
        : kind_(Kind::unsigned_number), bits_(value) {}
    Document(std::signed_integral auto value)
        : kind_(Kind::signed_number),
          bits_(static_cast<std::uint64_t>(static_cast<std::int64_t>(value))) {}
    Document(double value);
    Document(std::string value) : kind_(Kind::string), text_(std::move(value)) {}
    Document(std::string_view value) : Document(std::string(value)) {}
    Document(const char* value) : Document(std::string(value)) {}
    /// An array.
    template <class Item>
    Document(const std::vector<Item>& items);
    /// An object.
    Document(const std::map<std::string, std::string>& members);
    Document(std::initializer_list<Member> members);
    // NOLINTEND(google-explicit-constructor,hicpp-explicit-conversions)

    [[nodiscard]] static Document array();
    [[nodiscard]] static Document array(std::initializer_list<Document> items);
    [[nodiscard]] static Document object();

    /// The member of this name, added as null if there is none. Makes null an
    /// object. Cost: linear in the members.
    Document& operator[](std::string_view name);
    /// Adds the members of `object`, replacing those that are there.
    void merge(const Document& object);
    /// Appends to an array. Makes null an array.
    void push_back(Document item);

    [[nodiscard]] bool is_empty() const noexcept { return members_.empty(); }

    /// On one line. Bytes that are not valid UTF-8 become U+FFFD.
    [[nodiscard]] std::string line() const;
    /// On several lines, indented by two spaces; no newline at the end.
    [[nodiscard]] std::string lines() const;

private:
    enum class Kind : unsigned char {
        null,
        boolean,
        unsigned_number,
        signed_number,
        real_number,
        string,
        array,
        object,
    };
    friend struct Rendering;

    Kind kind_ = Kind::null;
    std::uint64_t bits_ = 0;      ///< of booleans and numbers
    std::string text_;            ///< of strings
    std::vector<Member> members_; ///< of objects and, without names, of arrays
};

struct Document::Member {
    std::string name;
    Document value;
};

template <class Item>
Document::Document(const std::vector<Item>& items) : kind_(Kind::array) {
    for (const Item& item : items)
        push_back(item);
}

/// An array of what `render` makes of each item.
template <class List, class Render>
[[nodiscard]] Document array_of(const List& list, Render&& render) {
    Document array = Document::array();
    for (const auto& item : list)
        array.push_back(render(item));
    return array;
}

} // namespace rebolt::report
