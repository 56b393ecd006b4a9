package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// Values longer than this are described by their hash and length.
const maxPlainValue = 64

func runDescribe(args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	db, err := openReadOnly(args[0])
	if err != nil {
		return err
	}
	defer db.Close()

	freelist, err := freelistStats(args[0])
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	err = db.View(func(tx *bolt.Tx) error {
		pageSize := db.Info().PageSize
		fmt.Fprintf(out, `{"page_size":%d,"high_water_mark":%d,"txid":%d,"free_pages":%d,"freelist_inuse":%d}`+"\n",
			pageSize, tx.Size()/int64(pageSize), tx.ID(),
			freelist.FreePageN+freelist.PendingPageN, freelist.FreelistInuse)
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return describeBucket(out, b, []string{quoteHex(name)})
		})
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// freelistStats reads the freelist counters from a private copy. bbolt fills
// FreelistInuse only when a write transaction ends, so one is rolled back.
func freelistStats(path string) (bolt.Stats, error) {
	copyPath, err := copyToTemp(path)
	if err != nil {
		return bolt.Stats{}, err
	}
	defer os.Remove(copyPath)
	db, err := openWritableUnchanged(copyPath)
	if err != nil {
		return bolt.Stats{}, err
	}
	defer db.Close()
	tx, err := db.Begin(true)
	if err != nil {
		return bolt.Stats{}, err
	}
	if err := tx.Rollback(); err != nil {
		return bolt.Stats{}, err
	}
	return db.Stats(), nil
}

func copyToTemp(path string) (string, error) {
	in, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.CreateTemp("", "bboltpeer-*.db")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(out.Name())
		return "", err
	}
	return out.Name(), nil
}

func describeBucket(out *bufio.Writer, b *bolt.Bucket, path []string) error {
	s := b.Stats()
	fmt.Fprintf(out, `{"bucket":[%s],"sequence":%d,"root":%d,"stats":[%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d]}`+"\n",
		strings.Join(path, ","), b.Sequence(), b.Root(),
		s.BranchPageN, s.BranchOverflowN, s.LeafPageN, s.LeafOverflowN, s.KeyN, s.Depth,
		s.BranchAlloc, s.BranchInuse, s.LeafAlloc, s.LeafInuse,
		s.BucketN, s.InlineBucketN, s.InlineBucketInuse)
	return b.ForEach(func(key, value []byte) error {
		if value == nil {
			child := b.Bucket(key)
			if child == nil {
				return fmt.Errorf("entry %x has no value and is no bucket", key)
			}
			return describeBucket(out, child, append(path[:len(path):len(path)], quoteHex(key)))
		}
		_, err := fmt.Fprintf(out, `{"key":%s,"value":%s}`+"\n", quoteHex(key), describeValue(value))
		return err
	})
}

func quoteHex(data []byte) string {
	return `"` + hex.EncodeToString(data) + `"`
}

func describeValue(value []byte) string {
	if len(value) <= maxPlainValue {
		return quoteHex(value)
	}
	hash := fnv.New64a()
	hash.Write(value)
	return fmt.Sprintf(`"#%016x:%d"`, hash.Sum64(), len(value))
}
