package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
)

// A damaged file may make a cursor go round for ever: after so many entries no
// sound file of a test has, a bucket is given up.
const readableMax = 200000

// runReadable writes what bbolt can still read of a damaged file to OUT, as a
// patient user would: bucket by bucket, and a bucket in which bbolt panics is
// left there. Each entry is: depth of the path u32, its names, key, and value
// with its length plus one (0: a bucket); lengths are u32, little-endian. What
// was written stands when the process dies.
func runReadable(args []string) error {
	if len(args) != 2 {
		return errUsage
	}
	out, err := os.Create(args[1])
	if err != nil {
		return err
	}
	defer out.Close()
	r := &reading{out: bufio.NewWriter(out)}
	defer r.out.Flush()
	debug.SetPanicOnFault(true)
	return r.guarded(func() error {
		db, err := openReadOnly(args[0])
		if err != nil {
			return err
		}
		return db.View(func(tx *bolt.Tx) error {
			r.walk(nil, tx.Cursor(), func(name []byte) *bolt.Bucket { return tx.Bucket(name) })
			return nil
		})
	})
}

type reading struct {
	out   *bufio.Writer
	count int
}

// guarded runs work; a panic of bbolt's is an error.
func (r *reading) guarded(work func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	return work()
}

func (r *reading) walk(path [][]byte, cursor *bolt.Cursor, open func(name []byte) *bolt.Bucket) {
	if len(path) > 20 {
		return
	}
	var inside [][]byte
	r.guarded(func() error {
		for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
			if r.count++; r.count > readableMax {
				return errors.New("more than there can be")
			}
			r.write(path, key, value)
			if value == nil {
				inside = append(inside, append([]byte{}, key...))
			}
		}
		return nil
	})
	for _, name := range inside {
		r.guarded(func() error {
			if b := open(name); b != nil {
				r.walk(append(path[:len(path):len(path)], name), b.Cursor(), b.Bucket)
			}
			return nil
		})
	}
}

func (r *reading) write(path [][]byte, key, value []byte) {
	r.u32(len(path))
	for _, name := range path {
		r.bytes(name)
	}
	r.bytes(key)
	if value == nil {
		r.u32(0)
	} else {
		r.u32(len(value) + 1)
		r.out.Write(value)
	}
	r.out.Flush() // bbolt may run out of memory at the next step
}

func (r *reading) u32(n int) { binary.Write(r.out, binary.LittleEndian, uint32(n)) }

func (r *reading) bytes(data []byte) {
	r.u32(len(data))
	r.out.Write(data)
}
