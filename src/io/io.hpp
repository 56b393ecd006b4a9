// io: files, locks, mappings, processes. It moves bytes and judges none of them.
//
//   file.hpp            an open file; reads that survive EINTR and short counts
//   file_writer.hpp     writes and syncs, through system_calls.hpp
//   new_file.hpp        a file that appears under its name only when it is whole
//   set_aside.hpp       a second name for a file, and another file in its place
//   temporary_file.hpp  a file that is gone with its object
//   lock.hpp            bbolt's flock, and who may hold it
//   mapping.hpp         a mapping that turns SIGBUS into a question one can ask
//   subprocess.hpp      another program, started and waited for
//   <rebolt/page_source.hpp>  a file cut into pages, for readers that trust nothing
//
// May include base and format (for the page size). A damaged file is no error
// here: only the system's refusals are.
#pragma once

#include "io/file.hpp"
#include "io/lock.hpp"
#include "io/mapping.hpp"
