package archtest

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var proof = regexp.MustCompile("`(?:([a-z0-9/]+)\\.)?((?:Test|Fuzz)[A-Za-z0-9]+)`")

// The table of threats cannot name a test that is not there.
func TestEveryProofInSecurityMDExists(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, ".github", "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	for _, f := range files {
		if !f.isTest() {
			continue
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				tests[path.Join(f.dir(), fn.Name.Name)] = true
			}
		}
	}
	rows := slices.DeleteFunc(strings.Split(string(text), "\n"), func(l string) bool { return !regexp.MustCompile(`^\| \d+ \|`).MatchString(l) })
	if len(rows) != 25 {
		t.Errorf("%d threats, not 25", len(rows))
	}
	for _, row := range rows {
		named := proof.FindAllStringSubmatch(row, -1)
		if len(named) == 0 && !strings.Contains(row, "`.ci/run`") {
			t.Errorf("no proof: %s", row)
		}
		for _, m := range named {
			if !tests[path.Join(m[1], m[2])] {
				t.Errorf("%s has no %s", m[1], m[2])
			}
		}
	}
}
