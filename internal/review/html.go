package review

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"sync"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var pageTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.New("page").Parse(pageText)) })

// writeHTML writes one page that needs nothing else and runs nothing: its policy allows its own style and no more.
func (d *document) writeHTML(w io.Writer) error {
	sum := sha256.Sum256([]byte(pageStyle))
	return pageTemplate().Execute(w, map[string]any{
		"Lang": map[string]string{"zh": "zh-CN", "en": "en"}[d.lang], "Title": d.title, "Style": template.CSS(pageStyle),
		"CSP":        "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
		"Conclusion": d.conclusion, "Facts": d.facts, "Tables": d.tables, "Empty": d.t("review.report.none"), "Signatures": d.signatures,
		"SignOff": d.t("review.report.sign_off"), "Statement": d.t("review.report.statement"), "Howto": d.t("review.report.howto", "file", howtoFile),
		"SignedHead": []string{d.t("review.report.signer"), d.t("review.report.signed_at"), d.t("review.report.note")},
		"Lines":      []string{d.t("review.report.line_reviewer"), d.t("review.report.line_second"), d.t("review.report.line_head")},
		"Signature":  d.t("review.report.signature"), "Date": d.t("review.report.date"),
	})
}
