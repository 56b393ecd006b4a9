// The commands' set-up functions, one a file in this folder.
#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace rebolt::cli {

void set_up_backup(Arguments arguments);
void set_up_bench(Arguments arguments);
void set_up_browse(Arguments arguments);
void set_up_buckets(Arguments arguments);
void set_up_check(Arguments arguments);
void set_up_containerd(Arguments arguments);
void set_up_compact(Arguments arguments);
void set_up_complete(Arguments arguments);
void set_up_completion(Arguments arguments);
void set_up_create_bucket(Arguments arguments);
void set_up_delete(Arguments arguments);
void set_up_docker(Arguments arguments);
void set_up_diagnose(Arguments arguments);
void set_up_diff(Arguments arguments);
void set_up_dump(Arguments arguments);
void set_up_dump_text(Arguments arguments);
void set_up_etcd(Arguments arguments);
void set_up_explain(Arguments arguments);
void set_up_fsck(Arguments arguments);
void set_up_get(Arguments arguments);
void set_up_hash(Arguments arguments);
void set_up_history(Arguments arguments);
void set_up_info(Arguments arguments);
void set_up_inspect(Arguments arguments);
void set_up_k8s(Arguments arguments);
void set_up_keys(Arguments arguments);
void set_up_load(Arguments arguments);
void set_up_map(Arguments arguments);
void set_up_metadump(Arguments arguments);
void set_up_manual(Arguments arguments);
void set_up_page(Arguments arguments);
void set_up_page_item(Arguments arguments);
void set_up_pages(Arguments arguments);
void set_up_put(Arguments arguments);
void set_up_recover(Arguments arguments);
void set_up_scrub(Arguments arguments);
void set_up_repair(Arguments arguments);
void set_up_stats(Arguments arguments);
void set_up_store(Arguments arguments);
void set_up_surgery(Arguments arguments);
void set_up_guard(Arguments arguments);
void set_up_undo(Arguments arguments);
void set_up_version(Arguments arguments);

} // namespace rebolt::cli
