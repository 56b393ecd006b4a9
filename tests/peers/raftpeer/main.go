// raftpeer writes raft.db as Consul, Nomad and Vault do, with HashiCorp's own raft
// and raft-boltdb, and starts a server on one:
//
//	raftpeer cluster FOLDER    three servers: entries, elections, log truncation
//	raftpeer start FILE        one server on a log that was recovered
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb"
)

// A counter applies entries by counting them.
type counter struct{ entries uint64 }

func (c *counter) Apply(*raft.Log) interface{} {
	c.entries++
	return nil
}
func (c *counter) Snapshot() (raft.FSMSnapshot, error) { return count{c.entries}, nil }
func (c *counter) Restore(from io.ReadCloser) error {
	_, err := fmt.Fscan(from, &c.entries)
	return err
}

type count struct{ entries uint64 }

func (c count) Persist(sink raft.SnapshotSink) error {
	if _, err := fmt.Fprint(sink, c.entries); err != nil {
		sink.Cancel()
		return err
	}
	return sink.Close()
}
func (count) Release() {}

type server struct {
	raft      *raft.Raft
	store     *raftboltdb.BoltStore
	transport *raft.InmemTransport
	counter   *counter
}

func config(name string) *raft.Config {
	c := raft.DefaultConfig()
	c.LocalID = raft.ServerID(name)
	c.LogOutput = io.Discard
	c.HeartbeatTimeout, c.ElectionTimeout = 4*time.Second, 4*time.Second
	c.LeaderLeaseTimeout, c.CommitTimeout = 2*time.Second, 10*time.Millisecond
	c.TrailingLogs, c.SnapshotThreshold = 40, 60
	c.SnapshotInterval = 300 * time.Millisecond
	return c
}

func open(name, file string, servers []raft.Server) (*server, error) {
	store, err := raftboltdb.NewBoltStore(file)
	if err != nil {
		return nil, err
	}
	snapshots, err := raft.NewFileSnapshotStore(filepath.Dir(file), 2, io.Discard)
	if err != nil {
		return nil, err
	}
	s := &server{store: store, counter: &counter{}}
	_, s.transport = raft.NewInmemTransport(raft.ServerAddress(name))
	c := config(name)
	if servers != nil {
		err = raft.BootstrapCluster(c, store, store, snapshots, s.transport, raft.Configuration{Servers: servers})
		if err != nil {
			return nil, err
		}
	}
	s.raft, err = raft.NewRaft(c, s.counter, store, store, snapshots, s.transport)
	return s, err
}

func leaderOf(servers []*server) *server {
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, s := range servers {
			if s.raft.State() == raft.Leader {
				return s
			}
		}
	}
	return nil
}

// cutOff leaves a leader alone: it writes entries that no other gets, loses its
// lead, and has to cut its log off when it is back.
func cutOff(leader *server, servers []*server) {
	leader.transport.DisconnectAll()
	for i := 0; i < 3; i++ {
		leader.raft.Apply([]byte("never committed"), 50*time.Millisecond)
	}
	time.Sleep(12 * time.Second)
	for _, other := range servers {
		if other != leader {
			leader.transport.Connect(other.transport.LocalAddr(), other.transport)
			other.transport.Connect(leader.transport.LocalAddr(), leader.transport)
		}
	}
	time.Sleep(3 * time.Second)
}

func cluster(folder string) error {
	members := []raft.Server{}
	for _, name := range []string{"a", "b", "c"} {
		members = append(members, raft.Server{ID: raft.ServerID(name), Address: raft.ServerAddress(name)})
	}
	servers := []*server{}
	for _, member := range members {
		name := string(member.ID)
		if err := os.MkdirAll(filepath.Join(folder, name), 0o700); err != nil {
			return err
		}
		s, err := open(name, filepath.Join(folder, name, "raft.db"), members)
		if err != nil {
			return err
		}
		servers = append(servers, s)
	}
	for _, from := range servers {
		for _, to := range servers {
			if from != to {
				from.transport.Connect(to.transport.LocalAddr(), to.transport)
			}
		}
	}
	for round := 0; round < 5; round++ {
		leader := leaderOf(servers)
		if leader == nil {
			return fmt.Errorf("round %d: no leader", round)
		}
		for i := 0; i < 60; i++ {
			data := fmt.Sprintf("entry %d of round %d %0*d", i, round, 50+i*7, i)
			if leader.raft.Apply([]byte(data), 5*time.Second).Error() != nil {
				break
			}
		}
		if round == 1 {
			cutOff(leader, servers)
		} else if err := leader.raft.LeadershipTransfer().Error(); err != nil {
			fmt.Fprintln(os.Stderr, "leadership was not handed over:", err)
		}
		time.Sleep(500 * time.Millisecond)
	}
	for _, s := range servers {
		if err := s.raft.Shutdown().Error(); err != nil {
			return err
		}
		if err := s.store.Close(); err != nil {
			return err
		}
	}
	return nil
}

// start says how far the server's log goes.
func start(file string) error {
	s, err := open("a", file, nil)
	if err != nil {
		return err
	}
	defer s.store.Close()
	first, err := s.store.FirstIndex()
	if err != nil {
		return err
	}
	last, err := s.store.LastIndex()
	if err != nil {
		return err
	}
	for index := first; index <= last; index++ {
		if err := s.store.GetLog(index, new(raft.Log)); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
	}
	fmt.Printf("entries %d to %d, last %d\n", first, last, s.raft.LastIndex())
	return s.raft.Shutdown().Error()
}

func main() {
	err := fmt.Errorf("usage: raftpeer cluster FOLDER | start FILE")
	if len(os.Args) == 3 && os.Args[1] == "cluster" {
		err = cluster(os.Args[2])
	} else if len(os.Args) == 3 && os.Args[1] == "start" {
		err = start(os.Args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
