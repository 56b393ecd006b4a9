package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
)

const writeBatch = 1000

// A writer times one workload on a fresh file; bench/write_bench.cpp has the
// same workloads for rebolt.
type writer struct {
	db    *bolt.DB
	count uint64
	value []byte
}

type workload struct {
	synced  bool
	prepare func(w *writer) error
	run     func(w *writer) error
}

var workloads = map[string]workload{
	"sequential": {run: func(w *writer) error { return w.put(benchKey, 0, w.count, writeBatch, 0.5) }},
	"random":     {run: func(w *writer) error { return w.put(scatteredKey, 0, w.count, writeBatch, 0.5) }},
	"load":       {run: func(w *writer) error { return w.put(benchKey, 0, w.count, w.count, 0.9) }},
	"delete":     {prepare: (*writer).fill, run: (*writer).deleteHalf},
	"mixed":      {prepare: (*writer).fill, run: (*writer).mixed},
	"synced": {synced: true, prepare: func(w *writer) error { return w.put(scatteredKey, 0, 1000, 1000, 0.5) },
		run: func(w *writer) error { return w.put(scatteredKey, 1000, w.count, 1, 0.5) }},
	"freelist": {prepare: (*writer).makeFreePages,
		run: func(w *writer) error { return w.put(benchKey, 0, 20, 1, 0.5) }},
}

func scatteredKey(index uint64) []byte {
	return benchKey(splitmix64(index) % 1e16)
}

func runTimeWrite(args []string) error {
	if len(args) != 5 {
		return errUsage
	}
	work, ok := workloads[args[0]]
	count, countErr := strconv.ParseUint(args[2], 10, 63)
	valueBytes, valueErr := strconv.Atoi(args[3])
	runs, runsErr := strconv.Atoi(args[4])
	if !ok || countErr != nil || valueErr != nil || runsErr != nil || runs < 1 {
		return errUsage
	}
	seconds := make([]float64, 0, runs)
	for i := 0; i < runs; i++ {
		elapsed, err := timeOnce(work, filepath.Join(args[1], "bbolt-write.db"), count, noise(1, valueBytes))
		if err != nil {
			return err
		}
		seconds = append(seconds, elapsed.Seconds())
	}
	fmt.Printf(`{"median_seconds":%.9f}`+"\n", median(seconds))
	return nil
}

func timeOnce(work workload, path string, count uint64, value []byte) (time.Duration, error) {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return 0, err
	}
	defer os.Remove(path)
	db, err := bolt.Open(path, 0o644, &bolt.Options{NoSync: !work.synced, NoGrowSync: !work.synced})
	if err != nil {
		return 0, err
	}
	defer db.Close()
	w := &writer{db, count, value}
	if work.prepare != nil {
		if err := work.prepare(w); err != nil {
			return 0, err
		}
	}
	start := time.Now()
	err = work.run(w)
	return time.Since(start), err
}

func (w *writer) update(fill float64, change func(b *bolt.Bucket) error) error {
	return w.db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte("bench"))
		if err != nil {
			return err
		}
		b.FillPercent = fill
		return change(b)
	})
}

// batches calls change for each index from first on, batch calls a transaction.
func (w *writer) batches(first, count, batch uint64, fill float64, change func(b *bolt.Bucket, i uint64) error) error {
	for begin := first; begin < first+count; begin += batch {
		err := w.update(fill, func(b *bolt.Bucket) error {
			for i := begin; i < begin+batch && i < first+count; i++ {
				if err := change(b, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) put(key func(uint64) []byte, first, count, batch uint64, fill float64) error {
	return w.batches(first, count, batch, fill, func(b *bolt.Bucket, i uint64) error {
		return b.Put(key(i), w.value)
	})
}

func (w *writer) fill() error {
	return w.put(scatteredKey, 0, w.count, writeBatch, 0.5)
}

func (w *writer) deleteHalf() error {
	return w.batches(0, w.count/2, writeBatch, 0.5, func(b *bolt.Bucket, i uint64) error {
		return b.Delete(scatteredKey(i * 2))
	})
}

// mixed: of four operations two put, one deletes and one gets.
func (w *writer) mixed() error {
	return w.batches(0, w.count, writeBatch, 0.5, func(b *bolt.Bucket, i uint64) error {
		index := splitmix64(i) % w.count
		switch i % 4 {
		case 0:
			return b.Put(scatteredKey(index), w.value)
		case 1:
			return b.Put(scatteredKey(w.count+i), w.value)
		case 2:
			return b.Delete(scatteredKey(index))
		default:
			if value := b.Get(scatteredKey(index)); value != nil {
				sink ^= value[0]
			}
			return nil
		}
	})
}

// makeFreePages leaves count free pages: those of one bucket's large values.
func (w *writer) makeFreePages() error {
	const pagesPerValue = 256
	large := make([]byte, pagesPerValue*4096-100)
	put := func(b *bolt.Bucket, i uint64) error { return b.Put(benchKey(i), large) }
	if err := w.batches(0, w.count/pagesPerValue, 64, 0.5, put); err != nil {
		return err
	}
	err := w.db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("bench")) })
	if err != nil {
		return err
	}
	return w.put(benchKey, 0, 1, 1, 0.5)
}
