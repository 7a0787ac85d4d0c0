package linear

import (
	"errors"
	"strings"

	"imagery/internal/i18n"
	"imagery/ui/internal/field"
)

// question is one value that is asked for.
type question struct {
	label    i18n.Key
	hint     i18n.Key // or empty
	value    string   // the answer so far
	optional bool
	hinted   bool        // the hint says what becomes of an empty answer
	zero     bool        // "0" can be an answer
	hidden   func() bool // nil: never
	// read turns what was typed into a value; a complaint asks again. Nil: the value is what was typed.
	read func(typed string) (string, error)
	// show tells a value to people; nil: as it is.
	show func(value string) string
	help func() []string // what can be typed; nil: anything
}

// complaint says, translated, what is wrong with an answer.
type complaint string

// Error implements error.
func (c complaint) Error() string { return string(c) }

// form is questions in their order.
type form []*question

// fill asks the questions that apply; back goes to the one before, and from the first out (errBack).
func (d *dialogue) fill(f form) error {
	var asked []int
	for i := 0; i < len(f); i++ {
		if f[i].isHidden() {
			continue
		}
		err := d.answer(f[i])
		switch {
		case errors.Is(err, errBack) && len(asked) > 0:
			i = asked[len(asked)-1] - 1
			asked = asked[:len(asked)-1]
			continue
		case err != nil:
			return err
		}
		asked = append(asked, i)
	}
	return nil
}

func (q *question) isHidden() bool { return q.hidden != nil && q.hidden() }

// shown is the answer for people, empty when there is none.
func (q *question) shown() string {
	if q.value == "" || q.show == nil {
		return q.value
	}
	return q.show(q.value)
}

// answer asks one question until it is answered. An empty line keeps the answer there was.
func (d *dialogue) answer(q *question) error {
	for {
		typed, err := d.ask(prompt{text: d.asking(q), help: q.help, zero: q.zero, blank: q.optional || q.value != ""})
		switch {
		case err != nil:
			return err
		case typed == "":
			return nil
		case q.optional && fold(typed) == "-":
			q.value = ""
			return nil
		}
		err = d.take(q, typed)
		var wrong complaint
		switch {
		case errors.As(err, &wrong):
			d.say(string(wrong))
		case !errors.Is(err, errBack):
			return err
		}
	}
}

// take reads an answer and, where it is not what was typed, says it.
func (d *dialogue) take(q *question, typed string) error {
	value := typed
	if q.read != nil {
		var err error
		if value, err = q.read(typed); err != nil {
			return err
		}
	}
	q.value = value
	if s := q.shown(); s != typed {
		d.labelled(q.label, s)
	}
	return nil
}

// asking is a question's line: its label, and in brackets what to know.
func (d *dialogue) asking(q *question) string {
	var notes []string
	if q.hint != "" {
		notes = append(notes, d.t(q.hint))
	}
	switch {
	case q.value != "" && q.optional:
		notes = append(notes, d.t("linear.keep_or_clear", "value", q.shown()))
	case q.value != "":
		notes = append(notes, d.t("linear.keep", "value", q.shown()))
	case q.optional && !q.hinted:
		notes = append(notes, d.t("linear.optional"))
	}
	if len(notes) == 0 {
		return d.t(q.label)
	}
	return d.t("linear.noted", "label", d.t(q.label), "notes", strings.Join(notes, d.t("linear.comma")))
}

// line is a question with its answer, for menus and summaries.
func (d *dialogue) line(q *question) string {
	value := q.shown()
	if value == "" {
		value = d.t("linear.none")
	}
	return d.t("linear.pair", "label", d.t(q.label), "value", value)
}

// dateQuestion asks for a day, or with clock for a moment, in all the ways the UI's date field takes.
func (d *dialogue) dateQuestion(label, hint i18n.Key, clock bool) *question {
	return &question{label: label, hint: hint, optional: true, read: func(typed string) (string, error) {
		f := d.date(fold(typed), clock)
		if wrong := f.Problem(); wrong != "" {
			return "", complaint(wrong)
		}
		return f.Value(), nil
	}}
}

// changes are the questions that apply with their answers, each to be answered again.
func (d *dialogue) changes(f form) (opts []option) {
	for _, q := range f {
		if !q.isHidden() {
			opts = append(opts, option{name: d.line(q), do: func() error { return d.answer(q) }})
		}
	}
	return opts
}

// date is the UI's date field with something written in it.
func (d *dialogue) date(written string, clock bool) *field.Date {
	f := field.NewDate(d.env)
	f.Clock = clock
	f.SetValue(written)
	return f
}
