package codes

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"imagery/client"
	"imagery/internal/text"
)

// Limits of a file of codes.
const (
	maxCSV  = 4 << 20 // bytes
	maxCode = 64      // bytes of a code
	maxName = 200     // characters of a name
)

// What can be wrong with a file of codes, for errors.Is.
var (
	ErrNoColumns = errors.New("codes: no column of codes and no column of names")
	ErrNoTable   = errors.New("codes: the file does not say which table it is")
	ErrNoCodes   = errors.New("codes: the file has no codes of a known table")
	ErrTooLarge  = errors.New("codes: the file is larger than 4 MiB")
	ErrNotACode  = errors.New("codes: what stands in the column of codes is no code")
	ErrNotCSV    = errors.New("codes: the file is not CSV")
)

// CSVError is a file of codes that cannot be read; it says where.
type CSVError struct {
	Line int      // counted from 1; 0: the file as a whole
	Seen []string // the headers, or what was taken for a code, sanitised
	Err  error
}

// Error implements error.
func (e *CSVError) Error() string {
	s := e.Err.Error()
	if e.Line > 0 {
		s = fmt.Sprintf("line %d: %s", e.Line, s)
	}
	if len(e.Seen) > 0 {
		s += " (" + strings.Join(e.Seen, ", ") + ")"
	}
	return s
}

// Unwrap returns what is wrong.
func (e *CSVError) Unwrap() error { return e.Err }

// The headers by which columns are known, in lower case.
var (
	tableHeads = []string{"comm_cd", "table", "tbl", "cde_typ", "code_type", "type", "码表", "表名", "类型"}
	codeHeads  = []string{"cde", "code", "cd", "cde_cd", "item_cd", "code_val", "comm_val", "val", "value", "代码", "编码", "值"}
	nameHeads  = []string{"name", "nm", "cde_nm", "code_name", "code_nm", "item_nm", "val_nm", "desc", "cde_desc", "label", "名称", "含义", "说明", "描述", "中文名"}
)

// Dropped is a row of a file that was not taken.
type Dropped struct {
	Line  int    // counted from 1
	Table string // the table it is of, sanitised; empty when the row does not say
	Code  string // sanitised; empty when it has none
}

// ParseCSV is ReadCSV for who does not ask what was left out.
func ParseCSV(r io.Reader, table Table) (Names, error) {
	n, _, err := ReadCSV(r, table)
	return n, err
}

// ReadCSV reads the export of a company's code tables: with any usual delimiter, in UTF-8, UTF-16 or GBK, its columns known by their
// headers, and returns besides what rows it left out: those without a code, and those of tables that are not known or not asked for. table
// is for files of one table that do not name it. Errors: *CSVError.
func ReadCSV(r io.Reader, table Table) (Names, []Dropped, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxCSV+1))
	if err != nil {
		return nil, nil, err
	}
	if len(raw) > maxCSV {
		return nil, nil, &CSVError{Err: ErrTooLarge}
	}
	sheet := text.Decode(raw)
	in := csv.NewReader(strings.NewReader(sheet))
	in.Comma, in.LazyQuotes, in.FieldsPerRecord, in.TrimLeadingSpace = text.Delimiter(sheet), true, -1, true
	head, err := in.Read()
	if err != nil {
		return nil, nil, &CSVError{Line: 1, Err: ErrNoColumns}
	}
	at, err := columns(head, table)
	if err != nil {
		return nil, nil, err
	}
	return at.read(in)
}

// layout is where the columns are, -1 for one that is not there.
type layout struct {
	table, code, name int
	given             Table
}

func columns(head []string, table Table) (layout, error) {
	find := func(names []string) int {
		for _, want := range names { // the most telling name first
			if i := slices.IndexFunc(head, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), want) }); i >= 0 {
				return i
			}
		}
		return -1
	}
	at := layout{find(tableHeads), find(codeHeads), find(nameHeads), table}
	seen := make([]string, len(head))
	for i, h := range head {
		seen[i] = client.SafeText(strings.TrimSpace(h), 30)
	}
	switch {
	case at.code < 0 || at.name < 0:
		return at, &CSVError{Line: 1, Seen: seen, Err: ErrNoColumns}
	case at.table < 0 && table == "":
		return at, &CSVError{Line: 1, Seen: seen, Err: ErrNoTable}
	}
	return at, nil
}

func (at layout) read(in *csv.Reader) (out Names, dropped []Dropped, _ error) {
	out = Names{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := in.FieldPos(0)
		if err != nil {
			return nil, nil, &CSVError{Line: line, Err: fmt.Errorf("%w: %w", ErrNotCSV, err)}
		}
		cell := func(i int) string {
			if i < 0 || i >= len(row) {
				return ""
			}
			return strings.TrimSpace(row[i])
		}
		t := at.given
		if named := Table(strings.ToUpper(cell(at.table))); named != "" {
			t = named
		}
		code, name := cell(at.code), cell(at.name)
		if code == "" || !slices.Contains(Tables, t) || at.given != "" && t != at.given {
			if strings.TrimSpace(strings.Join(row, "")) != "" {
				dropped = append(dropped, Dropped{line, client.SafeText(string(t), 40), client.SafeText(code, 40)})
			}
			continue
		}
		if len(code) > maxCode || client.Text(code).String() != code {
			return nil, nil, &CSVError{Line: line, Seen: []string{client.SafeText(code, 40)}, Err: ErrNotACode}
		}
		out.put(t, code, client.SafeText(name, maxName))
	}
	if len(out) == 0 {
		return nil, nil, &CSVError{Err: ErrNoCodes}
	}
	return out, dropped, nil
}
