// containerd: what meta.db says, compared with the blobs that are there.
//
//   metadata       <rebolt/containerd/metadata.hpp>: all records of a file
//   content_store  <rebolt/containerd/content_store.hpp>: the blobs
//   fsck           <rebolt/containerd/fsck.hpp>: what does not fit together
//   go_values      times and numbers as containerd writes them
//
// By containerd's metadata/buckets.go and metadata/boltutil, 1.6 to 2.3. Nothing
// here writes: containerd's own garbage collector must never meet a meta.db that
// lists less than there is.
#pragma once
