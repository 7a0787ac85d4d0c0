package app

import (
	"os"
	"testing"

	"imagery/internal/picture/worker"
)

// TestMain lets the test program be a worker.
func TestMain(m *testing.M) {
	if worker.Is(os.Args[1:]) {
		os.Exit(worker.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}
