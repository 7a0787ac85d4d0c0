package worker

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if Is(os.Args[1:]) {
		os.Exit(Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}
