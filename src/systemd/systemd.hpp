// systemd: what rebolt asks and tells the service manager, and nothing else.
//
//   unit_name     `docker.service` of `docker`
//   unit_command  how a unit starts its program, from the unit's files
//   unit_state    what `systemctl show` says of a unit
//   journal       the journal's entries of a unit, through journalctl
//   journal_export  what journalctl prints
//   kubernetes    where its distributions keep their files
//   drop_in       writes and removes drop-ins
//   notify        sd_notify
//
// May include base and io. Without systemd nothing here fails badly: it says so.
#pragma once

#include "systemd/drop_in.hpp"
#include "systemd/journal.hpp"
#include "systemd/journal_export.hpp"
#include "systemd/kubernetes.hpp"
#include "systemd/notify.hpp"
#include "systemd/unit_command.hpp"
#include "systemd/unit_name.hpp"
#include "systemd/unit_state.hpp"
