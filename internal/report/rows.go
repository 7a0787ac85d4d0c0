package report

import (
	"encoding/json"
	"io"
	"strconv"

	"imagery/client"
	"imagery/internal/i18n"
)

// The values of Row.Status: before rows are sent, and after.
const (
	RowReady    = "ready"
	RowDoubt    = "doubt"
	RowRefused  = "refused" // by the plan: not sent
	RowArchived = "archived"
	RowFailed   = "failed"  // sent, or about to be, and not archived
	RowUnknown  = "unknown" // the platform may or may not have archived it
	RowUnsent   = "unsent"  // the task ended before its turn
)

// Row is one row of an archive of many, as plans and reports show it.
type Row struct {
	Kind            string `json:"type"` // always "row": the line of sums that may follow says "summary"
	Line            int    `json:"line,omitempty"`
	Task            string `json:"task,omitempty"`
	Seq             int64  `json:"row,omitempty"` // in the task, from 1
	Path            string `json:"path"`
	AccountNo       string `json:"accountNo"`
	AccountBizType  string `json:"accountBizType"`
	MaterialCode    string `json:"materialCode"`
	Title           string `json:"title"`
	Bytes           int64  `json:"bytes"`
	SHA256          string `json:"sha256,omitempty"`
	ContentType     string `json:"contentType,omitempty"` // by content
	Status          string `json:"status"`
	ServiceAccessID string `json:"serviceAccessId,omitempty"` // of the archive that it became
	Problem         string `json:"problem,omitempty"`         // what is wrong, in a word for scripts
	Error           string `json:"error,omitempty"`           // the same in full
	Reason          string `json:"-"`                         // the same for people, translated
}

// statusWords are the names of the statuses.
var statusWords = map[string]i18n.Key{
	RowReady: "batch.status.ready", RowDoubt: "batch.status.doubt", RowRefused: "batch.status.refused", RowArchived: "batch.status.archived",
	RowFailed: "batch.status.failed", RowUnknown: "batch.status.unknown", RowUnsent: "batch.status.unsent",
}

// StatusWord is the key of a status's name.
func StatusWord(status string) i18n.Key { return statusWords[status] }

// RowsJSON writes rows as JSON Lines.
func RowsJSON(w io.Writer, rows []Row) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, r := range rows {
		if err := out.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// RowsCSV writes rows as Table does.
func RowsCSV(w io.Writer, cat *i18n.Catalogue, rows []Row) error {
	return Table(w, func(yield func([]string) bool) {
		var head []string
		for _, key := range []i18n.Key{
			"batch.col.line", "batch.col.status", "batch.col.account", "batch.col.biz", "batch.col.code", "batch.col.title", "batch.col.path",
			"batch.col.size", "batch.col.sha", "batch.col.archive", "batch.col.task", "batch.col.row", "batch.col.reason",
		} {
			head = append(head, cat.T(key))
		}
		if !yield(head) {
			return
		}
		for _, r := range rows {
			line := []string{
				number(r.Line), cat.T(statusWords[r.Status]), r.AccountNo, r.AccountBizType, r.MaterialCode, r.Title, r.Path, strconv.FormatInt(r.Bytes, 10), r.SHA256,
				r.ServiceAccessID, r.Task, number(int(r.Seq)), r.Reason,
			}
			for i := range line {
				line[i] = client.SafeText(line[i], 1000)
			}
			if !yield(line) {
				return
			}
		}
	})
}

// number is empty for zero, which stands for none.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
