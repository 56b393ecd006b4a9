// All of rebolt: one include, one target (rebolt::rebolt).
#pragma once

#include <rebolt/check.hpp>
#include <rebolt/compact.hpp>
#include <rebolt/db.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/schema.hpp>
