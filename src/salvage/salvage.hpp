// salvage: what is done about a damaged file.
//
// recover/ reads what is left and writes it to a new file; repair/ and surgery/
// change a file in place, after its old bytes are safe in an undo file. May
// include base, format, io, check and the engine's write side: it reads like
// the checker, trusting nothing, and writes like the engine.
//
// The order of a recovery: Survey (what each page is by itself) → states (which
// states of the database there are) → TreeKeeper (keeps what is sound of the
// newest, and finds the holes) → Homes (which bucket a page that nothing leads
// to belongs to) → Filler (fills the holes) → lost+found. Output writes.
//
// Invariants: a page's content goes into the new file once; nothing is
// `current` without proof; keys and values are views of the mapped input.
//
// Start reading in recover/recovery.cpp.
#pragma once
