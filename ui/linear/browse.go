package linear

import (
	"strconv"
	"strings"

	"imagery/internal/i18n"
)

// atOnce is how many lines of a list are read out at a time.
const atOnce = 10

// list is lines that are read out in pieces and chosen by number, and what else can be done with them.
type list struct {
	title func() string
	n     int // lines
	// line returns line i, and what it stands under: said when it is another than that of the line before.
	line    func(i int) (heading, line string)
	open    func(i int) error
	options func() []option
	// turn goes to the next (1) or previous (-1) page beyond the lines there are; nil: there are no others.
	turn func(by int) error
	name i18n.Key // what is asked for
	at   int      // first line of the piece
	read bool     // the piece is to be read out
}

// set gives the list n lines, to be read from the first.
func (l *list) set(n int) { l.n, l.at, l.read = n, 0, true }

// browse reads a list out and does what is chosen until the user goes back (errBack).
func (d *dialogue) browse(l *list) error {
	l.read = true
	for {
		if l.read {
			d.piece(l)
		}
		l.read = false
		opts := append(d.moves(l), l.options()...)
		typed, err := d.ask(prompt{text: d.t(l.name), help: func() []string { return d.listHelp(l, opts) }})
		if err != nil {
			return err
		}
		if n, ok := number(typed); ok {
			err = d.openLine(l, n)
		} else if i, ok := d.chosen(opts, typed, false); ok {
			err = d.do(opts[i])
		}
		if err != nil {
			return err
		}
	}
}

func (d *dialogue) openLine(l *list, n int) error {
	if n < 1 || n > l.n {
		d.say(d.t("linear.no_line", "n", l.n))
		return nil
	}
	return d.do(option{do: func() error { return l.open(n - 1) }})
}

// piece reads out the title and the lines at hand.
func (d *dialogue) piece(l *list) {
	d.say(l.title())
	end := min(l.n, l.at+atOnce)
	if l.n > atOnce {
		d.say(d.t("linear.piece", "from", l.at+1, "to", end, "n", l.n))
	}
	under := ""
	for i := l.at; i < end; i++ {
		heading, line := l.line(i)
		if heading != under {
			d.say(heading)
		}
		under = heading
		d.say(strconv.Itoa(i+1) + ". " + line)
	}
}

// moves are the ways through a list.
func (d *dialogue) moves(l *list) []option {
	return []option{
		{keys: []string{"n", "]"}, name: d.t("linear.next"), do: func() error { return d.move(l, 1) }},
		{keys: []string{"p", "["}, name: d.t("linear.previous"), do: func() error { return d.move(l, -1) }},
		{keys: []string{"l"}, name: d.t("linear.repeat"), do: func() error { l.read = true; return nil }},
	}
}

func (d *dialogue) move(l *list, by int) error {
	at := l.at + by*atOnce
	switch {
	case at >= 0 && at < l.n:
		l.at, l.read = at, true
	case l.turn != nil:
		return l.turn(by)
	case by > 0:
		d.say(d.t("linear.at_end"))
	default:
		d.say(d.t("linear.at_start"))
	}
	return nil
}

func (d *dialogue) listHelp(l *list, opts []option) []string {
	var out []string
	if l.n > 0 {
		out = append(out, d.t("linear.help_number", "n", l.n))
	}
	for _, o := range opts {
		line := strings.Join(o.keys, " ") + " " + o.name
		if o.why != "" {
			line = d.t("linear.not_now", "what", line, "why", o.why)
		}
		out = append(out, strings.TrimSpace(line))
	}
	return out
}
