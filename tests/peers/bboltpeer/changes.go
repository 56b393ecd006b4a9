package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// A change is an operation of a script: what it does with the bucket at path
// and the fields behind it. Errors that errorNames knows are results.
type change struct {
	fields int
	run    func(tx *bolt.Tx, path [][]byte, fields []string) (string, error)
}

var changes = map[string]change{
	"create":            {1, create},
	"create-if-missing": {1, createIfMissing},
	"delete-bucket":     {1, deleteBucket},
	"move":              {2, move},
	"put":               {3, inBucket(put)},
	"delete":            {2, inBucket(deleteKey)},
	"cursor-delete":     {3, inBucket(cursorDelete)},
	"set-sequence":      {2, inBucket(setSequence)},
	"next-sequence":     {1, inBucket(nextSequence)},
	"fill":              {2, inBucket(fill)},
	"get":               {2, inBucket(getValue)},
	"list":              {1, inBucket(list)},
}

// Of bbolt 1.4, which this package may not have.
var (
	errSameBuckets = errors.New("the source and target are the same bucket")
	errIntoItself  = errors.New("a bucket cannot be moved into itself")
)

// The names that rebolt gives these errors.
var errorNames = map[error]string{
	bolt.ErrBucketNotFound:     "bucket-not-found",
	bolt.ErrBucketExists:       "bucket-exists",
	bolt.ErrBucketNameRequired: "bucket-name-required",
	bolt.ErrKeyRequired:        "key-required",
	bolt.ErrKeyTooLarge:        "key-too-large",
	bolt.ErrValueTooLarge:      "value-too-large",
	bolt.ErrIncompatibleValue:  "incompatible-value",
	errSameBuckets:             "same-bucket",
	errIntoItself:              "invalid-argument",
}

// bucketAt opens the bucket at path; the root bucket's is empty.
func bucketAt(tx *bolt.Tx, path [][]byte) (*bolt.Bucket, error) {
	b := tx.Cursor().Bucket()
	for _, name := range path {
		inside := b.Bucket(name)
		if inside == nil && b.Get(name) != nil {
			return nil, bolt.ErrIncompatibleValue
		}
		if inside == nil {
			return nil, bolt.ErrBucketNotFound
		}
		b = inside
	}
	return b, nil
}

// parentAt opens the bucket around the one at path, whose name it returns too.
func parentAt(tx *bolt.Tx, path [][]byte) (*bolt.Bucket, []byte, error) {
	if len(path) == 0 {
		return nil, nil, errors.New("the root bucket has none around it")
	}
	last := len(path) - 1
	b, err := bucketAt(tx, path[:last])
	return b, path[last], err
}

func inBucket(run func(b *bolt.Bucket, fields []string) (string, error)) func(
	*bolt.Tx, [][]byte, []string) (string, error) {
	return func(tx *bolt.Tx, path [][]byte, fields []string) (string, error) {
		b, err := bucketAt(tx, path)
		if err != nil {
			return "", err
		}
		return run(b, fields)
	}
}

func create(tx *bolt.Tx, path [][]byte, _ []string) (string, error) {
	b, name, err := parentAt(tx, path)
	if err == nil {
		_, err = b.CreateBucket(name)
	}
	return "ok", err
}

func createIfMissing(tx *bolt.Tx, path [][]byte, _ []string) (string, error) {
	b, name, err := parentAt(tx, path)
	if err == nil {
		_, err = b.CreateBucketIfNotExists(name)
	}
	return "ok", err
}

func deleteBucket(tx *bolt.Tx, path [][]byte, _ []string) (string, error) {
	b, name, err := parentAt(tx, path)
	if err == nil {
		err = b.DeleteBucket(name)
	}
	return "ok", err
}

func put(b *bolt.Bucket, fields []string) (string, error) {
	key, err := scriptBytes(fields[0])
	if err != nil {
		return "", err
	}
	value, err := scriptBytes(fields[1])
	if err != nil {
		return "", err
	}
	return "ok", b.Put(key, value)
}

func deleteKey(b *bolt.Bucket, fields []string) (string, error) {
	key, err := scriptBytes(fields[0])
	if err != nil {
		return "", err
	}
	return "ok", b.Delete(key)
}

// cursorDelete deletes so many entries from key on. It seeks again each time:
// after Delete bbolt's cursor is not to be trusted.
func cursorDelete(b *bolt.Bucket, fields []string) (string, error) {
	key, err := scriptBytes(fields[0])
	if err != nil {
		return "", err
	}
	count, err := strconv.Atoi(fields[1])
	if err != nil {
		return "", err
	}
	c := b.Cursor()
	deleted := 0
	for ; deleted < count; deleted++ {
		found, _ := c.Seek(key)
		if found == nil {
			break
		}
		key = append([]byte(nil), found...)
		if err := c.Delete(); err == bolt.ErrIncompatibleValue {
			return fmt.Sprintf("deleted %d, then incompatible-value", deleted), nil
		} else if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("deleted %d", deleted), nil
}

func setSequence(b *bolt.Bucket, fields []string) (string, error) {
	sequence, err := strconv.ParseUint(fields[0], 10, 64)
	if err != nil {
		return "", err
	}
	return "ok", b.SetSequence(sequence)
}

func nextSequence(b *bolt.Bucket, _ []string) (string, error) {
	sequence, err := b.NextSequence()
	return strconv.FormatUint(sequence, 10), err
}

func fill(b *bolt.Bucket, fields []string) (string, error) {
	percent, err := strconv.Atoi(fields[0])
	b.FillPercent = float64(percent) / 100
	return "ok", err
}

func getValue(b *bolt.Bucket, fields []string) (string, error) {
	key, err := scriptBytes(fields[0])
	if err != nil {
		return "", err
	}
	value := b.Get(key)
	if value == nil {
		return "none", nil
	}
	return describeValue(value), nil
}

// list gives the bucket's sequence, the number of its entries, and a hash of
// them: of each the length of the key, the key, the length of the value and the
// value; a bucket has no value, and all ones for its length.
func list(b *bolt.Bucket, _ []string) (string, error) {
	hash := fnv.New64a()
	write := func(length uint64, data []byte) {
		var prefix [8]byte
		binary.LittleEndian.PutUint64(prefix[:], length)
		hash.Write(prefix[:])
		hash.Write(data)
	}
	count := 0
	err := b.ForEach(func(key, value []byte) error {
		count++
		write(uint64(len(key)), key)
		if value == nil {
			write(1<<64-1, nil)
		} else {
			write(uint64(len(value)), value)
		}
		return nil
	})
	return fmt.Sprintf("sequence %d, %d entries, #%016x", b.Sequence(), count, hash.Sum64()), err
}
