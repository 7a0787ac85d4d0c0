package archtest

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Limits, in lines and in levels of control flow.
const (
	maxFile, maxFunc, maxUpdate, maxNest = 400, 60, 40, 3
)

// layer says what a package may import: packages of ours by prefix, and of others' all but the named ones.
type layer struct {
	ours     []string
	std      bool // the standard library only
	excluded []string
}

func layerOf(dir string) layer {
	switch {
	case dir == ".":
		return layer{ours: []string{"internal/cli"}}
	case within(dir, "client"):
		return layer{ours: []string{"client"}, std: true}
	case within(dir, "assets"):
		return layer{std: true}
	case within(dir, "ui/internal/look"), dir == "ui/internal/doubt": // they show files, and judge them
		return layer{ours: []string{"ui/internal", "client", "internal/i18n", "internal/text", "internal/picture", "internal/transfer"}, excluded: []string{"net", "os", "database/sql"}}
	case within(dir, "ui/internal"):
		return layer{ours: []string{"ui/internal", "internal/i18n", "internal/text", "internal/picture/screen"}}
	case dir == "ui":
		return layer{ours: []string{"ui", "client", "internal/app", "internal/i18n", "internal/text", "internal/transfer", "internal/codes", "internal/config", "internal/session", "internal/picture", "internal/completeness", "internal/rules", "internal/review"}}
	case dir == "ui/review": // it shows what the engine keeps
		return layer{
			ours:     []string{"ui/internal", "client", "internal/i18n", "internal/text", "internal/codes", "internal/transfer", "internal/picture", "internal/review"},
			excluded: []string{"net", "os", "database/sql"},
		}
	case dir == "ui/journal": // it shows the journal's lines
		return layer{ours: []string{"ui/internal", "client", "internal/i18n", "internal/text", "internal/audit"}, excluded: []string{"net", "os", "database/sql"}}
	case dir == "ui/profiles": // it edits a configuration and shows what was read of a collection
		return layer{
			ours:     []string{"ui/internal", "client", "internal/i18n", "internal/text", "internal/codes", "internal/config", "internal/postman"},
			excluded: []string{"net", "os", "database/sql"},
		}
	case dir == "ui/completeness", dir == "ui/rules": // they show what the engine found and counted
		return layer{
			ours:     []string{"ui/internal", "client", "internal/i18n", "internal/text", "internal/codes", "internal/rules", "internal/completeness"},
			excluded: []string{"net", "os", "database/sql"},
		}
	case dir == "ui/linear": // the whole conversation, wired to the program like ui itself
		return layer{
			ours:     []string{"ui/internal", "client", "internal/app", "internal/i18n", "internal/text", "internal/transfer", "internal/codes", "internal/config", "internal/session"},
			excluded: []string{"net", "os", "database/sql"},
		}
	case within(dir, "ui"):
		return layer{
			ours:     []string{"ui/internal", "client", "internal/i18n", "internal/text", "internal/transfer", "internal/codes", "internal/picture"},
			excluded: []string{"net", "os", "database/sql"},
		}
	case dir == "internal/rules", dir == "internal/sampling": // pure: what they decide can be judged without a platform
		return layer{ours: []string{"internal/rules", "internal/sampling", "client"}, excluded: []string{"net", "os", "database/sql"}}
	case within(dir, "internal/cli"):
		return layer{ours: []string{"ui", "internal", "client", "assets"}}
	}
	return layer{ours: []string{"internal", "client", "assets"}}
}

// reserved are packages that only some may import, whatever their layer; tests may import them all.
var reserved = map[string][]string{
	"internal/cli":       {"."},
	"internal/demo":      {"internal/cli", "internal/demo", "ui/internal/uitest"},
	"ui/internal/uitest": nil,
}

func within(dir, parent string) bool { return dir == parent || strings.HasPrefix(dir, parent+"/") }

func withinAny(dir string, parents []string) bool {
	return slices.ContainsFunc(parents, func(p string) bool { return within(dir, p) })
}

// layers finds imports that go up or sideways. Tests may reach for what they like, but below ui and cli not for ui.
func layers(files []*file) (found []string) {
	for _, f := range files {
		for _, spec := range f.ast.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil || mayImport(f, target) {
				continue
			}
			found = append(found, fmt.Sprintf("%s: %s must not import %s", f.at(spec), f.dir(), target))
		}
	}
	return found
}

func mayImport(f *file, target string) bool {
	dir, l := f.dir(), layerOf(f.dir())
	our, ours := strings.CutPrefix(target, "imagery/")
	if f.isTest() {
		return !ours || !within(our, "ui") || within(dir, "ui") || within(dir, "internal/cli")
	}
	if !ours {
		domain, _, _ := strings.Cut(target, "/")
		return !(l.std && strings.Contains(domain, ".")) && !withinAny(target, l.excluded)
	}
	for pkg, importers := range reserved {
		if within(our, pkg) && !withinAny(dir, importers) {
			return false
		}
	}
	return withinAny(our, l.ours)
}

// documented finds packages without a package comment and exported top-level names, and methods of exported types, without a doc comment.
func documented(files []*file) (found []string) {
	described, dirs := map[string]bool{}, []string{}
	for _, f := range files {
		if f.isTest() || ast.IsGenerated(f.ast) {
			continue
		}
		if _, seen := described[f.dir()]; !seen {
			dirs = append(dirs, f.dir())
		}
		described[f.dir()] = described[f.dir()] || f.ast.Doc != nil
		for _, decl := range f.ast.Decls {
			for _, name := range undocumented(decl) {
				found = append(found, fmt.Sprintf("%s: %s has no doc comment", f.at(name), name.Name))
			}
		}
	}
	for _, dir := range dirs {
		if !described[dir] {
			found = append(found, dir+": no package comment")
		}
	}
	return found
}

func undocumented(decl ast.Decl) (names []*ast.Ident) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && (d.Recv == nil || ast.IsExported(receiverType(d))) {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Doc == nil && (d.Doc == nil || d.Lparen.IsValid()) {
					names = append(names, s.Name)
				}
			case *ast.ValueSpec:
				if s.Doc == nil && s.Comment == nil && d.Doc == nil {
					names = append(names, s.Names...)
				}
			}
		}
	}
	return slices.DeleteFunc(names, func(n *ast.Ident) bool { return !n.IsExported() })
}

// receiverType is the name of the type that d is a method of.
func receiverType(d *ast.FuncDecl) (name string) {
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return name
}

// sizes finds files and functions that are past the limits.
func sizes(files []*file) (found []string) {
	for _, f := range files {
		if f.isTest() || ast.IsGenerated(f.ast) {
			continue
		}
		if f.lines > maxFile {
			found = append(found, fmt.Sprintf("%s: %d lines, the limit is %d", f.name, f.lines, maxFile))
		}
		for _, decl := range f.ast.Decls {
			if d, ok := decl.(*ast.FuncDecl); ok && d.Body != nil {
				found = append(found, size(f, d)...)
			}
		}
	}
	return found
}

func size(f *file, d *ast.FuncDecl) (found []string) {
	limit := maxFunc
	if d.Recv != nil && d.Name.Name == "Update" {
		limit = maxUpdate
	}
	if lines := f.fset.Position(d.End()).Line - f.fset.Position(d.Pos()).Line + 1; lines > limit {
		found = append(found, fmt.Sprintf("%s: %s has %d lines, the limit is %d", f.at(d), d.Name.Name, lines, limit))
	}
	if levels := depth(d.Body); levels > maxNest {
		found = append(found, fmt.Sprintf("%s: %s nests %d deep, the limit is %d", f.at(d), d.Name.Name, levels, maxNest))
	}
	return found
}

// depth counts nested control flow and function literals; an else-if chain counts once.
func depth(n ast.Node) (deepest int) {
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil || c == n {
			return true
		}
		switch s := c.(type) {
		case *ast.IfStmt:
			deepest = max(deepest, 1+depth(s.Body), otherwise(s.Else))
			return false
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.FuncLit:
			deepest = max(deepest, 1+depth(c))
			return false
		}
		return true
	})
	return deepest
}

func otherwise(s ast.Stmt) int {
	switch s := s.(type) {
	case nil:
		return 0
	case *ast.IfStmt:
		return depth(&ast.BlockStmt{List: []ast.Stmt{s}})
	default:
		return 1 + depth(s)
	}
}

var later = regexp.MustCompile(`\b(TODO|FIXME|XXX)\b|(?i:\bnot (yet )?implemented\b)`)

// leftovers finds comments that put work off.
func leftovers(files []*file) (found []string) {
	for _, f := range files {
		for _, group := range f.ast.Comments {
			for _, c := range group.List {
				if word := later.FindString(c.Text); word != "" {
					found = append(found, fmt.Sprintf("%s: comment says %q", f.at(c), word))
				}
			}
		}
	}
	return found
}

var topNames = []string{"go.mod", "go.sum", "main.go", "ui", "client", "internal", "assets", "README.md"}

// topLevel finds tracked files under a top-level name that is neither one of the fixed ones nor hidden.
func topLevel(names []string) (found []string) {
	for _, name := range names {
		top, _, _ := strings.Cut(path.Clean(name), "/")
		if !strings.HasPrefix(top, ".") && !slices.Contains(topNames, top) {
			found = append(found, name+": not a name for the top level")
		}
	}
	return found
}
