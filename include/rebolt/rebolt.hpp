// All of rebolt: one include, one target (rebolt::rebolt).
#pragma once

#include <rebolt/check.hpp>
#include <rebolt/compact.hpp>
#include <rebolt/datastore.hpp>
#include <rebolt/db.hpp>
#include <rebolt/diagnose.hpp>
#include <rebolt/docker/containers.hpp>
#include <rebolt/docker/datastore.hpp>
#include <rebolt/docker/fsck.hpp>
#include <rebolt/docker/network_state.hpp>
#include <rebolt/docker/records.hpp>
#include <rebolt/docker/startup.hpp>
#include <rebolt/edit_plan.hpp>
#include <rebolt/evidence.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/recover.hpp>
#include <rebolt/repair.hpp>
#include <rebolt/schema.hpp>
#include <rebolt/store.hpp>
#include <rebolt/store_command.hpp>
#include <rebolt/store_copy.hpp>
#include <rebolt/store_follow.hpp>
#include <rebolt/store_pair.hpp>
#include <rebolt/store_url.hpp>
#include <rebolt/surgery.hpp>
#include <rebolt/undo.hpp>
