package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// It looks commands up itself, so that it cannot be in their literal.
func init() { commands["batch"] = runBatch }

// runBatch runs the commands on standard input, one a line. What each prints is
// followed by a line `= ok` or `= ` and the error, quoted.
func runBatch(args []string) error {
	if len(args) != 0 {
		return errUsage
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		words := strings.Fields(in.Text())
		err := errUsage
		if len(words) > 0 && words[0] != "batch" && commands[words[0]] != nil {
			err = commands[words[0]](words[1:])
		}
		if err != nil {
			fmt.Printf("= %q\n", err.Error())
		} else {
			fmt.Println("= ok")
		}
	}
	return in.Err()
}
