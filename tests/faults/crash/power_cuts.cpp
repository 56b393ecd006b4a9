#include "power_cuts.hpp"

#include <algorithm>
#include <vector>

namespace rebolt::test {
namespace {

using Sectors = std::vector<bool>;

class Cuts {
public:
    Cuts(const SimulatedDisk& disk, const PowerCutLimits& limits, Random& random,
         const std::function<void(const Survival&)>& visit)
        : disk_(disk), limits_(limits), random_(random), visit_(visit) {}

    void run() {
        if (disk_.pending().empty()) {
            visit_({});
            return;
        }
        if (disk_.pending().size() <= limits_.exhaustive_effects_max)
            visit_subsets();
        tear_newest();
        for (std::size_t i = 0; i < limits_.random_count; ++i)
            visit(any());
    }

private:
    [[nodiscard]] Sectors all(std::size_t effect) const {
        return Sectors(disk_.pending()[effect].sector_count(), true);
    }
    [[nodiscard]] Sectors none(std::size_t effect) const {
        return Sectors(disk_.pending()[effect].sector_count(), false);
    }
    [[nodiscard]] std::size_t newest() const { return disk_.pending().size() - 1; }

    void visit(Survival survival) {
        if (std::ranges::find(survival.sectors.back(), true) == survival.sectors.back().end())
            return;
        visit_(survival);
        survival.writes_grow = false;
        visit_(survival);
    }

    void visit_subsets() {
        for (std::size_t mask = 0; mask < std::size_t{1} << newest(); ++mask) {
            Survival survival;
            for (std::size_t i = 0; i < newest(); ++i)
                survival.sectors.push_back((mask >> i & 1U) != 0 ? all(i) : none(i));
            survival.sectors.push_back(all(newest()));
            visit(std::move(survival));
        }
    }

    // Prefixes, suffixes, one sector alone, all but one: each with all other
    // effects there, none of them, and some of them.
    void tear_newest() {
        const std::size_t count = disk_.pending().back().sector_count();
        if (count == 1)
            return;
        const std::size_t cuts = std::min(count, limits_.torn_sectors_max);
        for (std::size_t i = 0; i < cuts; ++i) {
            const std::size_t at = cuts == count ? i : random_.below(count);
            Sectors prefix(count, false);
            std::fill_n(prefix.begin(), at, true);
            Sectors single(count, false);
            single[at] = true;
            for (Sectors torn : {prefix, single}) {
                visit_torn(torn);
                torn.flip();
                visit_torn(torn);
            }
        }
    }

    void visit_torn(const Sectors& torn) {
        Survival with_all;
        Survival alone;
        Survival with_some;
        for (std::size_t i = 0; i < newest(); ++i) {
            with_all.sectors.push_back(all(i));
            alone.sectors.push_back(none(i));
            with_some.sectors.push_back(random_.below(2) == 0 ? all(i) : none(i));
        }
        for (Survival* survival : {&with_all, &alone, &with_some}) {
            survival->sectors.push_back(torn);
            visit(std::move(*survival));
        }
    }

    // Few survive, or half, or most; some are torn.
    Survival any() {
        Survival survival;
        const std::uint64_t percent = 10 + random_.below(81);
        for (std::size_t i = 0; i < disk_.pending().size(); ++i) {
            Sectors sectors = random_.below(100) < percent ? all(i) : none(i);
            if (random_.below(4) == 0)
                for (std::size_t at = 0; at < sectors.size(); ++at)
                    sectors[at] = random_.below(100) < percent;
            survival.sectors.push_back(std::move(sectors));
        }
        return survival;
    }

    const SimulatedDisk& disk_;
    const PowerCutLimits& limits_;
    Random& random_;
    const std::function<void(const Survival&)>& visit_;
};

} // namespace

void for_each_power_cut(const SimulatedDisk& disk, const PowerCutLimits& limits, Random& random,
                        const std::function<void(const Survival&)>& visit) {
    Cuts(disk, limits, random, visit).run();
}

} // namespace rebolt::test
