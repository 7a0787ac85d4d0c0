package e2e

import (
	"bytes"
	"io"
	"os/exec"
	"testing"
)

// BenchmarkStart measures what the user waits for: a command that only prints, and in a terminal of 100 × 30 cells the sign-in screen and
// the demo's list of accounts. script of util-linux is the terminal; an empty process under it is there to compare.
func BenchmarkStart(b *testing.B) {
	script, err := exec.LookPath("script")
	if err != nil {
		b.Skip("no script on this machine")
	}
	program := build(b, b.TempDir())
	for _, c := range []struct{ name, command, until string }{
		{"version", program + " version", "imagery"},
		{"sign-in", program, "密码"},
		{"demo", program + " demo", "共 "},
		{"empty", "echo empty", "empty"},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				appears(b, exec.Command(script, "-qec", "stty cols 100 rows 30; "+c.command, "/dev/null"), c.until)
			}
		})
	}
}

// appears runs a command until it has written what is looked for, and ends it.
func appears(b *testing.B, c *exec.Cmd, what string) {
	b.Helper()
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	var seen []byte
	buf := make([]byte, 16<<10)
	for !bytes.Contains(seen, []byte(what)) {
		n, err := out.Read(buf)
		if seen = append(seen, buf[:n]...); err != nil {
			b.Fatalf("%v, saw %q", err, seen)
		}
	}
	b.StopTimer()
	_, _ = in.Write([]byte{3}) // Ctrl+C
	_ = in.Close()
	_, _ = io.Copy(io.Discard, out)
	_ = c.Wait()
	b.StartTimer()
}
