// bolt: the embedded store, in the format of libkv's boltdb backend.
//
//   bolt_file    the file: opened for each call or held open, and its users
//   bolt_store   the calls of rebolt/store.hpp
//   bolt_watch   a watch: compares the last state with the current one
//   bolt_lock    a lock: the kernel's, on a byte of FILE.locks
//
// One bucket; under each key an 8-byte index, little-endian, and the value
// (schema/libkv_value.hpp). libkv's index counts the writes of one opener, from
// 1: it comes twice as soon as a second program writes. Ours is one more than
// the greatest of the key's own and the bucket's sequence, which keeps the
// greatest given: on a new file the same numbers as libkv's, and among our
// programs none twice. libkv neither reads nor changes the sequence.
//
// Invariant: a write transaction changes values and the sequence together. No
// lock of this folder is held while a caller's callback runs, but that of the
// file it reads from.
#pragma once

#include "store/bolt/bolt_file.hpp"
#include "store/bolt/bolt_lock.hpp"
#include "store/bolt/bolt_watch.hpp"
