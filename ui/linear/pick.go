package linear

import (
	"slices"
	"strconv"
	"strings"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/i18n"
	"imagery/internal/text"
)

// codeQuestion asks for a code of a table, by number, code, name or pinyin; a code that is not in the table may be taken too.
func (d *dialogue) codeQuestion(label i18n.Key, t codes.Table, value string) *question {
	return &question{
		label: label, value: value, zero: slices.ContainsFunc(d.svc.Codes().List(t), func(c codes.Code) bool { return c.Code == "0" }),
		read: func(typed string) (string, error) { return d.pick(d.svc.Codes().List(t), typed) },
		show: func(code string) string { return d.named(t, client.Text(code)) },
		help: func() []string { return d.codeHelp(d.svc.Codes().List(t)) },
	}
}

// codesQuestion asks for several codes of a table, or none; its value has them joined by commas.
func (d *dialogue) codesQuestion(label i18n.Key, t codes.Table) *question {
	q := d.codeQuestion(label, t, "")
	one := q.read
	q.optional, q.hint = true, "linear.several"
	q.read = func(typed string) (string, error) {
		var all []string
		for _, term := range strings.FieldsFunc(fold(typed), func(r rune) bool { return strings.ContainsRune(",; ", r) }) {
			code, err := one(term)
			if err != nil {
				return "", err
			}
			if !slices.Contains(all, code) {
				all = append(all, code)
			}
		}
		return strings.Join(all, ","), nil
	}
	q.show = func(value string) string {
		var names []string
		for _, code := range split(value) {
			names = append(names, d.named(t, client.Text(code)))
		}
		return strings.Join(names, d.t("linear.comma"))
	}
	return q
}

// split undoes what codesQuestion joined.
func split(value string) []string {
	if value == "" {
		return nil
	}
	return strings.Split(value, ",")
}

// named is a code and its name, as far as that is known.
func (d *dialogue) named(t codes.Table, code client.Text) string {
	name := d.svc.Codes().Name(t, code)
	if name == code.String() {
		return name
	}
	return strings.TrimSpace(code.String() + " " + name)
}

// pick finds the code that typed stands for, asking when it stands for several or for none. errBack: ask for it again.
func (d *dialogue) pick(entries []codes.Code, typed string) (string, error) {
	found := match(entries, typed)
	for len(found) > 1 {
		d.say(d.t("linear.several_match", "n", len(found)))
		for _, line := range entryLines(found) {
			d.say(line)
		}
		again, err := d.ask(prompt{
			text: d.t("linear.which"), zero: slices.ContainsFunc(found, func(c codes.Code) bool { return c.Code == "0" }),
			help: func() []string { return entryLines(found) },
		})
		if err != nil {
			return "", err
		}
		fewer := match(found, again)
		if len(fewer) == 0 {
			d.say(d.t("linear.not_understood"))
			continue
		}
		found = fewer
	}
	if len(found) == 1 {
		return found[0].Code, nil
	}
	code := fold(typed)
	if err := d.confirm(d.t("linear.unknown_code", "code", client.Text(code))); err != nil {
		return "", err
	}
	return code, nil
}

// match returns the one entry that typed names by its code, number or whole name, else all that it finds.
func match(entries []codes.Code, typed string) []codes.Code {
	word := fold(typed)
	for i, c := range entries {
		if c.Code == word || c.Name == typed {
			return entries[i : i+1]
		}
	}
	if n, ok := number(typed); ok && n >= 1 && n <= len(entries) && countable(entries) {
		return entries[n-1 : n]
	}
	var found []codes.Code
	q := text.NewQuery(word)
	for _, c := range entries {
		if q.Match(c.Code) || q.Match(c.Name) {
			found = append(found, c)
		}
	}
	return found
}

// countable reports whether entries can be numbered: not where a number could be taken for another entry's code.
func countable(entries []codes.Code) bool {
	return !slices.ContainsFunc(entries, func(c codes.Code) bool {
		n, err := strconv.Atoi(c.Code)
		return err == nil && n >= 0 && n <= len(entries)
	})
}

// entryLines lists entries by number, or where those would mislead by code.
func entryLines(entries []codes.Code) []string {
	var out []string
	counted := countable(entries)
	for i, c := range entries {
		line := strings.TrimSpace(client.Text(c.Code).String() + " " + c.Name)
		if counted {
			line = strconv.Itoa(i+1) + ". " + line
		}
		out = append(out, line)
	}
	return out
}

func (d *dialogue) codeHelp(entries []codes.Code) []string {
	return append(entryLines(entries), d.t("linear.help_code"))
}
