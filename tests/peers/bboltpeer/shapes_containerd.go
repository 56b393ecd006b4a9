package main

import (
	"encoding/binary"
	"fmt"
)

// goTime is time.Time.MarshalBinary's version 1.
func goTime(step int) []byte {
	out := append([]byte{1}, bigEndian(63820000000+uint64(step))...)
	out = binary.BigEndian.AppendUint32(out, uint32(step*1013)%1000000000)
	return append(out, 0xff, 0xff)
}

func anyOf(typeURL string, content []byte) []byte {
	return append(lengthPrefixed(1, []byte(typeURL)), lengthPrefixed(2, content)...)
}

// A containerdStore is containerd's meta.db of the namespace `moby`, with its
// images, contents, snapshots, containers and leases.
type containerdStore struct {
	h          *history
	step       int
	images     []string
	contents   []string
	snapshots  []string
	containers []string
	leases     []string
}

const containerdNamespace = "moby"

func below(names ...string) []string {
	return append([]string{"v1", containerdNamespace}, names...)
}

func (c *containerdStore) digest() string { return "sha256:" + c.h.hex(uint64(c.step)<<8, 64) }

func (c *containerdStore) times(t *shapeTx, path []string) {
	t.put(path, "createdat", goTime(c.step))
	t.put(path, "updatedat", goTime(c.step))
}

func (c *containerdStore) createContent() {
	path := below("content", "blob", c.digest())
	c.h.commit(func(t *shapeTx) {
		c.times(t, path)
		t.put(path, "size", binary.AppendUvarint(nil, uint64(c.h.roll(1<<28))))
		t.put(append(path, "labels"), "containerd.io/distribution.source.docker.io", []byte("library/box"))
	})
	c.contents = append(c.contents, path[4])
}

func (c *containerdStore) createImage() {
	name := fmt.Sprintf("docker.io/library/box-%d:latest", c.step)
	path := below("images", name)
	c.h.commit(func(t *shapeTx) {
		c.times(t, path)
		target := append(path[:len(path):len(path)], "target")
		t.put(target, "digest", []byte(c.digest()))
		t.put(target, "mediatype", []byte("application/vnd.docker.distribution.manifest.v2+json"))
		t.put(target, "size", binary.AppendUvarint(nil, uint64(500+c.h.roll(5000))))
	})
	c.images = append(c.images, name)
}

func (c *containerdStore) createSnapshot() {
	name := c.digest()
	path := below("snapshots", "overlayfs", name)
	parent := ""
	if len(c.snapshots) > 0 && c.h.roll(3) != 0 {
		parent = c.snapshots[c.h.roll(len(c.snapshots))]
	}
	c.h.commit(func(t *shapeTx) {
		c.times(t, path)
		t.put(path, "name", []byte(fmt.Sprintf("moby/%d/%s", c.step, name)))
		if parent != "" {
			t.put(path, "parent", []byte(parent))
		}
		t.put(append(path[:len(path):len(path)], "labels"), "containerd.io/snapshot.ref", []byte(name))
	})
	if parent != "" {
		children := below("snapshots", "overlayfs", parent, "children")
		c.h.commit(func(t *shapeTx) { t.put(children, name, nil) })
	}
	c.snapshots = append(c.snapshots, name)
}

func (c *containerdStore) createContainer() {
	id := c.h.hex(uint64(c.step), 64)
	path := below("containers", id)
	spec := fmt.Sprintf(`{"ociVersion":"1.0.2-dev","process":{"user":{"uid":0,"gid":0},"args":["/bin/sleep","%d"],"env":["PATH=/usr/local/sbin","HOSTNAME=%s"],"cwd":"/"},"hostname":"%s","annotations":{"a":"%s"}}`,
		c.step, id[:12], id[:12], c.h.hex(uint64(c.step)+77, 200+c.h.roll(3500)))
	c.h.commit(func(t *shapeTx) {
		c.times(t, path)
		t.put(path, "image", nil)
		t.put(path, "snapshotKey", nil)
		t.put(path, "snapshotter", nil)
		t.put(path, "spec", anyOf("types.containerd.io/opencontainers/runtime-spec/1/Spec", []byte(spec)))
		t.put(append(path[:len(path):len(path)], "labels"), "com.docker/engine.bundle.path", []byte("/var/run/docker/containerd/"+id))
		runtime := append(path[:len(path):len(path)], "runtime")
		t.put(runtime, "name", []byte("io.containerd.runc.v2"))
		t.put(runtime, "options", anyOf("containerd.runc.v1.Options", lengthPrefixed(6, []byte("/var/run/docker/runtime-runc"))))
	})
	c.containers = append(c.containers, id)
}

func (c *containerdStore) createLease() {
	id := fmt.Sprintf("lease-%d", c.step)
	path := below("leases", id)
	c.h.commit(func(t *shapeTx) {
		t.put(path, "createdat", goTime(c.step))
		t.put(append(path[:len(path):len(path)], "content"), c.digest(), nil)
	})
	c.leases = append(c.leases, id)
}

// deleteOne takes a random bucket of the list away.
func (c *containerdStore) deleteOne(list *[]string, path []string) {
	if len(*list) < 4 {
		return
	}
	at := c.h.roll(len(*list))
	name := (*list)[at]
	*list = append(append([]string{}, (*list)[:at]...), (*list)[at+1:]...)
	c.h.commit(func(t *shapeTx) { t.deleteBucket(path, name) })
}

func (c *containerdStore) touch() {
	path := below("containers", c.containers[c.h.roll(len(c.containers))])
	c.h.commit(func(t *shapeTx) { t.put(path, "updatedat", goTime(c.step)) })
}

func fillContainerd(h *history) {
	c := &containerdStore{h: h}
	h.commit(func(t *shapeTx) { t.put([]string{"v1"}, "version", []byte{6}) })
	for c.step = 1; c.step < 700; c.step++ {
		switch choice := h.roll(16); {
		case choice < 3:
			c.createContent()
		case choice < 4:
			c.createImage()
		case choice < 7:
			c.createSnapshot()
		case choice < 10 || len(c.containers) == 0:
			c.createContainer()
		case choice < 11:
			c.createLease()
		case choice < 13:
			c.touch()
		case choice < 14:
			c.deleteOne(&c.containers, below("containers"))
		case choice < 15:
			c.deleteOne(&c.contents, below("content", "blob"))
		default:
			c.deleteOne(&c.leases, below("leases"))
		}
	}
}
