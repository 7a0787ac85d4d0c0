package review

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// writeXLSX writes the report as a workbook. All cells are texts, so that numbers of accounts stay what they are and nothing is a formula.
func (d *document) writeXLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE6F0"}}})
	if err != nil {
		return err
	}
	summary := reportTable{Title: d.t("review.report.summary"), Head: []string{d.title, ""}, Rows: append([][]string{{d.t("review.report.conclusion"), d.conclusion}}, d.facts...)}
	signed := reportTable{
		Title: d.t("review.report.sign_off"), Head: []string{d.t("review.report.signer"), d.t("review.report.signed_at"), d.t("review.report.note")}, Rows: d.signatures,
	}
	sheets := append(append([]reportTable{summary}, d.tables...), signed)
	for i, t := range sheets {
		if err := addSheet(f, i == 0, t, head); err != nil {
			return fmt.Errorf("sheet %d: %w", i+1, err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return err
	}
	return inOrder(b.Bytes(), w)
}

// inOrder copies a workbook, which is a zip, with its parts by name: excelize writes streamed sheets in the order of a map. The content type
// list, which readers want first, comes first by its name.
func inOrder(workbook []byte, w io.Writer) error {
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		return err
	}
	slices.SortFunc(z.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, part := range z.File {
		if err := out.Copy(part); err != nil {
			return err
		}
	}
	return out.Close()
}

// addSheet streams a table into a sheet of its own; the titles are ours, and short enough for names of sheets.
func addSheet(f *excelize.File, first bool, t reportTable, head int) error {
	if first {
		if err := f.SetSheetName("Sheet1", t.Title); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(t.Title); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(t.Title)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, len(t.Head), 24); err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, row := range append([][]string{t.Head}, t.Rows...) {
		cells := make([]any, len(row))
		for j, s := range row {
			cells[j] = excelize.Cell{Value: s}
			if i == 0 {
				cells[j] = excelize.Cell{StyleID: head, Value: s}
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}
