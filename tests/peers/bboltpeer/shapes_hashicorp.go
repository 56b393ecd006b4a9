package main

import "fmt"

// A raftLog is raft.db: a log that grows at its end, loses its beginning to
// snapshots, and now and then its end to a new leader.
type raftLog struct {
	h                 *history
	first, last, term uint64
}

func (r *raftLog) put(key string, value []byte) {
	r.h.commit(func(t *shapeTx) { t.put([]string{"conf"}, key, value) })
}

func (r *raftLog) elect() {
	r.term++
	r.put("CurrentTerm", bigEndian(r.term))
	r.put("LastVoteTerm", bigEndian(r.term))
	r.put("LastVoteCand", []byte(fmt.Sprintf("10.0.0.%d:8300", 1+r.h.roll(3))))
	if cut := uint64(r.h.roll(4)); r.last > r.first+20 {
		for ; cut > 0; cut-- {
			last := r.last
			r.h.commit(func(t *shapeTx) { t.erase([]string{"logs"}, string(bigEndian(last))) })
			r.last--
		}
	}
	r.append(1, 1)
}

func (r *raftLog) append(count, kind int) {
	r.h.commit(func(t *shapeTx) {
		for ; count > 0; count-- {
			r.last++
			t.put([]string{"logs"}, string(bigEndian(r.last)), msgpack(nil, []pair{
				{"Index", r.last}, {"Term", r.term}, {"Type", kind},
				{"Data", noise(r.h.state, 30+r.h.roll(400))}, {"Extensions", nil}}))
		}
	})
}

// compact takes one entry a transaction (see history), where raft takes many.
func (r *raftLog) compact(count uint64) {
	for ; count > 0 && r.first < r.last; count-- {
		first := r.first
		r.h.commit(func(t *shapeTx) { t.erase([]string{"logs"}, string(bigEndian(first))) })
		r.first++
	}
}

func fillRaft(h *history, steps int) {
	r := &raftLog{h: h, first: 1}
	h.commit(func(t *shapeTx) { t.bucket("logs") })
	h.commit(func(t *shapeTx) { t.bucket("conf") })
	r.elect()
	for step := 0; step < steps; step++ {
		switch h.roll(25) {
		case 0:
			r.elect()
		case 1:
			r.compact(10)
		default:
			r.append(1+h.roll(6), 0)
		}
	}
}

// A vaultStore is vault.db: sealed records by path.
type vaultStore struct {
	h     *history
	index uint64
	paths []string
}

func (v *vaultStore) sealed(size int) []byte {
	v.h.roll(1 << 20)
	return append([]byte{0, 0, 0, 1, 2}, noise(v.h.state, 28+size)...)
}

func (v *vaultStore) put(path string, value []byte) {
	v.index++
	v.h.commit(func(t *shapeTx) {
		t.put([]string{"data"}, path, value)
		t.put([]string{"config"}, "latest_indexes", append(varint(1, 3), varint(2, v.index)...))
	})
}

func fillVault(h *history, steps int) {
	v := &vaultStore{h: h}
	h.commit(func(t *shapeTx) { t.bucket("data") })
	h.commit(func(t *shapeTx) { t.bucket("config") })
	server := append(append(varint(1, 0), lengthPrefixed(2, []byte("vault-1"))...), lengthPrefixed(3, []byte("10.0.0.1:8201"))...)
	h.commit(func(t *shapeTx) {
		t.put([]string{"config"}, "latest_config", append(varint(1, 2), lengthPrefixed(2, server)...))
		t.put([]string{"config"}, "local_node_config", lengthPrefixed(1, []byte("voter")))
	})
	v.put("core/seal-config", []byte(`{"type":"shamir","secret_shares":5,"secret_threshold":3}`))
	for _, path := range []string{"core/keyring", "core/mounts", "core/auth", "core/audit", "sys/policy/default"} {
		v.put(path, v.sealed(300))
	}
	mount := h.hex(99, 32)
	for step := 0; step < steps; step++ {
		switch h.roll(8) {
		case 0:
			path := fmt.Sprintf("sys/expire/id/auth/token/create/%s", h.hex(uint64(step), 60))
			v.paths = append(v.paths, path)
			v.put(path, v.sealed(100+h.roll(300)))
		case 1:
			if len(v.paths) > 3 {
				at := h.roll(len(v.paths))
				path := v.paths[at]
				v.paths = append(v.paths[:at:at], v.paths[at+1:]...)
				h.commit(func(t *shapeTx) { t.erase([]string{"data"}, path) })
			}
		default:
			v.put(fmt.Sprintf("logical/%s/%s/versions/%d", mount, h.hex(uint64(h.roll(80)), 20), h.roll(4)), v.sealed(20+h.roll(500)))
		}
	}
}

func uuid(h *history, what uint64) string {
	d := h.hex(what, 32)
	return d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:]
}

// A nomadStore is a client's state.db.
type nomadStore struct {
	h     *history
	alloc []string
	made  uint64
}

func (n *nomadStore) create() {
	n.made++
	id := uuid(n.h, n.made)
	own := []string{"allocations", id}
	n.h.commit(func(t *shapeTx) {
		t.put(own, "alloc", msgpack(nil, []pair{{"Alloc", []pair{
			{"ID", id}, {"Namespace", "default"}, {"Name", fmt.Sprintf("web.web[%d]", n.made)}, {"NodeID", uuid(n.h, 0)},
			{"JobID", "web"}, {"Job", []pair{{"ID", "web"}, {"Meta", n.h.hex(n.made+1<<40, 100+n.h.roll(2000))}, {"Priority", 50}}},
			{"CreateIndex", n.made}}}}))
	})
	n.h.commit(func(t *shapeTx) {
		t.put(own, "deploy_status", msgpack(nil, []pair{{"DeploymentStatus", []pair{{"Healthy", true}, {"ModifyIndex", n.made}}}}))
		t.put(own, "network_status", msgpack(nil, []pair{{"NetworkStatus", []pair{{"InterfaceName", "eth0"}, {"Address", "172.26.64.9"}}}}))
	})
	n.alloc = append(n.alloc, id)
	n.setTask(id, "pending")
}

func (n *nomadStore) setTask(id, state string) {
	task := []string{"allocations", id, "task-web"}
	n.h.commit(func(t *shapeTx) {
		t.put(task, "local_state", msgpack(nil, []pair{{"Hooks", []pair{{"task_dir", []pair{{"PrestartDone", true}}}}}, {"DriverNetwork", nil}}))
		t.put(task, "task_state", msgpack(nil, []pair{{"State", state}, {"Failed", false}, {"Restarts", n.h.roll(9)},
			{"Events", []any{[]pair{{"Type", "Started"}, {"Time", uint64(1700000000) + n.made}, {"Message", n.h.hex(n.made, 30+n.h.roll(300))}}}}}))
	})
}

func fillNomad(h *history, steps int) {
	n := &nomadStore{h: h}
	h.commit(func(t *shapeTx) { t.put([]string{"meta"}, "version", []byte("3")) })
	h.commit(func(t *shapeTx) {
		t.put([]string{"devicemanager"}, "plugin_state", msgpack(nil, []pair{{"ReattachConfigs", []pair{}}}))
	})
	h.commit(func(t *shapeTx) {
		t.put([]string{"drivermanager"}, "plugin_state", msgpack(nil, []pair{{"ReattachConfigs", []pair{{"docker", []pair{{"Pid", 900}}}}}}))
	})
	h.commit(func(t *shapeTx) {
		t.put([]string{"dynamicplugins"}, "registry_state", msgpack(nil, []pair{{"Plugins", []pair{}}}))
	})
	h.commit(func(t *shapeTx) {
		t.put([]string{"nodemeta"}, "meta", msgpack(nil, []pair{{"connect.log_level", "info"}}))
	})
	for step := 0; step < steps; step++ {
		switch choice := h.roll(10); {
		case choice < 5 || len(n.alloc) < 4:
			n.create()
		case choice < 8:
			n.setTask(n.alloc[h.roll(len(n.alloc))], "running")
		default:
			at := h.roll(len(n.alloc))
			id := n.alloc[at]
			n.alloc = append(n.alloc[:at:at], n.alloc[at+1:]...)
			h.commit(func(t *shapeTx) { t.deleteBucket([]string{"allocations"}, id) })
		}
	}
}
