#include "system/json/command_lines.hpp"

#include <sstream>

#include "support/run_command.hpp"

namespace rebolt::test {
namespace {

void add(std::vector<Words>& lines, const std::vector<Words>& more) {
    lines.insert(lines.end(), more.begin(), more.end());
}

std::vector<Words> looking(const Place& at) {
    return {{"check", at.file},
            {"check", at.file, at.folder},
            {"check", "--from-page", "3", at.file},
            {"explain", at.file},
            {"diagnose", at.file},
            {"diagnose", "/dev/null", "--database", at.file},
            {"info", at.file},
            {"buckets", at.file},
            {"keys", at.file, at.bucket},
            {"get", at.file, at.bucket, at.key},
            {"stats", at.file},
            {"page", at.file, "--all"},
            {"page", at.file, "0", "3", "99999"},
            {"page-item", at.file, "3", "0"},
            {"pages", at.file},
            {"dump", at.file, "0", "3"},
            {"inspect", at.file},
            {"recover", "--dry-run", at.file},
            {"recover", "--scan", at.file},
            {"surgery", "meta", "validate", at.file},
            {"history", at.file, at.bucket, at.key},
            {"diff", at.file, at.file},
            {"hash", at.file},
            {"map", at.file, "-o", at.folder + "/map.html"},
            {"metadump", at.file, "-o", at.folder + "/safe.db"},
            {"scrub", at.file, "--full-speed"},
            {"version"}};
}

std::vector<Words> of_owners(const Place& at) {
    std::vector<Words> lines;
    for (const char* what :
         {"networks", "endpoints", "sandboxes", "ports", "ipam", "startup", "fsck"})
        lines.push_back({"docker", what, at.file});
    for (const char* what : {"images", "containers", "snapshots", "leases", "fsck"})
        lines.push_back({"containerd", what, at.file});
    add(lines, {{"fsck", at.file},
                {"fsck", "--repair", "--yes", at.copy},
                {"etcd", "hash", at.file},
                {"etcd", "verify", at.file},
                {"etcd", "keys", at.file, "--all-pages"},
                {"etcd", "get", at.file, "compact_rev_key"},
                {"etcd", "history", at.file, "compact_rev_key", "--all-pages"},
                {"k8s", "ls", at.file, "pods"},
                {"k8s", "get", at.file, "Pod", "pod-2-1"},
                {"k8s", "export", at.file, at.folder + "/objects", "-n", "none"}});
    return lines;
}

std::vector<Words> changing(const Place& at) {
    const std::string guarded = at.folder + "/state";
    std::vector<Words> lines{{"recover", at.file, "-o", at.folder + "/recovered.db"},
                             {"repair", at.file},
                             {"repair", "-o", at.folder + "/repaired.db", at.file},
                             {"guard", "--dry-run", "--state-folder", guarded, at.file},
                             {"backup", at.file, "-o", at.folder + "/backup.db"},
                             {"backup", at.file, "--dir", at.folder + "/backups"},
                             {"compact", at.file, "-o", at.folder + "/compact.db"}};
    for (const Words& verb :
         {Words{"revert-meta-page"},
          {"copy-page", "--from-page", "3", "--to-page", "4"},
          {"clear-page", "--pageId", "3"},
          {"clear-page-elements", "--pageId", "3", "--from-index", "0", "--to-index", "1"},
          {"freelist", "abandon"},
          {"freelist", "rebuild"},
          {"meta", "update", "--fields", "root:3"}}) {
        Words line{"surgery"};
        line.insert(line.end(), verb.begin(), verb.end());
        line.push_back(at.file);
        lines.push_back(line);
    }
    add(lines, {{"put", at.copy, at.bucket, "k", "v"},
                {"delete", at.copy, at.bucket, "k"},
                {"create-bucket", at.copy, "new"},
                {"repair", "--yes", at.copy},
                {"undo", "--dry-run", at.copy},
                {"undo", at.copy},
                {"recover", "--in-place", at.copy},
                {"guard", "--state-folder", guarded, at.copy},
                {"guard", "status", "--state-folder", guarded},
                {"guard", "history", "--state-folder", guarded},
                {"guard", "undo", "--state-folder", guarded, at.copy}});
    return lines;
}

std::vector<Words> of_stores(const Place& at) {
    const std::string url = "bolt://" + at.file + "?bucket=" + at.bucket;
    const std::string other = "bolt://" + at.folder + "/other.db?bucket=app";
    return {{"store", "get", url, at.key},
            {"store", "ls", url},
            {"store", "copy", "--recover", url, other},
            {"store", "diff", url, other},
            {"store", "put", other, "a", "b"},
            {"store", "get", other, "a"},
            {"store", "rm", other, "a"},
            {"store", "put", other, "a", "b", "--if-index", "99"},
            {"store", "lock", "bolt://" + at.folder + "/other.db", "l"}};
}

// The commands in `rebolt X --help`: indented by two, after "Commands:".
void walk(const std::string& path, std::vector<std::string>& found) {
    Words words{REBOLT_EXE};
    std::istringstream names(path);
    for (std::string name; names >> name;)
        words.push_back(name);
    words.emplace_back("--help");
    std::istringstream help(run_command(words).out);
    bool are_listed = false;
    bool has_any = false;
    for (std::string line; std::getline(help, line);) {
        if (are_listed && line.starts_with("  ") && line.size() > 2 && line[2] != ' ') {
            has_any = true;
            walk(path + (path.empty() ? "" : " ") + line.substr(2, line.find(' ', 2) - 2), found);
        }
        are_listed |= line.starts_with("Commands:");
    }
    if (!has_any)
        found.push_back(path);
}

} // namespace

std::vector<Words> command_lines(const Place& place) {
    std::vector<Words> lines = looking(place);
    add(lines, of_owners(place));
    add(lines, changing(place));
    add(lines, of_stores(place));
    return lines;
}

std::vector<std::string> all_commands() {
    std::vector<std::string> found;
    walk("", found);
    return found;
}

} // namespace rebolt::test
