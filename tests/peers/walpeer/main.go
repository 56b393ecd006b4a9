// walpeer says, with etcd's own package, what etcd makes of a log when it starts,
// whatever is damaged:
//
//	walpeer verdicts FOLDER    of each cut, each flipped bit, each torn sector
//	walpeer check FOLDER N     of each Nth of them: are they those of verdicts.txt?
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"go.etcd.io/etcd/wal"
	"go.etcd.io/etcd/wal/walpb"
	"go.uber.org/zap"
)

// verdict does what etcd's readWAL does.
func verdict(folder string) string {
	log := zap.NewNop()
	marks, err := wal.ValidSnapshotEntries(log, folder)
	if err != nil {
		return "snapshots: " + err.Error()
	}
	mark := walpb.Snapshot{}
	if len(marks) != 0 {
		mark = marks[len(marks)-1]
	}
	repaired := false
	for {
		opened, err := wal.Open(log, folder, mark)
		if err != nil {
			return "open: " + err.Error()
		}
		opened.SetUnsafeNoFsync()
		_, state, entries, err := opened.ReadAll()
		opened.Close()
		if err == nil {
			last := mark.Index
			if len(entries) != 0 {
				last = entries[len(entries)-1].Index
			}
			return fmt.Sprintf("reads snapshot %d repaired %v entries %d last %d commit %d",
				mark.Index, repaired, len(entries), last, state.Commit)
		}
		if repaired || err != io.ErrUnexpectedEOF || !wal.Repair(log, folder) {
			return "read: " + err.Error()
		}
		repaired = true
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func changed(whole []byte, change string, at int) []byte {
	damaged := append([]byte{}, whole...)
	switch change {
	case "cut":
		return damaged[:at]
	case "flip":
		damaged[at/8] ^= 1 << (at % 8)
	default:
		for i := at; i < len(damaged) && (i == at || i%512 != 0); i++ {
			damaged[i] = 0
		}
	}
	return damaged
}

// A trial is a log of which one file can be another.
type trial struct {
	names []string
	files [][]byte
	work  string
}

func load(folder string) *trial {
	names, err := filepath.Glob(folder + "/*.wal")
	must(err)
	sort.Strings(names)
	t := &trial{names: names}
	for _, name := range names {
		file, err := os.ReadFile(name)
		must(err)
		t.files = append(t.files, file)
	}
	t.work, err = os.MkdirTemp("", "walpeer")
	must(err)
	return t
}

func (t *trial) verdict(damaged int, content []byte) string {
	must(os.RemoveAll(t.work))
	must(os.Mkdir(t.work, 0700))
	for i, name := range t.names {
		file := t.files[i]
		if i == damaged {
			file = content
		}
		must(os.WriteFile(filepath.Join(t.work, filepath.Base(name)), file, 0600))
	}
	return verdict(t.work)
}

// verdicts prints runs of places that have one verdict: FILE CHANGE FROM TO NUMBER.
func verdicts(folder string) {
	t := load(folder)
	defer os.RemoveAll(t.work)
	numbers := map[string]int{}
	var texts []string
	var runs bytes.Buffer
	for i, file := range t.files {
		for _, change := range []struct {
			name      string
			end, step int
		}{{"cut", len(file) + 1, 1}, {"flip", 8 * len(file), 1}, {"zero", len(file), 16}} {
			from, last := 0, -1
			for at := 0; at < change.end; at += change.step {
				text := t.verdict(i, changed(file, change.name, at))
				number, known := numbers[text]
				if !known {
					number = len(texts)
					numbers[text] = number
					texts = append(texts, text)
				}
				if number != last && last >= 0 {
					fmt.Fprintln(&runs, i, change.name, from, at-change.step, last)
					from = at
				}
				last = number
			}
			end := (change.end - 1) / change.step * change.step
			fmt.Fprintln(&runs, i, change.name, from, end, last)
		}
	}
	for number, text := range texts {
		fmt.Printf("= %d %s\n", number, text)
	}
	fmt.Print(runs.String())
}

// check compares each Nth recorded verdict with etcd's; it returns how many differ.
func check(folder string, oneOf int) int {
	t := load(folder)
	defer os.RemoveAll(t.work)
	recorded, err := os.ReadFile(folder + "/verdicts.txt")
	must(err)
	texts := map[string]string{}
	seen, tried, wrong := 0, 0, 0
	for _, line := range strings.Split(string(recorded), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if words[0] == "=" {
			texts[words[1]] = strings.SplitN(line, " ", 3)[2]
			continue
		}
		var file, from, to int
		var change, number string
		_, err := fmt.Sscan(line, &file, &change, &from, &to, &number)
		must(err)
		step := 1
		if change == "zero" {
			step = 16
		}
		for at := from; at <= to; at += step {
			if seen++; seen%oneOf != 0 {
				continue
			}
			tried++
			text := t.verdict(file, changed(t.files[file], change, at))
			if text != texts[number] {
				wrong++
				fmt.Printf("%d %s %d: %s, recorded: %s\n", file, change, at, text, texts[number])
			}
		}
	}
	fmt.Printf("%d of %d samples tried, %d differ\n", tried, seen, wrong)
	return wrong
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "verdicts" {
		verdicts(os.Args[2])
		return
	}
	if len(os.Args) == 4 && os.Args[1] == "check" {
		oneOf, err := strconv.Atoi(os.Args[3])
		must(err)
		if check(os.Args[2], oneOf) != 0 {
			os.Exit(1)
		}
		return
	}
	fmt.Fprintln(os.Stderr, "usage: walpeer verdicts FOLDER | check FOLDER N")
	os.Exit(2)
}
