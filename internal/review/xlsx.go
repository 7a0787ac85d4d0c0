package review

import (
	"io"
	"slices"

	"imagery/internal/xlsx"
)

// writeXLSX writes the report as a workbook.
func (d *document) writeXLSX(w io.Writer) error {
	summary := reportTable{Title: d.t("review.report.summary"), Head: []string{d.title, ""}, Rows: append([][]string{{d.t("review.report.conclusion"), d.conclusion}}, d.facts...)}
	signed := reportTable{
		Title: d.t("review.report.sign_off"), Head: []string{d.t("review.report.signer"), d.t("review.report.signed_at"), d.t("review.report.note")}, Rows: d.signatures,
	}
	b := xlsx.NewWriter(w)
	for _, t := range append(append([]reportTable{summary}, d.tables...), signed) {
		if err := b.Sheet(t.Title, t.Head, slices.Repeat([]float64{24}, len(t.Head))...); err != nil {
			return err
		}
		for _, row := range t.Rows {
			if err := b.Texts(row); err != nil {
				return err
			}
		}
	}
	return b.Close()
}
