package worker

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"imagery/internal/picture"
)

func init() {
	misbehaviours["files"] = func([]string) {
		var r request
		_, _ = receive(os.Stdin, &r, picture.MaxFile)
		open, _ := os.ReadDir("/proc/self/fd")
		var names []string
		for _, f := range open {
			name, _ := os.Readlink("/proc/self/fd/" + f.Name())
			names = append(names, name)
		}
		_ = send(os.Stdout, answer{Info: &picture.Info{Codec: strings.Join(names, " ")}}, nil)
	}
}

func TestFilesThisProgramWasStartedWithDoNotReachWorkers(t *testing.T) {
	name := filepath.Join(t.TempDir(), "inherited")
	fd, err := syscall.Open(name, syscall.O_CREAT|syscall.O_RDWR, 0o600) // without O_CLOEXEC, as if from a parent
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Close(fd) }()
	p := newPool(t, Options{}, "files")
	d, err := p.Open(t.Context(), []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(d.Info.Codec, "pipe:") || strings.Contains(d.Info.Codec, name) {
		t.Errorf("open files: %s", d.Info.Codec)
	}
}
