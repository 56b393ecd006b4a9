package main

import "fmt"

// A podmanStore is bolt_state.db as Podman 4 keeps it. Each call opens the file,
// changes it in one transaction and closes it.
type podmanStore struct {
	h          *history
	made       uint64
	containers []podmanContainer
	pods       []podmanPod
	volumes    []string
}

type podmanContainer struct{ id, name, pod, volume string }

type podmanPod struct{ id, name, infra string }

var podmanBuckets = []string{"id-registry", "name-registry", "ns-registry", "ctr", "all-ctrs", "pod", "allPods",
	"vol", "allVolumes", "exec", "runtime-config", "exit-code", "exit-code-time-stamp"}

func (p *podmanStore) newID() string {
	p.made++
	return p.h.hex(p.made, 64)
}

func (p *podmanStore) commit(change func(t *shapeTx)) {
	p.h.commit(change)
	if p.h.roll(4) == 0 {
		p.h.closeAndOpen()
	}
}

func (p *podmanStore) prepare() {
	p.h.commit(func(t *shapeTx) {
		for _, bucket := range podmanBuckets {
			t.bucket(bucket)
		}
	})
	p.h.commit(func(t *shapeTx) {
		for key, value := range map[string]string{"os": "linux", "static-dir": "/var/lib/containers/storage/libpod",
			"tmp-dir": "/run/libpod", "run-root": "/run/containers/storage", "graph-root": "/var/lib/containers/storage",
			"graph-driver-name": "overlay", "volume-path": "/var/lib/containers/storage/volumes"} {
			t.put([]string{"runtime-config"}, key, []byte(value))
		}
	})
}

func (p *podmanStore) createVolume() {
	name := p.newID()
	if p.h.roll(2) == 0 {
		name = fmt.Sprintf("data-%d", p.made)
	}
	config := fmt.Sprintf(`{"name":"%s","lockID":%d,"labels":{},"driver":"local","mountPoint":"/var/lib/containers/storage/volumes/%s/_data",`+
		`"createdAt":"2024-05-01T12:%02d:00.1Z","isAnon":false,"UID":0,"GID":0}`, name, p.made, name, p.made%60)
	p.commit(func(t *shapeTx) {
		t.put([]string{"allVolumes"}, name, []byte(name))
		t.put([]string{"vol", name}, "config", []byte(config))
		t.put([]string{"vol", name}, "state", []byte(`{"needsCopyUp":true}`))
		t.bucket("vol", name, "vol-dependencies")
	})
	p.volumes = append(p.volumes, name)
}

func (p *podmanStore) createPod() {
	id := p.newID()
	name := fmt.Sprintf("pod-%d", p.made)
	config := fmt.Sprintf(`{"id":"%s","name":"%s","hostname":"%s","labels":{},"cgroupParent":"machine.slice","UsePodIPC":true,`+
		`"infraConfig":{"makeInfraContainer":true},"created":"2024-05-01T12:%02d:00Z","lockID":%d}`, id, name, name, p.made%60, p.made)
	p.commit(func(t *shapeTx) {
		t.put([]string{"id-registry"}, id, []byte(name))
		t.put([]string{"name-registry"}, name, []byte(id))
		t.put([]string{"allPods"}, id, []byte(name))
		t.put([]string{"pod", id}, "config", []byte(config))
		t.put([]string{"pod", id}, "state", []byte(`{"CgroupPath":"","InfraContainerID":""}`))
		t.bucket("pod", id, "containers")
	})
	p.pods = append(p.pods, podmanPod{id: id, name: name})
}

func (p *podmanStore) createContainer() {
	id := p.newID()
	c := podmanContainer{id: id, name: fmt.Sprintf("box-%d", p.made)}
	if p.h.roll(3) == 0 && len(p.pods) > 0 {
		c.pod = p.pods[p.h.roll(len(p.pods))].id
	}
	if p.h.roll(3) == 0 && len(p.volumes) > 0 {
		c.volume = p.volumes[p.h.roll(len(p.volumes))]
	}
	config := fmt.Sprintf(`{"spec":{"ociVersion":"1.0.2-dev","process":{"terminal":false,"user":{"uid":0,"gid":0},"args":["sleep","%d"],`+
		`"env":["PATH=/usr/local/bin","HOSTNAME=%s"],"cwd":"/"},"root":{"path":"/merged"},"annotations":{"a":"%s"}},`+
		`"id":"%s","name":"%s","pod":"%s","rootfsImageID":"%s","rootfsImageName":"docker.io/library/box:latest","lockID":%d}`,
		p.made, id[:12], p.h.hex(p.made+1<<40, 100+p.h.roll(2500)), id, c.name, c.pod, p.h.hex(7, 64), p.made)
	p.commit(func(t *shapeTx) {
		t.put([]string{"id-registry"}, id, []byte(c.name))
		t.put([]string{"name-registry"}, c.name, []byte(id))
		t.put([]string{"all-ctrs"}, id, []byte(c.name))
		own := []string{"ctr", id}
		t.put(own, "config", []byte(config))
		t.put(own, "state", p.state(id, 1))
		t.put(own, "netns", []byte("/run/netns/netns-"+id[:8]))
		t.put(append(own[:2:2], "networks"), "podman", []byte(`{"container_name":"`+c.name+`","interface_name":"eth0"}`))
		t.bucket("ctr", id, "dependencies")
		if c.pod != "" {
			t.put(own, "pod-id", []byte(c.pod))
			t.put([]string{"pod", c.pod, "containers"}, id, []byte(c.name))
		}
		if c.volume != "" {
			t.put([]string{"vol", c.volume, "vol-dependencies"}, id, []byte(id))
		}
	})
	p.containers = append(p.containers, c)
}

func (p *podmanStore) state(id string, state int) []byte {
	return []byte(fmt.Sprintf(`{"state":%d,"mounted":true,"mountPoint":"/var/lib/containers/storage/overlay/%s/merged","startedTime":"2024-05-01T12:%02d:01Z","pid":%d}`,
		state, p.h.hex(p.made+uint64(state)<<32, 64), p.made%60, 1000+p.h.roll(30000)))
}

func (p *podmanStore) touch() {
	c := p.containers[p.h.roll(len(p.containers))]
	p.commit(func(t *shapeTx) { t.put([]string{"ctr", c.id}, "state", p.state(c.id, 2+p.h.roll(4))) })
	if p.h.roll(3) == 0 {
		p.commit(func(t *shapeTx) {
			t.put([]string{"exit-code"}, c.id, []byte(fmt.Sprint(p.h.roll(140))))
			t.put([]string{"exit-code-time-stamp"}, c.id, []byte("2024-05-01T12:00:00.5Z"))
		})
	}
}

// removeContainer does it in several transactions where Podman has one: see history.
func (p *podmanStore) removeContainer() {
	at := p.h.roll(len(p.containers))
	c := p.containers[at]
	p.containers = append(p.containers[:at:at], p.containers[at+1:]...)
	if c.pod != "" {
		p.commit(func(t *shapeTx) { t.erase([]string{"pod", c.pod, "containers"}, c.id) })
	}
	if c.volume != "" {
		p.commit(func(t *shapeTx) { t.erase([]string{"vol", c.volume, "vol-dependencies"}, c.id) })
	}
	p.commit(func(t *shapeTx) { t.deleteBucket([]string{"ctr"}, c.id) })
	p.commit(func(t *shapeTx) { t.erase([]string{"id-registry"}, c.id) })
	p.commit(func(t *shapeTx) { t.erase([]string{"name-registry"}, c.name) })
	p.commit(func(t *shapeTx) { t.erase([]string{"all-ctrs"}, c.id) })
}

func fillPodman(h *history, steps int) {
	p := &podmanStore{h: h}
	p.prepare()
	for step := 0; step < steps; step++ {
		switch choice := h.roll(12); {
		case choice < 1:
			p.createVolume()
		case choice < 2:
			p.createPod()
		case choice < 7 || len(p.containers) < 4:
			p.createContainer()
		case choice < 10:
			p.touch()
		default:
			p.removeContainer()
		}
	}
}
