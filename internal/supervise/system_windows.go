package supervise

import (
	"context"
	"os"
	"os/exec"
)

// lifeline needs nothing here: the child waits for the process that started it.
func lifeline(*exec.Cmd) (end func(), err error) { return func() {}, nil }

// Follow returns a context that ends when the supervisor is gone, and ctx itself in a process that has none.
func Follow(ctx context.Context) context.Context {
	parent, err := os.FindProcess(os.Getppid())
	if !Is() || err != nil {
		return ctx
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = parent.Wait()
		cancel()
	}()
	return ctx
}

// forwarded: the console tells every process in it by itself.
func forwarded(os.Signal) bool { return false }

// killedBy recognises a process that was ended from outside, or by a fault: those codes no program of ours returns.
func killedBy(p *os.ProcessState) string {
	if c := p.ExitCode(); c < 0 || c > 255 {
		return "exit status " + p.String()
	}
	return ""
}

func number(*os.ProcessState) int { return 9 }
