package transfer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"imagery/client"
	"imagery/internal/text"
)

// Row is one local file to be archived to one account.
type Row struct {
	Line           int    `json:"l,omitempty"` // of the mapping, from 1; 0: it came from a folder
	Path           string `json:"p"`           // absolute
	AccountNo      string `json:"a"`
	AccountBizType string `json:"b"`
	Code           string `json:"c"` // material code
	Title          string `json:"t"`
	Size           int64  `json:"z"` // bytes
	SHA256         string `json:"h"` // lower-case hex
	Type           string `json:"m"` // by content, "image/jpeg"
}

// lacks returns what is missing of a row, as in MappingColumns.
func (r Row) lacks() (missing []string) {
	for i, field := range []string{r.Path, r.AccountNo, r.AccountBizType, r.Code, r.Title} {
		if field == "" {
			missing = append(missing, MappingColumns[i])
		}
	}
	return missing
}

// RowFieldsError says what is missing of a row. It is ErrRowFields.
type RowFieldsError struct {
	Missing []string // as in MappingColumns
}

// Error implements error.
func (e *RowFieldsError) Error() string {
	return "transfer: a row lacks " + strings.Join(e.Missing, ", ")
}

// Is matches ErrRowFields.
func (e *RowFieldsError) Is(target error) bool { return target == ErrRowFields }

// Limits of a mapping.
const (
	maxMapping = 32 << 20 // bytes
	maxRows    = 100_000
)

// ErrMapping is matched by errors that make a mapping unreadable as a whole.
var ErrMapping = errors.New("transfer: mapping cannot be read")

// MappingError says where a mapping is wrong.
type MappingError struct {
	Line    int      // from 1; 0: the file as a whole
	Missing []string // columns that were not found, as in MappingColumns
	Reason  string   // one of MappingLarge and the like, or what is wrong with the CSV
}

// The values of MappingError.Reason.
const (
	MappingLarge = "larger than 32 MiB"
	MappingHead  = "no header"
	MappingRows  = "too many rows"
)

// Error implements error.
func (e *MappingError) Error() string {
	return fmt.Sprintf("mapping, line %d: %s %s", e.Line, e.Reason, strings.Join(e.Missing, ", "))
}

// Is matches ErrMapping.
func (e *MappingError) Is(target error) bool { return target == ErrMapping }

// MappingColumns are the columns of a mapping. Path, account and code are obligatory.
var MappingColumns = []string{"path", "account", "biz type", "code", "title"}

// heads are the headers by which the columns are known, in lower case.
var heads = [][]string{
	{"path", "file", "filename", "file name", "路径", "文件", "文件名", "文件路径"},
	{"account", "accountno", "account no", "account_no", "账号", "资金账号", "客户账号", "账户"},
	{"biz type", "biz_type", "biztype", "accountbiztype", "账户业务类型", "业务类型"},
	{"code", "materialcode", "material code", "material_code", "资料编码", "材料编号", "材料代码", "影像编号", "代码"},
	{"title", "标题", "名称", "归档标题"},
}

// ReadMapping reads a CSV of files to be archived: comma, semicolon, tab or bar between columns, UTF-8, UTF-16 or GBK. Relative paths count from dir.
// Rows without a business type or title get those given. Files are not looked at yet. Error: *MappingError.
func ReadMapping(r io.Reader, dir, bizType, title string) ([]Row, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxMapping+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxMapping {
		return nil, &MappingError{Reason: MappingLarge}
	}
	sheet := text.Decode(raw)
	in := csv.NewReader(strings.NewReader(sheet))
	in.Comma, in.FieldsPerRecord, in.TrimLeadingSpace = text.Delimiter(sheet), -1, true
	head, err := in.Read()
	if err != nil {
		return nil, &MappingError{Line: 1, Reason: MappingHead}
	}
	at, err := columns(head)
	if err != nil {
		return nil, err
	}
	return readRows(in, at, dir, Row{AccountBizType: bizType, Title: title})
}

// columns finds where each column stands; -1 for one that is not there and need not be.
func columns(head []string) ([]int, error) {
	at := make([]int, len(heads))
	var missing []string
	for i, names := range heads {
		at[i] = slices.IndexFunc(head, func(h string) bool { return slices.Contains(names, strings.ToLower(strings.TrimSpace(h))) })
		if at[i] < 0 && (i == 0 || i == 1 || i == 3) {
			missing = append(missing, MappingColumns[i])
		}
	}
	if missing != nil {
		return nil, &MappingError{Line: 1, Missing: missing, Reason: "missing columns"}
	}
	return at, nil
}

func readRows(in *csv.Reader, at []int, dir string, otherwise Row) (rows []Row, err error) {
	for {
		fields, err := in.Read()
		line := 0
		if len(fields) > 0 {
			line, _ = in.FieldPos(0)
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			line = wrong.StartLine
		}
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, &MappingError{Line: line, Reason: client.SafeText(err.Error(), 100)}
		case len(rows) == maxRows:
			return nil, &MappingError{Line: line, Reason: MappingRows}
		}
		get := func(i int, otherwise string) string {
			if at[i] < 0 || at[i] >= len(fields) || strings.TrimSpace(fields[at[i]]) == "" {
				return otherwise
			}
			return strings.TrimSpace(fields[at[i]])
		}
		row := Row{
			Line: line, Path: get(0, ""), AccountNo: get(1, ""), AccountBizType: get(2, otherwise.AccountBizType), Code: get(3, ""), Title: get(4, otherwise.Title),
		}
		if row == (Row{Line: line, AccountBizType: otherwise.AccountBizType, Title: otherwise.Title}) {
			continue // an empty line with separators, as spreadsheets leave them at the end
		}
		if row.Path != "" && !filepath.IsAbs(row.Path) {
			row.Path = filepath.Join(dir, filepath.FromSlash(row.Path))
		}
		rows = append(rows, row)
	}
}

// FolderRows makes a row of every file in folders that are named like those a download makes: ACCOUNT_anything/CODE_anything.ext. What is
// not in such a folder, deeper, or begins with a dot is left out.
func FolderRows(dir, bizType, title string) ([]Row, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var rows []Row
	err = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case p != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() && strings.Count(p, "/") > 0:
			return fs.SkipDir
		case !d.Type().IsRegular() || !strings.Contains(p, "/"):
			return nil
		case len(rows) == maxRows:
			return &MappingError{Reason: MappingRows}
		}
		folder, _, _ := strings.Cut(p, "/")
		account, _, _ := strings.Cut(folder, "_")
		code, _, _ := strings.Cut(strings.TrimSuffix(d.Name(), filepath.Ext(d.Name())), "_")
		rows = append(rows, Row{Path: filepath.Join(abs, filepath.FromSlash(p)), AccountNo: account, AccountBizType: bizType, Code: code, Title: title})
		return nil
	})
	return rows, err
}
