#include "diagnose/database_path.hpp"

#include <algorithm>
#include <array>

#include "diagnose/line_text.hpp"

namespace rebolt::diagnose {
namespace {

// How paths of bbolt files end.
constexpr std::array<std::string_view, 35> bolt_ends{
    ".bolt",
    ".boltdb",
    "/snap/db",
    "local-kv.db",
    ".v1.bolt/meta.db",
    "volumes/metadata.db",
    "worker/tasks.db",
    "overlayfs/metadata.db",
    "raft.db",
    "vault.db",
    "state.db",
    "bolt_state.db",
    "portainer.db",
    "portainer.edb",
    "filebrowser.db",
    "trivy.db",
    "fanal.db",
    "channel.db",
    "sphinxreplay.db",
    "macaroons.db",
    "neutrino.db",
    "chronograf-v1.db",
    "kapacitor.db",
    "drand.db",
    "beaconchain.db",
    ".bleve/store",
    "buildkit/cache.db",
    "buildkit/metadata_v2.db",
    "buildkit/metadata.db",
    "buildkit/snapshots.db",
    "buildkit/containerdmeta.db",
    "buildkit/history.db",
    "buildkit/history_c8d.db",
    "data/stats.db",
    "data/sessions.db",
};

// Of other databases, whose files are called `.db` too.
constexpr std::array<std::string_view, 24> other_parts{
    "grafana.db", "sqlite",    "/rpm/",    "aliases.db", "mlocate",    "/man/",
    "cert8.db",   "cert9.db",  "key3.db",  "key4.db",    "secmod.db",  "/mysql",
    "/postgres",  "Thumbs.db", "/postfix", "Packages.",  "library.db", "/sss",
    "nssdb",      "/apt/",     "/samba",   ".sqlite",    "updatedb",   "pluto.db",
};

// Below a container's own root: of whatever runs in it.
constexpr std::array<std::string_view, 4> container_parts{"/diff/", "/merged/", "/upper/",
                                                          "/rootfs/"};

bool is_in_container(std::string_view path) noexcept {
    return std::ranges::any_of(container_parts,
                               [&](std::string_view part) { return contains(path, part); });
}

} // namespace

PathSort sort_of_path(std::string_view path) noexcept {
    const auto is_in_path = [&](std::string_view part) { return contains(path, part); };
    if (std::ranges::any_of(other_parts, is_in_path))
        return PathSort::none;
    if (std::ranges::any_of(bolt_ends, [&](std::string_view end) { return path.ends_with(end); }))
        return PathSort::bolt;
    // BuildKit sets a file that it cannot open aside as `cache.db.ID.bak`.
    if (path.ends_with(".bak") && contains(path, ".db."))
        return PathSort::bolt;
    const bool is_database = path.ends_with(".db") && path.size() > 4 && !is_in_container(path);
    return is_database ? PathSort::possible : PathSort::none;
}

bool is_of_other_database(std::string_view line) noexcept {
    return contains_any(
        line,
        {"bolt://",   "neo4j",   "sqlite",   "SQLite",         "sqlstore", "sql:",     "mysql",
         "MySQL",     "mariadb", "postgres", "Postgres",       "rpm",      "leveldb",  "rocksdb",
         "badger",    "lmdb",    "LMDB",     "using db",       "Berkeley", "berkeley", "bdb",
         "redis",     "mongo",   "ldap",     "postfix/",       "dovecot",  "named[",   "mapdb",
         "Exception", "EACCES:", "ENOENT:",  "disk I/O error", "Errno "});
}

} // namespace rebolt::diagnose
