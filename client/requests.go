package client

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
)

// SearchAccountsRequest is interface 9's filter. Lists left empty and zero dates are not sent.
type SearchAccountsRequest struct {
	MaterialCodes         []string // accounts that have any of these
	ExcludedMaterialCodes []string // accounts that have none of these
	OpenedFrom, OpenedTo  Date     // openAcctDateRange, both ends included
	DeptCodes             []string // narrows within the departments the login may see
	AccountBizTypes       []string
	AccountCustomerTypes  []string
	PageNumber            int // 1-based, whatever base the platform counts from
	PageSize              int // the platform may grant less
}

// Conditions counts what narrows the search, a range of dates as one.
func (r SearchAccountsRequest) Conditions() (n int) {
	for _, on := range []bool{
		len(r.MaterialCodes) > 0, len(r.ExcludedMaterialCodes) > 0, !r.OpenedFrom.IsZero() || !r.OpenedTo.IsZero(),
		len(r.DeptCodes) > 0, len(r.AccountBizTypes) > 0, len(r.AccountCustomerTypes) > 0,
	} {
		if on {
			n++
		}
	}
	return n
}

// ListMaterialsRequest is interface 7's query: the materials of one account.
type ListMaterialsRequest struct {
	AccountNo      string
	AccountBizType string
	WithCustomer   bool     // materials of the account's customer too
	WithHis        bool     // superseded versions too
	MaterialCodes  []string // empty: all
}

// Archive is what interfaces 2 and 6 have in common.
type Archive struct {
	SystemCode string // issued by the platform to the caller; travels in the URL
	Title      string
	BusinessID string
	CreateTime Time // zero: not sent, the platform takes its own
	Extras     string
	Materials  []ArchiveMaterial
}

// ArchiveMaterial is one material of an archive: exactly one of FileID and Source is set.
type ArchiveMaterial struct {
	Code   string
	FileID string  // a file the platform has
	Source *Source // a local file, sent as base64File
}

// ArchiveToAccountRequest is interface 2.
type ArchiveToAccountRequest struct {
	AccountNo, AccountBizType string
	Archive
}

// ArchiveToCustomerRequest is interface 6. ExtraCode goes only with AccountBizType 0.
type ArchiveToCustomerRequest struct {
	IDType         string
	IDNo           IDNumber
	ExtraCode      string
	AccountBizType string
	Archive
}

// DiscardRequest is interface 3. It undoes a whole archive, and cannot be undone itself.
type DiscardRequest struct {
	ServiceAccessID string
	DiscardEmpCode  string // the employee who discards
	DiscardReason   string // must not be empty
}

// AddAccountRequest is interface 4. ExtraCode goes only with AccountBizType 0.
type AddAccountRequest struct {
	DeptCode, AccountNo, AccountBizType, AccountName string
	AccountCustomerType, CustomerType, AccountStatus string
	IDType                                           string
	IDNo                                             IDNumber
	ExtraCode                                        string
}

// Source is a local file to be sent. Open is called once per attempt and must yield Size bytes.
type Source struct {
	Name string // as the platform should know it, no folders
	Size int64  // bytes
	Open func() (io.ReadCloser, error)
}

// FileSource returns a Source that reads the file at path.
func FileSource(path string) (*Source, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return &Source{Name: filepath.Base(path), Size: st.Size(), Open: func() (io.ReadCloser, error) { return os.Open(path) }}, nil
}

// BytesSource returns a Source that holds b.
func BytesSource(name string, b []byte) *Source {
	return &Source{Name: name, Size: int64(len(b)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}
