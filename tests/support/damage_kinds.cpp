#include "support/damage_kinds.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <rebolt/bytes.hpp>
#include <rebolt/format.hpp>

#include "support/tree_survey.hpp"

namespace rebolt::test {
namespace {

using ByteVector = std::vector<std::byte>;
using Damaged = std::optional<ByteVector>;
using format::element_bytes;
using format::page_header_bytes;

constexpr std::uint32_t page_size = 4096; // of all files that Docker makes here

// A sound file that is being damaged.
class Patient {
public:
    explicit Patient(const Victim& victim)
        : bytes_(victim.bytes), tree_(survey(bytes_, page_size)), leaf_(find_leaf(victim.key)) {
        for (const ChildPlace& place : tree_.children)
            if (place.child == leaf_)
                child_ = place;
    }

    template <class T>
    [[nodiscard]] T get(std::uint64_t offset) const {
        T value;
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return value;
    }
    template <class T>
    void put(std::uint64_t offset, T value) {
        std::memcpy(bytes_.data() + offset, &value, sizeof value);
    }
    [[nodiscard]] format::PageHeader header(std::uint64_t page) const {
        return get<format::PageHeader>(page * page_size);
    }
    void put_header(std::uint64_t page, std::uint16_t flags, std::uint16_t count) {
        put(page * page_size,
            format::PageHeader{.id = page, .flags = flags, .count = count, .overflow = 0});
    }
    void zero(std::uint64_t page) { std::memset(bytes_.data() + page * page_size, 0, page_size); }
    /// `from`'s bytes behind `offset` come to `to`.
    void copy(std::uint64_t from, std::uint64_t to, std::size_t offset = 0) {
        std::memcpy(bytes_.data() + to * page_size + offset,
                    bytes_.data() + from * page_size + offset, page_size - offset);
    }
    [[nodiscard]] std::string key(std::uint64_t leaf, std::uint64_t index) const {
        const std::uint64_t at = leaf * page_size + page_header_bytes + index * element_bytes;
        const auto element = get<format::LeafElementHeader>(at);
        return std::string(as_text(Bytes(bytes_).subspan(at + element.pos, element.key_bytes)));
    }
    /// A branch page of these keys and children.
    void put_branch(std::uint64_t page,
                    const std::vector<std::pair<std::string, std::uint64_t>>& children);
    void seal(std::uint64_t meta) {
        const std::uint64_t body = meta * page_size + page_header_bytes;
        constexpr std::size_t length = offsetof(format::MetaFields, checksum);
        put(body + length, format::fnv1a(Bytes(bytes_).subspan(body, length)));
    }
    [[nodiscard]] std::optional<std::uint64_t> free_leaf() const {
        for (const std::uint64_t page : tree_.free)
            if (header(page).flags == format::leaf_flag && header(page).count > 0)
                return page;
        return std::nullopt;
    }
    [[nodiscard]] std::optional<std::uint64_t> other_leaf() const {
        for (const std::uint64_t page : tree_.leaves)
            if (page != leaf_ && header(page).count > 2 && header(page).overflow == 0)
                return page;
        return std::nullopt;
    }

    [[nodiscard]] ByteVector& bytes() { return bytes_; }
    [[nodiscard]] const TreeSurvey& tree() const { return tree_; }
    [[nodiscard]] std::uint64_t leaf() const { return leaf_; }
    [[nodiscard]] const std::optional<ChildPlace>& child() const { return child_; }

private:
    [[nodiscard]] std::uint64_t find_leaf(std::string_view key) const;

    ByteVector bytes_;
    TreeSurvey tree_;
    std::uint64_t leaf_;
    std::optional<ChildPlace> child_; ///< of a branch, that leads to leaf_
};

std::uint64_t Patient::find_leaf(std::string_view key) const {
    std::uint64_t fullest = tree_.leaves.front();
    for (const std::uint64_t page : tree_.leaves) {
        const std::string_view text = as_text(Bytes(bytes_).subspan(page * page_size, page_size));
        if (!key.empty() && text.find(key) != std::string_view::npos)
            return page;
        if (header(page).count > header(fullest).count)
            fullest = page;
    }
    return fullest;
}

void Patient::put_branch(std::uint64_t page,
                         const std::vector<std::pair<std::string, std::uint64_t>>& children) {
    zero(page);
    put_header(page, format::branch_flag, static_cast<std::uint16_t>(children.size()));
    const std::uint64_t first = page * page_size + page_header_bytes;
    std::uint64_t text = first + children.size() * element_bytes;
    for (std::uint64_t i = 0; i < children.size(); ++i) {
        const auto& [key, child] = children[i];
        const std::uint64_t at = first + i * element_bytes;
        put(at, format::BranchElementHeader{.pos = static_cast<std::uint32_t>(text - at),
                                            .key_bytes = static_cast<std::uint32_t>(key.size()),
                                            .child = child});
        std::memcpy(bytes_.data() + text, key.data(), key.size());
        text += key.size();
    }
}

Damaged cycle_next(const Victim& victim) {
    Patient patient(victim);
    if (!patient.child() || patient.tree().free.empty())
        return std::nullopt;
    const std::uint64_t page = patient.tree().free.front();
    patient.put_branch(page, {{patient.key(patient.leaf(), 0), page}});
    patient.put(patient.child()->offset, page);
    return patient.bytes();
}

Damaged cycle_self(const Victim& victim) {
    Patient patient(victim);
    if (!patient.child())
        return std::nullopt;
    patient.put(patient.child()->offset, patient.child()->path.back());
    return patient.bytes();
}

Damaged freelist_leaf(const Victim& victim) {
    Patient patient(victim);
    const std::uint64_t freelist = patient.tree().freelist;
    patient.copy(patient.leaf(), freelist);
    patient.put_header(freelist, format::leaf_flag, patient.header(patient.leaf()).count);
    return patient.bytes();
}

Damaged flags16(const Victim& victim) {
    Patient patient(victim);
    patient.put_header(patient.leaf(), format::freelist_flag, patient.header(patient.leaf()).count);
    return patient.bytes();
}

Damaged zero_leaf(const Victim& victim) {
    Patient patient(victim);
    patient.zero(patient.leaf());
    return patient.bytes();
}

Damaged zero_branch(const Victim& victim) {
    Patient patient(victim);
    if (!patient.child())
        return std::nullopt;
    patient.zero(patient.child()->path.back());
    return patient.bytes();
}

Damaged truncate(const Victim& victim) {
    Patient patient(victim);
    patient.bytes().resize(patient.tree().high_water_mark / 2 * page_size + page_size / 3);
    return patient.bytes();
}

Damaged branch_to_freed(const Victim& victim) {
    Patient patient(victim);
    const auto freed = patient.free_leaf();
    if (!patient.child() || !freed)
        return std::nullopt;
    patient.put(patient.child()->offset, *freed);
    return patient.bytes();
}

Damaged torn(const Victim& victim) {
    Patient patient(victim);
    const auto other = patient.other_leaf();
    if (!other)
        return std::nullopt;
    patient.copy(*other, patient.leaf(), 1536);
    return patient.bytes();
}

Damaged stale_leaf(const Victim& victim) {
    Patient patient(victim);
    const auto freed = patient.free_leaf();
    if (!freed)
        return std::nullopt;
    patient.copy(*freed, patient.leaf());
    return patient.bytes();
}

Damaged meta0(const Victim& victim) {
    Patient patient(victim);
    const std::uint64_t at = patient.tree().meta * page_size + page_header_bytes +
                             offsetof(format::MetaFields, checksum);
    patient.put(at, ~patient.get<std::uint64_t>(at));
    return patient.bytes();
}

Damaged shared(const Victim& victim) {
    Patient patient(victim);
    if (!patient.child())
        return std::nullopt;
    for (const ChildPlace& other : patient.tree().children)
        if (other.path == patient.child()->path && other.child != patient.leaf()) {
            patient.put(patient.child()->offset, other.child);
            return patient.bytes();
        }
    return std::nullopt;
}

Damaged count(const Victim& victim) {
    Patient patient(victim);
    const std::uint16_t had = patient.header(patient.leaf()).count;
    if (had < 2)
        return std::nullopt;
    patient.put_header(patient.leaf(), format::leaf_flag,
                       static_cast<std::uint16_t>(had > 3 ? had - 3 : 1));
    return patient.bytes();
}

Damaged dag(const Victim& victim) {
    Patient patient(victim);
    if (!patient.child())
        return std::nullopt;
    constexpr std::uint64_t levels = 40;
    const std::uint64_t first = patient.tree().high_water_mark;
    patient.bytes().resize(
        std::max<std::size_t>(patient.bytes().size(), (first + levels) * page_size));
    const std::string key = patient.key(patient.leaf(), 0);
    for (std::uint64_t i = 0; i < levels; ++i) {
        const std::uint64_t next = i + 1 == levels ? patient.leaf() : first + i + 1;
        patient.put_branch(first + i, {{key, next}, {key + "0", next}});
    }
    patient.put(patient.child()->offset, first);
    for (const std::uint64_t meta : {0, 1}) {
        patient.put(meta * page_size + page_header_bytes +
                        offsetof(format::MetaFields, high_water_mark),
                    first + levels);
        patient.seal(meta);
    }
    return patient.bytes();
}

constexpr std::array<DamageKind, 14> kinds{{{"cycle-next", cycle_next},
                                            {"cycle-self", cycle_self},
                                            {"freelist-leaf", freelist_leaf},
                                            {"flags16", flags16},
                                            {"zero-leaf", zero_leaf},
                                            {"zero-branch", zero_branch},
                                            {"truncate", truncate},
                                            {"branch-to-freed", branch_to_freed},
                                            {"torn", torn},
                                            {"stale-leaf", stale_leaf},
                                            {"meta0", meta0},
                                            {"shared", shared},
                                            {"count", count},
                                            {"dag", dag}}};

} // namespace

std::span<const DamageKind> damage_kinds() noexcept {
    return kinds;
}

} // namespace rebolt::test
