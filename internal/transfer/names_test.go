package transfer

import (
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"imagery/client"
)

func item(id, account, customer, code, material string) Item {
	return Item{
		FileID: id, Account: client.Account{AccountNo: client.Text(account)}, Customer: client.Customer{CustomerName: client.Text(customer)},
		Material: client.MaterialInfo{MaterialCode: client.Text(code), MaterialName: client.Text(material)},
	}
}

func TestNamesReadAsTheTemplateSays(t *testing.T) {
	for _, c := range []struct {
		template string
		it       Item
		want     string
	}{
		{"", item("F1", "880012345", "张三丰", "1101", "居民身份证（人像面）"), "880012345_张三丰/1101_居民身份证（人像面）_F1"},
		{"", item("F1", "", "", "", ""), "F1"},
		{"", item("F1", "8800", "", "1101", ""), "8800/1101_F1"},
		{"{materialName}", item("F1", "", "", "", "x"), "x_F1"},
		{"{fileId}-{materialName}", item("F1", "", "", "", "x"), "x_F1"},
		{"flat", item("F1", "", "", "", ""), "flat_F1"},
	} {
		if got := Name(c.template, c.it); got != c.want {
			t.Errorf("%q: %q, want %q", c.template, got, c.want)
		}
	}
}

var hostile = []string{
	"..", "../../etc/passwd", `..\..\windows`, "/abs", `C:\x`, "con", "NUL.txt", "com1", "LPT9 .a", "a\x00b", "a\x1b[2Jb", "\u202egnp.exe", "．．／", "a/b", "…",
	strings.Repeat("很", 200), strings.Repeat("e\u0301", 300), " ", ".", "-rf", "a:b", "a<b>c|d?e*f\"g", "\xff\xfe", "\u200b", "a\r\nb", "~", "%2e%2e%2f", "x. ", "\u2028",
}

func checkName(t *testing.T, name string) {
	t.Helper()
	if !utf8.ValidString(name) || path.IsAbs(name) || path.Clean(name) != name {
		t.Errorf("%q is not a clean relative name", name)
	}
	for _, part := range strings.Split(name, "/") {
		switch {
		case part == "" || part == "." || part == "..", strings.HasPrefix(part, "."), strings.HasPrefix(part, "-"), strings.HasSuffix(part, "."), strings.HasSuffix(part, " "):
			t.Errorf("%q has the part %q", name, part)
		case len(part) > maxSegment:
			t.Errorf("%q has a part of %d bytes", name, len(part))
		case strings.ContainsAny(part, `\:*?"<>|`+"\x00\x1b\r\n\u202e\u200b\u2028"):
			t.Errorf("%q has a character no name may have", part)
		case reserved().MatchString(part):
			t.Errorf("%q is a device on Windows", part)
		}
	}
}

func TestHostileNamesStayInTheFolder(t *testing.T) {
	for _, a := range hostile {
		for _, b := range hostile {
			checkName(t, Name("", item("F1", a, b, b, a)))
			checkName(t, Name("{customerName}/{materialName}", item("F1", a, b, b, a)))
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, h := range hostile {
		f.Add("{customerName}/{materialName}", h, h)
	}
	f.Fuzz(func(t *testing.T, template, a, b string) { checkName(t, Name(template, item("F_1-x", a, b, a, b))) })
}

func TestDifferentFilesNeverShareAName(t *testing.T) {
	long := strings.Repeat("长", 300)
	if a, b := Name("", item("F1", "1", "n", "c", long)), Name("", item("F2", "1", "n", "c", long)); a == b {
		t.Errorf("both are %q", a)
	}
}

func TestUnknownTemplateFieldIsNamed(t *testing.T) {
	if got := BadField("{accountNo}/{colour}"); got != "colour" {
		t.Errorf("got %q", got)
	}
	if got := BadField(DefaultTemplate); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestKindComesFromContent(t *testing.T) {
	for head, want := range map[string]string{
		"\xff\xd8\xff\xe0": ".jpg", "\x89PNG\r\n\x1a\n": ".png", "II*\x00": ".tif", "%PDF-1.7": ".pdf", "\x00\x00\x00\x18ftypisom": ".mp4", "BM1234": ".bmp",
		"MZ\x90": ".exe.bin", "\x01\x02\x03\x00": ".bin", "PK\x03\x04....OFD.xml": ".ofd", "<html><body>": ".html.txt",
	} {
		if got := Sniff([]byte(head)).Ext; got != want {
			t.Errorf("%q is %s, want %s", head, got, want)
		}
	}
	jpg := Item{File: client.File{FileOriginalName: "a.JPEG"}}
	if jpg.claims(Kind{"image/jpeg", ".jpg"}) || !jpg.claims(Kind{"image/png", ".png"}) || !jpg.claims(Kind{"", ".bin"}) {
		t.Error("claims are judged wrongly")
	}
}

// TestRandomNamesStayInTheFolder builds names of hostile pieces, IMAGERY_NAMES of them.
func TestRandomNamesStayInTheFolder(t *testing.T) {
	n := 50_000
	if wanted, err := strconv.Atoi(os.Getenv("IMAGERY_NAMES")); err == nil {
		n = wanted
	}
	r := rand.New(rand.NewPCG(1, 2)) // the same names each time
	pieces := append(slices.Clone(hostile), "{fileId}", "{customerName}", "/", `\`, "张三", "CON", ".", "\u0301", "aux.")
	random := func() string {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			if r.IntN(3) == 0 {
				b.WriteRune(rune(r.IntN(0x11000)))
			}
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		return b.String()
	}
	for range n {
		a, b := random(), random()
		checkName(t, Name("{customerName}/{materialName}", item("F_1-x", a, b, a, b)))
		checkName(t, Name(a+"/{materialName}"+b, item("F_1-x", b, a, b, a)))
		if t.Failed() {
			t.Fatalf("of %q and %q", a, b)
		}
	}
}
