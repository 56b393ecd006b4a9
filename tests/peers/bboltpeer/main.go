// Command bboltpeer drives the reference bbolt implementation so that rebolt
// can be compared with it: it describes, checks, generates, changes, locks and
// times database files.
package main

import (
	"errors"
	"fmt"
	"os"
)

const usage = `usage: bboltpeer describe FILE
       bboltpeer check FILE
       bboltpeer generate KIND OUT [SEED]
       bboltpeer generate-bench OUT COUNT VALUE_BYTES
       bboltpeer build-shape SHAPE SEED OUT.db OUT.states [COPIES]
       bboltpeer readable FILE OUT
       bboltpeer apply FILE SCRIPT [FROM TO]
       bboltpeer batch
       bboltpeer hold FILE shared|exclusive MS
       bboltpeer time check FILE BUCKET RUNS
       bboltpeer time scan FILE BUCKET RUNS
       bboltpeer time get FILE BUCKET RUNS N COUNT
       bboltpeer time-write WORKLOAD FOLDER COUNT VALUE_BYTES RUNS
`

var errUsage = errors.New("usage")

var commands = map[string]func(args []string) error{
	"describe":       runDescribe,
	"check":          runCheck,
	"generate":       runGenerate,
	"generate-bench": runGenerateBench,
	"build-shape":    runBuildShape,
	"readable":       runReadable,
	"apply":          runApply,
	"hold":           runHold,
	"time":           runTime,
	"time-write":     runTimeWrite,
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	run, ok := commands[os.Args[1]]
	if !ok {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	err := run(os.Args[2:])
	if errors.Is(err, errUsage) {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bboltpeer:", err)
		os.Exit(1)
	}
}
