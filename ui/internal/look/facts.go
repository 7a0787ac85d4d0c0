package look

import (
	"fmt"
	"strings"
	"time"

	"imagery/internal/picture"
	"imagery/internal/text"
	"imagery/ui/internal/core"
)

// Facts are a file's size, format, dimensions and pages in one line.
func Facts(env *core.Env, s *Shown) string {
	i := s.Look.Info
	out := []string{text.Bytes(s.Look.Bytes), format(env, i.Format)}
	if size := i.Size(s.Page); size.X > 0 && !i.Scalable {
		out = append(out, fmt.Sprintf("%dx%d", size.X, size.Y))
	}
	if i.Pages > 1 {
		out = append(out, env.T("look.page", "page", s.Page, "pages", i.Pages))
	}
	if i.Duration > 0 {
		out = append(out, text.Clock(i.Duration.Round(time.Second))+" "+text.Steady(i.Codec))
	}
	if !i.Taken.IsZero() {
		out = append(out, env.T("look.taken", "time", i.Taken.Format(time.DateTime)))
	}
	return strings.Join(out, "  ")
}

// format names a file's format.
func format(env *core.Env, f picture.Format) string {
	if f == picture.Other {
		return env.T("look.other")
	}
	return strings.ToUpper(string(f))
}

// Warnings are what nobody should overlook about what is shown, translated.
func Warnings(env *core.Env, s *Shown) (out []string) {
	if s.Damaged {
		out = append(out, env.T("look.damaged"))
	}
	if len(s.Others) > 0 {
		out = append(out, env.T("look.same_bytes", "accounts", text.Steady(strings.Join(s.Others, " "))))
	}
	return out
}
