package report

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"imagery/assets"
	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/completeness"
	"imagery/internal/i18n"
	"imagery/internal/rules"
)

var depts = []string{"上海营业部", "杭州营业部", "=HYPERLINK(\"http://x\")", "a/b:c*?[d]\\e 一个名字比工作表允许的三十一个字符还要长得多的营业部", "A/B:C*?[d]\\e 一个名字比工作表允许的三十一个字符还要长得多的营业部"}

// run is a run of n accounts by the example's rules; every third violates one or two of them.
func run(t testing.TB, n int) *completeness.Run {
	t.Helper()
	text, err := assets.FS.ReadFile("rules/demo.toml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	at := client.Time{Time: time.Date(2026, 3, 28, 9, 30, 0, 0, time.FixedZone("", 8*3600))}
	r := &completeness.Run{
		Rules: set, Hash: set.Hash(), Listed: true, Total: int64(n), Requests: 298, Started: at, Finished: at, Moved: []string{"R03"},
		Reasons: []completeness.Reason{{Code: completeness.CountsDisagree, Rules: []string{"R01"}, Expected: 10, Got: 9}},
		Basis:   completeness.Basis{Customer: completeness.Yes}, Sample: completeness.Sample{Seed: 7, Of: 100, Asked: 59},
	}
	for i := range n {
		d := i * len(depts) / n
		a := completeness.Account{
			ID: client.Text(fmt.Sprint("A", i)), No: client.Text(fmt.Sprintf("00880000%07d", i)), BizType: "0", CustomerType: "1", Status: "1",
			Name: "欧阳娜娜", Dept: client.Text(fmt.Sprintf("11%02d", d)), DeptName: client.Text(depts[d]),
		}
		if i == 0 {
			a.Name = "<script>alert(1)</script>\u202e\x1b[31m"
		}
		a.Opened.Date = client.Date{Year: 2020, Month: 1, Day: 2}
		r.Accounts = append(r.Accounts, a)
		if i%3 == 0 {
			r.Violations = append(r.Violations, completeness.Violation{Account: i, Rule: 0, State: completeness.Found})
		}
		if i%6 == 0 {
			r.Violations = append(r.Violations, completeness.Violation{Account: i, Rule: 9, State: completeness.Cleared})
		}
	}
	return r
}

func reportOf(t testing.TB, lang string, n int) *Report {
	t.Helper()
	book, err := codes.Demo()
	if err != nil {
		t.Fatal(err)
	}
	return &Report{Run: run(t, n), Profile: "生产", Operator: "mt1", Name: book.Name, Cat: i18n.Load(lang), Unmasked: true}
}

func TestCSVIsReadBackAndNoCellIsAFormula(t *testing.T) {
	r := reportOf(t, "zh", 60)
	r.Run.Accounts[0].No = "=1+1"
	var b bytes.Buffer
	if err := r.CSV(&b); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(b.String(), "\ufeff")
	if !ok {
		t.Error("no byte order mark")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 1+len(r.Run.Violations) {
		t.Fatal(err, len(rows))
	}
	if rows[1][1] != "'=1+1" || rows[3][1] != "008800000000003" {
		t.Error(rows[1], rows[3])
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%q", cell)
			}
		}
	}
}

func TestFormulasAreGuarded(t *testing.T) {
	for _, s := range []string{"=1", "+1", "-1", "@a", "\ta", "\ra", "\na", " =1", "\u3000=1", "＝1", "＋1", "－1", "＠a"} {
		if Guard(s) != "'"+s {
			t.Errorf("%q is not guarded", s)
		}
	}
	for _, s := range []string{"", "a=1", "张三", "0088", "'=1"} {
		if Guard(s) != s {
			t.Errorf("%q is guarded", s)
		}
	}
}

// parts unzips a workbook, checks that each part is sound XML, and returns the texts by name.
func parts(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(bytes.NewReader(text))
		for err == nil {
			_, err = d.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", f.Name, err)
		}
		out[f.Name] = string(text)
	}
	return out
}

func TestWorkbookHasASheetForEachDepartmentAndNumbersAreTexts(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reportOf(t, lang, 60)
		var b bytes.Buffer
		if err := r.XLSX(&b); err != nil {
			t.Fatal(err)
		}
		got := parts(t, b.Bytes())
		names := regexp.MustCompile(`<sheet name="([^"]*)"`).FindAllStringSubmatch(got["xl/workbook.xml"], -1)
		if len(names) != 4+len(depts) {
			t.Errorf("%d sheets: %v", len(names), names)
		}
		for _, n := range names {
			if len([]rune(n[1])) > 31+len("&quot;")*2 || strings.Contains(n[1], "«") {
				t.Errorf("%q", n[1])
			}
		}
		matrix := got["xl/worksheets/sheet2.xml"]
		if !strings.Contains(matrix, `t="inlineStr"><is><t>008800000000003</t>`) {
			t.Error(matrix[:800])
		}
		for name, text := range got {
			if strings.Contains(text, "<f>") || strings.Contains(text, "«") || strings.Contains(text, "\u202e") {
				t.Errorf("%s has a formula, an unknown message or a hostile character", name)
			}
		}
	}
}

func TestAComparisonSaysWhatItDoesNotTell(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reportOf(t, lang, 60)
		r.Since = &completeness.Diff{}
		plain := len(r.summary())
		r.Since = &completeness.Diff{OtherScope: true, OtherRules: true, Open: []string{"R07"}}
		said := r.summary()
		if len(said) != plain+3 || !strings.Contains(said[plain+2].Value, "R07") {
			t.Errorf("%v", said)
		}
		var b bytes.Buffer
		if err := r.HTML(&b); err != nil || !strings.Contains(b.String(), said[plain].Value) {
			t.Errorf("the page does not say %q: %v", said[plain].Value, err)
		}
	}
}

func TestPageNeedsNothingElse(t *testing.T) {
	for _, lang := range i18n.Languages {
		r := reportOf(t, lang, 60)
		r.Since = &completeness.Diff{}
		var b bytes.Buffer
		if err := r.HTML(&b); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for _, bad := range []string{"<script", "src=", "href=", "url(", "@import", "«", "ZgotmplZ", "\u202e", "\x1b", "style=\""} {
			if strings.Contains(text, bad) {
				t.Errorf("the page has %q", bad)
			}
		}
		style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(text)
		sum := sha256.Sum256([]byte(style[1]))
		if !strings.Contains(strings.ReplaceAll(text, "&#43;", "+"), "sha256-"+base64.StdEncoding.EncodeToString(sum[:])) {
			t.Error("the policy does not admit the page's own style")
		}
		if strings.Count(text, "<details>") != len(depts) || !strings.Contains(text, "008800000000003") || strings.Contains(text, r.t("report.state_is.cleared")) {
			t.Error("the lists are not those of the departments")
		}
	}
}

func TestShareIsToldOnlyWhereAllAccountsAreListed(t *testing.T) {
	r := reportOf(t, "en", 60)
	for _, listed := range []bool{true, false} {
		r.Run.Listed = listed
		var b bytes.Buffer
		if err := r.HTML(&b); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "4 / 12 (33.3%)") != listed {
			t.Error(listed)
		}
	}
}

func TestNumbersAndNamesAreMaskedUnlessAskedFor(t *testing.T) {
	r := reportOf(t, "en", 60)
	r.Unmasked = false
	var c, h, x bytes.Buffer
	for _, err := range []error{r.CSV(&c), r.HTML(&h), r.XLSX(&x)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	all := c.String() + h.String()
	for _, text := range parts(t, x.Bytes()) {
		all += text
	}
	if strings.Contains(all, "008800000000003") || strings.Contains(all, "欧阳娜娜") || !strings.Contains(all, "欧***") || !strings.Contains(all, "008800*****0003") {
		t.Error("a number or name is whole, or nothing is left of it")
	}
}

func TestPageListsSoManyAndSaysHowManyNot(t *testing.T) {
	r := reportOf(t, "en", 3*(MaxHTMLRows+7))
	var b bytes.Buffer
	if err := r.HTML(&b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), `<td class="id">`); n != MaxHTMLRows || !strings.Contains(b.String(), "7 more items are not listed") {
		t.Error(n)
	}
}

// TestWriteForEyes writes the reports into the folder that IMAGERY_REPORTS names, for other programs to open.
func TestWriteForEyes(t *testing.T) {
	dir := os.Getenv("IMAGERY_REPORTS")
	if dir == "" {
		dir = t.TempDir()
	}
	for _, lang := range i18n.Languages {
		r := reportOf(t, lang, 600)
		for ext, write := range map[string]func(io.Writer) error{"csv": r.CSV, "xlsx": r.XLSX, "html": r.HTML} {
			f, err := os.Create(filepath.Join(dir, lang+"."+ext))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(write(f), f.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// BenchmarkXLSX writes 100,000 accounts by 23 rules.
func BenchmarkXLSX(b *testing.B) {
	r := reportOf(b, "zh", 100_000)
	for b.Loop() {
		if err := r.XLSX(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
