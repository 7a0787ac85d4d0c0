// Package worker shows pictures without trusting them: files are decoded in other processes, started from the program itself, that have no
// environment, no files but two pipes, limited memory and limited time.
//
// Main is what such a process runs; a program asks Is first thing. A Pool starts, keeps, kills and replaces the processes.
package worker

import "time"

// Argument is the first argument of a program that is to be a worker.
const Argument = "--picture-worker"

// Is reports whether a program was started, with these arguments after its name, as a worker: then it calls Main and exits.
func Is(args []string) bool { return len(args) == 1 && args[0] == Argument }

// What a worker may use.
const (
	// memorySoft is where the garbage collector begins to hurry, memoryHard where the system refuses.
	memorySoft = 768 << 20
	memoryHard = 1536 << 20
	// memoryKept is what a worker may go on holding between files; one with more ends, and is replaced when needed.
	memoryKept = 400 << 20

	defaultDeadline  = 15 * time.Second
	defaultProcesses = 2
	// warmDeadline is for requests that load a decoder, which may first have to be compiled.
	warmDeadline = 2 * time.Minute
	// grace is how long a worker may go on with a file nobody waits for any more: nearly all are done by then, and starting another costs more.
	grace = 250 * time.Millisecond
)
