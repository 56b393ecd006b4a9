package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// runApply runs a script on a file, or only its transactions FROM to TO, counted
// from 1. Each operation prints its line number and its result.
func runApply(args []string) error {
	if len(args) != 2 && len(args) != 4 {
		return errUsage
	}
	script, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	defer out.Flush()
	a := &applier{path: args[0], from: 1, to: math.MaxInt, out: out}
	if len(args) == 4 {
		if a.from, err = strconv.Atoi(args[2]); err != nil {
			return errUsage
		}
		if a.to, err = strconv.Atoi(args[3]); err != nil {
			return errUsage
		}
	}
	for i, line := range strings.Split(string(script), "\n") {
		if err := a.runLine(i+1, strings.Fields(line)); err != nil {
			a.close()
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return a.close()
}

// An applier runs a script line by line. It opens the file when the first
// transaction that it runs begins, with what the last `open` line says.
type applier struct {
	path     string
	from, to int
	out      *bufio.Writer

	options *bolt.Options
	number  int // of the transaction that is open, or was last
	db      *bolt.DB
	tx      *bolt.Tx
}

func (a *applier) runLine(number int, fields []string) error {
	if len(fields) == 0 {
		return nil
	}
	switch fields[0] {
	case "open":
		var err error
		a.options, err = scriptOptions(fields[1:])
		return err
	case "close":
		return a.close()
	case "begin":
		a.number++
	}
	if a.number < a.from || a.number > a.to {
		return nil
	}
	result, err := a.run(fields[0], fields[1:])
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, number, result)
	return err
}

func (a *applier) run(word string, fields []string) (string, error) {
	switch word {
	case "begin":
		return "ok", a.begin()
	case "commit":
		err := a.tx.Commit()
		a.tx = nil
		return "ok", err
	case "rollback":
		err := a.tx.Rollback()
		a.tx = nil
		return "ok", err
	}
	op, ok := changes[word]
	if !ok || len(fields) != op.fields {
		return "", fmt.Errorf("not an operation: %s %s", word, strings.Join(fields, " "))
	}
	path, err := scriptPath(fields[0])
	if err != nil {
		return "", err
	}
	result, err := op.run(a.tx, path, fields[1:])
	if name, ok := errorNames[err]; ok {
		return name, nil
	}
	return result, err
}

func (a *applier) begin() error {
	var err error
	if a.db == nil {
		if a.db, err = bolt.Open(a.path, 0o644, a.options); err != nil {
			return err
		}
	}
	a.tx, err = a.db.Begin(true)
	return err
}

func (a *applier) close() error {
	if a.tx != nil {
		a.tx.Rollback() // else Close would wait for it
		a.tx = nil
	}
	if a.db == nil {
		return nil
	}
	db := a.db
	a.db = nil
	return db.Close()
}
