// etcdpeer measures etcd's own Go client, as the bench of the etcd backend
// measures ours: a number of operations by a number of goroutines that share one
// client. Prints {"median_seconds":x}: for one run.
//
//	etcdpeer ENDPOINT get|put|swap CLIENTS OPERATIONS
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"sync"
	"time"

	"go.etcd.io/etcd/clientv3"
)

const keys = 1000

func key(n int) string { return fmt.Sprintf("bench/key-%06d", n%keys) }

// With a deadline for each operation, as etcd's documentation asks for, and as
// ours have.
func operate(do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return do(ctx)
}

// One goroutine's share: operations begin, begin+step, …
func work(kv clientv3.KV, what string, begin, step, end int, value string) error {
	own := fmt.Sprintf("bench/own-%d", begin)
	var revision int64
	if what == "swap" {
		put, err := kv.Put(context.Background(), own, value)
		if err != nil {
			return err
		}
		revision = put.Header.Revision
	}
	for n := begin; n < end; n += step {
		err := operate(func(ctx context.Context) error {
			switch what {
			case "get":
				got, err := kv.Get(ctx, key(n))
				if err == nil && len(got.Kvs) != 1 {
					err = fmt.Errorf("no such key: %s", key(n))
				}
				return err
			case "put":
				_, err := kv.Put(ctx, key(n), value)
				return err
			}
			done, err := kv.Txn(ctx).
				If(clientv3.Compare(clientv3.ModRevision(own), "=", revision)).
				Then(clientv3.OpPut(own, value)).
				Else(clientv3.OpGet(own, clientv3.WithKeysOnly())).Commit()
			if err == nil && !done.Succeeded {
				err = fmt.Errorf("somebody else wrote %s", own)
			}
			if err == nil {
				revision = done.Header.Revision
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: etcdpeer ENDPOINT get|put|swap CLIENTS OPERATIONS")
	}
	clients, _ := strconv.Atoi(os.Args[3])
	operations, _ := strconv.Atoi(os.Args[4])
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{os.Args[1]}, DialTimeout: 10 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	value := string(make([]byte, 100))
	if _, err := client.Get(context.Background(), "warm"); err != nil {
		log.Fatal(err)
	}
	var group sync.WaitGroup
	begin := time.Now()
	for i := 0; i < clients; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			if err := work(client, os.Args[2], i, clients, operations, value); err != nil {
				log.Fatal(err)
			}
		}(i)
	}
	group.Wait()
	fmt.Printf("{\"median_seconds\":%.9f}\n", time.Since(begin).Seconds())
}
