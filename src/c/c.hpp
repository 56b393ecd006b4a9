// c: the C interface, <rebolt/rebolt.h>, over the public headers of the others.
//
//   status   errors as numbers, and the message of this thread
//   <rebolt/rebolt.h>
//
// Nothing is thrown out of it: what goes wrong inside, even memory that runs out, is a
// status.
#pragma once

#include <rebolt/rebolt.h>

#include "c/status.hpp"
