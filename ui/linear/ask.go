package linear

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"imagery/client"
)

// prompt is one question.
type prompt struct {
	text  string          // translated, without the colon
	help  func() []string // lines that tell what can be typed
	zero  bool            // "0" is an answer, and not back
	blank bool            // so is an empty line
}

// ask puts a question until it is answered, and does what may be typed anywhere: help, back (errBack) and quit (errQuit).
func (d *dialogue) ask(p prompt) (string, error) {
	for {
		d.tellEnded()
		line, err := await(d, p.text, d.readLine)
		if err != nil {
			return "", err
		}
		typed := strings.TrimSpace(line)
		switch word := strings.ToLower(fold(typed)); {
		case word == "?":
			d.help(p)
		case word == "" && !p.blank, word == "0" && !p.zero, slices.Contains(backWords, word):
			return "", errBack
		case slices.Contains(quitWords, word):
			if err := d.quit(); !errors.Is(err, errBack) {
				return "", err
			}
		default:
			return typed, nil
		}
	}
}

// What is understood in both languages, whichever is on: an answer typed by habit does no harm.
var (
	backWords = []string{"返回", "back"}
	quitWords = []string{"退出", "quit", "exit", "q"}
	yesWords  = []string{"是", "y", "yes"}
	noWords   = []string{"否", "n", "no"}
)

func (d *dialogue) help(p prompt) {
	if p.help != nil {
		for _, line := range p.help() {
			d.say(line)
		}
	}
	d.sayRules()
}

// sayRules tells what may be typed anywhere.
func (d *dialogue) sayRules() { d.say(d.t("linear.rules")) }

// confirm asks for a plain yes. Anything else is errBack.
func (d *dialogue) confirm(question string) error {
	for {
		typed, err := d.ask(prompt{text: d.t("linear.confirm", "question", question)})
		if err != nil {
			return err
		}
		word := strings.ToLower(fold(typed))
		switch {
		case slices.Contains(yesWords, word):
			return nil
		case slices.Contains(noWords, word):
			return errBack
		}
		d.say(d.t("linear.not_understood"))
	}
}

// readLine reads what was typed, without what a keyboard sends for keys that are not text.
func (d *dialogue) readLine() (string, error) {
	line, err := d.in.ReadString('\n')
	if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
		return "", err
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(line, "")), nil
}

// askPassword asks for a password. None is errBack, and ? is for help here too: sent as a password it might lock the account.
func (d *dialogue) askPassword(question string) (client.Secret, error) {
	read := d.opts.ReadPassword
	if read == nil {
		read = func() (client.Secret, error) {
			line, err := d.in.ReadString('\n')
			if line != "" && errors.Is(err, io.EOF) {
				err = nil
			}
			return client.NewSecret(strings.TrimRight(line, "\r\n")), err
		}
	}
	for {
		s, err := await(d, question, read)
		switch {
		case err == nil && s.IsZero():
			return s, errBack
		case err != nil || fold(s.Reveal()) != "?":
			return s, err
		}
		d.sayRules()
	}
}

// await writes a question and waits for read. The first Ctrl+C asks for a second, which leaves. The end of what can be read is errQuit.
func await[T any](d *dialogue, question string, read func() (T, error)) (answer T, err error) {
	type reply struct {
		answer T
		err    error
	}
	got := make(chan reply, 1)
	question = client.Text(question + d.t("linear.colon")).String()
	d.write(question)
	go func() { a, err := read(); got <- reply{a, err} }()
	for warned := false; d.out == nil; {
		select {
		case r := <-got:
			if d.opts.ReadPassword == nil {
				d.write("\n")
			}
			if errors.Is(r.err, io.EOF) {
				r.err = errQuit
			}
			return r.answer, r.err
		case <-d.opts.Interrupts:
			d.write("\n")
			if warned {
				return answer, errQuit
			}
			warned = true
			d.say(d.t("linear.again_to_leave"))
			d.write(question)
		case <-d.ctx.Done():
			return answer, d.ctx.Err()
		}
	}
	return answer, d.out
}

// fold turns the full-width forms that an input method leaves behind into plain ones: １２ and 。【】、 count as 12 and .[],.
func fold(s string) string {
	return strings.TrimSpace(chinese.Replace(width.Fold.String(s)))
}

// width.Fold made the wide forms of these narrow too.
var chinese = strings.NewReplacer("。", ".", "｡", ".", "、", ",", "､", ",", "【", "[", "】", "]", "—", "-", "～", "-", "~", "-")

// number reads a number of a list.
func number(typed string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSuffix(fold(typed), "."))
	return n, err == nil
}
