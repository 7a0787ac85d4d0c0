package linear

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"imagery/internal/i18n"
	"imagery/internal/text"
)

// option is something that can be chosen: by its number in a menu, by its keys, or by its name or a piece or the pinyin of it.
type option struct {
	keys []string
	name string // translated
	why  string // translated; non-empty: cannot be chosen because
	do   func() error
}

// menu reads options out once and does what is chosen until the user goes back (errBack) or an option returns errDone, which is nil.
// Other errors of options leave it too.
func (d *dialogue) menu(title i18n.Key, options func() []option) error {
	d.say(d.t(title))
	for _, line := range numbered(options()) {
		d.say(line)
	}
	return d.choose(title, options)
}

// choose is menu without the reading out.
func (d *dialogue) choose(title i18n.Key, options func() []option) error {
	for {
		opts := options()
		typed, err := d.ask(prompt{
			text: d.t("linear.choose", "title", d.t(title), "n", len(opts)),
			help: func() []string { return numbered(opts) },
		})
		if err != nil {
			return err
		}
		i, ok := d.chosen(opts, typed, true)
		if !ok {
			continue
		}
		switch err := d.do(opts[i]); {
		case errors.Is(err, errDone):
			return nil
		case err != nil:
			return err
		}
	}
}

func numbered(opts []option) []string {
	var out []string
	for i, o := range opts {
		out = append(out, strconv.Itoa(i+1)+". "+o.name)
	}
	return out
}

// do carries an option out, or says why not. Coming back from it is no error.
func (d *dialogue) do(o option) error {
	if o.why != "" {
		d.say(o.why)
		return nil
	}
	if err := o.do(); !errors.Is(err, errBack) {
		return err
	}
	return nil
}

// chosen finds the option that was typed, or says why there is none. Numbers count only where the options are numbered.
func (d *dialogue) chosen(opts []option, typed string, byNumber bool) (int, bool) {
	word := strings.ToLower(fold(typed))
	if n, ok := number(typed); ok && byNumber && n >= 1 && n <= len(opts) {
		return n - 1, true
	}
	var found []int
	query := text.NewQuery(word)
	for i, o := range opts {
		switch {
		case slices.Contains(o.keys, word), strings.EqualFold(o.name, typed):
			return i, true
		case query.Match(o.name):
			found = append(found, i)
		}
	}
	switch len(found) {
	case 1:
		return found[0], true
	case 0:
		d.say(d.t("linear.not_understood"))
	default:
		d.say(d.t("linear.ambiguous", "names", d.joined(opts, found)))
	}
	return 0, false
}

func (d *dialogue) joined(opts []option, which []int) string {
	var names []string
	for _, i := range which {
		names = append(names, opts[i].name)
	}
	return strings.Join(names, d.t("linear.comma"))
}
