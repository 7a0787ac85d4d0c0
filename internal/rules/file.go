package rules

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"imagery/client"
)

// Version is the version of the file's format.
const Version = 1

// file is a rules file as TOML has it.
type file struct {
	Version int        `toml:"version"`
	Rule    []fileRule `toml:"rule"`
}

type fileRule struct {
	ID            string          `toml:"id"`
	Name          string          `toml:"name"`
	Basis         string          `toml:"basis,omitempty"`
	BizTypes      []string        `toml:"biz_types,omitempty"`
	CustomerTypes []string        `toml:"customer_types,omitempty"`
	Status        []string        `toml:"status,omitempty"`
	OpenedFrom    *toml.LocalDate `toml:"opened_from,omitempty"`
	OpenedTo      *toml.LocalDate `toml:"opened_to,omitempty"`
	Any           []string        `toml:"any"`
	IfAny         []string        `toml:"if_any,omitempty"`
	UnlessAny     []string        `toml:"unless_any,omitempty"`
	Disabled      bool            `toml:"disabled,omitempty"`
}

func (f *fileRule) rule() Rule {
	return Rule{
		ID: f.ID, Name: f.Name, Basis: f.Basis, BizTypes: f.BizTypes, CustomerTypes: f.CustomerTypes, Status: f.Status,
		OpenedFrom: fromLocal(f.OpenedFrom), OpenedTo: fromLocal(f.OpenedTo), Any: f.Any, IfAny: f.IfAny, UnlessAny: f.UnlessAny, Disabled: f.Disabled,
	}
}

func fromLocal(d *toml.LocalDate) client.Date {
	if d == nil {
		return client.Date{}
	}
	return client.Date{Year: d.Year, Month: d.Month, Day: d.Day}
}

func toLocal(d client.Date) *toml.LocalDate {
	if d.IsZero() {
		return nil
	}
	return &toml.LocalDate{Year: d.Year, Month: d.Month, Day: d.Day}
}

// Text writes the set as a rules file. Comments of the file it was read from, and its disabled rules, are not in it.
func (s *Set) Text() ([]byte, error) { return marshal(s.Rules) }

func marshal(rules []Rule) ([]byte, error) {
	f := file{Version: Version, Rule: make([]fileRule, len(rules))}
	for i, r := range rules {
		f.Rule[i] = fileRule{
			r.ID, r.Name, r.Basis, r.BizTypes, r.CustomerTypes, r.Status, toLocal(r.OpenedFrom), toLocal(r.OpenedTo), r.Any, r.IfAny, r.UnlessAny, r.Disabled,
		}
	}
	var b bytes.Buffer
	e := toml.NewEncoder(&b)
	e.SetIndentTables(false)
	if err := e.Encode(f); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// MarshalText implements encoding.TextMarshaler with Text: in JSON a set is its file, as one string.
func (s *Set) MarshalText() ([]byte, error) { return s.Text() }

// UnmarshalText implements encoding.TextUnmarshaler with Parse.
func (s *Set) UnmarshalText(text []byte) error {
	got, err := Parse(text)
	if err == nil {
		*s = *got
	}
	return err
}

// Hash returns the SHA-256 of what the set says, in lower-case hex. Comments, layout, and the order of rules and codes do not count.
func (s *Set) Hash() string {
	list := slices.Clone(s.Rules)
	for i := range list {
		r := &list[i]
		for _, codes := range []*[]string{&r.BizTypes, &r.CustomerTypes, &r.Status, &r.Any, &r.IfAny, &r.UnlessAny} {
			*codes = sorted(*codes)
		}
	}
	slices.SortFunc(list, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	raw, err := json.Marshal(struct {
		Version int
		Rules   []Rule
	}{Version, list})
	if err != nil {
		panic(err) // strings and dates always marshal
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
