package main

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
)

// sink keeps the bytes read from being optimized away.
var sink byte

type operation func(tx *bolt.Tx) error

// runTime opens read-only: Check then loads the freelist on its first run.
func runTime(args []string) error {
	if len(args) < 4 {
		return errUsage
	}
	runs, err := strconv.Atoi(args[3])
	if err != nil || runs < 1 {
		return errUsage
	}
	op, err := timedOperation(args[0], []byte(args[2]), args[4:])
	if err != nil {
		return err
	}
	db, err := openReadOnly(args[1])
	if err != nil {
		return err
	}
	defer db.Close()
	seconds := make([]float64, 0, runs)
	for i := 0; i < runs; i++ {
		start := time.Now()
		if err := db.View(op); err != nil {
			return err
		}
		seconds = append(seconds, time.Since(start).Seconds())
	}
	fmt.Printf(`{"median_seconds":%.9f}`+"\n", median(seconds))
	return nil
}

func timedOperation(name string, bucket []byte, rest []string) (operation, error) {
	switch {
	case name == "check" && len(rest) == 0:
		return checkAll, nil
	case name == "scan" && len(rest) == 0:
		return func(tx *bolt.Tx) error { return scan(tx, bucket) }, nil
	case name == "get" && len(rest) == 2:
		gets, err := strconv.ParseUint(rest[0], 10, 64)
		if err != nil {
			return nil, errUsage
		}
		count, err := strconv.ParseUint(rest[1], 10, 64)
		if err != nil || count == 0 {
			return nil, errUsage
		}
		// The keys are made here so that formatting them is not timed.
		keys := make([][]byte, gets)
		for i := range keys {
			keys[i] = benchKey(splitmix64(uint64(i)) % count)
		}
		return func(tx *bolt.Tx) error { return get(tx, bucket, keys) }, nil
	}
	return nil, errUsage
}

func checkAll(tx *bolt.Tx) error {
	var first error
	for err := range tx.Check() {
		if first == nil {
			first = err
		}
	}
	return first
}

func openBucket(tx *bolt.Tx, name []byte) (*bolt.Bucket, error) {
	b := tx.Bucket(name)
	if b == nil {
		return nil, fmt.Errorf("no bucket %q", name)
	}
	return b, nil
}

func scan(tx *bolt.Tx, bucket []byte) error {
	b, err := openBucket(tx, bucket)
	if err != nil {
		return err
	}
	c := b.Cursor()
	for key, value := c.First(); key != nil; key, value = c.Next() {
		sink ^= key[0]
		if len(value) > 0 {
			sink ^= value[0]
		}
	}
	return nil
}

func get(tx *bolt.Tx, bucket []byte, keys [][]byte) error {
	b, err := openBucket(tx, bucket)
	if err != nil {
		return err
	}
	for _, key := range keys {
		value := b.Get(key)
		if value == nil {
			return errors.New("no key " + string(key))
		}
		if len(value) > 0 {
			sink ^= value[0]
		}
	}
	return nil
}

func median(values []float64) float64 {
	sort.Float64s(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}
