package xlsx

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// texts are what a server may call an account, a holder or a department.
var texts = []string{
	"008800000000003", "3101011990010112340", "1E5", "2026-03-28", "=1+1", "'=1", "+1", "-1", "@SUM(A1)", "TRUE", "#N/A",
	"<b>&amp;\"'</b>", "]]>", "  blanks  ", "line\nline", "tab\tcr\r", "\x00\x1b[31m\x7f", "\u202e\ufeff\ufffe\uffff", "\xff\xfe", "_x0041_", "_x005F_x0041_",
	"__x_x000D_x", "_xÄÖ00_", "欧阳娜娜", "𠮷野家", "👩‍👩‍👧", "", strings.Repeat("长", 40_000), strings.Repeat("𠮷", 20_000),
}

// book writes rows as a sheet for each name, and what a reader that is not ours makes of them.
func book(t testing.TB, names []string, rows [][]Cell) (raw []byte, read *excelize.File) {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	for _, name := range names {
		if err := w.Sheet(name, []string{"账号", "b"}, 12, 30.5); err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if err := w.Row(r...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return b.Bytes(), f
}

// kept is what XML and the format can hold of a text.
func kept(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == '\ufffe' || r == '\uffff' {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\xff\xfe", "\ufffd\ufffd"), "\ufffd"))
	return cut(s, maxUnits)
}

func TestAnotherProgramReadsTheSameTexts(t *testing.T) {
	rows := make([][]Cell, len(texts))
	for i, s := range texts {
		rows[i] = []Cell{Text(s), {}, Count(i), Alert(s)}
	}
	_, f := book(t, []string{"one", "two"}, rows)
	for _, sheet := range []string{"one", "two"} {
		for i, want := range texts {
			at := func(col string) string { return fmt.Sprint(col, i+2) }
			for _, col := range []string{"A", "D"} {
				got, err := f.GetCellValue(sheet, at(col))
				kind, _ := f.GetCellType(sheet, at(col))
				formula, _ := f.GetCellFormula(sheet, at(col))
				if err != nil || got != kept(want) || kind != excelize.CellTypeInlineString || formula != "" {
					t.Errorf("%s %q: %.60q, type %v, formula %q, %v", at(col), cut(want, 40), got, kind, formula, err)
				}
			}
			if got, _ := f.GetCellValue(sheet, at("C")); got != fmt.Sprint(i) {
				t.Errorf("%q is not %d", got, i)
			}
			if kind, _ := f.GetCellType(sheet, at("C")); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
				t.Errorf("a count is of type %v", kind)
			}
		}
	}
}

func TestHeaderStandsOutAndStaysInView(t *testing.T) {
	_, f := book(t, []string{"one"}, [][]Cell{{Text("1")}})
	panes, err := f.GetPanes("one")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("%+v, %v", panes, err)
	}
	width, err := f.GetColWidth("one", "B")
	if err != nil || width != 30.5 {
		t.Error(width, err)
	}
	for at, bold := range map[string]bool{"A1": true, "A2": false} {
		id, _ := f.GetCellStyle("one", at)
		style, err := f.GetStyle(id)
		if err != nil || style.Font == nil || style.Font.Bold != bold || style.NumFmt != 49 {
			t.Errorf("%s: %+v, %v", at, style, err)
		}
	}
}

func TestNamesOfSheetsAreAllowedAndDiffer(t *testing.T) {
	long := "a/b:c*?[d]\\e 一个名字比工作表允许的三十一个字符还要长得多的营业部"
	names := []string{"", "'", "x", "X", "<&\">", "\x00\n", "\xff", long, strings.ToUpper(long), strings.Repeat("𠮷", 20), strings.Repeat("𠮷", 20)}
	_, f := book(t, names, nil)
	got := f.GetSheetList()
	if len(got) != len(names) {
		t.Fatalf("%q", got)
	}
	seen := map[string]bool{}
	for _, name := range got {
		if key := strings.ToLower(name); seen[key] || name == "" || cut(name, maxName) != name || strings.ContainsAny(name, "[]:*?/\\\x00\n") {
			t.Errorf("%q", name)
		}
		seen[strings.ToLower(name)] = true
	}
}

func TestColumnsAreNamedLikeEverywhere(t *testing.T) {
	for _, i := range []int{0, 25, 26, 51, 52, 701, 702, 16383} {
		if want, _ := excelize.ColumnNumberToName(i + 1); column(i) != want {
			t.Errorf("%d is %s, not %s", i, column(i), want)
		}
	}
}

func TestTheSameRowsAreTheSameBytes(t *testing.T) {
	rows := [][]Cell{{Text("1"), Count(2)}}
	a, _ := book(t, []string{"one"}, rows)
	b, _ := book(t, []string{"one"}, rows)
	if !bytes.Equal(a, b) {
		t.Error("they differ")
	}
}

// full is a disk with room for so many bytes.
type full int

func (f *full) Write(p []byte) (int, error) {
	if *f -= full(len(p)); *f < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("full")

func TestAFullDiskIsToldWhereverItFillsUp(t *testing.T) {
	raw, _ := book(t, []string{"one"}, [][]Cell{{Text("1")}})
	for room := range len(raw) {
		f := full(room)
		w := NewWriter(&f)
		_ = w.Sheet("one", []string{"账号", "b"}, 12, 30.5)
		_ = w.Texts([]string{"1"})
		if err := w.Close(); !errors.Is(err, errFull) {
			t.Fatalf("%d bytes of %d: %v", room, len(raw), err)
		}
	}
}

func TestRowsNeedASheetAndASheetHasAnEnd(t *testing.T) {
	if NewWriter(io.Discard).Texts([]string{"1"}) == nil || NewWriter(io.Discard).Close() == nil {
		t.Error("a row or a workbook without a sheet is written")
	}
	w := NewWriter(io.Discard)
	if err := w.Sheet("one", nil); err != nil {
		t.Fatal(err)
	}
	w.row = MaxRows - 1
	if err := w.Row(); err != nil {
		t.Error(err)
	}
	if w.Row() == nil || w.Close() == nil {
		t.Error("a row too many is written")
	}
}

// TestLibreOfficeReadsTheSameTexts has LibreOffice, where there is one, make CSV of a workbook.
func TestLibreOfficeReadsTheSameTexts(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("there is no LibreOffice here")
	}
	plain := []string{"008800000000003", "3101011990010112340", "1E5", "2026-03-28", "=1+1", "'=1", "+1", "TRUE", "<b>&amp;\"'</b>", "  blanks  ", "_x0041_", "欧阳娜娜", "𠮷野家"}
	var rows [][]Cell
	for _, s := range plain {
		rows = append(rows, []Cell{Text(s), Alert(s)})
	}
	raw, _ := book(t, []string{"one"}, rows)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "book.xlsx"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1",
		"--outdir", dir, filepath.Join(dir, "book.xlsx")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "book.csv"))
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(got) != 1+len(plain) {
		t.Fatalf("%v: %q", err, text)
	}
	for i, want := range plain {
		if !slices.Equal(got[i+1], []string{want, want}) {
			t.Errorf("%q, want %q", got[i+1], want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range texts[:len(texts)-2] {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, x := book(t, []string{s}, [][]Cell{{Text(s)}})
		got, err := x.GetCellValue(x.GetSheetList()[0], "A2")
		if err != nil || strings.ReplaceAll(got, "\ufffd", "") != strings.ReplaceAll(kept(s), "\ufffd", "") {
			t.Errorf("%q became %q, %v", s, got, err)
		}
	})
}
