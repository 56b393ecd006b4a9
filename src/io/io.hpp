// io: files, locks, mappings. It moves bytes and judges none of them.
//
//   file.hpp         an open file; reads that survive EINTR and short counts
//   lock.hpp         bbolt's flock, and who may hold it
//   mapping.hpp      a mapping that turns SIGBUS into a question one can ask
//   <rebolt/page_source.hpp>  a file cut into pages, for whoever trusts nothing
//
// May include base and format (for the page size). A damaged file is no error
// here: only the system's refusals are.
#pragma once

#include "io/file.hpp"
#include "io/lock.hpp"
#include "io/mapping.hpp"
