package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// fillOtel is the queue of an exporter: items come at the write index and go at
// the read index.
func fillOtel(h *history, steps int) {
	read, write := uint64(0), uint64(0)
	fixed := func(field int, value uint64) []byte {
		return append([]byte{byte(field<<3 | 1)}, littleEndian(value)...)
	}
	meta := func(t *shapeTx) {
		value := append(append(append(fixed(1, write-read), fixed(2, 300*(write-read))...), fixed(3, read)...), fixed(4, write)...)
		t.put([]string{"default"}, "qmv0", append(value, lengthPrefixed(5, littleEndian(read))...))
	}
	h.commit(func(t *shapeTx) { t.bucket("default") })
	for step := 0; step < steps; step++ {
		if h.roll(3) != 0 || read == write {
			h.commit(func(t *shapeTx) {
				item := lengthPrefixed(1, lengthPrefixed(2, noise(h.state, 100+h.roll(900))))
				t.put([]string{"default"}, fmt.Sprint(write), item)
				write++
				meta(t)
			})
			continue
		}
		h.commit(func(t *shapeTx) { t.erase([]string{"default"}, fmt.Sprint(read)) })
		read++
		h.commit(meta)
	}
}

func littleEndian(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }

// A portainerStore keeps JSON records by number.
type portainerStore struct {
	h    *history
	next map[string]uint64
	ids  map[string][]uint64
}

func (p *portainerStore) add(bucket string, record func(id uint64) string) uint64 {
	p.next[bucket]++
	id := p.next[bucket]
	p.h.commit(func(t *shapeTx) {
		t.put([]string{bucket}, string(bigEndian(id)), []byte(record(id)))
		t.setSequence([]string{bucket}, id)
	})
	p.ids[bucket] = append(p.ids[bucket], id)
	return id
}

func (p *portainerStore) bcrypt(id uint64) string {
	return "$2a$10$" + base64.RawStdEncoding.EncodeToString(noise(id+p.h.seed, 40))[:53]
}

func (p *portainerStore) records() map[string]func(id uint64) string {
	h := p.h
	return map[string]func(id uint64) string{
		"users": func(id uint64) string {
			return fmt.Sprintf(`{"Id":%d,"Username":"user-%d","Password":"%s","Role":%d,"TokenIssueAt":0,"ThemeSettings":{"color":""}}`, id, id, p.bcrypt(id), 1+id%2)
		},
		"teams":           func(id uint64) string { return fmt.Sprintf(`{"Id":%d,"Name":"team-%d"}`, id, id) },
		"team_membership": func(id uint64) string { return fmt.Sprintf(`{"Id":%d,"UserID":1,"TeamID":1,"Role":2}`, id) },
		"endpoints": func(id uint64) string {
			return fmt.Sprintf(`{"Id":%d,"Name":"env-%d","Type":1,"URL":"tcp://10.0.0.%d:2375","GroupId":1,"PublicURL":"","TLSConfig":{"TLS":false},"AzureCredentials":{"AuthenticationKey":""},"EdgeKey":"","Status":1,"Snapshots":[],"Notes":"%s"}`, id, id, id%250, h.hex(id, 20+h.roll(600)))
		},
		"endpoint_groups": func(id uint64) string {
			return fmt.Sprintf(`{"Id":%d,"Name":"group-%d","Description":"of %d","UserAccessPolicies":{},"TeamAccessPolicies":{},"TagIds":[]}`, id, id, id)
		},
		"endpoint_relations": func(id uint64) string { return fmt.Sprintf(`{"EndpointID":%d,"EdgeStacks":{}}`, id) },
		"snapshots": func(id uint64) string {
			return fmt.Sprintf(`{"EndpointId":%d,"Docker":{"Time":%d,"DockerVersion":"20.10.24","SnapshotRaw":{"Info":"%s"}},"Kubernetes":null}`, id, 1700000000+id, h.hex(id+1<<33, 100+h.roll(3000)))
		},
		"stacks": func(id uint64) string {
			return fmt.Sprintf(`{"Id":%d,"Name":"stack-%d","Type":2,"EndpointId":1,"SwarmId":"","EntryPoint":"docker-compose.yml","Env":[],"ProjectPath":"/data/compose/%d"}`, id, id, id)
		},
		"registries": func(id uint64) string {
			return fmt.Sprintf(`{"Id":%d,"Type":3,"Name":"reg-%d","URL":"registry.example.org","BaseURL":"","Authentication":true,"Username":"u","Password":"%s"}`, id, id, h.hex(id, 20))
		},
		"resource_control": func(id uint64) string {
			return fmt.Sprintf(`{"Id":%d,"ResourceId":"%s","SubResourceIds":[],"Type":6,"UserAccesses":[],"TeamAccesses":[],"Public":false,"AdministratorsOnly":true,"System":false}`, id, h.hex(id+1<<34, 64))
		},
		"tags": func(id uint64) string {
			return fmt.Sprintf(`{"Id":%d,"Name":"tag-%d","Endpoints":{},"EndpointGroups":{}}`, id, id)
		},
	}
}

var portainerKinds = []string{"users", "teams", "team_membership", "endpoints", "endpoint_groups", "endpoint_relations",
	"snapshots", "stacks", "registries", "resource_control", "tags"}

func fillPortainer(h *history, steps int) {
	p := &portainerStore{h: h, next: map[string]uint64{}, ids: map[string][]uint64{}}
	for _, bucket := range append([]string{"api_key", "customtemplates", "dockerhub", "edge_stack", "edgegroups", "edgejobs", "extension",
		"helm_user_repository", "pending_actions", "roles", "schedules", "tunnel_server", "webhooks"}, portainerKinds...) {
		h.commit(func(t *shapeTx) { t.bucket(bucket) })
	}
	single := func(bucket, key, value string) {
		h.commit(func(t *shapeTx) { t.put([]string{bucket}, key, []byte(value)) })
	}
	single("settings", "SETTINGS", `{"LogoURL":"","AuthenticationMethod":1,"LDAPSettings":{"Password":"","URL":""},"OAuthSettings":{"ClientSecret":"s3cr3t"},"SnapshotInterval":"5m","TemplatesURL":"`+h.hex(5, 400)+`"}`)
	single("ssl", "SSL", `{"certPath":"","keyPath":"","selfSigned":true,"httpEnabled":true}`)
	single("version", "VERSION", `{"SchemaVersion":"2.19.4","MigratorCount":0,"Edition":1,"InstanceID":"`+uuid(h, 77)+`"}`)
	single("tunnel_server", "INFO", `{"PrivateKeySeed":"`+h.hex(6, 16)+`"}`)
	records := p.records()
	for _, kind := range portainerKinds {
		p.add(kind, records[kind])
	}
	for step := 0; step < steps; step++ {
		kind := portainerKinds[h.roll(len(portainerKinds))]
		ids := p.ids[kind]
		switch choice := h.roll(10); {
		case choice < 5:
			p.add(kind, records[kind])
		case choice < 8 || len(ids) < 4 || kind == "users":
			id := ids[h.roll(len(ids))]
			h.commit(func(t *shapeTx) { t.put([]string{kind}, string(bigEndian(id)), []byte(records[kind](id))) })
		default:
			at := h.roll(len(ids))
			p.ids[kind] = append(append([]uint64{}, ids[:at]...), ids[at+1:]...)
			h.commit(func(t *shapeTx) { t.erase([]string{kind}, string(bigEndian(ids[at]))) })
		}
	}
}

// An influxStore has records by id, and indexes beside them.
type influxStore struct {
	h      *history
	made   uint64
	org    string
	user   string
	bucket []string
	tasks  []string
}

func (i *influxStore) newID() string {
	i.made++
	return fmt.Sprintf("%016x", 0x0a1b000000000000+i.made*0x1000)
}

func (i *influxStore) putAll(entries ...[3]string) {
	i.h.commit(func(t *shapeTx) {
		for _, e := range entries {
			t.put([]string{e[0]}, e[1], []byte(e[2]))
		}
	})
}

const influxTimes = `"createdAt":"2024-05-01T12:00:00.1Z","updatedAt":"2024-05-01T12:00:00.1Z"`

func (i *influxStore) addUser() {
	id := i.newID()
	name := "user-" + id[10:]
	hash := "$2a$10$" + base64.RawStdEncoding.EncodeToString(noise(i.made+i.h.seed, 40))[:53]
	i.putAll([3]string{"usersv1", id, fmt.Sprintf(`{"id":"%s","name":"%s","status":"active"}`, id, name)},
		[3]string{"userindexv1", name, id},
		[3]string{"userspasswordv1", id, hash},
		[3]string{"userresourcemappingsv1", i.org + id, fmt.Sprintf(`{"userID":"%s","userType":"member","mappingType":0,"resourceType":"orgs","resourceID":"%s"}`, id, i.org)})
	i.user = id
}

func (i *influxStore) addBucket() {
	id := i.newID()
	name := "bucket-" + id[10:]
	i.putAll([3]string{"bucketsv1", id, fmt.Sprintf(`{"id":"%s","orgID":"%s","type":0,"name":"%s","description":"%s","retentionPeriod":0,%s}`, id, i.org, name, i.h.hex(i.made, 10+i.h.roll(200)), influxTimes)},
		[3]string{"bucketindexv1", i.org + name, id})
	i.bucket = append(i.bucket, id)
}

func (i *influxStore) addToken() {
	id := i.newID()
	token := base64.URLEncoding.EncodeToString(noise(i.made*77+i.h.seed, 64))
	i.putAll([3]string{"authorizationsv1", id, fmt.Sprintf(`{"id":"%s","token":"%s","status":"active","description":"","orgID":"%s","userID":"%s","permissions":[{"action":"read","resource":{"type":"buckets","orgID":"%s"}}],%s}`, id, token, i.org, i.user, i.org, influxTimes)},
		[3]string{"authorizationindexv1", token, id})
}

func (i *influxStore) addTask() {
	id := i.newID()
	i.putAll([3]string{"tasksv1", id, fmt.Sprintf(`{"id":"%s","type":"system","orgID":"%s","ownerID":"%s","name":"t-%s","status":"active","flux":"option task = {every: 1m}\n%s","every":"1m0s","latestCompleted":"2024-05-01T12:00:00Z"}`, id, i.org, i.user, id[10:], i.h.hex(i.made, 100+i.h.roll(400)))},
		[3]string{"taskIndexsv1", i.org + "/" + id, id})
	i.tasks = append(i.tasks, id)
}

func (i *influxStore) addDashboard() {
	id := i.newID()
	i.putAll([3]string{"dashboardsv2", id, fmt.Sprintf(`{"id":"%s","orgID":"%s","name":"board %d","description":"%s","cells":[],"meta":{%s}}`, id, i.org, i.made, i.h.hex(i.made, 50+i.h.roll(900)), influxTimes)})
}

var influxBuckets = []string{"authorizationindexv1", "authorizationsv1", "bucketindexv1", "bucketsv1", "checksv1", "dashboardsv2", "dbrpv1",
	"idsv1", "keyvaluelogindexv1", "keyvaluelogv1", "labelsv1", "migrationsv1", "notificationEndpointv1", "notificationRulev1", "onboardingv1",
	"organizationindexv1", "organizationsv1", "scraperv2", "secretsv1", "sourcesv1", "taskIndexsv1", "taskRunsv1", "tasksv1", "telegrafv1",
	"userindexv1", "userresourcemappingsv1", "userspasswordv1", "usersv1", "variablesv1"}

func fillInflux(h *history, steps int) {
	i := &influxStore{h: h}
	for _, bucket := range influxBuckets {
		h.commit(func(t *shapeTx) { t.bucket(bucket) })
	}
	for n := 0; n < 20; n++ {
		id := i.newID()
		i.putAll([3]string{"migrationsv1", id, fmt.Sprintf(`{"id":"%s","name":"migration %d","state":"up","startedAt":"2024-05-01T12:00:00Z","finishedAt":"2024-05-01T12:00:00Z"}`, id, n)})
	}
	i.org = i.newID()
	i.putAll([3]string{"organizationsv1", i.org, fmt.Sprintf(`{"id":"%s","name":"home","description":"",%s}`, i.org, influxTimes)},
		[3]string{"organizationindexv1", "home", i.org})
	i.putAll([3]string{"idsv1", "id", h.hex(9, 16)})
	i.addUser()
	for step := 0; step < steps; step++ {
		switch choice := h.roll(12); {
		case choice < 1:
			i.addUser()
		case choice < 3:
			i.addBucket()
		case choice < 6:
			i.addToken()
		case choice < 7:
			i.addTask()
		case choice < 8:
			i.addDashboard()
		case choice < 11 && len(i.tasks) > 0:
			task := i.tasks[h.roll(len(i.tasks))]
			run := i.newID()
			i.putAll([3]string{"taskRunsv1", task + "/" + run, fmt.Sprintf(`{"id":"%s","taskID":"%s","status":"started","scheduledFor":"2024-05-01T12:00:00Z"}`, run, task)},
				[3]string{"taskRunsv1", task + "/latestCompleted", fmt.Sprintf(`{"id":"%s","taskID":"%s","status":"success"}`, run, task)})
		default:
			if len(i.bucket) > 3 {
				at := h.roll(len(i.bucket))
				id := i.bucket[at]
				i.bucket = append(i.bucket[:at:at], i.bucket[at+1:]...)
				h.commit(func(t *shapeTx) { t.erase([]string{"bucketsv1"}, id) })
				h.commit(func(t *shapeTx) { t.erase([]string{"bucketindexv1"}, i.org+"bucket-"+id[10:]) })
			}
		}
	}
}
