// io: files, locks, mappings, processes. It moves bytes and judges none of them.
//
//   file.hpp            an open file; reads that survive EINTR and short counts
//   file_writer.hpp     writes and syncs, through system_calls.hpp
//   new_file.hpp        a file that appears under its name only when it is whole
//   folder.hpp          a folder that is opened once; where a path leads
//   descriptor_path.hpp  paths of what is open already
//   attributes.hpp      owner, permissions and extended attributes of a new file
//   scratch_file.hpp    a file in memory, without a name
//   work_folder.hpp     where a file is before it takes another's place
//   set_aside.hpp       a second name for a file
//   file_stamp.hpp      tells a file from one that was changed since
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
