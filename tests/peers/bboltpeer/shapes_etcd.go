package main

import (
	"encoding/binary"
	"fmt"
)

func varint(field int, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3), value)
}

func lengthPrefixed(field int, data []byte) []byte {
	out := binary.AppendUvarint(nil, uint64(field)<<3|2)
	return append(binary.AppendUvarint(out, uint64(len(data))), data...)
}

func bigEndian(n uint64) []byte {
	out := make([]byte, 8)
	binary.BigEndian.PutUint64(out, n)
	return out
}

func revision(main, sub uint64) string {
	return string(bigEndian(main)) + "_" + string(bigEndian(sub))
}

type etcdKey struct{ created, modified, version uint64 }

// An etcdStore is a member's back end: puts and deletes come in batches, each
// with the index of the log entry that they came from; compactions take old
// revisions away.
type etcdStore struct {
	h         *history
	revision  uint64
	index     uint64
	keys      map[string]*etcdKey
	order     []string
	stale     []string // revisions that a compaction may delete
	compacted uint64
}

func (e *etcdStore) putIndex(t *shapeTx) {
	e.index += 1 + uint64(e.h.roll(3))
	t.put([]string{"meta"}, "consistent_index", bigEndian(e.index))
}

// putMany writes count changes in one transaction.
func (e *etcdStore) putMany(count int) {
	e.h.commit(func(t *shapeTx) {
		t.bucket("key").FillPercent = 0.9
		for ; count > 0; count-- {
			e.change(t)
		}
		e.putIndex(t)
	})
}

func (e *etcdStore) change(t *shapeTx) {
	e.revision++
	name := fmt.Sprintf("/registry/%s/default/object-%d", []string{"pods", "leases", "events"}[e.h.roll(3)], e.h.roll(150))
	k, there := e.keys[name]
	if there && e.h.roll(5) == 0 {
		e.stale = append(e.stale, revision(k.modified, 0))
		tombstone := revision(e.revision, 0) + "t"
		t.put([]string{"key"}, tombstone, lengthPrefixed(1, []byte(name)))
		e.stale = append(e.stale, tombstone)
		delete(e.keys, name)
		return
	}
	if there {
		e.stale = append(e.stale, revision(k.modified, 0))
		k.modified, k.version = e.revision, k.version+1
	} else {
		k = &etcdKey{e.revision, e.revision, 1}
		e.keys[name] = k
	}
	value := lengthPrefixed(1, []byte(name))
	value = append(value, varint(2, k.created)...)
	value = append(value, varint(3, k.modified)...)
	value = append(value, varint(4, k.version)...)
	body := fmt.Sprintf(`{"kind":"Object","metadata":{"name":"%s","resourceVersion":"%d"},"status":"%s"}`,
		name, e.revision, e.h.hex(e.revision, 20+e.h.roll(300)))
	value = append(value, lengthPrefixed(5, []byte(body))...)
	t.put([]string{"key"}, revision(e.revision, 0), value)
}

// compact deletes the older half of what is superseded, a revision a
// transaction (see history).
func (e *etcdStore) compact() {
	mark := []byte(revision(e.revision, 0))
	e.h.commit(func(t *shapeTx) { t.put([]string{"meta"}, "scheduledCompactRev", mark) })
	half := len(e.stale) / 2
	for _, old := range e.stale[:half] {
		e.h.commit(func(t *shapeTx) { t.erase([]string{"key"}, old) })
	}
	e.stale = append([]string{}, e.stale[half:]...)
	e.h.commit(func(t *shapeTx) { t.put([]string{"meta"}, "finishedCompactRev", mark) })
}

func (e *etcdStore) prepare() {
	for _, bucket := range []string{"alarm", "auth", "authRoles", "authUsers", "cluster", "key", "lease", "members", "members_removed", "meta"} {
		e.h.commit(func(t *shapeTx) { t.bucket(bucket) })
	}
	put := func(bucket, key string, value []byte) {
		e.h.commit(func(t *shapeTx) { t.put([]string{bucket}, key, value) })
	}
	put("cluster", "clusterVersion", []byte("3.4.0"))
	for i := uint64(0); i < 3; i++ {
		id := e.h.hex(1000+i, 16)
		put("members", id, []byte(fmt.Sprintf(`{"id":%d,"peerURLs":["http://10.0.0.%d:2380"],"name":"m%d","clientURLs":["http://10.0.0.%d:2379"]}`,
			1000+i, i+1, i, i+1)))
	}
	put("members_removed", e.h.hex(2000, 16), []byte("removed"))
	put("auth", "authRevision", bigEndian(4))
	put("auth", "authEnabled", []byte{0})
	put("authUsers", "root", append(lengthPrefixed(1, []byte("root")), lengthPrefixed(3, []byte("root"))...))
	put("authRoles", "root", lengthPrefixed(1, []byte("root")))
	put("meta", "confState", []byte(`{"voters":[1],"auto_leave":false}`))
	put("meta", "term", bigEndian(2))
}

func (e *etcdStore) putLease(number int) {
	id := uint64(0x694d7b0e00000000) + uint64(number)
	value := append(varint(1, id), varint(2, 3600)...)
	e.h.commit(func(t *shapeTx) { t.put([]string{"lease"}, string(bigEndian(id)), value) })
}

// fillEtcd makes so many revisions.
func fillEtcd(h *history, revisions int) {
	e := &etcdStore{h: h, revision: 1, keys: map[string]*etcdKey{}}
	e.prepare()
	for int(e.revision) < revisions {
		switch h.roll(30) {
		case 0:
			h.besideReader(func() {
				for i := 0; i < 4; i++ {
					e.putMany(1 + h.roll(10))
				}
			})
		case 1:
			e.putLease(h.roll(40))
		default:
			e.putMany(1 + h.roll(20))
		}
		if int(e.revision)%500 > 480 && len(e.stale) > 150 {
			e.compact()
		}
	}
	e.putMany(3)
}
