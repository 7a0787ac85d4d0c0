// Package xlsx writes workbooks for spreadsheet programs as a stream: rows go into the file as they are given, so that memory does not
// depend on their number. Texts are cells of type text and of format text, so numbers of accounts stay what they are, even after
// somebody edited the cell, and nothing is a formula. The same rows make the same bytes.
package xlsx

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of the format.
const (
	MaxRows  = 1_048_576
	maxName  = 31     // UTF-16 units of a sheet's name
	maxUnits = 32_767 // UTF-16 units of a cell
)

// Cell is one cell; the zero value is an empty one.
type Cell struct {
	text   string
	number int
	style  style
}

// style is an index into the cellXfs of styles.xml, 0 for an empty cell.
type style int

const (
	empty style = iota
	plain
	head
	alert
	count
)

// Text is a cell of text.
func Text(s string) Cell { return Cell{text: s, style: plain} }

// Head is a cell of a header.
func Head(s string) Cell { return Cell{text: s, style: head} }

// Alert is a cell of text that stands out.
func Alert(s string) Cell { return Cell{text: s, style: alert} }

// Count is a cell that programs can calculate with.
func Count(n int) Cell { return Cell{number: n, style: count} }

// Writer writes a workbook. After an error every call returns it.
type Writer struct {
	zip    *zip.Writer
	out    *bufio.Writer // the sheet being written
	sheets []string      // their names
	used   map[string]bool
	row    int
	err    error
}

// NewWriter returns a writer of a workbook without sheets. Close ends it.
func NewWriter(w io.Writer) *Writer {
	b := &Writer{zip: zip.NewWriter(w), used: map[string]bool{}}
	b.part("_rels/.rels", rels) // what reads the first bytes only knows a workbook by this name
	b.part("xl/styles.xml", styles)
	return b
}

// Sheet ends the sheet before and begins one whose first row is header and stays in view; widths are in characters. The name is made one
// that is allowed and not used yet.
func (b *Writer) Sheet(name string, header []string, widths ...float64) error {
	b.endSheet()
	b.sheets = append(b.sheets, b.sheetName(name))
	b.row = 0
	if w := b.create(sheetPath(len(b.sheets))); w != nil {
		b.out = bufio.NewWriterSize(w, 1<<16)
	}
	selected := ""
	if len(b.sheets) == 1 {
		selected = ` tabSelected="1"`
	}
	b.print(xml.Header, `<worksheet xmlns="`, mainSpace, `"><sheetViews><sheetView`, selected, ` workbookViewId="0">`,
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`)
	b.columnWidths(widths)
	b.print("<sheetData>")
	return b.Row(Heads(header)...)
}

func (b *Writer) columnWidths(widths []float64) {
	if len(widths) == 0 {
		return // the format forbids an empty list
	}
	b.print("<cols>")
	for i, width := range widths {
		b.print(fmt.Sprintf(`<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, width))
	}
	b.print("</cols>")
}

// Row adds a row to the sheet.
func (b *Writer) Row(cells ...Cell) error {
	if b.row++; b.row > MaxRows {
		b.fail(errors.New("xlsx: a sheet has no room for more rows"))
	}
	if b.out == nil {
		b.fail(errors.New("xlsx: there is no sheet for the row"))
	}
	if b.err != nil {
		return b.err
	}
	row := strconv.Itoa(b.row)
	b.print(`<row r="`, row, `">`)
	for i, c := range cells {
		if c.style != empty {
			b.cell(column(i), row, c)
		}
	}
	b.print("</row>")
	return b.err
}

// Texts adds a row of texts to the sheet.
func (b *Writer) Texts(list []string) error { return b.Row(each(list, Text)...) }

// Heads are cells of a header.
func Heads(list []string) []Cell { return each(list, Head) }

func each(list []string, of func(string) Cell) []Cell {
	out := make([]Cell, len(list))
	for i, s := range list {
		out[i] = of(s)
	}
	return out
}

// Close ends the workbook, which must have a sheet, but not what it is written to.
func (b *Writer) Close() error {
	b.endSheet()
	if len(b.sheets) == 0 {
		b.fail(errors.New("xlsx: a workbook needs a sheet"))
	}
	b.index()
	if b.err != nil {
		return b.err
	}
	b.fail(b.zip.Close())
	return b.err
}

func (b *Writer) endSheet() {
	if b.out == nil {
		return
	}
	// Programs mark each number that is a text as a mistake, which is what these are meant to be.
	b.print(`</sheetData><ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors></worksheet>`)
	b.fail(b.out.Flush())
	b.out = nil
}

func (b *Writer) cell(column, row string, c Cell) {
	b.print(`<c r="`, column, row, `" s="`, strconv.Itoa(int(c.style)))
	if c.style == count {
		b.print(`"><v>`, strconv.Itoa(c.number), `</v></c>`)
		return
	}
	b.print(`" t="inlineStr"><is><t`)
	if c.text != strings.TrimSpace(c.text) {
		b.print(` xml:space="preserve"`)
	}
	b.print(">")
	b.escape(within(escaped(c.text)))
	b.print("</t></is></c>")
}

func (b *Writer) escape(s string) {
	if b.err != nil {
		return
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || strings.ContainsRune("<>&\"'\ufffd\ufffe\uffff", r) }) {
		b.fail(xml.EscapeText(b.out, []byte(s)))
		return
	}
	b.print(s)
}

// escaped keeps the format from reading an escape of a character, such as _x0041_, in a text that merely looks like one.
func escaped(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var out strings.Builder
	for {
		before, after, found := strings.Cut(s, "_x")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		if len(after) >= 5 && after[4] == '_' && strings.Trim(after[:4], "0123456789abcdefABCDEF") == "" {
			out.WriteString("_x005F")
		}
		out.WriteString("_x")
		s = after
	}
}

// within cuts a text to what a cell can hold.
func within(s string) string {
	if len(s) <= maxUnits {
		return s
	}
	return cut(s, maxUnits)
}

// cut returns the longest beginning of s of so many UTF-16 units.
func cut(s string, units int) string {
	for i, r := range s {
		if units -= max(1, utf16.RuneLen(r)); units < 0 {
			return s[:i]
		}
	}
	return s
}

// sheetName makes a name that is allowed and not used yet.
func (b *Writer) sheetName(name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError || strings.ContainsRune(`[]:*?/\`, r) {
			return '_'
		}
		return r
	}, name), "' ")
	if name == "" {
		name = "_"
	}
	for n := 1; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = fmt.Sprintf(" %d", n)
		}
		short := strings.TrimRight(cut(name, maxName-len(suffix)), "' ") + suffix
		if key := strings.ToLower(short); !b.used[key] {
			b.used[key] = true
			return short
		}
	}
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// column returns the name of the column of number i, from 0.
func column(i int) string {
	last := letters[i%len(letters) : i%len(letters)+1]
	if i < len(letters) {
		return last
	}
	return column(i/len(letters)-1) + last
}

// part writes a whole part.
func (b *Writer) part(name string, text ...string) {
	if w := b.create(name); w != nil {
		_, err := io.WriteString(w, xml.Header+strings.Join(text, ""))
		b.fail(err)
	}
}

func (b *Writer) create(name string) io.Writer {
	if b.err != nil {
		return nil
	}
	w, err := b.zip.Create(name)
	b.fail(err)
	return w
}

// print adds to the sheet.
func (b *Writer) print(parts ...string) {
	for _, s := range parts {
		if b.err != nil {
			return
		}
		_, err := b.out.WriteString(s)
		b.fail(err)
	}
}

// fail keeps the first error.
func (b *Writer) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// index writes the parts that name the sheets.
func (b *Writer) index() {
	var list, links, kinds strings.Builder
	for i, name := range b.sheets {
		var quoted strings.Builder
		_ = xml.EscapeText(&quoted, []byte(name)) // a builder takes everything
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, quoted.String(), i+1, i+1)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="/%s"/>`, i+1, officeSpace, sheetPath(i+1))
		fmt.Fprintf(&kinds, `<Override PartName="/%s" ContentType="%s.worksheet+xml"/>`, sheetPath(i+1), sheetKind)
	}
	b.part("xl/workbook.xml", `<workbook xmlns="`, mainSpace, `" xmlns:r="`, officeSpace, `"><bookViews><workbookView/></bookViews><sheets>`,
		list.String(), `</sheets></workbook>`)
	b.part("xl/_rels/workbook.xml.rels", `<Relationships xmlns="`, packageSpace, `/relationships">`, links.String(),
		`<Relationship Id="styles" Type="`, officeSpace, `/styles" Target="/xl/styles.xml"/></Relationships>`)
	b.part("[Content_Types].xml", `<Types xmlns="`, packageSpace, `/content-types">`,
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`,
		`<Override PartName="/xl/workbook.xml" ContentType="`, sheetKind, `.sheet.main+xml"/>`,
		`<Override PartName="/xl/styles.xml" ContentType="`, sheetKind, `.styles+xml"/>`, kinds.String(), `</Types>`)
}

func sheetPath(n int) string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", n) }

// Names that the format gives things.
const (
	mainSpace    = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	officeSpace  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageSpace = "http://schemas.openxmlformats.org/package/2006"
	sheetKind    = "application/vnd.openxmlformats-officedocument.spreadsheetml"

	rels = `<Relationships xmlns="` + packageSpace + `/relationships"><Relationship Id="rId1" Type="` + officeSpace +
		`/officeDocument" Target="xl/workbook.xml"/></Relationships>`

	// styles has the looks of cells in the order of the constants. Format 49 is text, 1 a whole number.
	styles = `<styleSheet xmlns="` + mainSpace + `">` +
		`<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font>` +
		`<font><b/><sz val="11"/><color rgb="FFB00020"/><name val="Calibri"/></font></fonts>` +
		`<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>` +
		`<fill><patternFill patternType="solid"><fgColor rgb="FFDDE6F0"/></patternFill></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>` +
		`<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>` +
		`<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
)
