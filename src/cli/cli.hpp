// cli: one file per command in commands/; they parse, print and decide exit
// codes, and hold no logic that a library user would miss.
//
//   app.hpp       the table of commands
//   options.hpp   the options that all commands share
//   output.hpp    stdout for results, stderr for the rest
//   progress.hpp  rate and time left, cancel.hpp  Ctrl-C
//
// May include <rebolt/…>, fmt and report, nothing else of src/ but
// this folder.
#pragma once

#include "cli/app.hpp"
