package main

import (
	"os"
	"time"

	bolt "go.etcd.io/bbolt"
)

const lockTimeout = 10 * time.Second

// openExistingFile keeps bbolt from creating a file that is not there.
func openExistingFile(name string, flag int, mode os.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag&^os.O_CREATE, mode)
}

func openReadOnly(path string) (*bolt.DB, error) {
	return bolt.Open(path, 0, &bolt.Options{
		Timeout:  lockTimeout,
		ReadOnly: true,
		OpenFile: openExistingFile,
	})
}

// openWritableUnchanged opens for writing without changing the file: without
// NoFreelistSync, opening a file that has no freelist commits one to it.
func openWritableUnchanged(path string) (*bolt.DB, error) {
	return bolt.Open(path, 0, &bolt.Options{
		Timeout:        lockTimeout,
		NoFreelistSync: true,
		OpenFile:       openExistingFile,
	})
}
