package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// imported is the name that f has for the package at target, or "" without that import; usual is the package's own name.
func imported(f *file, target, usual string) string {
	for _, spec := range f.ast.Imports {
		switch {
		case spec.Path.Value != `"`+target+`"`:
		case spec.Name != nil:
			return spec.Name.Name
		default:
			return usual
		}
	}
	return ""
}

// isMember reports whether e is pkg.name for a name with that prefix.
func isMember(e ast.Expr, pkg, prefix string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || pkg == "" {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg && strings.HasPrefix(s.Sel.Name, prefix)
}

// effects finds os.Exit outside main.go, and in ui what goes past the program's loop: goroutines and printing. uitest, which is for tests, and
// linear, which has no such loop, may start goroutines.
func effects(files []*file) (found []string) {
	for _, f := range files {
		if f.isTest() {
			continue
		}
		exits, prints := imported(f, "os", "os"), imported(f, "fmt", "fmt")
		draws := within(f.dir(), "ui") && !within(f.dir(), "ui/internal/uitest")
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				if draws && f.dir() != "ui/linear" {
					found = append(found, f.at(n)+": a goroutine; return a command instead")
				}
			case *ast.SelectorExpr:
				if f.name != "main.go" && isMember(n, exits, "Exit") {
					found = append(found, f.at(n)+": os.Exit outside main.go")
				}
				if draws && isMember(n, prints, "Print") {
					found = append(found, f.at(n)+": fmt."+n.Sel.Name+" writes over the screen")
				}
			}
			return true
		})
	}
	return found
}

// commands finds function literals in ui that run as commands, off the Update goroutine, and yet assign to the receiver around them. Commands
// are the literals that return a tea.Msg, and those that take a context first, as core.Load.Start runs them.
func commands(files []*file) (found []string) {
	for _, f := range files {
		if f.isTest() || !within(f.dir(), "ui") {
			continue
		}
		for _, decl := range f.ast.Decls {
			d, ok := decl.(*ast.FuncDecl)
			if !ok || d.Body == nil || d.Recv == nil || len(d.Recv.List[0].Names) == 0 {
				continue
			}
			receiver := d.Recv.List[0].Names[0].Name
			ast.Inspect(d.Body, func(n ast.Node) bool {
				lit, ok := n.(*ast.FuncLit)
				if !ok || !isCommand(f, lit.Type) {
					return true
				}
				for _, target := range assigned(lit.Body, receiver) {
					found = append(found, fmt.Sprintf("%s: a command of %s assigns to %s", f.at(target), d.Name.Name, receiver))
				}
				return false
			})
		}
	}
	return found
}

func isCommand(f *file, t *ast.FuncType) bool {
	if r := t.Results; r != nil && len(r.List) == 1 && isMember(r.List[0].Type, imported(f, "charm.land/bubbletea/v2", "tea"), "Msg") {
		return true
	}
	return len(t.Params.List) > 0 && isMember(t.Params.List[0].Type, imported(f, "context", "context"), "Context")
}

// assigned lists what body assigns to that begins with the named variable: its fields, elements and what it points to.
func assigned(body *ast.BlockStmt, name string) (targets []ast.Expr) {
	add := func(exprs ...ast.Expr) {
		for _, e := range exprs {
			if _, plain := e.(*ast.Ident); !plain && base(e) == name {
				targets = append(targets, e)
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.AssignStmt:
			add(s.Lhs...)
		case *ast.IncDecStmt:
			add(s.X)
		case *ast.RangeStmt:
			if s.Tok == token.ASSIGN {
				add(s.Key, s.Value)
			}
		}
		return true
	})
	return targets
}

// base is the variable that e begins with: m in (*m).rows[i].
func base(e ast.Expr) string {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x.Name
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return ""
		}
	}
}
