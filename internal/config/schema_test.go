package config

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSchemaDescribesEveryKey(t *testing.T) {
	b, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), `"description": ""`) {
		t.Errorf("a key has no description:\n%s", b)
	}
	var s struct {
		Properties struct {
			Profiles struct {
				AdditionalProperties struct {
					Properties map[string]struct{ Type string }
				}
			}
		}
	}
	if err := json.Unmarshal(b, &s); err != nil || s.Properties.Profiles.AdditionalProperties.Properties["read_only"].Type != "boolean" {
		t.Errorf("%v\n%s", err, b)
	}
	for at := range described {
		if _, key, _ := strings.Cut(at, "."); !strings.Contains(string(b), `"`+key+`": {`) {
			t.Errorf("%s is described and not in the schema", at)
		}
	}
}

func TestLinesOfProblems(t *testing.T) {
	f := read(t, write(t, commented))
	for key, want := range map[string]int{"lang": 2, "current": 3, "profiles.prod.url": 7, "profiles.prod.read_only": 10, "profiles.prod.name": 6, "profiles.prod.timezone": 0, "profiles.测 试.url": 18} {
		if got := f.Line(key); got != want {
			t.Errorf("%s: line %d, want %d", key, got, want)
		}
	}
}
