// docker: libnetwork's state in local-kv.db: records, dockerd's start, damage
// that is logical and not physical.
//
//   go_json          JSON as Go's encoder writes it
//   fields           one list of fields a kind, for reading and for writing
//   records          <rebolt/docker/records.hpp>
//   network_state    all records of a file, also of a damaged one
//   go_cursor        bbolt's own cursor on bytes nobody checked, for its fate
//   go_stack         the pages that it came through
//   release_facts    what differs from release to release, one table a fact
//   version          which release wrote a file
//   startup          the steps of dockerd's start, with that cursor
//   address          addresses and pools
//   containers       the containers' own files, the second source
//   fsck, rebuild    what does not fit together, and how to mend it
//
// May include base, format, io, engine, check, salvage, schema, store. Facts are
// libnetwork's and bbolt's as Docker 20.10 to 29 have them.
#pragma once
