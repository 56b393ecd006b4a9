package main

import (
	"fmt"
	"strconv"
	"time"
)

func runHold(args []string) error {
	if len(args) != 3 {
		return errUsage
	}
	milliseconds, err := strconv.Atoi(args[2])
	if err != nil || milliseconds < 0 {
		return errUsage
	}
	open := openReadOnly
	switch args[1] {
	case "shared":
	case "exclusive":
		open = openWritableUnchanged
	default:
		return errUsage
	}
	db, err := open(args[0])
	if err != nil {
		return err
	}
	fmt.Println("held")
	time.Sleep(time.Duration(milliseconds) * time.Millisecond)
	return db.Close()
}
