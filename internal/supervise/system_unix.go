//go:build unix

package supervise

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// lifelineFD is the child's end of a pipe that says nothing and closes when the parent is gone.
const lifelineFD = 3

// lifeline lets the child know when the parent is gone. end closes it.
func lifeline(c *exec.Cmd) (end func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c.ExtraFiles = []*os.File{r}
	return func() { _, _ = r.Close(), w.Close() }, nil
}

// Follow returns a context that ends when the supervisor is gone, and ctx itself in a process that has none.
func Follow(ctx context.Context) context.Context {
	if !Is() {
		return ctx
	}
	signal.Ignore(syscall.SIGTTOU) // then the shell has the terminal, which is to be put right all the same
	ctx, cancel := context.WithCancel(ctx)
	parent := os.NewFile(lifelineFD, "lifeline")
	syscall.CloseOnExec(lifelineFD)
	go func() {
		_, _ = parent.Read(make([]byte, 1))
		cancel()
	}()
	return ctx
}

// forwarded reports whether the child is to be told of a signal. What the terminal sends reaches the child by itself too, but nothing tells
// it from what another program sends to this process alone.
func forwarded(os.Signal) bool { return true }

func killedBy(p *os.ProcessState) string {
	if s, ok := p.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return s.Signal().String()
	}
	return ""
}

func number(p *os.ProcessState) int {
	s, _ := p.Sys().(syscall.WaitStatus)
	return int(s.Signal())
}
