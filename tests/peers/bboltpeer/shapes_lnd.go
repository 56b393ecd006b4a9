package main

import (
	"encoding/binary"
	"fmt"
)

func (h *history) pubkey(what uint64) string {
	return string(append([]byte{byte(2 + what%2)}, noise(h.seed^what*31, 32)...))
}

func (h *history) outpoint(what uint64) string {
	return string(binary.BigEndian.AppendUint32(noise(h.seed^what*37, 32), uint32(what%3)))
}

// fillLnd is channel.db: mostly the graph of the network, and a few channels.
func fillLnd(h *history, steps int) {
	for _, bucket := range []string{"open-chan-bucket", "closed-chan-bucket", "invoices", "graph-node", "graph-edge", "graph-meta",
		"payments-root-bucket", "outpoint-bucket"} {
		h.commit(func(t *shapeTx) { t.bucket(bucket) })
	}
	h.commit(func(t *shapeTx) { t.put([]string{"metadata"}, "dbp", []byte{0, 0, 0, 31}) })
	chain := string(noise(h.seed^5, 32))
	for n := uint64(1); n < 5; n++ {
		own := []string{"open-chan-bucket", h.pubkey(n), chain, h.outpoint(n)}
		h.commit(func(t *shapeTx) {
			t.put(own, "chan-info-key", noise(h.seed^n, 700))
			t.put(own, "chan-commitment-key\x00", noise(h.seed^n^1<<20, 400))
			t.put(own, "chan-commitment-key\x01", noise(h.seed^n^1<<21, 400))
			t.put(own, "revocation-state-key", noise(h.seed^n^1<<22, 200))
			t.put([]string{"outpoint-bucket"}, h.outpoint(n), []byte{0, 1, 1})
		})
	}
	for step := uint64(0); step < uint64(steps); step++ {
		a, b := h.pubkey(uint64(h.roll(60))), h.pubkey(uint64(h.roll(60)))
		channel := string(bigEndian(700000<<40 | step<<16))
		h.commit(func(t *shapeTx) {
			t.put([]string{"graph-edge", "edge-index"}, channel, append([]byte(a+b+a+b), noise(step, 80)...))
			t.put([]string{"graph-edge", "chan-index"}, h.outpoint(1000+step), []byte(channel))
			t.put([]string{"graph-edge"}, a+channel, noise(step, 100+h.roll(80)))
			t.put([]string{"graph-edge"}, b+channel, noise(step+1, 100+h.roll(80)))
			t.put([]string{"graph-edge", "edge-update-index"}, string(bigEndian(1700000000+step))+channel, nil)
			t.put([]string{"graph-node"}, a, append([]byte{1}, noise(step, 120+h.roll(60))...))
		})
		h.commit(func(t *shapeTx) {
			height := binary.BigEndian.AppendUint32(nil, uint32(700000+step))
			t.put([]string{"graph-meta", "prune-log"}, string(height), noise(step, 32))
		})
		if h.roll(3) == 0 {
			own := []string{"open-chan-bucket", h.pubkey(1), chain, h.outpoint(1)}
			h.commit(func(t *shapeTx) { t.put(own, "chan-commitment-key\x00", noise(step, 400)) })
		}
	}
}

// uvarintAscending is how Bleve names epochs and segments: small numbers in one byte.
func uvarintAscending(n uint64) string {
	switch {
	case n <= 109:
		return string([]byte{byte(136 + n)})
	case n <= 0xff:
		return string([]byte{246, byte(n)})
	case n <= 0xffff:
		return string([]byte{247, byte(n >> 8), byte(n)})
	}
	panic("uvarintAscending: too large")
}

// fillBleve writes snapshots of an index; all but the last few are deleted.
func fillBleve(h *history, epochs int) {
	h.commit(func(t *shapeTx) { t.bucket("s") })
	segments := []uint64{}
	next := uint64(1)
	for epoch := uint64(1); epoch <= uint64(epochs); epoch++ {
		segments = append(segments, next)
		next++
		if len(segments) > 12 {
			segments = append([]uint64{next}, segments[6:]...)
			next++
		}
		h.commit(func(t *shapeTx) {
			own := []string{"s", uvarintAscending(epoch)}
			meta := append(own[:2:2], "m")
			t.put(meta, "type", []byte("zap"))
			t.put(meta, "version", []byte{0, 0, 0, 15, 0})
			t.put(meta, "timeStamp", []byte(fmt.Sprintf("2024-05-01T12:%02d:00Z", epoch%60)))
			t.put(append(own[:2:2], "i"), "_mapping", []byte(`{"default_mapping":{"enabled":true},"type_field":"_type"}`))
			for _, segment := range segments {
				at := append(own[:2:2], uvarintAscending(segment))
				t.put(at, "p", []byte(fmt.Sprintf("%012x.zap", segment)))
				if segment%3 == 0 {
					t.put(at, "d", append([]byte{0x3a, 0x30, 0, 0, 1, 0, 0, 0}, noise(segment, 20)...))
				}
			}
		})
		if epoch > 4 {
			h.commit(func(t *shapeTx) { t.deleteBucket([]string{"s"}, uvarintAscending(epoch-4)) })
		}
	}
}

// fillSwarm is a worker's tasks.db.
func fillSwarm(h *history, steps int) {
	h.commit(func(t *shapeTx) { t.bucket("v1", "tasks") })
	tasks := []string{}
	status := func(state uint64) []byte {
		return append(varint(2, state), lengthPrefixed(3, []byte("started"))...)
	}
	for step := uint64(0); step < uint64(steps); step++ {
		switch choice := h.roll(10); {
		case choice < 5 || len(tasks) < 4:
			id := base36(h, step)
			task := append(lengthPrefixed(1, []byte(id)), lengthPrefixed(2, varint(1, 10+step))...)
			task = append(task, lengthPrefixed(3, lengthPrefixed(1, []byte("docker.io/library/box:latest@sha256:"+h.hex(step, 64+2*h.roll(700)))))...)
			own := []string{"v1", "tasks", id}
			h.commit(func(t *shapeTx) { t.put(own, "data", task) })
			h.commit(func(t *shapeTx) { t.put(own, "status", status(64)) })
			h.commit(func(t *shapeTx) { t.put(own, "assigned", []byte{0xff}) })
			tasks = append(tasks, id)
		case choice < 8:
			id := tasks[h.roll(len(tasks))]
			h.commit(func(t *shapeTx) { t.put([]string{"v1", "tasks", id}, "status", status(uint64(64*h.roll(12)))) })
		default:
			at := h.roll(len(tasks))
			id := tasks[at]
			tasks = append(tasks[:at:at], tasks[at+1:]...)
			h.commit(func(t *shapeTx) { t.deleteBucket([]string{"v1", "tasks"}, id) })
		}
	}
}

func base36(h *history, what uint64) string {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	id := noise(splitmix64(h.seed)^splitmix64(what^1<<50), 25)
	for i, b := range id {
		id[i] = digits[int(b)%len(digits)]
	}
	return string(id)
}

// fillImageCache is blob-info-cache-v1.boltdb.
func fillImageCache(h *history, steps int) {
	digest := func(what uint64) string { return "sha256:" + h.hex(what, 64) }
	for step := uint64(0); step < uint64(steps); step++ {
		blob, layer := digest(step), digest(uint64(h.roll(steps))+1<<40)
		h.commit(func(t *shapeTx) {
			t.put([]string{"uncompressedDigest"}, blob, []byte(layer))
			t.put([]string{"digestByUncompressed", layer}, blob, nil)
		})
		h.commit(func(t *shapeTx) { t.put([]string{"digestCompressor"}, blob, []byte("gzip")) })
		h.commit(func(t *shapeTx) {
			t.put([]string{"knownLocations", "docker", "docker.io", blob}, fmt.Sprintf("docker.io/library/box-%d", step%7), goTime(int(step)))
		})
	}
}

// fillTrivy is trivy.db, which is written once.
func fillTrivy(h *history, steps int) {
	h.commit(func(t *shapeTx) {
		t.put([]string{"data-source"}, "debian 12", []byte(`{"ID":"debian","Name":"Debian Security Tracker","URL":"https://salsa.debian.org"}`))
	})
	for step := 0; step < steps; step += 10 {
		h.commit(func(t *shapeTx) {
			for n := step; n < step+10; n++ {
				id := fmt.Sprintf("CVE-2023-%05d", n*37%99999)
				t.put([]string{"vulnerability"}, id, []byte(fmt.Sprintf(`{"Title":"a fault in box","Description":"%s","Severity":"HIGH"}`, h.hex(uint64(n), 40+h.roll(400)))))
				t.put([]string{"debian 12", fmt.Sprintf("box-%d", n%15)}, id, []byte(`{"FixedVersion":"1.2.3-4"}`))
			}
		})
	}
}

// fillRclone is the cache of hashes of rclone's hasher; a gob begins with its types.
func fillRclone(h *history, steps int) {
	types := []byte("\x35\xff\x81\x03\x01\x01\x0ahashRecord\x01\xff\x82\x00\x01\x03\x01\x02Fp\x01\x0c\x00\x01\x06Hashes\x01\xff\x84\x00\x01\x07Created\x01\xff\x86\x00\x00\x00")
	types[0] = byte(len(types) - 1)
	for step := 0; step < steps; step++ {
		record := []byte("\xff\x82\x01\x10" + h.hex(uint64(step), 16) + "\x01\x01\x03md5\x20" + h.hex(uint64(step)+99, 32) + "\x00")
		value := append(append([]byte{}, types...), byte(len(record)))
		h.commit(func(t *shapeTx) {
			t.put([]string{"hasher"}, fmt.Sprintf("photos/2024/%03d/image-%04d.jpg", h.roll(40), h.roll(900)), append(value, record...))
		})
	}
}
