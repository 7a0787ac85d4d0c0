package config

import (
	"encoding/json"
	"reflect"
	"strings"

	"imagery/internal/picture/screen"
)

// described says what each key is for, by the struct and the key. A test fails on a key that is missing here.
var described = map[string]string{
	"File.current":         "The profile last used",
	"File.lang":            "Language of the program",
	"File.ascii":           "Borders of plain characters only",
	"File.no_motion":       "Nothing moves on the screen by itself",
	"File.high_contrast":   "Colours of the highest contrast",
	"File.graphics":        "How pictures are shown; empty or auto: as the terminal can",
	"File.accessible":      "Plain lines for screen readers in the place of screens",
	"File.store":           "Where spot checks are kept: postgres://user@host/database without password for a team; empty: this machine's own file",
	"File.keys":            "Keys by area and name of a binding, in the place of its own",
	"File.profiles":        "The platforms by name",
	"Profile.url":          "Scheme, host and port of the platform, with or without a path",
	"Profile.username":     "CRM account offered at sign-in",
	"Profile.system_code":  "Issued by the platform to the caller; interfaces 2 and 6",
	"Profile.emp_code":     "The employee who discards; interface 3",
	"Profile.timezone":     "IANA name of the zone of dates that name none; empty: Asia/Shanghai",
	"Profile.page_base":    "Number of the first page of interface 9; empty: found out",
	"Profile.read_only":    "Refuse archiving, discarding and adding",
	"Profile.insecure":     "Accept any certificate: passwords can be intercepted",
	"Profile.trusted_key":  "SHA-256 of the server's public key in lower-case hex; no other is accepted then",
	"Profile.base64_limit": "Bytes up to which a file travels inside an archive request",
	"Profile.concurrency":  "Requests of downloads, archives and checks under way at once, all together; 0: as many as help",
	"Profile.rate":         "Requests of downloads, archives and checks begun in a second, all together; 0: as many as there are",
	"Profile.downloads":    "Folder that downloads are offered in",
	"Profile.rules":        "Rules file of completeness checks: an absolute path, or one from the home folder with ~",
	"Profile.endpoints":    "The interfaces by number, 1 to 9",
	"Endpoint.method":      "HTTP method",
	"Endpoint.path":        "Path behind the url; {systemCode} and the like are replaced",
	"Endpoint.default":     "Where fields go that are not listed",
	"Endpoint.fields":      "The exceptions, by the platform's field names",
	"Endpoint.fixed":       "Query parameters sent with every call",
	"Field.in":             "Where it goes",
	"Field.name":           "Its name on the wire",
	"Field.type":           "Its JSON type",
}

// allowed lists the values of keys that are a choice.
var allowed = map[string][]string{
	"File.lang": {"", "zh", "en"}, "File.graphics": append([]string{""}, screen.Names()...), "Profile.page_base": {"", "0", "1"}, "Endpoint.default": places, "Field.in": places,
	"Field.type": {"string", "number", "boolean"},
}

// highest are the largest values of keys that have one.
var highest = map[string]int{"Profile.concurrency": MaxConcurrency, "Profile.rate": MaxRate}

var places = []string{"path", "query", "json", "form", "part"}

// Schema returns the JSON schema (draft 2020-12) of the configuration file, for editors that check TOML.
func Schema() ([]byte, error) {
	s := schemaOf(reflect.TypeFor[File](), "")
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "imagery configuration"
	return json.MarshalIndent(s, "", "  ")
}

// schemaOf describes a type; at is struct and key, for what is allowed there.
func schemaOf(t reflect.Type, at string) map[string]any {
	switch t.Kind() {
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int64:
		s := map[string]any{"type": "integer", "minimum": 0}
		if most, ok := highest[at]; ok {
			s["maximum"] = most
		}
		return s
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), "")}
	case reflect.Map:
		s := map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), "")}
		if t.Key().Kind() == reflect.Int {
			s["propertyNames"] = map[string]any{"pattern": "^[1-9]$"}
		}
		return s
	case reflect.Struct:
		return structSchema(t)
	}
	s := map[string]any{"type": "string"}
	if values := allowed[at]; values != nil {
		s["enum"] = values
	}
	return s
}

func structSchema(t reflect.Type) map[string]any {
	keys := map[string]any{}
	for i := range t.NumField() {
		key, _, _ := strings.Cut(t.Field(i).Tag.Get("toml"), ",")
		if key == "" || key == "-" {
			continue
		}
		at := t.Name() + "." + key
		s := schemaOf(t.Field(i).Type, at)
		s["description"] = described[at]
		keys[key] = s
	}
	return map[string]any{"type": "object", "properties": keys, "additionalProperties": false}
}

// Line returns the line, counted from 1, that a key of a Problem stands in; 0 when it is not written out.
func (f *File) Line(key string) int {
	table, name := "", key
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		table, name = key[:i], key[i+1:]
	}
	inside, at := table == "", 0
	for line := range strings.Lines(string(f.text)) {
		at++
		bare := strings.TrimSpace(line)
		if strings.HasPrefix(bare, "[") {
			path, _ := tablePath(strings.TrimSpace(strings.SplitN(bare, "#", 2)[0]))
			if inside = strings.Join(path, ".") == table; inside && name == "name" {
				return at // a name that is not right stands in the header
			}
		}
		k, _, ok := strings.Cut(bare, "=")
		if inside && ok && strings.TrimSpace(k) == name {
			return at
		}
	}
	return 0
}
