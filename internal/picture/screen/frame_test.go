package screen

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestAnImmediatePictureIsDrawnOnceWhereItsCellsAre(t *testing.T) {
	for _, protocol := range []Protocol{Sixel, Inline, KittyDirect} {
		d := newDisplay(t, 80, 24)
		pane := NewPane(d.writer)
		pane.Show(prepared(t, photo(300, 400), capsOf(protocol), 30, 20))
		sent := d.show("title\n" + beside(list(40, 20, 1), pane.Lines(false)) + "\nfooter")
		at := ansi.SaveCursor + ansi.CursorPosition(41, 2)
		if strings.Count(sent, at) != 1 || !strings.HasSuffix(sent, ansi.RestoreCursor+endSync) {
			t.Errorf("%v: drawn %d times; ends in %q", protocol, strings.Count(sent, at), sent[len(sent)-20:])
		}
		if sent := d.show("title\n" + beside(list(40, 20, 2), pane.Lines(false)) + "\nfooter"); strings.Contains(sent, ansi.SaveCursor) {
			t.Errorf("%v: drawn again by a frame that did not touch it", protocol)
		}
		if sent := d.show("title\nsubtitle\n" + beside(list(41, 20, 2), pane.Lines(false)) + "\nfooter"); strings.Count(sent, ansi.CursorPosition(42, 3)) != 1 {
			t.Errorf("%v: not drawn where it moved to", protocol)
		}
	}
}

func TestAKeyBesideAPictureCostsLittle(t *testing.T) {
	for _, protocol := range []Protocol{Sixel, Inline, KittyDirect, Kitty, Cells} {
		d := newDisplay(t, 120, 40)
		pane := NewPane(d.writer)
		pane.Show(prepared(t, photo(600, 700), capsOf(protocol), 60, 38))
		d.show(beside(list(60, 38, 3), pane.Lines(false)))
		if sent := d.show(beside(list(60, 38, 4), pane.Lines(false))); len(sent) > 400 {
			t.Errorf("%v: %d bytes", protocol, len(sent))
		}
		if sent := d.show(beside(list(60, 38, 4), pane.Lines(false))); len(sent) > 0 {
			t.Errorf("%v: the same frame again: %q", protocol, sent)
		}
	}
}

func TestUnderAnOverlayAnImmediatePictureIsCells(t *testing.T) {
	d := newDisplay(t, 80, 24)
	pane := NewPane(d.writer)
	pane.Show(prepared(t, photo(300, 400), capsOf(KittyDirect), 30, 20))
	d.show(beside(list(40, 20, 1), pane.Lines(false)))
	sent := d.show(beside(list(40, 20, 1), pane.Lines(true)))
	if !strings.Contains(sent, "\x1b_Ga=d,d=i,i=17,p=1,q=2\x1b\\") || strings.Contains(sent, ansi.SaveCursor) {
		t.Errorf("the placement is not taken off: %.60q", sent[max(0, len(sent)-60):])
	}
	if sent := d.show(beside(list(40, 20, 1), pane.Lines(false))); !strings.Contains(sent, "a=p") || strings.Contains(sent, "a=t") {
		t.Error("the picture is not put back without sending it again")
	}
	// Opened and closed between two frames, it must leave the picture alone.
	d.writer.Frame(beside(list(40, 20, 1), pane.Lines(true)), 80)
	if sent := d.show(beside(list(40, 20, 2), pane.Lines(false))); strings.Contains(sent, "a=d") {
		t.Errorf("the picture is taken off: %q", sent)
	}
}

func TestPlaceholdersAreSentAheadOfTheirFrameAndDeletedAfterTheirLast(t *testing.T) {
	d := newDisplay(t, 80, 24)
	pane := NewPane(d.writer)
	pane.Show(prepared(t, photo(300, 400), capsOf(Kitty), 30, 20))
	sent := d.show(beside(list(40, 20, 1), pane.Lines(false)))
	if !strings.HasPrefix(sent, "\x1b_Ga=T,U=1,i=17,c=30,r=20,") || strings.Index(sent, placeholder) < strings.Index(sent, beginSync) {
		t.Errorf("not sent ahead: %.60q", sent)
	}
	pane.Show(prepared(t, photo(400, 300), capsOf(Kitty), 30, 20))
	sent = d.show(beside(list(40, 20, 1), pane.Lines(false)))
	if !strings.HasPrefix(sent, "\x1b_Ga=T,U=1,i=18,") || !strings.HasSuffix(sent, "\x1b_Ga=d,d=I,i=17,q=2\x1b\\"+endSync) {
		t.Errorf("not switched: %.60q", sent)
	}
	pane.Hide()
	sent = d.show(beside(list(40, 20, 1)))
	if !strings.HasSuffix(sent, "\x1b_Ga=d,d=I,i=18,q=2\x1b\\"+endSync) {
		t.Errorf("not deleted: %.60q", sent)
	}
}

// What combines with the last cell of a line ends up on the cell before it in a tmux that does not wrap.
func TestNothingCombinesInTheLastColumn(t *testing.T) {
	d := newDisplay(t, 80, 24)
	pane := NewPane(d.writer)
	pane.Show(prepared(t, photo(800, 100), capsOf(Kitty), 40, 22))
	for y, line := range strings.Split(d.writer.Frame(beside(list(40, 22, 1), pane.Lines(false)), 80), "\n") {
		cells := strings.Split(ansi.Strip(line), placeholder)
		if wide := len(cells) > 2; wide && (cells[len(cells)-1] != "" || cells[len(cells)-2] == "") {
			t.Errorf("line %d ends in %q", y, cells[len(cells)-2:])
		}
	}
}

func TestPicturesAreSentAgainAfterAnotherProgramHadTheScreen(t *testing.T) {
	d := newDisplay(t, 80, 24)
	pane := NewPane(d.writer)
	pane.Show(prepared(t, photo(30, 40), capsOf(Kitty), 30, 20))
	d.show(beside(pane.Lines(false)))
	d.sent.Reset()
	d.write(leaveAlt)
	if got, want := d.sent.String(), "\x1b_Ga=d,d=I,i=17,q=2\x1b\\"+leaveAlt; got != want {
		t.Errorf("leaving sent %q, want %q", got, want)
	}
	d.sent.Reset()
	d.write(enterAlt)
	if got := d.sent.String(); !strings.HasPrefix(got, enterAlt+"\x1b_Ga=T,U=1,i=17,") {
		t.Errorf("coming back sent %.60q", got)
	}
}

func TestInTmuxPicturesPassThrough(t *testing.T) {
	d := newDisplay(t, 80, 24)
	pane := NewPane(d.writer)
	caps := capsOf(Kitty)
	caps.Tmux = true
	pane.Show(prepared(t, photo(30, 40), caps, 30, 20))
	if sent := d.show(beside(pane.Lines(false))); !strings.HasPrefix(sent, "\x1bPtmux;\x1b\x1b_Ga=T,U=1,i=17,") {
		t.Errorf("sent %.60q", sent)
	}
	pane.Hide()
	if sent := d.show(""); !strings.Contains(sent, "\x1bPtmux;\x1b\x1b_Ga=d,d=I,i=17,q=2\x1b\x1b\\\x1b\\") {
		t.Errorf("hiding sent %q", sent)
	}
}

func TestMarksOfCellsThatWereCutOffSayNothing(t *testing.T) {
	d := newDisplay(t, 80, 24)
	pane := NewPane(d.writer)
	pane.Show(prepared(t, photo(300, 400), capsOf(Sixel), 30, 20))
	lines := pane.Lines(false)
	for y, l := range lines {
		lines[y] = ansi.Cut(l, 3, 20) + " after "
	}
	if sent := d.show(beside(list(40, 20, 1), lines)); !strings.Contains(sent, ansi.SaveCursor+ansi.CursorPosition(38, 1)) {
		t.Error("the picture is not where its cells say")
	}
}

// TestWhateverIsShownBesideAPictureComesOutRight compares, after each of many
// random changes, every cell of the terminal with the frame.
func TestWhateverIsShownBesideAPictureComesOutRight(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 1))
		w, h := 20+random.IntN(40), 6+random.IntN(10)
		d := newDisplay(t, w, h)
		pane := NewPane(d.writer)
		pane.Show(prepared(t, photo(60, 60), capsOf(Sixel), 6, 3))
		lines := make([]string, h)
		for range 40 {
			switch random.IntN(4) {
			case 0:
				copy(lines, lines[1:])
			case 1:
				copy(lines[1:], lines)
			}
			for range 1 + random.IntN(3) {
				lines[random.IntN(h)] = randomLine(random, w)
			}
			shown := append([]string{}, lines...)
			if random.IntN(5) > 0 {
				at := random.IntN(w - 6)
				for y, l := range pane.Lines(random.IntN(5) == 0) {
					shown[y+1] = padded(ansi.Cut(shown[y+1], 0, at), at) + "\x1b[m" + l + ansi.Cut(shown[y+1], at+6, w)
				}
			}
			d.show(strings.Join(shown, "\n"))
		}
	}
}

func padded(s string, cols int) string {
	return s + strings.Repeat(" ", max(0, cols-ansi.StringWidth(s)))
}

func randomLine(random *rand.Rand, w int) string {
	parts := []string{"张三", "身份证", "ab", "x", " ", "      ", "，", "│", "\x1b[31m", "\x1b[m", "ア", "한", "\x1b[44m", "０", "é"}
	var b strings.Builder
	for x := 0; x < w; {
		p := parts[random.IntN(len(parts))]
		if x += ansi.StringWidth(p); x > w || random.IntN(40) == 0 {
			break
		}
		b.WriteString(p)
	}
	return b.String() + "\x1b[m"
}

func TestWideCharactersAreTwoCellsByAnyMeasure(t *testing.T) {
	for r := rune(0x20); r < 0x40000; r++ {
		if wide(r) && (ansi.StringWidth(string(r)) != 2 || ansi.StringWidthWc(string(r)) != 2) {
			t.Errorf("%U is not", r)
		}
	}
	for _, r := range "中国，。“”‘’…—·①aａ한アぁ㎡〇" {
		if wide(r) != (ansi.StringWidth(string(r)) == 2) && !strings.ContainsRune("①㎡", r) {
			t.Errorf("%c", r)
		}
	}
}

func TestBlankLeavesNothingOfPictures(t *testing.T) {
	for _, protocol := range []Protocol{Sixel, Kitty} {
		d := newDisplay(t, 80, 24)
		pane := NewPane(d.writer)
		pane.Show(prepared(t, photo(300, 400), capsOf(protocol), 30, 20))
		for _, l := range pane.Lines(false) {
			if got, want := ansi.Strip(Blank("张 "+l+"|")), "张 "+strings.Repeat(" ", 30)+"|"; got != want {
				t.Fatalf("%v: %q, want %q", protocol, got, want)
			}
		}
	}
}
