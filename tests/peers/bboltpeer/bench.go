package main

import (
	"fmt"
	"os"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

const benchBatch = 10000

func benchKey(index uint64) []byte {
	return []byte(fmt.Sprintf("%016d", index))
}

func runGenerateBench(args []string) error {
	if len(args) != 3 {
		return errUsage
	}
	count, err := strconv.ParseUint(args[1], 10, 63)
	if err != nil {
		return errUsage
	}
	valueBytes, err := strconv.Atoi(args[2])
	if err != nil || valueBytes < 0 {
		return errUsage
	}
	if err := os.Remove(args[0]); err != nil && !os.IsNotExist(err) {
		return err
	}
	db, err := bolt.Open(args[0], 0o644, &bolt.Options{NoSync: true, NoGrowSync: true})
	if err != nil {
		return err
	}
	defer db.Close()
	for first := uint64(0); first == 0 || first < count; first += benchBatch {
		last := first + benchBatch
		if last > count {
			last = count
		}
		err := db.Update(func(tx *bolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("bench"))
			if err != nil {
				return err
			}
			for i := first; i < last; i++ {
				if err := b.Put(benchKey(i), noise(i, valueBytes)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return db.Sync()
}
