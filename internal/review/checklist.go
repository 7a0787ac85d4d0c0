package review

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"sync"

	"github.com/pelletier/go-toml/v2"

	"imagery/assets"
)

// Checklist is what a reviewer answers.
type Checklist struct {
	Version int     `toml:"version" json:"version"`
	Checks  []Check `toml:"check" json:"checks"`
}

// Check is one thing to look for. It is answered once for the account, or once for each of its materials that the account holds.
type Check struct {
	ID        string   `toml:"id" json:"id"`
	Zh        string   `toml:"zh" json:"zh"`
	En        string   `toml:"en" json:"en"`
	Materials []string `toml:"materials,omitempty" json:"materials,omitempty"` // codes; empty: for the account
	Expiry    bool     `toml:"expiry,omitempty" json:"expiry,omitempty"`       // a date goes with it: ask for it
}

// Label returns the check's words in "zh" or "en".
func (c Check) Label(lang string) string {
	if lang == "en" {
		return c.En
	}
	return c.Zh
}

// Point is one answer that is asked for.
type Point struct {
	Check    Check
	Material string // code; empty for the account
}

// checklistVersion is the version of the file's form.
const checklistVersion = 1

const maxChecks = 200

// MaxChecklistSize is the most bytes of a checklist's file.
const MaxChecklistSize = 1 << 20

var checkID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`) })

// DefaultChecklist returns the one that is shipped. It names no material codes, because these are a platform's own.
func DefaultChecklist() (Checklist, error) {
	b, err := assets.FS.ReadFile("review/checklist.toml")
	if err != nil {
		return Checklist{}, err
	}
	return ReadChecklist(bytes.NewReader(b))
}

// ReadChecklist reads a checklist in TOML. Errors: *InvalidError, and those of TOML, which name line and column.
func ReadChecklist(r io.Reader) (Checklist, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxChecklistSize+1))
	if err != nil {
		return Checklist{}, err
	}
	if len(text) > MaxChecklistSize { // what is cut off would not be asked
		return Checklist{}, invalid("checklist", "size")
	}
	var c Checklist
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&c); err != nil {
		return Checklist{}, err
	}
	return c, c.valid()
}

func (c Checklist) valid() error {
	switch {
	case c.Version != checklistVersion:
		return invalid("checklist", "version")
	case len(c.Checks) == 0 || len(c.Checks) > maxChecks:
		return invalid("checklist", "check")
	}
	seen := map[string]bool{}
	for _, x := range c.Checks {
		fine := checkID().MatchString(x.ID) && !seen[x.ID] && name(x.Zh) && name(x.En)
		seen[x.ID] = true
		for i, m := range x.Materials {
			fine = fine && name(m) && !slices.Contains(x.Materials[:i], m)
		}
		if !fine {
			return invalid("checklist", x.ID)
		}
	}
	return nil
}

// Points returns what is asked about an account that holds materials with these codes, in the checklist's order.
func (c Checklist) Points(held []string) (out []Point) {
	for _, x := range c.Checks {
		if len(x.Materials) == 0 {
			out = append(out, Point{x, ""})
		}
		for _, m := range x.Materials {
			if slices.Contains(held, m) {
				out = append(out, Point{x, m})
			}
		}
	}
	return out
}

// find returns the check with an id.
func (c Checklist) find(id string) (Check, bool) {
	i := slices.IndexFunc(c.Checks, func(x Check) bool { return x.ID == id })
	if i < 0 {
		return Check{}, false
	}
	return c.Checks[i], true
}
