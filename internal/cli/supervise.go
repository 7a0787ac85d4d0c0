package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"imagery/client"
	"imagery/internal/secret"
	"imagery/internal/supervise"
)

// supervised runs this very command in a child, with the terminal put right after it, unless this is the child or nothing is drawn.
func (p *program) supervised() (done bool, err error) {
	out, isFile := p.out.(*os.File)
	if supervise.Is() || !isFile || p.settings.On("accessible") {
		return false, nil
	}
	var env []string
	if !p.password.IsZero() {
		env = []string{secret.EnvName + "=" + p.password.Reveal()}
	}
	r, err := supervise.Run(p.in, out, p.err, env...)
	if err != nil {
		return true, err
	}
	if r.Why != "" {
		p.crashed(r)
	}
	return true, silent(r.Code)
}

// crashed says that the program ended otherwise than it should, and keeps what may help to find out why.
func (p *program) crashed(r supervise.Result) {
	fmt.Fprintln(p.err, p.T("cli.error", "what", p.T("cli.crashed", "why", client.SafeText(r.Why, 300))))
	fmt.Fprintln(p.err, "  "+p.T("cli.crashed_why"))
	if r.Crash == "" {
		return
	}
	name := filepath.Join(p.paths.State, time.Now().Format("crash-20060102-150405.txt"))
	err := os.MkdirAll(p.paths.State, 0o700)
	if err == nil {
		err = os.WriteFile(name, []byte(fmt.Sprintf("imagery %s\n%s\n\n%s", Version, client.SafeText(r.Why, 300), r.Crash)), 0o600)
	}
	if err == nil {
		fmt.Fprintln(p.err, "  "+p.T("cli.crashed_todo", "path", client.SafeText(name, 300)))
	}
}
