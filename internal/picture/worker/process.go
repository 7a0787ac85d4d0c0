package worker

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"

	"imagery/internal/picture"
)

// process is a running worker.
type process struct {
	in, out *os.File // its standard input, and output
	cmd     *exec.Cmd
	said    tail
	gone    chan struct{} // closed when it has ended
}

func start(command []string) (*process, error) {
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("worker: %w", err), childIn.Close(), in.Close())
	}
	p := &process{in: in, out: out, gone: make(chan struct{})}
	p.cmd = exec.Command(command[0], command[1:]...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = childIn, childOut, &p.said
	p.cmd.Env = []string{} // passwords may be in ours
	p.cmd.SysProcAttr = attributes()
	err = p.cmd.Start()
	err = errors.Join(err, childIn.Close(), childOut.Close())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("worker: start: %w", err), in.Close(), out.Close())
	}
	widen(in, out)
	go func() {
		_ = p.cmd.Wait() // that it failed shows in what it said
		close(p.gone)
	}()
	return p, nil
}

// kill ends the process. What waits for it fails then; any goroutine may call it.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

// end kills the process, waits until it is gone and closes its pipes.
func (p *process) end() {
	p.kill()
	<-p.gone
	_, _ = p.in.Close(), p.out.Close()
}

// ask sends a request and waits for its answer.
func (p *process) ask(r request, body []byte) (answer, []byte, error) {
	var a answer
	if err := send(p.in, r, body); err != nil {
		return a, nil, err
	}
	pixels, err := receive(p.out, &a, maxBody)
	return a, pixels, err
}

// tail keeps the first line a process writes: Go says there what it died of.
type tail struct {
	mu   sync.Mutex
	text strings.Builder
}

const maxTail = 300

// Write implements io.Writer and never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Write(p[:min(len(p), max(0, maxTail-t.text.Len()))])
	return len(p), nil
}

func (t *tail) line() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	line, _, _ := strings.Cut(t.text.String(), "\n")
	return line
}

// seat is a place of the pool, in which one process runs at a time; used by one goroutine at a time but for kill.
type seat struct {
	command []string
	running atomic.Pointer[process]
	// document is the one the process holds, by its number; 0 for none.
	document uint64
	// warm are the formats whose decoders the process has loaded.
	warm map[picture.Format]bool
	// stopped says that the present request is not to be answered any more.
	stopped atomic.Bool
}

// ask has the process answer, starting it when there is none. One that had ended since it last answered is replaced; one that ends under
// the request it was started for is not: that is ErrCrashed.
func (s *seat) ask(d *Document, r request) (answer, []byte, error) {
	for fresh := false; ; {
		p := s.running.Load()
		if p == nil {
			var err error
			if p, err = start(s.command); err != nil {
				return answer{}, nil, err
			}
			fresh = true
			s.document, s.warm = 0, map[picture.Format]bool{}
			s.running.Store(p)
			if s.stopped.Load() { // a kill may have come before there was what to kill
				p.kill()
			}
		}
		var body []byte
		if d != nil && s.document != d.number {
			body, s.document = d.data, d.number
		}
		a, pixels, err := p.ask(r, body)
		if err == nil {
			if a.Failure != nil && body != nil {
				s.document = 0
			}
			s.learn(d, r, a.Failure == nil)
			return a, pixels, nil
		}
		s.running.Store(nil)
		p.end()
		if fresh || s.stopped.Load() {
			return answer{}, nil, fmt.Errorf("%w: %w: %q", picture.ErrCrashed, err, p.said.line())
		}
	}
}

// learn notes which decoder an answer took.
func (s *seat) learn(d *Document, r request, worked bool) {
	switch {
	case worked && r.Warm != "":
		s.warm[r.Warm] = true
	case d != nil && slow(d.Info.Format):
		s.warm[d.Info.Format] = true
	}
}

// stop makes the request being answered fail.
func (s *seat) stop() {
	s.stopped.Store(true)
	if p := s.running.Load(); p != nil {
		p.kill()
	}
}
