package archtest

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const root = "../.."

// file is a parsed source file. Its name is relative to the repository, with slashes.
type file struct {
	name  string
	lines int
	fset  *token.FileSet
	ast   *ast.File
}

func (f *file) dir() string  { return path.Dir(f.name) }
func (f *file) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

// at names n's place the way compilers do.
func (f *file) at(n ast.Node) string { return f.fset.Position(n.Pos()).String() }

func parse(name string, src []byte) (*file, error) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	return &file{name: name, lines: bytes.Count(src, []byte("\n")), fset: fset, ast: tree}, err
}

// repository parses every Go file of the program once.
var repository = sync.OnceValues(func() (files []*file, err error) {
	for _, top := range []string{"main.go", "client", "ui", "internal", "assets"} {
		err = errors.Join(err, filepath.WalkDir(filepath.Join(root, top), func(p string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "testdata":
				return filepath.SkipDir
			case d.IsDir() || !strings.HasSuffix(p, ".go"):
				return nil
			}
			f, err := read(p)
			files = append(files, f)
			return err
		}))
	}
	return files, err
})

func read(p string) (*file, error) {
	src, err := os.ReadFile(p)
	if err != nil {
		return nil, err
	}
	name, err := filepath.Rel(root, p)
	if err != nil {
		return nil, err
	}
	return parse(filepath.ToSlash(name), src)
}

// holds fails t for whatever check finds in the repository.
func holds(t *testing.T, check func([]*file) []string) {
	t.Helper()
	files, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("only %d files seen: the walk is broken", len(files))
	}
	for _, finding := range check(files) {
		t.Error(finding)
	}
}

func TestImportsGoDownTheLayers(t *testing.T)                { holds(t, layers) }
func TestPackagesAndExportedNamesAreDocumented(t *testing.T) { holds(t, documented) }
func TestFilesAndFunctionsAreShort(t *testing.T)             { holds(t, sizes) }
func TestOnlyMainExitsAndTheInterfaceOnlyDraws(t *testing.T) { holds(t, effects) }
func TestNothingIsLeftForLater(t *testing.T)                 { holds(t, leftovers) }
func TestCommandsDoNotTouchTheModel(t *testing.T)            { holds(t, commands) }

func TestTopLevelIsFixed(t *testing.T) {
	out, err := exec.Command("git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("no git here: %v", err)
	}
	names := strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	for _, finding := range topLevel(names) {
		t.Error(finding)
	}
}
