package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

func runCheck(args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	db, err := openReadOnly(args[0])
	if err != nil {
		return err
	}
	defer db.Close()

	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	count := 0
	err = db.View(func(tx *bolt.Tx) error {
		for problem := range tx.Check() {
			fmt.Fprintln(out, problem)
			count++
		}
		return nil
	})
	if err != nil {
		return err
	}
	if count != 0 {
		return errors.New("check found errors")
	}
	fmt.Fprintln(out, "OK")
	return nil
}
