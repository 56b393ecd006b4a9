// Command libkvpeer drives Docker's libkv and its boltdb backend, so that
// rebolt's bolt store can take turns with it on one file.
//
//	libkvpeer run FILE BUCKET OPERATION...
//	libkvpeer write FILE BUCKET PREFIX COUNT [STOPFILE]
//	libkvpeer time-list|cpu-list FILE BUCKET PREFIX RUNS
//
// Keys and values are hex in and out. Each run is one opener: libkv counts its
// writes from 1 again.
package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/docker/libkv/store"
	"github.com/docker/libkv/store/boltdb"
)

func open(file, bucket string) (store.Store, error) {
	return boltdb.New([]string{file}, &store.Config{
		Bucket:            bucket,
		ConnectionTimeout: time.Minute, // as dockerd's
	})
}

// runWrite puts COUNT keys PREFIX00000000..., one after the other, as a program
// does that opens the file for each; with a STOPFILE it ends when that is
// there, but not before COUNT keys. It prints how many it wrote.
func runWrite(kv store.Store, prefix string, count int, stop string) error {
	i := 0
	for ; i < count || (stop != "" && !exists(stop)); i++ {
		key := fmt.Sprintf("%s%08d", prefix, i)
		if err := kv.Put(key, []byte("value of "+key), nil); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		pair, err := kv.Get(key)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if string(pair.Value) != "value of "+key || pair.LastIndex != uint64(i+1) {
			return fmt.Errorf("%s: got %q, index %d", key, pair.Value, pair.LastIndex)
		}
	}
	fmt.Println(i)
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// cpuSeconds is what this process has used, in its own code and the system's.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// runCPUList prints the processor time of a list, with its share of the
// collector's work: the median does not apply to that.
func runCPUList(kv store.Store, prefix string, runs int) error {
	start := cpuSeconds()
	for i := 0; i < runs; i++ {
		if _, err := kv.List(prefix); err != nil {
			return err
		}
	}
	fmt.Printf(`{"median_seconds":%.9f}`+"\n", (cpuSeconds()-start)/float64(runs))
	return nil
}

func runTimeList(kv store.Store, prefix string, runs int) error {
	seconds := make([]float64, 0, runs)
	for i := 0; i < runs; i++ {
		start := time.Now()
		if _, err := kv.List(prefix); err != nil {
			return err
		}
		seconds = append(seconds, time.Since(start).Seconds())
	}
	sort.Float64s(seconds)
	fmt.Printf(`{"median_seconds":%.9f}`+"\n", seconds[len(seconds)/2])
	return nil
}

func printPair(pair *store.KVPair) {
	fmt.Printf("%s %d %s\n", hex.EncodeToString([]byte(pair.Key)), pair.LastIndex,
		hex.EncodeToString(pair.Value))
}

func unhex(word string) string {
	text, err := hex.DecodeString(word)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// previous is what a compare-and-swap compares with: "none" or an index.
func previous(key, word string) *store.KVPair {
	if word == "none" {
		return nil
	}
	index, err := strconv.ParseUint(word, 10, 64)
	if err != nil {
		panic(err)
	}
	return &store.KVPair{Key: key, LastIndex: index}
}

// operate runs put:KEY:VALUE, get:KEY, exists:KEY, delete:KEY, list:PREFIX,
// atomic-put:KEY:VALUE:INDEX or atomic-delete:KEY:INDEX, and prints what came.
func operate(kv store.Store, operation string) {
	words := strings.Split(operation, ":")
	key := unhex(words[1])
	var err error
	switch words[0] {
	case "put":
		err = kv.Put(key, []byte(unhex(words[2])), nil)
	case "get":
		var pair *store.KVPair
		if pair, err = kv.Get(key); err == nil {
			printPair(pair)
		}
	case "exists":
		var there bool
		if there, err = kv.Exists(key); err == nil {
			fmt.Println(there)
		}
	case "delete":
		err = kv.Delete(key)
	case "list":
		var pairs []*store.KVPair
		if pairs, err = kv.List(key); err == nil {
			for _, pair := range pairs {
				printPair(pair)
			}
		}
	case "atomic-put":
		var pair *store.KVPair
		if _, pair, err = kv.AtomicPut(key, []byte(unhex(words[2])), previous(key, words[3]), nil); err == nil {
			printPair(pair)
		}
	case "atomic-delete":
		_, err = kv.AtomicDelete(key, previous(key, words[2]))
	default:
		panic("unknown operation " + words[0])
	}
	if err != nil {
		fmt.Println("error:", err)
	} else {
		fmt.Println("done")
	}
}

func run(args []string) error {
	kv, err := open(args[1], args[2])
	if err != nil {
		return err
	}
	switch args[0] {
	case "run":
		for _, operation := range args[3:] {
			operate(kv, operation)
		}
		return nil
	case "write", "time-list", "cpu-list":
		count, err := strconv.Atoi(args[4])
		if err != nil {
			return err
		}
		if args[0] == "write" {
			stop := ""
			if len(args) > 5 {
				stop = args[5]
			}
			return runWrite(kv, args[3], count, stop)
		}
		if args[0] == "cpu-list" {
			return runCPUList(kv, args[3], count)
		}
		return runTimeList(kv, args[3], count)
	}
	return fmt.Errorf("unknown command %s", args[0])
}

func main() {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, "usage: see the top of main.go")
		os.Exit(2)
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "libkvpeer:", err)
		os.Exit(1)
	}
}
