package audit

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// TestMain lets the test binary be the program that is killed: with childEnv set it appends to the journal in that folder for ever, and says
// each line's ref on standard output once it is acknowledged.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		child(dir)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const childEnv = "IMAGERY_AUDIT_TEST_CHILD"

func child(dir string) {
	key, err := ParseKey(os.Getenv(childEnv+"_KEY"), FromKeyring)
	if err != nil {
		return
	}
	j := place{dir, 4000, key}.journal()
	for i := 0; ; i++ {
		ref := fmt.Sprintf("%d-%d", os.Getpid(), i)
		if err := j.Append(Entry{Act: Archive, Phase: Begun, Ref: ref, Detail: map[string]string{"materialCodes": strings.Repeat("1101,", i%50)}}); err != nil {
			fmt.Println("failed", err)
			return
		}
		fmt.Println(ref)
	}
}

// kill starts so many children, kills them all after one has acknowledged some lines, and returns what each acknowledged.
func (p place) kill(t *testing.T, children, after int) (acknowledged []string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var all []*exec.Cmd
	var outs []io.Reader
	for range children {
		c := exec.Command(exe)
		c.Env = append(os.Environ(), childEnv+"="+p.dir, childEnv+"_KEY="+p.key.Reveal())
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		all, outs = append(all, c), append(outs, out)
	}
	first := bufio.NewReader(outs[0])
	outs[0] = first
	for range after {
		line, err := first.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		acknowledged = append(acknowledged, strings.TrimSpace(line))
	}
	for _, c := range all {
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range all {
		rest, _ := io.ReadAll(outs[i])
		lines := strings.SplitAfter(string(rest), "\n")
		for _, l := range lines[:len(lines)-1] { // half a line is no acknowledgement
			acknowledged = append(acknowledged, strings.TrimSpace(l))
		}
		_ = c.Wait()
	}
	return acknowledged
}

func TestKilledProgramsLoseNothingAcknowledged(t *testing.T) {
	p := newPlace(t, 4000)
	r := rand.New(rand.NewPCG(7, 7))
	var acknowledged []string
	for range 15 {
		acknowledged = append(acknowledged, p.kill(t, 1+r.IntN(3), 1+r.IntN(12))...)
		if err := verify(t, p.journal()).Err(); err != nil {
			t.Fatal(err)
		}
	}
	there := map[string]bool{}
	if err := p.journal().Entries(func(e Entry) bool { there[e.Ref] = true; return true }); err != nil {
		t.Fatal(err)
	}
	for _, ref := range acknowledged {
		if !there[ref] {
			t.Errorf("%s was acknowledged and is not there", ref)
		}
	}
	t.Logf("%d lines acknowledged, %d there", len(acknowledged), len(there))
	add(t, p.journal(), Entry{Act: Search, Phase: Begun})
	if r := verify(t, p.journal()); r.Err() != nil || r.Files < 2 {
		t.Errorf("%+v", r)
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, head := range []bool{true, false} {
		b.Run("head="+strconv.FormatBool(head), func(b *testing.B) {
			p := newPlace(b, 0)
			j := p.journal()
			if !head {
				j = New(Options{Path: p.path(), Keys: func() ([]Key, error) { return []Key{p.key}, nil }})
			}
			for b.Loop() {
				add(b, j, Entry{Act: View, Phase: Begun, Profile: "demo", User: "demo", Detail: map[string]string{"fileId": "1a2b3c", "accountNo": "88000001"}})
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	p := newPlace(b, 0)
	p.fill(b, 2000)
	for b.Loop() {
		verify(b, p.journal())
	}
}

func BenchmarkPage(b *testing.B) {
	p := newPlace(b, 0)
	p.fill(b, 2000)
	for b.Loop() {
		if _, err := p.journal().Page(Filter{}, Cursor{}, 50); err != nil {
			b.Fatal(err)
		}
	}
}
