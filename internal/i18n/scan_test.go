package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"imagery/assets"
)

// use is where the source asks for a message.
type use struct {
	key string
	pos token.Position
}

// source is what the repository's Go files say about messages.
type source struct {
	asked    []use           // literal keys that must exist
	literals map[string]bool // every string literal: a key among them is in use
	built    []string        // beginnings of keys that are put together at run time: "area." + x
}

func scan(t *testing.T) source {
	t.Helper()
	s := source{literals: map[string]bool{}}
	fset := token.NewFileSet()
	err := filepath.WalkDir("../..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Logf("not scanned: %v", err)
			return nil
		}
		ast.Inspect(f, func(n ast.Node) bool { s.visit(fset, n); return true })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *source) visit(fset *token.FileSet, n ast.Node) {
	switch n := n.(type) {
	case *ast.BasicLit:
		if v, ok := literal(n); ok {
			s.literals[v] = true
		}
	case *ast.BinaryExpr:
		if v, ok := literal(n.X); ok && n.Op == token.ADD && strings.Contains(v, ".") {
			s.built = append(s.built, v)
		}
	case *ast.CallExpr:
		s.call(fset, n)
	case *ast.CompositeLit:
		s.binding(fset, n)
	}
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	v, err := strconv.Unquote(l.Value)
	return v, err == nil
}

// call notes T("key", ...), t("key", ...) and i18n.Key("key").
func (s *source) call(fset *token.FileSet, c *ast.CallExpr) {
	name := ""
	switch f := c.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); name == "Key" && (!ok || x.Name != "i18n") {
			return
		}
	}
	if len(c.Args) == 0 || name != "T" && name != "t" && name != "Key" {
		return
	}
	if v, ok := literal(c.Args[0]); ok && keyLike.MatchString(v) {
		s.asked = append(s.asked, use{v, fset.Position(c.Pos())})
	}
}

var keyLike = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$`)

// keyFields are the fields of type i18n.Key in the widgets' structs, whose literals are keys though nothing calls T on them.
var keyFields = []string{"Label", "Hint", "Empty", "Loading", "Title"}

// binding notes "key."+ID of keymap bindings (literals with an ID and Keys, Footer or Do), and keys in fields of type i18n.Key.
func (s *source) binding(fset *token.FileSet, c *ast.CompositeLit) {
	id, isBinding := "", false
	for _, e := range c.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		field, ok := kv.Key.(*ast.Ident)
		if !ok {
			continue
		}
		v, isText := literal(kv.Value)
		switch {
		case field.Name == "ID" && isText:
			id = v
		case field.Name == "Keys" || field.Name == "Footer" || field.Name == "Do" && strings.Contains(id, "."):
			isBinding = true
		case isText && slices.Contains(keyFields, field.Name) && keyLike.MatchString(v):
			s.asked = append(s.asked, use{v, fset.Position(kv.Pos())})
		}
	}
	if id != "" && isBinding {
		s.asked = append(s.asked, use{"key." + id, fset.Position(c.Pos())})
		s.literals["key."+id] = true
	}
}

func TestEveryKeyTheSourceUsesExistsInEveryLanguage(t *testing.T) {
	for _, u := range scan(t).asked {
		for _, lang := range Languages {
			if _, ok := Load(lang).Lookup(Key(u.key)); !ok {
				t.Errorf("%s: no message %q in %s", u.pos, u.key, lang)
			}
		}
	}
}

// all returns every message of a language.
func all(t *testing.T, lang string) map[Key]string {
	t.Helper()
	files, err := fs.Glob(assets.FS, path.Join("locales", lang, "*.toml"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[Key]string{}
	for _, f := range files {
		area := strings.TrimSuffix(path.Base(f), ".toml")
		messages := read(lang, area)
		if len(messages) == 0 {
			t.Errorf("%s has no messages or does not parse", f)
		}
		maps.Copy(out, messages)
	}
	return out
}

var placeholder = regexp.MustCompile(`\{([A-Za-z0-9_]+)(:[^}]*)?\}`)

func names(s string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestLanguagesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	zh, en := all(t, "zh"), all(t, "en")
	for k, s := range zh {
		other, ok := en[k]
		switch {
		case !ok:
			t.Errorf("%s is missing in en", k)
		case !slices.Equal(names(s), names(other)):
			t.Errorf("%s: placeholders %v in zh, %v in en", k, names(s), names(other))
		}
	}
	for k := range en {
		if _, ok := zh[k]; !ok {
			t.Errorf("%s is missing in zh", k)
		}
	}
}

// letterKey is a key of the screens where a message tells to press it.
var letterKey = regexp.MustCompile(`(?:按|[Pp]ress) ?(?:[A-Za-z?]|F\d+)(?:[^A-Za-z0-9+]|$)|[（(](?:[A-Za-z]|F\d+)[)）]`)

// Keys can be remapped: a message has them filled in. Questions of the linear program are answered by words that cannot.
func TestNoMessageNamesAKeyByItself(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		for k, s := range all(t, lang) {
			if key := letterKey.FindString(s); key != "" && !strings.HasPrefix(string(k), "linear.") {
				t.Errorf("%s in %s names the key %q", k, lang, key)
			}
		}
	}
}

// A label of the footer and words to find a command by are of a binding that there is.
func TestWordsForABindingAreOfOne(t *testing.T) {
	zh := all(t, "zh")
	for k := range zh {
		for _, more := range []string{"key.foot.", "key.also."} {
			id, ok := strings.CutPrefix(string(k), more)
			if _, known := zh[Key("key."+id)]; ok && !known {
				t.Errorf("%s is of no binding", k)
			}
		}
	}
}

func TestNoMessageIsUnused(t *testing.T) {
	s := scan(t)
	for k := range all(t, "zh") {
		used := s.literals[string(k)] || slices.ContainsFunc(s.built, func(b string) bool { return b != "key." && strings.HasPrefix(string(k), b) })
		if !used {
			t.Errorf("nothing uses %q", k)
		}
	}
}
