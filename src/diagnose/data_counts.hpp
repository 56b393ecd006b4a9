// What the user has in a file, counted in the user's own terms: networks, images.
#pragma once

#include <vector>

#include <rebolt/evidence.hpp>

namespace rebolt::diagnose {

/// Counts what recovery brings back, as it comes.
class DataCounter {
public:
    explicit DataCounter(Owner owner);
    void count(const RecoveredItem& item);
    /// In a fixed order; kinds of which there is none are left out.
    [[nodiscard]] std::vector<DataCount> counts() const;

private:
    Owner owner_;
    std::vector<DataCount> counts_;
};

/// `9 networks, 11 endpoints and 9 sandboxes`.
[[nodiscard]] std::string to_text(const std::vector<DataCount>& counts);

} // namespace rebolt::diagnose
