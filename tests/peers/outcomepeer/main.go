// Command outcomepeer does one thing with a file as a service would do it, with
// the real bbolt, and prints how that ended. A panic or a fault ends it as it
// would end the service: the text is Go's own, on stderr.
//
//	outcomepeer open|open-read-only|scan|check|put FILE
//
// It uses only what bbolt 1.3.6 has, so that it builds with every later one.
package main

import (
	"encoding/binary"
	"fmt"
	"hash"
	"hash/fnv"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"
)

var operations = map[string]func(path string) (string, error){
	"open":           func(path string) (string, error) { return opened(bolt.Open(path, 0o600, nil)) },
	"open-read-only": func(path string) (string, error) { return opened(openReadOnly(path)) },
	"scan":           scan,
	"check":          check,
	"put":            put,
}

func main() {
	if len(os.Args) != 3 || operations[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: outcomepeer open|open-read-only|scan|check|put FILE")
		os.Exit(2)
	}
	text, err := operations[os.Args[1]](os.Args[2])
	if err != nil {
		fmt.Println("error", err)
	} else {
		fmt.Println("fine", text)
	}
}

func openReadOnly(path string) (*bolt.DB, error) {
	return bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
}

func opened(_ *bolt.DB, err error) (string, error) { return "", err }

// A scanner hashes all that it is shown: the lengths and bytes of keys and
// values, where a bucket begins and where it ends.
type scanner struct {
	entries int
	hash    hash.Hash64
}

func (s *scanner) write(data []byte) {
	var length [4]byte
	binary.LittleEndian.PutUint32(length[:], uint32(len(data)))
	s.hash.Write(length[:])
	s.hash.Write(data)
}

func (s *scanner) bucket(b *bolt.Bucket) error {
	err := b.ForEach(func(key, value []byte) error {
		s.entries++
		s.write(key)
		if value == nil {
			s.hash.Write([]byte("{"))
			return s.bucket(b.Bucket(key))
		}
		s.write(value)
		return nil
	})
	s.hash.Write([]byte("}"))
	return err
}

func (s *scanner) all(tx *bolt.Tx) error {
	return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
		s.entries++
		s.write(name)
		s.hash.Write([]byte("{"))
		return s.bucket(b)
	})
}

func scan(path string) (string, error) {
	db, err := openReadOnly(path)
	if err != nil {
		return "", err
	}
	tx, err := db.Begin(false)
	if err != nil {
		return "", err
	}
	s := scanner{hash: fnv.New64a()}
	err = s.all(tx)
	return fmt.Sprintf("%d entries #%016x", s.entries, s.hash.Sum64()), err
}

// check counts what Tx.Check finds, hashes the texts and tells the first.
func check(path string) (string, error) {
	db, err := openReadOnly(path)
	if err != nil {
		return "", err
	}
	tx, err := db.Begin(false)
	if err != nil {
		return "", err
	}
	count, first, hash := 0, "", fnv.New64a()
	for problem := range tx.Check() {
		text := problem.Error()
		if count == 0 {
			first = text
		}
		count++
		hash.Write([]byte(text))
		hash.Write([]byte{'\n'})
	}
	// Since 1.4 a check that panics closes the channel first.
	time.Sleep(150 * time.Millisecond)
	if count == 0 {
		return "", nil
	}
	return "", fmt.Errorf("%d problems #%016x, first: %s", count, hash.Sum64(), first)
}

// put writes one key into the first bucket, or into a new one if there is none.
func put(path string) (string, error) {
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		return "", err
	}
	tx, err := db.Begin(true)
	if err != nil {
		return "", err
	}
	b, err := firstBucket(tx)
	if err != nil {
		return "", err
	}
	if err := b.Put([]byte("probe"), []byte("1")); err != nil {
		return "", err
	}
	return "", tx.Commit()
}

func firstBucket(tx *bolt.Tx) (*bolt.Bucket, error) {
	c := tx.Cursor()
	for name, value := c.First(); name != nil; name, value = c.Next() {
		if value == nil {
			return tx.Bucket(name), nil
		}
	}
	return tx.CreateBucket([]byte("probe"))
}
