package main

import (
	"fmt"
	"os"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// A shape is a kind of file with a history: how a program fills it and changes
// it in many small transactions, so that older versions of pages are left.
type shape struct {
	options bolt.Options
	fill    func(h *history)
}

var shapes = map[string]shape{
	"docker":            {fill: func(h *history) { fillDocker(h, 8, 24, 500) }},
	"docker-many":       {fill: func(h *history) { fillDocker(h, 60, 140, 900) }},
	"docker-stopped":    {fill: fillStoppedDocker},
	"etcd":              {fill: func(h *history) { fillEtcd(h, 1800) }},
	"etcd-4096":         {fill: func(h *history) { fillEtcd(h, 6000) }},
	"etcd-1024":         {bolt.Options{PageSize: 1024}, func(h *history) { fillEtcd(h, 1500) }},
	"containerd":        {fill: fillContainerd},
	"plain-1":           {fill: func(h *history) { fillPlain(h, []int{30, 20, 3}, 40) }},
	"plain-2":           {fill: func(h *history) { fillPlain(h, []int{900, 500}, 80) }},
	"plain-3":           {bolt.Options{PageSize: 1024}, func(h *history) { fillPlain(h, []int{1200, 900}, 50) }},
	"plain-4":           {bolt.Options{PageSize: 512}, func(h *history) { fillPlain(h, []int{2000, 300}, 24) }},
	"plain-16384":       {bolt.Options{PageSize: 16384}, func(h *history) { fillPlain(h, []int{3000}, 150) }},
	"plain-65536":       {bolt.Options{PageSize: 65536}, func(h *history) { fillPlain(h, []int{3000, 40}, 300) }},
	"no-freelist":       {bolt.Options{NoFreelistSync: true}, func(h *history) { fillPlain(h, []int{900, 500}, 80) }},
	"nested":            {fill: func(h *history) { fillNestedShape(h, 30) }},
	"nested-512":        {bolt.Options{PageSize: 512}, func(h *history) { fillNestedShape(h, 24) }},
	"large-values":      {fill: func(h *history) { fillLargeValues(h, 40000) }},
	"large-values-1024": {bolt.Options{PageSize: 1024}, func(h *history) { fillLargeValues(h, 9000) }},

	// Of the owners that rebolt knows, each as its program writes it; and a small
	// one, of which there is a file in tests/data/owners.
	"podman":            {fill: func(h *history) { fillPodman(h, 260) }},
	"podman-small":      {fill: func(h *history) { fillPodman(h, 14) }},
	"swarm-tasks":       {fill: func(h *history) { fillSwarm(h, 200) }},
	"swarm-tasks-small": {fill: func(h *history) { fillSwarm(h, 8) }},
	"raft":              {fill: func(h *history) { fillRaft(h, 300) }},
	"raft-small":        {fill: func(h *history) { fillRaft(h, 12) }},
	"vault":             {fill: func(h *history) { fillVault(h, 500) }},
	"vault-small":       {fill: func(h *history) { fillVault(h, 10) }},
	"nomad":             {fill: func(h *history) { fillNomad(h, 150) }},
	"nomad-small":       {fill: func(h *history) { fillNomad(h, 6) }},
	"otel":              {fill: func(h *history) { fillOtel(h, 600) }},
	"otel-small":        {fill: func(h *history) { fillOtel(h, 15) }},
	"portainer":         {fill: func(h *history) { fillPortainer(h, 400) }},
	"portainer-small":   {fill: func(h *history) { fillPortainer(h, 12) }},
	"influxdb":          {fill: func(h *history) { fillInflux(h, 400) }},
	"influxdb-small":    {fill: func(h *history) { fillInflux(h, 16) }},
	"lnd":               {fill: func(h *history) { fillLnd(h, 160) }},
	"lnd-small":         {fill: func(h *history) { fillLnd(h, 6) }},
	"bleve":             {fill: func(h *history) { fillBleve(h, 60) }},
	"bleve-small":       {fill: func(h *history) { fillBleve(h, 6) }},
	"image-cache":       {fill: func(h *history) { fillImageCache(h, 150) }},
	"image-cache-small": {fill: func(h *history) { fillImageCache(h, 6) }},
	"trivy":             {fill: func(h *history) { fillTrivy(h, 500) }},
	"trivy-small":       {fill: func(h *history) { fillTrivy(h, 20) }},
	"rclone":            {fill: func(h *history) { fillRclone(h, 500) }},
	"rclone-small":      {fill: func(h *history) { fillRclone(h, 10) }},
}

// runBuildShape writes OUT.db and OUT.states, see shape_states.go. With a
// number of copies it also writes OUT.db.TXID, the file as it was after each of
// so many last commits; for that the same history is made a second time.
func runBuildShape(args []string) error {
	if len(args) != 4 && len(args) != 5 {
		return errUsage
	}
	s, ok := shapes[args[0]]
	seed, err := strconv.ParseUint(args[1], 10, 64)
	if !ok || err != nil {
		return errUsage
	}
	last, err := s.build(seed, args[2], args[3], 0)
	if err != nil || len(args) == 4 {
		return err
	}
	copies, err := strconv.ParseUint(args[4], 10, 64)
	if err != nil || copies == 0 || copies > last {
		return errUsage
	}
	_, err = s.build(seed, args[2], args[3], last+1-copies)
	return err
}

// build returns the last txid. Commits from copiesFrom on, if that is not 0,
// are followed by a copy of the file.
func (s shape) build(seed uint64, path, states string, copiesFrom uint64) (uint64, error) {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return 0, err
	}
	h := &history{
		generator:  generator{path: path, options: s.options, seed: seed},
		dice:       dice{state: splitmix64(seed)},
		copiesFrom: copiesFrom,
	}
	// Mapped whole at once: a commit that had to map more would wait for readers.
	h.options.InitialMmapSize = 16 << 20
	err := h.openShort()
	if err != nil {
		return 0, err
	}
	if h.log, err = newStateLog(states); err != nil {
		return 0, err
	}
	s.fill(h)
	pageSize := h.db.Info().PageSize
	if err := h.db.Close(); err != nil {
		return 0, err
	}
	return h.txid, h.log.close(pageSize, h.txid)
}

// A history is a file that is being changed, and the log of it. The same rules
// hold as for a generator: transactions of which bbolt's page layout depends on
// the order of a map are not made, so that a seed gives the same file each time.
type history struct {
	generator
	dice
	log        *stateLog
	txid       uint64
	copiesFrom uint64 // 0: no copies
}

// commit runs one transaction. An error ends the program: the file is of no use.
func (h *history) commit(change func(t *shapeTx)) {
	t := &shapeTx{}
	err := h.db.Update(func(tx *bolt.Tx) error {
		t.tx = tx
		h.txid = uint64(tx.ID())
		change(t)
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("commit: %v", err))
	}
	for _, apply := range t.changes {
		apply(h.log, h.txid)
	}
	h.copyFile()
}

func (h *history) copyFile() {
	if h.copiesFrom == 0 || h.txid < h.copiesFrom {
		return
	}
	data, err := os.ReadFile(h.path)
	if err == nil {
		err = os.WriteFile(fmt.Sprintf("%s.%d", h.path, h.txid), data, 0o600)
	}
	if err != nil {
		panic(fmt.Sprintf("copy: %v", err))
	}
}

// openShort opens so that the file grows by little at a time.
func (h *history) openShort() error {
	err := h.open()
	if err == nil {
		h.db.AllocSize = 32 << 10
	}
	return err
}

// closeAndOpen is what libkv does around each call: all pending pages are free.
func (h *history) closeAndOpen() {
	err := h.db.Close()
	if err == nil {
		err = h.openShort()
	}
	if err != nil {
		panic(fmt.Sprintf("reopen: %v", err))
	}
}

// besideReader runs work while a reader keeps the pages of its state.
func (h *history) besideReader(work func()) {
	reader, err := h.db.Begin(false)
	if err != nil {
		panic(err)
	}
	work()
	if err := reader.Rollback(); err != nil {
		panic(err)
	}
}

// hex returns so many hexadecimal digits that depend on what and seed.
func (h *history) hex(what uint64, digits int) string {
	return fmt.Sprintf("%x", noise(splitmix64(h.seed)^splitmix64(what), (digits+1)/2))[:digits]
}
