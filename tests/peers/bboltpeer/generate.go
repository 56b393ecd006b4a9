package main

import (
	"os"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// A kind says how to make one generated file.
type kind struct {
	options bolt.Options
	fill    func(g *generator) error
}

var kinds = map[string]kind{
	"empty":         {fill: func(*generator) error { return nil }},
	"nested":        {fill: fillNested},
	"inline":        {fill: fillInline},
	"overflow":      {fill: fillOverflow},
	"empty-buckets": {fill: fillEmptyBuckets},
	"sequences":     {fill: fillSequences},
	"page-512":      {bolt.Options{PageSize: 512}, fillMixed},
	"page-1024":     {bolt.Options{PageSize: 1024}, fillMixed},
	"page-8192":     {bolt.Options{PageSize: 8192}, fillMixed},
	"page-16384":    {bolt.Options{PageSize: 16384}, fillMixed},
	"page-65536":    {bolt.Options{PageSize: 65536}, fillMixed},
	"big-freelist":  {bolt.Options{PageSize: 512}, fillBigFreelist},
	"no-freelist":   {bolt.Options{NoFreelistSync: true}, fillMixed},
	"four-levels":   {bolt.Options{PageSize: 512}, fillFourLevels},
	"random":        {fill: fillRandom},
}

func runGenerate(args []string) error {
	if len(args) != 2 && len(args) != 3 {
		return errUsage
	}
	k, ok := kinds[args[0]]
	if !ok {
		return errUsage
	}
	g := &generator{path: args[1], options: k.options, seed: 1}
	if len(args) == 3 {
		seed, err := strconv.ParseUint(args[2], 10, 64)
		if err != nil {
			return errUsage
		}
		g.seed = seed
	}
	if args[0] == "random" {
		g.options = randomOptions(g.seed)
	}
	if err := os.Remove(g.path); err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := g.open(); err != nil {
		return err
	}
	// After an error the file is of no use, and the process ends.
	if err := k.fill(g); err != nil {
		return err
	}
	return g.db.Close()
}

// A generator writes one file. Each of its transactions changes the buckets
// along one path only: bbolt writes sibling buckets in map order, so changing
// several at once would make the page layout differ from run to run.
type generator struct {
	path    string
	options bolt.Options
	seed    uint64
	db      *bolt.DB
}

func (g *generator) open() error {
	options := g.options
	options.NoSync = true
	options.NoGrowSync = true
	options.Timeout = lockTimeout
	// The page size is fixed, whatever the machine's.
	if options.PageSize == 0 {
		options.PageSize = 4096
	}
	db, err := bolt.Open(g.path, 0o644, &options)
	g.db = db
	return err
}

func (g *generator) reopen() error {
	if err := g.db.Close(); err != nil {
		return err
	}
	return g.open()
}

// update runs change on the bucket at path, which is created as needed.
func (g *generator) update(path []string, change func(b *bolt.Bucket) error) error {
	return g.db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte(path[0]))
		if err != nil {
			return err
		}
		for _, name := range path[1:] {
			if b, err = b.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return change(b)
	})
}

// putNoise puts count entries whose values have size bytes.
func (g *generator) putNoise(path []string, count, size int) error {
	return g.update(path, func(b *bolt.Bucket) error {
		for i := 0; i < count; i++ {
			if err := b.Put(benchKey(uint64(i)), noise(g.seed+uint64(i), size)); err != nil {
				return err
			}
		}
		return nil
	})
}
