#include "cli/records.hpp"

namespace rebolt::cli {

std::string records_text(const RecordSums& sums) {
    const std::string text = sums ? to_text(*sums) : "";
    return text.empty() ? "" : "Your data: " + text + "\n";
}

rebolt::report::Document records_document(const RecordSums& sums) {
    if (!sums)
        return nullptr;
    return rebolt::report::array_of(*sums, [](const RecordSum& sum) -> rebolt::report::Document {
        return {{"kind", sum.kind},
                {"recovered", sum.recovered},
                {"older", sum.older},
                {"lost_estimate", sum.lost},
                {"loss_known", sum.is_loss_known}};
    });
}

} // namespace rebolt::cli
