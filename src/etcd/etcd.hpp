// etcd: an etcd member's files, and what Kubernetes keeps in them.
//
//   crc32c, wire         etcd's checksum; protobuf as etcd's own code reads it
//   raft_messages        the messages of the log and of `.snap` files
//   wal_decoder          frames of the log, and where etcd stops
//   wal, wal_reading     <rebolt/etcd/wal.hpp>: all files; what etcd makes of them
//
// Nothing here starts etcd, or believes a length, a count or a checksum that it
// has not compared. May include base, format, io, engine, check, salvage, schema.
#pragma once
