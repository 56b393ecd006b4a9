#include "guard/recovered_text.hpp"

#include <fmt/format.h>

namespace rebolt::guard {
namespace {

std::string plural(std::uint64_t count, const char* noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string loss_text(const RecoverReport& recovery) {
    if (!recovery.is_loss_known)
        return "an unknown number lost";
    return recovery.lost_estimate == 0 ? "none lost"
                                       : fmt::format("about {} lost", recovery.lost_estimate);
}

std::string keys_text(const RecoverReport& recovery) {
    std::string marks;
    for (std::size_t i = 0; i < provenance_count; ++i)
        if (recovery.counts.keys[i] != 0)
            marks += fmt::format("{}{} {}", marks.empty() ? "" : ", ", recovery.counts.keys[i],
                                 name_of(static_cast<Provenance>(i)));
    return fmt::format("recovered: {} ({}), {}", plural(recovery.counts.total(), "key"), marks,
                       loss_text(recovery));
}

} // namespace

std::string recovered_text(const Replacement& made) {
    std::string text = made.recovery ? keys_text(*made.recovery) : "nothing in it could be read";
    if (!made.recovery && !made.restored_from.empty())
        text += fmt::format(": the snapshot {} is in its place", made.restored_from);
    if (made.values.restored != 0)
        text += fmt::format("; {} that the service cannot read restored from snapshots",
                            plural(made.values.restored, "value"));
    if (made.records_mended != 0)
        text += fmt::format("; {} repaired from the containers' own files",
                            plural(made.records_mended, "record"));
    return text + made.note;
}

} // namespace rebolt::guard
