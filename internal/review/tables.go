package review

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/pelletier/go-toml/v2"

	"imagery/assets"
	"imagery/internal/report"
	"imagery/internal/sampling"
)

func (e *evidence) writePopulation(w io.Writer) error {
	p, err := (&Selection{Members: e.members}).freeze()
	if err != nil {
		return err
	}
	_, err = p.WriteTo(w)
	return err
}

// cell makes a text harmless in a spreadsheet; text is its inverse, as an apostrophe that is there gets one more.
func cell(s string) string {
	if strings.HasPrefix(s, "'") {
		return "'" + s
	}
	return report.Guard(s)
}

func text(cell string) string { return strings.TrimPrefix(cell, "'") }

// writeTable writes CSV that spreadsheets read as UTF-8.
func writeTable(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, s := range r {
			cells[i] = cell(s)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// readTable reads what writeTable wrote.
func readTable(b []byte) ([][]string, error) {
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	for _, r := range rows {
		for i, c := range r {
			r[i] = text(c)
		}
	}
	return rows, err
}

var sampleHeader = []string{"place", "ticket", "id", "stratum", "accountNo", "accountBizType", "accountCustomerType", "deptCode"}

func sampleTable(items []Item) [][]string {
	rows := [][]string{sampleHeader}
	for _, it := range items {
		rows = append(rows, []string{strconv.Itoa(it.Place), it.Ticket, it.ID, it.Stratum, it.AccountNo, it.BizType, it.CustomerType, it.Department})
	}
	return rows
}

func (e *evidence) writeSample(w io.Writer) error { return writeTable(w, sampleTable(e.items)) }

// readSample reads items from sample.csv.
func readSample(b []byte) (out []Item, err error) {
	rows, err := readTable(b)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != strings.Join(sampleHeader, ",") {
		return nil, errors.New("not the header of a sample")
	}
	for i, r := range rows[1:] {
		if r[0] != strconv.Itoa(i+1) {
			return nil, fmt.Errorf("row %d: place %q", i+1, r[0])
		}
		out = append(out, Item{Place: i + 1, Ticket: r[1], Member: Member{ID: r[2], Stratum: r[3], AccountNo: r[4], BizType: r[5], CustomerType: r[6], Department: r[7]}})
	}
	return out, nil
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// verdictTable has a column for each check; an answer for a material has its code before it.
func verdictTable(r *Run, items []Item, verdicts []Verdict) [][]string {
	head := []string{"seq", "place", "id", "accountNo", "accountBizType", "round", "reviewer", "at", "outcome", "skipped", "undone", "undoneBy", "spentMs", "note"}
	for _, c := range r.Checklist.Checks {
		head = append(head, c.ID)
	}
	rows := [][]string{head}
	for _, v := range verdicts {
		var it Item
		if v.Place >= 1 && v.Place <= len(items) {
			it = items[v.Place-1]
		}
		row := []string{
			strconv.FormatInt(v.Seq, 10), strconv.Itoa(v.Place), v.ID, it.AccountNo, it.BizType, strconv.Itoa(v.Round), v.Reviewer, instant(v.At), string(v.Outcome),
			strconv.FormatBool(v.Skipped), instant(v.Undone), v.UndoneBy, strconv.FormatInt(v.Spent, 10), v.Note,
		}
		for _, c := range r.Checklist.Checks {
			row = append(row, answersTo(v, c.ID))
		}
		rows = append(rows, row)
	}
	return rows
}

func answersTo(v Verdict, check string) string {
	var out []string
	for _, a := range v.Answers {
		switch {
		case a.Check != check:
		case a.Material == "":
			out = append(out, string(a.Value))
		default:
			out = append(out, a.Material+" "+string(a.Value))
		}
	}
	return strings.Join(out, "; ")
}

// findingTable lists what was found by verdicts that were not taken back.
func findingTable(_ *Run, items []Item, verdicts []Verdict) [][]string {
	rows := [][]string{{"seq", "place", "id", "accountNo", "reviewer", "kind", "materialCode", "date", "text"}}
	for _, v := range verdicts {
		if !v.Undone.IsZero() || v.Place < 1 || v.Place > len(items) {
			continue
		}
		for _, f := range v.Findings {
			rows = append(rows, []string{
				strconv.FormatInt(v.Seq, 10), strconv.Itoa(v.Place), v.ID, items[v.Place-1].AccountNo, v.Reviewer, string(f.Kind), f.Material, f.Date, f.Text,
			})
		}
	}
	return rows
}

func (e *evidence) writeChecklist(w io.Writer) error {
	return toml.NewEncoder(w).Encode(e.run.Checklist)
}

func (e *evidence) writeHeads(w io.Writer) error {
	for _, s := range e.run.Signatures {
		if s.Head == "" {
			continue
		}
		if _, err := fmt.Fprintln(w, s.Head); err != nil {
			return err
		}
	}
	return nil
}

// writeHowto writes how to check and redraw without this program.
func (e *evidence) writeHowto(w io.Writer) error {
	raw, err := assets.FS.ReadFile("review/HOWTO.txt")
	if err != nil {
		return err
	}
	t, err := template.New("howto").Parse(string(raw))
	if err != nil {
		return err
	}
	seed, err := json.Marshal(e.run.Seed)
	if err != nil {
		return err
	}
	var shares []string
	for _, s := range e.run.Plan.Shares {
		stratum, err := json.Marshal(s.Name)
		if err != nil {
			return err
		}
		shares = append(shares, fmt.Sprintf("%s: %d", stratum, s.Sample))
	}
	return t.Execute(w, struct {
		Hash, Seed, QuotedSeed, Shares string
		Population, Size               int
		Example                        sampling.Ticket
	}{
		e.run.Hash, e.run.Seed, string(seed), "{" + strings.Join(shares, ", ") + "}", e.run.Population, e.run.Plan.Size,
		sampling.Ticket{ID: e.items[0].ID, Number: e.items[0].Ticket},
	})
}
