// engine: the database as bbolt's users know it. Reads, so far: DB, Tx, Bucket,
// Cursor, statistics. Trusts only what the views checked.
//
//   snapshot.hpp    what a transaction reads: a mapping and a meta
//   node.hpp        entering a page: every field checked before it is used
//   <rebolt/db.hpp> and what it includes: the public face
//
// May include base, format and io; never check: a caller that wants a check
// inside a transaction passes a callback.
//
// Invariants: a page is only looked at after enter() accepted it; no allocation
// on the way to a value; no recursion over page links; whatever the bytes, a
// call ends after at most as many pages as the database has.
#pragma once

#include "engine/node.hpp"
#include "engine/snapshot.hpp"
