package completeness

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"imagery/client"
	"imagery/internal/codes"
	engine "imagery/internal/completeness"
	"imagery/internal/rules"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

// still is a program that answers nothing.
type still struct{ Service }

func (still) Codes() *codes.Book          { return codes.New() }
func (still) Doubts(*engine.Run) []string { return nil }

// large is a run of n accounts and 30 rules, a tenth of whose cells are missing.
func large(tb testing.TB, n int) *engine.Run {
	text := "version = 1\n"
	for i := range 30 {
		text += fmt.Sprintf("[[rule]]\nid = \"R%02d\"\nname = \"要求%02d\"\nany = [\"%d\"]\n", i, i, 1000+i)
	}
	set, err := rules.Parse([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	r := &engine.Run{Rules: set, Hash: set.Hash(), Listed: true, Total: int64(n), Accounts: make([]engine.Account, n)}
	for i := range r.Accounts {
		r.Accounts[i] = engine.Account{
			ID: client.Text(fmt.Sprintf("A%09d", i)), No: client.Text(fmt.Sprintf("88%08d", i)), Name: "张三丰", BizType: "0", Dept: client.Text(fmt.Sprint(1101 + i%40)),
		}
		for rule := i % 10; rule < 30; rule += 10 {
			r.Violations = append(r.Violations, engine.Violation{Account: i, Rule: rule, State: engine.Found})
		}
	}
	return r
}

// screen shows a run.
func screen(tb testing.TB, r *engine.Run) *Model {
	m := New(core.NewEnv(context.Background()), still{}, client.SearchAccountsRequest{}, &Place{})
	m.shown, m.set = draw(Checked{1, r}, Checked{}), r.Rules
	m.rebuild(true)
	m.translate()
	m.View(160, 46)
	return m
}

// A key and the frame after it, in a matrix of 100,000 accounts and 30 requirements.
func BenchmarkKeyInALargeMatrix(b *testing.B) {
	m := screen(b, large(b, 100_000))
	keys := []string{"down", "pgdown", "right", "down", "left", "up"}
	b.ResetTimer()
	for i := range b.N {
		m.Update(uitest.Key(keys[i%len(keys)]))
		m.View(160, 46)
	}
}

func TestALargeMatrixFitsInMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m := screen(t, large(t, 100_000))
	m.by = byDept
	m.rebuild(true)
	m.pick()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if used := int64(after.HeapAlloc) - int64(before.HeapAlloc); used > 150<<20 {
		t.Errorf("%d MB are held", used>>20)
	} else {
		t.Logf("%d MB are held", used>>20)
	}
	runtime.KeepAlive(m)
}

// What the screen does once a second while a check of 100,000 accounts goes on.
func BenchmarkLiveInALargeMatrix(b *testing.B) {
	m := screen(b, large(b, 100_000))
	m.doing = checking
	for b.Loop() {
		m.lay(m.shown)
		m.translate()
		m.View(160, 46)
	}
}
