package screen

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

var marks = regexp.MustCompile("\x1b_(i[0-9]{1,9};[0-9]{1,9};[0-9]{1,9}|w)\x1b\\\\")

var halves = regexp.MustCompile("\x1b_w[0-9a-f]")

// passed sends text through a Writer in pieces: each byte of sizes is the
// length of one.
func passed(t *testing.T, text, sizes []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out)
	for _, n := range sizes {
		n := min(int(n), len(text))
		if _, err := w.Write(text[:n]); err != nil {
			t.Fatal(err)
		}
		text = text[n:]
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// FuzzWriter sends any stream in any pieces: what is no mark comes out as it
// was.
func FuzzWriter(f *testing.F) {
	long := "\x1b]52;c;" + strings.Repeat("A", 300) + "\a"
	for _, s := range []string{
		"plain 张三 text\n", beginSync + "\x1b[3;4H\x1b_i1;2;3\x1b\\ \x1b_i1;2;4\x1b\\ \x1b[m" + endSync,
		"\x1b_i1;2\x1b\\\x1b_i;;\x1b\\\x1b_i1;2;3;4\x1b\\\x1b_iv\x1b\\", "\x1b_w\x1b\\x", "\x1b", "\x1b\x1b[m", "\x1b_i1\x1b[2J", "\x1b_i1;2;3\x1b",
		"\x1bP>|kitty\x1b\\\x1b]0;title\a\x1b]8;;x\x1b\\", "\x1b_Gi=1;" + strings.Repeat("QUJD", 400) + "\x1b\\z", long + long, long[:200] + "\x1b[m",
		"\xe5\xbc", "\xe5\x1b[m", "\xff\xfe\xe5\xbc\xa0", "\x1b(B\x1b[?25l\x1b[38;5;1m\x1bM\x18\x1b[1\x18m", leaveAlt + enterAlt,
	} {
		f.Add([]byte(s), []byte{1, 1, 2, 3, 5})
		f.Add([]byte(s), []byte{7, 40})
	}
	f.Fuzz(func(t *testing.T, text, sizes []byte) {
		if halves.Match(text) {
			return // they move the cursor by what was written of them so far
		}
		whole := passed(t, text, nil)
		if got := passed(t, text, sizes); !bytes.Equal(got, whole) {
			t.Fatalf("in pieces %q, whole %q", got, whole)
		}
		if bytes.Count(text, []byte(commandStart)) == len(marks.FindAll(text, -1)) && !bytes.Equal(marks.ReplaceAll(text, nil), whole) {
			t.Fatalf("%q became %q", text, whole)
		}
	})
}

// FuzzFrame gives Frame any content while a picture is on show.
func FuzzFrame(f *testing.F) {
	f.Add("张三\n│ abc\x1b[31m红\x1b_i1;0;0\x1b\\ ", uint8(20))
	f.Add("\x1b_i1;2;3\x1b\\\x1b_i1;2;3\x1b\\ \x1b_i9;9;9\x1b\\ 中", uint8(4))
	f.Add("\x1b_w4e00;\x1b\\ \x1b_", uint8(1))
	picture := prepared(f, photo(30, 40), capsOf(KittyDirect), 5, 5)
	f.Fuzz(func(t *testing.T, content string, cols uint8) {
		w := NewWriter(&bytes.Buffer{})
		NewPane(w).Show(picture)
		got := w.Frame(content, int(cols))
		if strings.Count(got, "\n") != strings.Count(content, "\n") {
			t.Fatalf("%q became %q", content, got)
		}
		if _, err := w.Write([]byte(got)); err != nil {
			t.Fatal(err)
		}
		_ = Blank(content)
	})
}

func TestAnIncompleteSequenceIsNotInterruptedByADrawing(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	pane := NewPane(w)
	pane.Show(prepared(t, photo(30, 40), capsOf(Sixel), 5, 5))
	content := w.Frame(strings.Join(pane.Lines(false), "\n"), 5)
	for _, part := range []string{content + "\x1b[3", "1m", "x"} {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if got := out.String(); !strings.Contains(got, "\x1b[31m\x1b7\x1b[") || !strings.HasSuffix(got, "\x1b8x") {
		t.Errorf("%q", got)
	}
}

func wideCellsOf(r rune) string { return string(appendWideCells(nil, r)) }

func TestAHalfWrittenAloneLeavesTheCursorWhereItIsBelievedToBe(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{wideCellsOf('张'), "张"},
		{wideCellsOf('张') + wideCellsOf('三') + "x", "张三x"},
		{wideCellsOf('张')[:len("\x1b_w5f20;\x1b\\ ")] + "x", "张\x1b[Dx"},
		{wideCellsOf('张')[:len("\x1b_w5f20;\x1b\\ ")] + "\x1b[5G", "张\x1b[D\x1b[5G"},
		{wideCellsOf('张')[len("\x1b_w5f20;\x1b\\ "):] + "x", "\x1b[Cx"},
		{anchor + " ", " "},
	} {
		if got := string(passed(t, []byte(c.in), nil)); got != c.want {
			t.Errorf("%q became %q, want %q", c.in, got, c.want)
		}
	}
}
