package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"imagery/client"
)

func TestProfileSurvivesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "config.toml")
	want := Profile{Name: "生产", URL: "https://crm.example:10229", EmpCode: "0231", ReadOnly: true, Endpoints: client.Endpoints{
		client.OpListMaterials: {Method: "GET", Path: "/m", Default: client.InQuery, Fields: map[string]client.Field{"withHis": {Type: "boolean"}}},
	}}
	f := &File{Current: "生产"}
	f.Put(want)
	if err := f.Write(path); err != nil {
		t.Fatal(err)
	}
	back, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	got := back.Profiles["生产"]
	if got.Name != want.Name || got.URL != want.URL || !got.ReadOnly || got.EmpCode != "0231" {
		t.Errorf("read back %+v", got)
	}
	ep := got.Endpoints[client.OpListMaterials]
	if ep.Path != "/m" || ep.Fields["withHis"].Type != "boolean" {
		t.Errorf("endpoint read back %+v", ep)
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", st.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".config-*")); len(left) > 0 {
		t.Errorf("temporary files left: %v", left)
	}
}

func TestUnknownKeyIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte("[profiles.a]\nurl='http://h'\nread_olny=true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); err == nil || !strings.Contains(err.Error(), "read_olny") {
		t.Errorf("got %v, want an error naming read_olny", err)
	}
}

func TestMissingFileIsEmpty(t *testing.T) {
	f, err := Read(filepath.Join(t.TempDir(), "none.toml"))
	if err != nil || len(f.Profiles) != 0 {
		t.Errorf("got %+v, %v", f, err)
	}
}

func TestStrongerSourceWins(t *testing.T) {
	env := map[string]string{"IMAGERY_LANG": "en", "IMAGERY_PROFILE": "e", "IMAGERY_NO_MOTION": "1"}
	s := Resolve(map[string]string{"profile": "f"}, func(k string) string { return env[k] }, &File{Current: "c", Lang: "zh", ASCII: true})
	for key, want := range map[string]Value{
		"profile":   {"profile", "f", FromFlag},
		"lang":      {"lang", "en", FromEnv},
		"ascii":     {"ascii", "true", FromFile},
		"username":  {"username", "", FromDefault},
		"no-motion": {"no-motion", "1", FromEnv},
	} {
		if s[key] != want {
			t.Errorf("%s = %+v, want %+v", key, s[key], want)
		}
	}
	if !s.On("no-motion") || !s.On("ascii") || s.On("no-input") {
		t.Error("yes-or-no settings read wrongly")
	}
}

func TestCheckFindsWhatCannotBeRight(t *testing.T) {
	f := &File{Current: "nobody", Lang: "fr"}
	f.Put(Profile{Name: "a", URL: "ftp://x", Timezone: "Mars/Base", PageBase: "7", TrustedKey: "abc", Base64Limit: -1, Concurrency: 65, Rate: -1})
	f.Put(Profile{Name: "b", URL: "http://u:p@host"})
	f.Put(Profile{Name: "ok", URL: "http://127.0.0.1:1", Timezone: "Asia/Shanghai", PageBase: "0"})
	var keys []string
	for _, p := range f.Check() {
		keys = append(keys, p.Key)
	}
	want := "lang current profiles.a.url profiles.a.timezone profiles.a.page_base profiles.a.trusted_key profiles.a.base64_limit profiles.a.concurrency profiles.a.rate profiles.b.url"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("problems at\n%s\nwant\n%s", got, want)
	}
}

func TestOneFolderHoldsEverything(t *testing.T) {
	p := Locate(func(k string) string { return map[string]string{"IMAGERY_HOME": "/h"}[k] }, "")
	for _, got := range []string{p.File, p.State, p.Data} {
		if !strings.HasPrefix(got, "/h"+string(filepath.Separator)) {
			t.Errorf("%s is outside IMAGERY_HOME", got)
		}
	}
}
