package main

import (
	"bufio"
	"encoding/binary"
	"os"

	bolt "go.etcd.io/bbolt"
)

// The states file says what every committed state held. After the magic
// "rbstate1", the page size (u32) and the last txid (u64) come records, all
// numbers little-endian, each beginning with a byte that says what it is:
//
//	B parent u32, name           the next bucket's path; bucket 0 is the root
//	K bucket u32, first, last, key, value    a value was committed
//	H bucket u32, first, last, key           a bucket was there under this key
//	S bucket u32, first, last, sequence u64  the bucket had this sequence
//
// first and last are txids (u64): the first and the last state that held it;
// last is 0 for what is live at the end. Byte strings stand behind their u32
// length. A state that a transaction never committed is not there.
const statesMagic = "rbstate1"

// A version is a value, a bucket (value nil) or a sequence, and since when.
type version struct {
	value    []byte
	sequence uint64
	first    uint64
}

// A modelBucket is one path. It keeps its number when it is deleted.
type modelBucket struct {
	number    uint32
	path      []string
	inside    map[string]*modelBucket // also deleted ones
	live      map[string]version      // keys with values, and buckets
	sequence  version
	keysOrder []string // as they came, so that the file is repeatable
}

type stateLog struct {
	out  *bufio.Writer
	file *os.File
	root *modelBucket
	next uint32
}

func newStateLog(path string) (*stateLog, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	s := &stateLog{out: bufio.NewWriterSize(file, 1<<16), file: file, root: newModelBucket(0, nil), next: 1}
	s.out.WriteString(statesMagic)
	s.u32(0)
	s.u64(0) // both are written at the end
	return s, nil
}

func newModelBucket(number uint32, path []string) *modelBucket {
	return &modelBucket{
		number: number,
		path:   path,
		inside: map[string]*modelBucket{},
		live:   map[string]version{},
	}
}

func (s *stateLog) u32(n uint32) { binary.Write(s.out, binary.LittleEndian, n) }
func (s *stateLog) u64(n uint64) { binary.Write(s.out, binary.LittleEndian, n) }

func (s *stateLog) bytes(data []byte) {
	s.u32(uint32(len(data)))
	s.out.Write(data)
}

// bucket finds the bucket at path in the model, and makes it as needed.
func (s *stateLog) bucket(path []string, txid uint64) *modelBucket {
	at := s.root
	for _, name := range path {
		if _, there := at.live[name]; !there {
			at.set(name, version{first: txid})
		}
		inside, there := at.inside[name]
		if !there {
			inside = newModelBucket(s.next, append(at.path[:len(at.path):len(at.path)], name))
			s.next++
			at.inside[name] = inside
			s.out.WriteByte('B')
			s.u32(at.number)
			s.bytes([]byte(name))
		}
		at = inside
	}
	return at
}

func (b *modelBucket) set(key string, v version) {
	if _, there := b.live[key]; !there {
		b.keysOrder = append(b.keysOrder, key)
	}
	b.live[key] = v
}

// write tells of one version; last is 0 when it is live at the end.
func (s *stateLog) write(b *modelBucket, key string, v version, last uint64) {
	if last != 0 && last < v.first {
		return // came and went within one transaction
	}
	record := byte('K')
	if v.value == nil {
		record = 'H'
	}
	s.out.WriteByte(record)
	s.u32(b.number)
	s.u64(v.first)
	s.u64(last)
	s.bytes([]byte(key))
	if v.value != nil {
		s.bytes(v.value)
	}
}

func (s *stateLog) writeSequence(b *modelBucket, last uint64) {
	v := b.sequence
	if v.first == 0 || (last != 0 && last < v.first) {
		return
	}
	s.out.WriteByte('S')
	s.u32(b.number)
	s.u64(v.first)
	s.u64(last)
	s.u64(v.sequence)
}

func (s *stateLog) put(path []string, key string, value []byte, txid uint64) {
	b := s.bucket(path, txid)
	old, there := b.live[key]
	if there && string(old.value) == string(value) {
		return
	}
	if there {
		s.write(b, key, old, txid-1)
	}
	b.set(key, version{value: append([]byte{}, value...), first: txid})
}

func (s *stateLog) erase(path []string, key string, txid uint64) {
	b := s.bucket(path, txid)
	old, there := b.live[key]
	if !there {
		return
	}
	s.write(b, key, old, txid-1)
	delete(b.live, key)
	b.forget(key)
	if old.value == nil {
		s.end(b.inside[key], txid-1)
	}
}

func (b *modelBucket) forget(key string) {
	for i, other := range b.keysOrder {
		if other == key {
			b.keysOrder = append(b.keysOrder[:i], b.keysOrder[i+1:]...)
			return
		}
	}
}

// end writes all that is live in a bucket; last is 0 at the end of the history.
func (s *stateLog) end(b *modelBucket, last uint64) {
	s.writeSequence(b, last)
	for _, key := range b.keysOrder {
		v := b.live[key]
		s.write(b, key, v, last)
		if v.value == nil {
			s.end(b.inside[key], last)
		}
	}
	if last != 0 {
		b.live, b.keysOrder, b.sequence = map[string]version{}, nil, version{}
	}
}

func (s *stateLog) setSequence(path []string, sequence, txid uint64) {
	b := s.bucket(path, txid)
	if b.sequence.first != 0 && b.sequence.sequence == sequence {
		return
	}
	s.writeSequence(b, txid-1)
	b.sequence = version{sequence: sequence, first: txid}
}

// close writes what is live at the end.
func (s *stateLog) close(pageSize int, txid uint64) error {
	s.end(s.root, 0)
	if err := s.out.Flush(); err != nil {
		return err
	}
	head := make([]byte, 12)
	binary.LittleEndian.PutUint32(head, uint32(pageSize))
	binary.LittleEndian.PutUint64(head[4:], txid)
	if _, err := s.file.WriteAt(head, int64(len(statesMagic))); err != nil {
		return err
	}
	return s.file.Close()
}

// A shapeTx changes the file and remembers what it did until it is committed.
type shapeTx struct {
	tx      *bolt.Tx
	changes []func(s *stateLog, txid uint64)
}

func (t *shapeTx) bucket(path ...string) *bolt.Bucket {
	b, err := t.tx.CreateBucketIfNotExists([]byte(path[0]))
	for _, name := range path[1:] {
		if err == nil {
			b, err = b.CreateBucketIfNotExists([]byte(name))
		}
	}
	if err != nil {
		panic(err)
	}
	kept := append([]string{}, path...)
	t.changes = append(t.changes, func(s *stateLog, txid uint64) { s.bucket(kept, txid) })
	return b
}

func (t *shapeTx) put(path []string, key string, value []byte) {
	if value == nil {
		value = []byte{}
	}
	if err := t.bucket(path...).Put([]byte(key), value); err != nil {
		panic(err)
	}
	t.changes = append(t.changes, func(s *stateLog, txid uint64) { s.put(path, key, value, txid) })
}

func (t *shapeTx) erase(path []string, key string) {
	if err := t.bucket(path...).Delete([]byte(key)); err != nil {
		panic(err)
	}
	t.changes = append(t.changes, func(s *stateLog, txid uint64) { s.erase(path, key, txid) })
}

func (t *shapeTx) deleteBucket(path []string, name string) {
	var err error
	if len(path) == 0 {
		err = t.tx.DeleteBucket([]byte(name))
	} else {
		err = t.bucket(path...).DeleteBucket([]byte(name))
	}
	if err != nil {
		panic(err)
	}
	t.changes = append(t.changes, func(s *stateLog, txid uint64) { s.erase(path, name, txid) })
}

func (t *shapeTx) setSequence(path []string, sequence uint64) {
	if err := t.bucket(path...).SetSequence(sequence); err != nil {
		panic(err)
	}
	t.changes = append(t.changes, func(s *stateLog, txid uint64) { s.setSequence(path, sequence, txid) })
}
