package field

import "strings"

// moment is the form of a date with its time: d is a digit, the rest stands for itself.
const moment = "dddd-dd-dd dd:dd:dd"

func (d *Date) mask() string { return moment[:len(d.layout())] }

// fits reports whether s is the beginning of what the mask asks for.
func fits(s, mask string) bool {
	if len(s) > len(mask) {
		return false
	}
	for i := range len(s) {
		if isDigit(rune(s[i])) != (mask[i] == 'd') || mask[i] != 'd' && s[i] != mask[i] {
			return false
		}
	}
	return true
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// separators are what people write between the numbers of a date.
const separators = "-/.:年月日号时分秒T \u3000、"

// template is what is still to be typed: "yyyy-mm-dd", as far as the text does not say it.
func (d *Date) template() string {
	s, t := d.buf.String(), d.Env.T("ui.date.mask")
	if n := len(d.mask()); len(t) < n || !fits(s, d.mask()) {
		return ""
	}
	return t[len(s):len(d.mask())]
}

// fill takes typed text into the mask, character by character. What does not go with the mask, such as a word, stands as typed.
func (d *Date) fill(s string) {
	for _, r := range s {
		if d.buf.Len() >= d.MaxLen {
			return
		}
		if r >= '\uff01' && r <= '\uff5e' {
			r -= 0xfee0 // full-width
		}
		d.put(r)
	}
}

func (d *Date) put(r rune) {
	s, mask := d.buf.String(), d.mask()
	digit, separator := isDigit(r), strings.ContainsRune(separators, r)
	switch {
	case !fits(s, mask) || !digit && (!separator || s == ""):
		d.buf.Insert(string(r))
	case d.buf.pos < len(s):
		d.overwrite(s, r)
	case !digit:
		d.endNumber(s)
	case len(s) < len(mask):
		if mask[len(s)] != 'd' {
			d.buf.Insert(mask[len(s) : len(s)+1])
		}
		d.buf.Insert(string(r))
	}
}

// overwrite replaces the digit at or behind the cursor; a separator goes on to the next number.
func (d *Date) overwrite(s string, r rune) {
	p := d.buf.pos
	if !isDigit(r) {
		d.buf.pos = p + 1 + max(0, strings.IndexFunc(s[p:], func(r rune) bool { return !isDigit(r) }))
		return
	}
	if !isDigit(rune(s[p])) {
		d.buf.pos++
	}
	if d.buf.pos < len(s) {
		d.buf.Delete(func() { d.buf.Move(1) })
	}
	d.buf.Insert(string(r))
}

// endNumber closes the number before the cursor at the end: a year of two digits is of this century, a single digit gets its zero.
func (d *Date) endNumber(s string) {
	n, mask := len(s), d.mask()
	switch {
	case n < len(mask) && mask[n] != 'd':
		d.buf.Set(s + mask[n:n+1])
	case n == 2:
		d.buf.Set("20" + s + mask[4:5])
	case n > 4 && n < len(mask) && isDigit(rune(s[n-1])):
		s = s[:n-1] + "0" + s[n-1:]
		if n+1 < len(mask) {
			s += mask[n+1 : n+2]
		}
		d.buf.Set(s)
	}
}
