package main

import (
	"bytes"

	bolt "go.etcd.io/bbolt"
)

// move is bbolt 1.4's Bucket.MoveBucket, with its errors in its order, for
// packages that do not have it: a copy, then a deletion. It also refuses to
// move a bucket into itself, where bbolt 1.4 would lose it.
func move(tx *bolt.Tx, path [][]byte, fields []string) (string, error) {
	targetPath, err := scriptPath(fields[0])
	if err != nil {
		return "", err
	}
	from, name, err := parentAt(tx, path)
	if err != nil {
		return "", err
	}
	to, err := bucketAt(tx, targetPath)
	if err != nil {
		return "", err
	}
	if from == to {
		return "", errSameBuckets
	}
	moved, err := bucketAt(tx, path)
	switch {
	case err != nil:
		return "", err
	case from == to:
		return "", errSameBuckets
	case startsWith(targetPath, path):
		return "", errIntoItself
	}
	copied, err := to.CreateBucket(name)
	if err != nil {
		return "", err
	}
	if err := copyBucket(moved, copied); err != nil {
		return "", err
	}
	return "ok", from.DeleteBucket(name)
}

func startsWith(path, prefix [][]byte) bool {
	for i, name := range prefix {
		if i >= len(path) || !bytes.Equal(path[i], name) {
			return false
		}
	}
	return true
}

// copyBucket copies sequence, keys and values, and the buckets inside.
func copyBucket(from, to *bolt.Bucket) error {
	if err := to.SetSequence(from.Sequence()); err != nil {
		return err
	}
	return from.ForEach(func(key, value []byte) error {
		if value != nil {
			return to.Put(key, append([]byte{}, value...))
		}
		inside, err := to.CreateBucket(key)
		if err != nil {
			return err
		}
		return copyBucket(from.Bucket(key), inside)
	})
}
