package config

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"imagery/client"
)

const commented = `# settings of the review team
lang = "zh" # Chinese first
current = 'prod'

# production: ask 王五 before changing this
[profiles.prod]
url = "https://crm.prod.corp:10229" # behind the VPN
username = 'mt1'
# may only look
read_only = true

  [profiles.prod.endpoints.1]   # from the vendor
  method = "POST"
  path = "/crm/login/jwt"
  default = "json"

[profiles."测 试"]
url = 'http://10.1.2.3:8080'
# end of the file
`

// write puts text into a file and returns its path.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) *File {
	t.Helper()
	f, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Only what changes is edited: everything else, comments first, stays byte for byte.
func TestCommentsStay(t *testing.T) {
	path := write(t, commented)
	f := read(t, path)
	prod, test := f.Profiles["prod"], Profile{Name: "新", URL: "https://h", Endpoints: client.Endpoints{7: {Method: "GET", Path: "/m", Default: client.InQuery}}}
	prod.Username, prod.ReadOnly, prod.EmpCode = "mt2", false, "0231"
	f.Put(prod)
	f.Put(test)
	delete(f.Profiles, "测 试")
	f.Current, f.Lang = "新", ""
	if err := f.Write(path); err != nil {
		t.Fatal(err)
	}
	b, _ := os.ReadFile(path)
	want := strings.NewReplacer("username = 'mt1'", "username = 'mt2'", "read_only = true\n", "emp_code = '0231'\n", `lang = "zh" # Chinese first`+"\n", "",
		"current = 'prod'", "current = '新'", "\n[profiles.\"测 试\"]\nurl = 'http://10.1.2.3:8080'\n", "").Replace(commented)
	if got := string(b); !strings.HasPrefix(got, strings.TrimSuffix(want, "# end of the file\n")) || !strings.Contains(got, "# end of the file") {
		t.Errorf("got\n%s\nwant it to begin\n%s", got, want)
	}
	if again := read(t, path); !again.same(f) {
		t.Errorf("it reads as %+v", again)
	}
}

// Whatever is put into whatever file, it reads back.
func TestWriteThenRead(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	words := []string{"", "prod", "测试", "a.b", "x y", `quo"te`, "it's", "#hash", "https://h:1", "[x]"}
	word := func() string { return words[r.IntN(len(words))] }
	path := write(t, commented)
	for range 300 {
		f := read(t, path)
		for range 1 + r.IntN(3) {
			p := Profile{Name: "p" + word(), URL: "https://" + word(), Username: word(), SystemCode: word(), TrustedKey: word(), ReadOnly: r.IntN(2) == 0, Base64Limit: r.Int64N(3)}
			if r.IntN(2) == 0 {
				p.Endpoints = client.Endpoints{client.Op(1 + r.IntN(9)): {Method: "GET", Path: "/" + word(), Default: client.InJSON, Fields: map[string]client.Field{"a": {In: client.InQuery}}}}
			}
			f.Put(p)
			delete(f.Profiles, "p"+word())
		}
		f.Current = word()
		if err := f.Write(path); err != nil {
			t.Fatal(err)
		}
		again := read(t, path)
		if !again.same(f) {
			b, _ := os.ReadFile(path)
			t.Fatalf("%+v\nreads as\n%+v\nfrom\n%s", f, again, b)
		}
	}
	if b, _ := os.ReadFile(path); !strings.Contains(string(b), "# settings of the review team") {
		t.Errorf("the comments are gone:\n%s", b)
	}
}

// A field that is added to File is written like the others.
func TestEveryFieldIsWritten(t *testing.T) {
	path := write(t, commented)
	f := read(t, path)
	for _, v := range reflect.ValueOf(f).Elem().Fields() {
		switch {
		case !v.CanSet():
		case v.Kind() == reflect.Bool:
			v.SetBool(true)
		case v.Kind() == reflect.String:
			v.SetString("x")
		}
	}
	if err := f.Write(path); err != nil {
		t.Fatal(err)
	}
	again := read(t, path)
	for i := range reflect.TypeFor[File]().NumField() {
		want, got := reflect.ValueOf(f).Elem().Field(i), reflect.ValueOf(again).Elem().Field(i)
		if want.CanInterface() && !reflect.DeepEqual(want.Interface(), got.Interface()) {
			t.Errorf("%s: %v, want %v", reflect.TypeFor[File]().Field(i).Name, got, want)
		}
	}
}

// A file written in another way than one key a line is written anew rather than wrongly.
func TestOtherWaysOfWriting(t *testing.T) {
	path := write(t, "profiles.prod = {url = 'https://h', username = 'u'}\n")
	f := read(t, path)
	p := f.Profiles["prod"]
	p.Username = "v"
	f.Put(p)
	if err := f.Write(path); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path).Profiles["prod"]; !reflect.DeepEqual(got, p) {
		t.Errorf("%+v", got)
	}
}

func TestSomebodyElsesChangeIsNotOverwritten(t *testing.T) {
	path := write(t, commented)
	f := read(t, path)
	other := read(t, path)
	other.Lang = "en"
	if err := other.Write(path); err != nil {
		t.Fatal(err)
	}
	f.Lang = ""
	if err := f.Write(path); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
	if read(t, path).Lang != "en" {
		t.Error("the other change is gone")
	}
}

func TestALinkStaysALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights on Windows")
	}
	real := write(t, commented)
	link := filepath.Join(t.TempDir(), "config.toml")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	f := read(t, link)
	f.Lang = "en"
	if err := f.Write(link); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Lstat(link); err != nil || st.Mode()&os.ModeSymlink == 0 || read(t, real).Lang != "en" {
		t.Error("the link became a file, or the file did not change", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{commented, "", "[", "lang = 1", "[profiles]\n[profiles.a]\nurl='x'", "a.b.c = 1", "[[profiles]]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := decode(b)
		if err != nil {
			return
		}
		c.Lang = "en"
		c.Put(Profile{Name: "x", URL: "https://h"})
		text, ok := c.edit()
		if !ok {
			return
		}
		if again, err := decode(text); err != nil || !again.same(c) {
			t.Errorf("%q became %q: %v", b, text, err)
		}
	})
}

func TestNamesWithSpacesAreKeptAndOthersToldAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	f := &File{}
	for _, name := range []string{"prod 2", "生产 环境", "a.b", "x"} {
		if err := CheckName(name); err != nil {
			t.Error(err)
		}
		f.Put(Profile{Name: name, URL: "https://h", Endpoints: client.Endpoints{1: {Method: "POST", Path: "/in"}}})
		if err := f.Write(path); err != nil {
			t.Fatal(err)
		}
	}
	p := f.Profiles["prod 2"]
	p.URL = "https://other"
	f.Put(p)
	delete(f.Profiles, "生产 环境")
	if err := f.Write(path); err != nil {
		t.Fatal(err)
	}
	again, err := Read(path)
	if err != nil || len(again.Profiles) != 3 || again.Profiles["prod 2"].URL != "https://other" || len(again.Check()) > 0 {
		t.Errorf("%+v, %v", again, err)
	}
	for _, name := range []string{"", " a", "a ", "a/b", "a\tb", `a"b`, strings.Repeat("x", 65)} {
		if err := CheckName(name); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
