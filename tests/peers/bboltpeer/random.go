package main

import (
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// A dice is a seeded source of choices.
type dice struct{ state uint64 }

func (d *dice) roll(sides int) int {
	d.state++
	return int(splitmix64(d.state) % uint64(sides))
}

// randomOptions varies the page size and the freelist with the seed.
func randomOptions(seed uint64) bolt.Options {
	return bolt.Options{
		PageSize:       []int{4096, 512, 1024, 8192}[seed%4],
		NoFreelistSync: seed%5 == 4,
	}
}

func fillRandom(g *generator) error {
	d := &dice{state: splitmix64(g.seed)}
	for round := 0; round < 60; round++ {
		if round > 0 && d.roll(8) == 0 {
			if err := g.reopen(); err != nil {
				return err
			}
		}
		path := randomPath(d)
		// The first round changes the file: with 512-byte pages, bbolt cannot
		// open one that never grew.
		change := g.changeRandomly
		if round > 0 && d.roll(10) == 0 {
			change = g.deleteBucket
		}
		if err := change(d, path); err != nil {
			return err
		}
	}
	return nil
}

func randomPath(d *dice) []string {
	path := []string{fmt.Sprintf("top-%d", d.roll(4))}
	for len(path) < 4 && d.roll(2) == 0 {
		path = append(path, fmt.Sprintf("sub-%d", d.roll(3)))
	}
	return path
}

// deleteBucket removes the bucket at path where there is one.
func (g *generator) deleteBucket(_ *dice, path []string) error {
	return g.db.Update(func(tx *bolt.Tx) error {
		last := []byte(path[len(path)-1])
		if len(path) == 1 {
			if tx.Bucket(last) == nil {
				return nil
			}
			return tx.DeleteBucket(last)
		}
		b := tx.Bucket([]byte(path[0]))
		for _, name := range path[1 : len(path)-1] {
			if b == nil {
				return nil
			}
			b = b.Bucket([]byte(name))
		}
		if b == nil || b.Bucket(last) == nil {
			return nil
		}
		return b.DeleteBucket(last)
	})
}

// changeRandomly puts in one transaction and then deletes key by key: bbolt
// rebalances the nodes of a transaction in map order, so several deletions in
// one would make the page layout differ from run to run.
func (g *generator) changeRandomly(d *dice, path []string) error {
	err := g.update(path, func(b *bolt.Bucket) error { return putRandomly(d, b) })
	if err != nil || d.roll(2) == 0 {
		return err
	}
	for deletions := d.roll(200); deletions > 0; deletions-- {
		key := randomKey(d)
		err := g.update(path, func(b *bolt.Bucket) error { return b.Delete(key) })
		if err != nil {
			return err
		}
	}
	return nil
}

func putRandomly(d *dice, b *bolt.Bucket) error {
	if d.roll(3) == 0 {
		if err := b.SetSequence(splitmix64(uint64(d.roll(1 << 20)))); err != nil {
			return err
		}
	}
	for puts := d.roll(400); puts > 0; puts-- {
		key := randomKey(d)
		if err := b.Put(key, noise(d.state, randomSize(d))); err != nil {
			return err
		}
	}
	return nil
}

func randomKey(d *dice) []byte {
	return []byte(fmt.Sprintf("key-%0*d", 1+d.roll(3)*8, d.roll(200)))
}

func randomSize(d *dice) int {
	switch d.roll(200) {
	case 0:
		return d.roll(30000)
	case 1, 2, 3, 4:
		return d.roll(3000)
	default:
		return d.roll(100)
	}
}
