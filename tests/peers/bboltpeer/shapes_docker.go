package main

import (
	"encoding/binary"
	"fmt"
)

// A dockerStore is local-kv.db as libnetwork of Docker 20.10 keeps it: every call of
// libkv opens the file, changes one key and closes it.
type dockerStore struct {
	h        *history
	index    uint64
	networks []string
	running  []dockerEndpoint
	counts   map[string]int
	made     uint64
}

type dockerEndpoint struct{ id, network, sandbox string }

const dockerRoot = "docker/network/v1.0/"

var dockerBucket = []string{"libnetwork"}

func (d *dockerStore) put(key, json string) {
	d.index++
	value := make([]byte, 8, 8+len(json))
	binary.LittleEndian.PutUint64(value, d.index)
	d.h.commit(func(t *shapeTx) { t.put(dockerBucket, dockerRoot+key+"/", append(value, json...)) })
	d.h.closeAndOpen()
}

func (d *dockerStore) erase(key string) {
	d.h.commit(func(t *shapeTx) { t.erase(dockerBucket, dockerRoot+key+"/") })
	d.h.closeAndOpen()
}

func (d *dockerStore) newID() string {
	d.made++
	return d.h.hex(d.made, 64)
}

func (d *dockerStore) putCount(network string) {
	d.put("endpoint_count/"+network, fmt.Sprintf(`{"Count":%d}`, d.counts[network]))
}

func (d *dockerStore) createNetwork() {
	id, n := d.newID(), len(d.networks)
	d.put("network/"+id, fmt.Sprintf(`{"addrSpace":"LocalDefault","attachable":false,"configFrom":"","configOnly":false,`+
		`"created":"2023-05-%02dT10:%02d:33.817298741Z","dynamic":false,"enableIPv6":false,`+
		`"generic":{"com.docker.network.enable_ipv6":false,"com.docker.network.generic":{"com.docker.network.bridge.name":"br-%s"}},`+
		`"id":"%s","inDelete":false,"ingress":false,"internal":false,`+
		`"ipamOptions":{},"ipamType":"default","ipamV4Config":"[{\"PreferredPool\":\"\",\"SubPool\":\"\",\"Gateway\":\"\",\"AuxAddresses\":null}]",`+
		`"ipamV4Info":"[{\"IPAMData\":\"{\\\"AddressSpace\\\":\\\"LocalDefault\\\",\\\"Gateway\\\":\\\"172.%d.0.1/16\\\",\\\"Pool\\\":\\\"172.%d.0.0/16\\\"}\",\"PoolID\":\"LocalDefault/172.%d.0.0/16\"}]",`+
		`"labels":{},"loadBalancerIP":"","loadBalancerMode":"NAT","name":"net-%d","networkType":"bridge","persist":true,"postIPv6":false,"scope":"local"}`,
		1+n%28, n%60, id[:12], id, 17+n%200, 17+n%200, 17+n%200, n))
	d.put("bridge/"+id, fmt.Sprintf(`{"AddressIPv4":"172.%d.0.1/16","BridgeIfaceCreator":0,"BridgeName":"br-%s",`+
		`"DefaultBindingIP":"0.0.0.0","DefaultBridge":false,"DefaultGatewayIPv4":"","EnableICC":true,"EnableIPMasquerade":true,`+
		`"ID":"%s","Internal":false,"Mtu":1500}`, 17+n%200, id[:12], id))
	d.networks = append(d.networks, id)
	d.putCount(id)
}

func (d *dockerStore) start() {
	e := dockerEndpoint{d.newID(), d.networks[d.h.roll(len(d.networks))], d.newID()}
	address := fmt.Sprintf("172.%d.0.%d/16", 17+d.h.roll(200), 2+d.h.roll(250))
	endpoint := func(sandbox string) string {
		return fmt.Sprintf(`{"anonymous":false,"disableResolution":false,"ep_iface":{"addr":"%s","dstPrefix":"eth","mac":"02:42:ac:%02x:00:02",`+
			`"routes":null,"srcName":"veth%s","v4PoolID":"LocalDefault/172.17.0.0/16","v6PoolID":""},"exposed_ports":[{"Proto":6,"Port":80}],`+
			`"generic":{"com.docker.network.endpoint.exposedports":[{"Proto":6,"Port":80}],"com.docker.network.portmap":[]},`+
			`"id":"%s","ingressPorts":null,"joinInfo":{"disableGatewayService":false,"driverTableEntries":null,"gw":"172.17.0.1","gw6":""},`+
			`"loadBalancer":false,"locator":"","myAliases":["%s"],"name":"box-%d","sandbox":"%s","svcAliases":null,"svcID":"","svcName":"","virtualIP":"<nil>"}`,
			address, d.made%256, e.id[:7], e.id, e.id[:12], d.made, sandbox)
	}
	d.put("endpoint/"+e.network+"/"+e.id, endpoint(""))
	d.counts[e.network]++
	d.putCount(e.network)
	d.put("bridge-endpoint/"+e.id, fmt.Sprintf(`{"Addr":"%s","Config":{"MacAddress":null},"ContainerConfig":null,`+
		`"ExternalConnConfig":{"PortBindings":[],"ExposedPorts":[{"Proto":6,"Port":80}]},"MacAddress":"02:42:ac:11:00:02","PortMapping":null,`+
		`"SrcName":"veth%s","id":"%s","nid":"%s"}`, address, e.id[:7], e.id, e.network))
	d.put("sandbox/"+e.sandbox, fmt.Sprintf(`{"Cid":"%s","Eps":[{"Eid":"%s","Nid":"%s"}],"ExtDNS2":null,"ID":"%s"}`,
		d.newID(), e.id, e.network, e.sandbox))
	d.put("endpoint/"+e.network+"/"+e.id, endpoint(e.sandbox))
	d.running = append(d.running, e)
}

func (d *dockerStore) stop() {
	at := d.h.roll(len(d.running))
	e := d.running[at]
	d.running = append(d.running[:at], d.running[at+1:]...)
	d.erase("sandbox/" + e.sandbox)
	d.erase("bridge-endpoint/" + e.id)
	d.erase("endpoint/" + e.network + "/" + e.id)
	d.counts[e.network]--
	d.putCount(e.network)
}

// fillDocker makes networks, then starts and stops containers in so many steps.
func fillDocker(h *history, networks, running, steps int) *dockerStore {
	d := &dockerStore{h: h, counts: map[string]int{}}
	for len(d.networks) < networks {
		d.createNetwork()
	}
	for step := 0; step < steps; step += 5 {
		if len(d.running) > 0 && h.roll(2*running) < len(d.running) {
			d.stop()
		} else {
			d.start()
		}
	}
	return d
}

// fillStoppedDocker stops most of the containers in the end, as a daemon that
// ends does: many pages with what was before are left.
func fillStoppedDocker(h *history) {
	d := fillDocker(h, 20, 60, 400)
	for len(d.running) > 3 {
		d.stop()
	}
}
