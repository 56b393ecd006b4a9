package main

import (
	"bytes"
	"fmt"
	"math"

	bolt "go.etcd.io/bbolt"
)

func nothing(*bolt.Bucket) error { return nil }

// fillNested makes buckets six deep, both paged and inline ones.
func fillNested(g *generator) error {
	for _, top := range []string{"alpha", "beta"} {
		path := []string{top}
		for level := 1; ; level++ {
			if err := g.putNoise(path, 40*level, 30); err != nil {
				return err
			}
			if level == 6 {
				break
			}
			side := append(path[:len(path):len(path)], "inline")
			if err := g.putNoise(side, level, 10); err != nil {
				return err
			}
			path = append(path, fmt.Sprintf("level-%d", level+1))
		}
	}
	return nil
}

// fillInline makes buckets of growing size around the limit of inline ones,
// a quarter of a page.
func fillInline(g *generator) error {
	for count := 0; count <= 30; count++ {
		if err := g.putNoise([]string{fmt.Sprintf("bucket-%02d", count)}, count, 20); err != nil {
			return err
		}
	}
	for count := 0; count <= 30; count += 3 {
		path := []string{"parent", fmt.Sprintf("child-%02d", count)}
		if err := g.putNoise(path, count, 20); err != nil {
			return err
		}
	}
	return nil
}

func fillOverflow(g *generator) error {
	values := []int{0, 1, 4000, 4064, 4096, 5000, 8192, 10000, 65535, 65536, 100000, 204800}
	err := g.update([]string{"values"}, func(b *bolt.Bucket) error {
		for i, size := range values {
			if err := b.Put([]byte(fmt.Sprintf("value-%06d", size)), noise(uint64(i), size)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// Long keys make branch pages overflow as well.
	keys := []int{1, 100, 1000, 4096, 8000, 20000, 32767, 32768}
	return g.update([]string{"keys"}, func(b *bolt.Bucket) error {
		for i, size := range keys {
			for first := byte('a'); first <= 'd'; first++ {
				key := bytes.Repeat([]byte{first}, size)
				if err := b.Put(key, noise(uint64(i), 2000)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func fillEmptyBuckets(g *generator) error {
	for i := 0; i < 50; i++ {
		if err := g.update([]string{fmt.Sprintf("empty-%02d", i)}, nothing); err != nil {
			return err
		}
	}
	for i := 0; i < 200; i++ {
		if err := g.update([]string{"parent", fmt.Sprintf("empty-%03d", i)}, nothing); err != nil {
			return err
		}
	}
	if err := g.update([]string{"chain", "a", "b", "c"}, nothing); err != nil {
		return err
	}
	// A bucket that held pages and was emptied afterwards.
	if err := g.putNoise([]string{"emptied"}, 1000, 50); err != nil {
		return err
	}
	return g.update([]string{"emptied"}, deleteAll)
}

func deleteAll(b *bolt.Bucket) error {
	var keys [][]byte
	err := b.ForEach(func(key, _ []byte) error {
		keys = append(keys, append([]byte(nil), key...))
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := b.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

func fillSequences(g *generator) error {
	for _, sequence := range []uint64{0, 1, 255, math.MaxUint32, 1 << 32, 1 << 63, math.MaxUint64} {
		set := func(b *bolt.Bucket) error { return b.SetSequence(sequence) }
		name := fmt.Sprintf("sequence-%d", sequence)
		if err := g.update([]string{name}, set); err != nil {
			return err
		}
		if err := g.update([]string{"parent", name}, set); err != nil {
			return err
		}
	}
	// A bucket with pages of its own, keyed by its sequence.
	return g.update([]string{"counter"}, func(b *bolt.Bucket) error {
		for i := 0; i < 500; i++ {
			next, err := b.NextSequence()
			if err != nil {
				return err
			}
			if err := b.Put(benchKey(next), noise(next, 16)); err != nil {
				return err
			}
		}
		return nil
	})
}

// fillMixed makes some of everything, free pages included.
func fillMixed(g *generator) error {
	pageSize := g.db.Info().PageSize
	steps := []struct {
		path        []string
		count, size int
	}{
		{[]string{"small"}, 2000, 24},
		{[]string{"inline"}, 3, 8},
		{[]string{"overflow"}, 8, 3 * pageSize},
		{[]string{"discarded"}, 300, 200},
		{[]string{"parent"}, 100, 40},
		{[]string{"parent", "child"}, 300, 60},
		{[]string{"parent", "child", "inline"}, 1, 4},
	}
	for _, step := range steps {
		if err := g.putNoise(step.path, step.count, step.size); err != nil {
			return err
		}
	}
	if err := g.update([]string{"empty"}, nothing); err != nil {
		return err
	}
	err := g.update([]string{"parent", "child"}, func(b *bolt.Bucket) error { return b.SetSequence(12345) })
	if err != nil {
		return err
	}
	err = g.db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("discarded")) })
	if err != nil {
		return err
	}
	return g.update([]string{"after"}, func(b *bolt.Bucket) error { return b.Put([]byte("key"), []byte("value")) })
}

// fillBigFreelist frees more pages than a page header's 16-bit count holds.
func fillBigFreelist(g *generator) error {
	if err := g.putNoise([]string{"before"}, 200, 40); err != nil {
		return err
	}
	err := g.update([]string{"fill"}, func(b *bolt.Bucket) error {
		for i := uint64(0); i < 2000; i++ {
			if err := b.Put(benchKey(i), noise(i, 400)); err != nil {
				return err
			}
		}
		zeros := make([]byte, 200*1024)
		for i := uint64(2000); i < 2170; i++ {
			if err := b.Put(benchKey(i), zeros); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := g.putNoise([]string{"keep"}, 200, 40); err != nil {
		return err
	}
	err = g.db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("fill")) })
	if err != nil {
		return err
	}
	return g.putNoise([]string{"last"}, 10, 40)
}

func fillFourLevels(g *generator) error {
	// Inserted out of order, so that pages split in the middle.
	const count, batch = 6000, 500
	for first := 0; first < count; first += batch {
		err := g.update([]string{"deep"}, func(b *bolt.Bucket) error {
			for i := first; i < first+batch; i++ {
				index := uint64(i*7919) % count
				if err := b.Put([]byte(fmt.Sprintf("key-%036d", index)), noise(index, 20)); err != nil {
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
