package archtest

import (
	"slices"
	"strings"
	"testing"
)

const good = `// Package good is good.
package good

import (
	"context"
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"
)

// Model is documented; what follows it is exempt.
type Model struct{ n int }

type quiet struct{}

func (quiet) Exported() {}

// Two constants.
const (
	A = 1
	B = 2
)

var File = os.Stdout // a trailing comment will do

// Load reads the model into locals first.
func (m *Model) Load() tea.Cmd {
	n := m.n
	m.n++
	return func() tea.Msg {
		n++
		return fmt.Sprint(n)
	}
}

// Keep returns what runs in Update, and so may assign.
func (m *Model) Keep(context.Context) func() tea.Cmd {
	return func() tea.Cmd { m.n = 0; return nil }
}

// Chain nests once for its else-ifs.
func Chain(a int) int {
	if a == 1 {
		return 1
	} else if a == 2 {
		return 2
	} else if a == 3 {
		return 3
	} else if a == 4 {
		return 4
	}
	return 5
}
`

// imports is a package that imports target.
func imports(target string) string { return "package p\n\nimport _ \"" + target + "\"\n" }

// method is a screen's method whose body is given.
func method(body string) string {
	return "package p\n\nimport (\n\t\"context\"\n\tbt \"charm.land/bubbletea/v2\"\n)\n\nfunc (m *Model) load() bt.Cmd {\n" + body + "\n}\n"
}

func function(head string, lines int) string {
	return "package p\n\n" + head + " {\n" + strings.Repeat("\t_ = 0\n", lines-2) + "}\n"
}

var fixtures = []struct {
	check     func([]*file) []string
	name, src string
	want      []string // a part of each finding, in order
}{
	{layers, "ui/internal/grid/good.go", good, nil},
	{layers, "client/x/x.go", imports("imagery/client"), nil},
	{layers, "client/x/x.go", imports("net/http"), nil},
	{layers, "client/x/x.go", imports("golang.org/x/text/width"), []string{"client/x must not import golang.org/x/text/width"}},
	{layers, "client/x.go", imports("imagery/internal/text"), []string{"imagery/internal/text"}},
	{layers, "client/x_test.go", imports("imagery/ui"), []string{"imagery/ui"}},
	{layers, "assets/x.go", imports("imagery/client"), []string{"imagery/client"}},
	{layers, "main.go", imports("imagery/ui"), []string{"imagery/ui"}},
	{layers, "main.go", imports("imagery/internal/cli"), nil},
	{layers, "internal/cli/x.go", imports("imagery/ui"), nil},
	{layers, "internal/climate/x.go", imports("imagery/ui"), []string{"imagery/ui"}},
	{layers, "internal/app/x.go", imports("imagery/ui/internal/core"), []string{"imagery/ui/internal/core"}},
	{layers, "internal/app/x_test.go", imports("imagery/ui/internal/core"), []string{"imagery/ui/internal/core"}},
	{layers, "internal/app/x.go", imports("imagery/internal/demo/paper"), []string{"imagery/internal/demo/paper"}},
	{layers, "internal/app/x_test.go", imports("imagery/internal/demo"), nil},
	{layers, "internal/app/x.go", imports("imagery/internal/cli"), []string{"imagery/internal/cli"}},
	{layers, "ui/x.go", imports("imagery/internal/app"), nil},
	{layers, "ui/x.go", imports("imagery/internal/audit"), []string{"imagery/internal/audit"}},
	{layers, "ui/tasks/x.go", imports("imagery/internal/app"), []string{"imagery/internal/app"}},
	{layers, "ui/tasks/x.go", imports("imagery/ui/login"), []string{"imagery/ui/login"}},
	{layers, "ui/tasks/x.go", imports("imagery/ui/internal/uitest"), []string{"imagery/ui/internal/uitest"}},
	{layers, "ui/tasks/x_test.go", imports("imagery/ui/internal/uitest"), nil},
	{layers, "ui/tasks/x.go", imports("net/http"), []string{"net/http"}},
	{layers, "ui/internal/grid/x.go", imports("imagery/client"), []string{"imagery/client"}},

	{documented, "p/good.go", good, nil},
	{documented, "p/p.go", "package p\n", []string{"p: no package comment"}},
	{documented, "p/p.go", "// Package p is p.\npackage p\n\nfunc F() {}\n\ntype T[P any] struct{}\n\nfunc (*T[P]) M() {}\n", []string{"F has", "T has", "M has"}},
	{documented, "p/p.go", "// Package p is p.\npackage p\n\nvar V, w = 1, 2\n\n// Types.\ntype (\n\tA int\n)\n", []string{"V has", "A has"}},
	{documented, "p/p_test.go", "package p\n\nfunc F() {}\n", nil},

	{sizes, "p/good.go", good, nil},
	{sizes, "p/p.go", function("func f()", 60), nil},
	{sizes, "p/p.go", function("func f()", 61), []string{"f has 61 lines"}},
	{sizes, "p/p.go", function("func Update()", 41), nil},
	{sizes, "p/p.go", function("func (m *Model) Update()", 40), nil},
	{sizes, "p/p.go", function("func (m *Model) Update()", 41), []string{"Update has 41 lines"}},
	{sizes, "p/p.go", "package p\n" + strings.Repeat("\n", 399), nil},
	{sizes, "p/p.go", "package p\n" + strings.Repeat("\n", 400), []string{"401 lines"}},
	{sizes, "p/p.go", "package p\n\nfunc f() { for { if a { func() { b() }() } } }\n", nil},
	{sizes, "p/p.go", "package p\n\nfunc f() { for { if a { func() { switch {} }() } } }\n", []string{"f nests 4 deep"}},
	{sizes, "p/p.go", "package p\n\nfunc f() { if a { } else { for { for { for { } } } } }\n", []string{"f nests 4 deep"}},

	{effects, "ui/good.go", good, nil},
	{effects, "ui/tasks/x.go", "package p\n\nimport \"fmt\"\n\nfunc f() {\n\tgo g()\n\tfmt.Println()\n}\n", []string{"x.go:6:2: a goroutine", "fmt.Println"}},
	{effects, "ui/internal/uitest/x.go", "package p\n\nfunc f() { go g() }\n", nil},
	{effects, "internal/app/x.go", "package p\n\nfunc f() { go g() }\n", nil},
	{effects, "internal/cli/x.go", "package p\n\nimport sys \"os\"\n\nfunc f() { sys.Exit(1) }\n", []string{"os.Exit"}},
	{effects, "main.go", "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(1) }\n", nil},

	{leftovers, "p/good.go", good, nil},
	{leftovers, "p/p.go", "package p\n\n// TODO: more\nvar a int // Not implemented.\n\n/* a\nFIXME */\n", []string{"TODO", "Not implemented", "FIXME"}},
	{leftovers, "p/p.go", "package p\n\nvar a = \"TODO\" // XXXL\n", nil},

	{commands, "ui/good.go", good, nil},
	{commands, "ui/x.go", method("return func() bt.Msg { m.n = 1; m.rows[0].a++; (*m).n, b = 1, 2; return nil }"), []string{"load assigns to m", "assigns", "assigns"}},
	{commands, "ui/x.go", method("return bt.Tick(1, func(time.Time) bt.Msg { func() { *m = Model{} }(); return nil })"), []string{"assigns to m"}},
	{commands, "ui/x.go", method("return m.l.Start(func(context.Context) (int, error) { for m.i = range 3 { }; return 1, nil })"), []string{"assigns to m"}},
	{commands, "internal/app/x.go", method("return func() bt.Msg { m.n = 1; return nil }"), nil},
}

func TestRulesCatchWhatBreaksThem(t *testing.T) {
	for _, fix := range fixtures {
		f, err := parse(fix.name, []byte(fix.src))
		if err != nil {
			t.Fatalf("%v in\n%s", err, fix.src)
		}
		got := fix.check([]*file{f})
		if !slices.EqualFunc(got, fix.want, strings.Contains) {
			t.Errorf("%s:\n%s\nfound %q, want %q", fix.name, fix.src, got, fix.want)
		}
	}
}

func TestTopLevelRuleCatchesStrangers(t *testing.T) {
	got := topLevel([]string{"go.mod", "ui/ui.go", ".github/ci.yml", ".gitignore", "Makefile", "docs/a.md"})
	want := []string{"Makefile: not a name for the top level", "docs/a.md: not a name for the top level"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
