// Package supervise runs the terminal program as a child of a small parent, which puts the terminal right again however the child ends: a
// program that is killed, or dies of a fault of the runtime, cannot do that itself.
package supervise

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"
)

const (
	mark = "IMAGERY_SUPERVISED" // in the environment of the child
	// hold, on the child's standard error, says that the screen is the program's: what follows is shown when it has ended.
	hold    = 0
	maxHeld = 256 << 10 // bytes
	failed  = 1         // the exit code of a program that crashed
)

// restore leaves every mode that the terminal program may have set: the alternate screen, mouse, pastes, focus, keyboard protocols, colours
// told, synchronised output, progress, and the cursor's look.
const restore = "\x1b[?2026l\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2031l\x1b[?2048l\x1b[<u\x1b[>4;0m" +
	"\x1b]9;4;0\x07\x1b[0 q\x1b[0m\x1b[?25h\r"

// Is reports whether this process is the child of a supervisor.
func Is() bool { return os.Getenv(mark) != "" }

// Hold says that the terminal is the program's from now on, so that what goes to its standard error is shown only when it has ended.
func Hold() {
	if Is() {
		_, _ = os.Stderr.Write([]byte{hold})
	}
}

// Result says how the child ended.
type Result struct {
	Code  int    // its exit code; 128 + n when signal n ended it, and 1 for a crash
	Crash string // what it said when it crashed, without the values in it; empty: it did not
	Why   string // the signal, or the kind of fault; empty: it did not crash
}

// Run starts this program again with the same arguments and env added to the environment, waits for its end, and leaves the terminal out as it
// was. Errors are those of starting it.
func Run(in, out *os.File, stderr io.Writer, env ...string) (Result, error) {
	program, err := os.Executable()
	if err != nil {
		return Result{}, err
	}
	before, stateErr := term.GetState(int(in.Fd()))
	said := &held{to: stderr}
	c := exec.Command(program, os.Args[1:]...)
	c.Env = append(append(os.Environ(), mark+"=1"), env...)
	c.Stdin, c.Stdout, c.Stderr = in, out, said
	c.WaitDelay = time.Second // for children of its own that outlive it
	end, err := lifeline(c)
	if err != nil {
		return Result{}, err
	}
	defer end()
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	if err := c.Start(); err != nil {
		return Result{}, err
	}
	ended := make(chan struct{})
	defer close(ended)
	go pass(c.Process, signals, ended)
	err = c.Wait()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return Result{}, err
	}
	r := said.result(c.ProcessState)
	if r.Why != "" {
		if stateErr == nil {
			_ = term.Restore(int(in.Fd()), before)
		}
		_, _ = io.WriteString(out, restore)
	}
	said.flush(r.Why != "")
	return r, nil
}

// pass sends on what was meant for the program. What the terminal sends reaches both of them anyway.
func pass(to *os.Process, signals <-chan os.Signal, ended <-chan struct{}) {
	for {
		select {
		case s := <-signals:
			if forwarded(s) {
				_ = to.Signal(s)
			}
		case <-ended:
			return
		}
	}
}

// held is what the child writes to its standard error: passed on until it says Hold, then kept up to a limit.
type held struct {
	to io.Writer

	mu   sync.Mutex
	on   bool
	kept bytes.Buffer
}

// Write implements io.Writer.
func (h *held) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	rest := b
	if !h.on {
		before, after, found := bytes.Cut(b, []byte{hold})
		if _, err := h.to.Write(before); err != nil {
			return 0, err
		}
		h.on, rest = found, after
	}
	h.kept.Write(rest[:min(len(rest), maxHeld-h.kept.Len())])
	return len(b), nil
}

// flush shows what was kept of a child that did not crash.
func (h *held) flush(crashed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !crashed {
		_, _ = h.to.Write(h.kept.Bytes())
	}
}

func (h *held) result(p *os.ProcessState) Result {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := Result{Code: p.ExitCode()}
	if s := killedBy(p); s != "" {
		r.Why = s
		r.Code = 128 + number(p)
	}
	text := h.kept.String()
	if at := traceBegins().FindStringIndex(text); at != nil {
		r.Code, r.Why, r.Crash = failed, fault(text[:at[0]]), trace(text[at[0]:])
	}
	return r
}

// Patterns are compiled when something crashed, not when every command starts.
var (
	traceBegins = pattern(`(?m)^goroutine \d+`)
	// frame is a line of a stack that says where, or whose it is, and holds no value.
	frame = pattern(`^(goroutine \d+ .*|\s+\S+\.(go|s):\d+.*|created by .*)$`)
	call  = pattern(`^([\w./*()\[\]·-]+)\(.*\)$`)
)

func pattern(p string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(p) })
}

// fault is the kind of a crash: what the runtime says of its own faults, and no more than that it was a panic of the others, whose text may
// hold anything.
func fault(head string) string {
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "panic: "))
		for _, known := range []string{"runtime error: ", "fatal error: ", "SIG", "runtime: out of memory"} {
			if strings.HasPrefix(line, known) {
				return line
			}
		}
	}
	return "panic"
}

// trace is a stack without the values in it.
func trace(stack string) string {
	var b strings.Builder
	for line := range strings.Lines(stack) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case frame().MatchString(line):
			fmt.Fprintln(&b, line)
		case call().MatchString(line):
			fmt.Fprintln(&b, call().FindStringSubmatch(line)[1]+"(…)")
		}
	}
	return b.String()
}
