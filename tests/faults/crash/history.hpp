// A history: what a database asked of its disk, and what it held at which time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <rebolt/rebolt.hpp>

#include "contents.hpp"
#include "memory_file.hpp"
#include "simulated_disk.hpp"

namespace rebolt::test {

/// A state that is safe once so many effects have happened.
struct Committed {
    std::size_t effects;
    std::uint64_t txid;
    Contents contents;
};

struct History {
    std::string name;
    OpenOptions options; ///< as the database was opened last
    std::uint32_t page_size = 0;
    std::string image; ///< of the disk before the first effect; all of it is safe
    std::vector<Effect> effects;
    /// Oldest first; none is safe at first when the file is made new.
    std::vector<Committed> commits;
};

/// Runs transactions on a recording disk. Whatever the engine refuses ends the
/// history with an exception: it should refuse nothing here.
class Recorder {
public:
    /// Opens a file with these bytes and contents; without contents it is empty,
    /// or what is left of making it.
    Recorder(std::string name, const OpenOptions& options, const std::string& image = {},
             std::optional<Contents> contents = std::nullopt);

    /// One transaction; `work` changes both alike.
    void update(const std::function<Result<void>(Tx&, Contents&)>& work);
    /// So many random changes in one transaction.
    void change(std::size_t count, const Style& style, Random& random);
    /// Begins a transaction that reads, and keeps it open.
    void hold_reader();
    /// Ends all that are held, after reading in each what it began with.
    void release_readers();
    /// Closes the database and opens it again.
    void reopen(const OpenOptions& options);

    [[nodiscard]] const Contents& contents() const noexcept { return contents_; }
    [[nodiscard]] std::uint64_t file_bytes() const { return file_.content().size(); }
    /// Closes the database: what was recorded.
    [[nodiscard]] History finish();

private:
    struct Reader {
        Tx tx;
        Contents contents;
    };

    void open(const OpenOptions& options);
    void note_commit();

    MemoryFile file_;
    std::shared_ptr<RecordingDisk> disk_ = std::make_shared<RecordingDisk>();
    History history_;
    Contents contents_;
    std::optional<DB> db_;
    std::vector<Reader> readers_;
};

/// The newest transaction whose meta is whole; nullopt: none. Not the engine's
/// own judgement: a transaction counts as soon as its meta is on the disk.
[[nodiscard]] std::optional<std::uint64_t> newest_transaction(const std::string& image,
                                                              std::uint32_t page_size);

/// A new database's file, without the story of its making.
[[nodiscard]] std::string new_file(const OpenOptions& options);

/// The value; its error as an exception.
template <class T>
T must(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().to_text());
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}

} // namespace rebolt::test
