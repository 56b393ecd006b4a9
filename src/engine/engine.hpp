// engine: the database as bbolt's users know it. Trusts only pages that the
// grammar of pages (rebolt/page_grammar.hpp) accepted.
//
//   <rebolt/db.hpp> and what it includes: the public face
//   database.hpp          what copies of a DB share: file, newest state, readers, writer
//   newest_state.hpp      which meta is taken, and whether a newer one is damaged
//   transaction_state.hpp what a transaction reads: a mapping and a meta
//   node.hpp              entering a page: its header is checked
//   page_content.hpp      judging what it holds, once in a transaction
//   search.hpp            the way down to a key
//   changes.hpp           what a write transaction has changed: dirty pages, open buckets
//   tree_writer.hpp       putting, erasing, splitting and merging
//   commit.hpp            writing the changes to the file, through write_buffer.hpp
//   free_pages.hpp        which pages a writer may use; freelist.hpp: as they are stored
//
// May include base, format and io; never check: strict mode takes a callback.
//
// Invariants: a page is only looked at after enter() accepted it; no allocation
// on the way to a value; no recursion over page links of a file; whatever the
// bytes, a call ends after at most as many pages as the database has. A writer
// copies a page only after judge_for_writing() accepted it, frees only pages that
// are in use, and writes only to pages that no state in use has.
#pragma once

#include "engine/node.hpp"
#include "engine/transaction_state.hpp"
