package client

import (
	"encoding/json"
)

// ServiceAccess is an archive: the record that interfaces 2 and 6 make and interface 3 discards.
type ServiceAccess struct {
	ID             Text  `json:"id"`
	Title          Text  `json:"title"`
	BusinessID     Text  `json:"businessId"`
	AccountID      Text  `json:"accountId"`
	CustomerID     Text  `json:"customerId"`
	AccountBizType Text  `json:"accountBizType"`
	ServiceID      Text  `json:"serviceId"`
	MaterialCodes  Text  `json:"materialCodes"`
	Extras         Text  `json:"extras"`
	MaterialCount  int64 `json:"materialCount"`
	CreateTime     Time  `json:"createTime"`
	Discarded      bool  `json:"discarded"`
	DiscardedTime  Time  `json:"discardedTime"`
	PostBusinessID Text  `json:"postBusinessId"`
	PostMsg        Text  `json:"postMsg"`
	Extra          Extra `json:"-"`
}

// File is one stored file. A temporary one is purged at TempExpireTime unless it is archived before.
type File struct {
	ID                         Text  `json:"id"`
	FileSize                   int64 `json:"fileSize"` // bytes
	FileExtName                Text  `json:"fileExtName"`
	FileContentType            Text  `json:"fileContentType"`
	FileOriginalName           Text  `json:"fileOriginalName"`
	FileChunkKey               Text  `json:"fileChunkKey"`
	EmpCode                    Text  `json:"empCode"`
	ImageSourceFileChunkKeys   Text  `json:"imageSourceFileChunkKeys"`
	CompressSourceFileChunkKey Text  `json:"compressSourceFileChunkKey"`
	IsTemp                     bool  `json:"isTemp"` // also accepted as "temp"
	TempExpireTime             Time  `json:"tempExpireTime"`
	CreateTime                 Time  `json:"createTime"`
	UpdateTime                 Time  `json:"updateTime"`
	Extra                      Extra `json:"-"`
}

// MaterialInfo is one material of an account or its customer, as interface 7 lists it. Without ServiceAccessID it came from
// the counter or a workflow and cannot be discarded; with CustomerID and no AccountID it belongs to the customer.
type MaterialInfo struct {
	ID                 Text   `json:"id"`
	AccountID          Text   `json:"accountId"`
	AccountNo          Text   `json:"accountNo"`
	AccountBizType     Text   `json:"accountBizType"`
	AccountDeptCode    Text   `json:"accountDeptCode"`
	MaterialCode       Text   `json:"materialCode"`
	MaterialName       Text   `json:"materialName"`
	BizCode            Text   `json:"bizCode"`
	BizName            Text   `json:"bizName"`
	SubmitterEmpCode   Text   `json:"submitterEmpCode"`
	SubmitterEmpName   Text   `json:"submitterEmpName"`
	FileIDs            []Text `json:"fileIds"`
	Files              []File `json:"files"`
	SourceType         Text   `json:"sourceType"` // an object's code or name is taken
	ServiceAccessID    Text   `json:"serviceAccessId"`
	ServiceName        Text   `json:"serviceName"`
	ServiceAccessTitle Text   `json:"serviceAccessTitle"`
	ProcessInstanceID  Text   `json:"processInstanceId"`
	ProcessName        Text   `json:"processName"`
	CreateTime         Time   `json:"createTime"`
	CustomerID         Text   `json:"customerId"`
	HisCreateTime      Time   `json:"hisCreateTime"` // set on a superseded (history) version
	Extra              Extra  `json:"-"`
}

// Customer is the customer part of a CustomerAccount.
type Customer struct {
	CustomerID         Text       `json:"customerId"`
	CustomerType       Text       `json:"customerType"` // 0 natural person, 1 not
	CustomerName       Text       `json:"customerName"`
	CustomerFullName   Text       `json:"customerFullName"`
	DeptCode           Text       `json:"deptCode"`
	OriDeptCode        Text       `json:"oriDeptCode"`
	IDType             Text       `json:"idType"`
	IDNo               IDNumber   `json:"idNo"`
	ExtraCode          Text       `json:"extraCode"`
	RaxRegNo           Text       `json:"raxRegNo"` // the tax number, in the vendor's spelling; also accepted as "taxRegNo"
	LicenseNo          Text       `json:"licenseNo"`
	EntityType         Text       `json:"entityType"`
	CreateDate         Text       `json:"createDate"`
	CreateTime         Text       `json:"createTime"`
	SrcType            Text       `json:"srcType"`
	OriginalCustomerID Text       `json:"originalCustomerId"`
	AmlRiskCode        Text       `json:"amlRiskCode"`
	AmlRiskCodeName    Text       `json:"amlRiskCodeName"`
	IDNos              []IDNumber `json:"idNos"` // opaque elements, held and printed as document numbers
	Extra              Extra      `json:"-"`
}

// Brokerage is the accountBizType of brokerage, the one that extraCode goes with. It is the same at every company.
const Brokerage = "0"

// Account is the account part of a CustomerAccount.
type Account struct {
	CustomerID          Text            `json:"customerId"`
	AccountID           Text            `json:"accountId"`
	AccountNo           Text            `json:"accountNo"`
	AccountBizType      Text            `json:"accountBizType"` // Brokerage; other codes differ by company
	AccountStatus       Text            `json:"accountStatus"`  // 0 closed, 1 valid
	AccountName         Text            `json:"accountName"`
	AccountFullName     Text            `json:"accountFullName"`
	AccountCustomerType Text            `json:"accountCustomerType"`
	DeptCode            Text            `json:"deptCode"`
	OpenAcctDate        Date            `json:"openAcctDate"`
	WriteoffDate        Date            `json:"writeoffDate"`
	SrcType             Text            `json:"srcType"`          // "counter" is official
	AccountCategory     json.RawMessage `json:"accountCategory"`  // opaque
	AccountLabelList    json.RawMessage `json:"accountLabelList"` // opaque
	Extra               Extra           `json:"-"`
}

// Department is the department part of a CustomerAccount.
type Department struct {
	DeptCode       Text  `json:"deptCode"`
	DeptName       Text  `json:"deptName"`
	ParentDeptCode Text  `json:"parentDeptCode"`
	Extra          Extra `json:"-"`
}

// CustomerAccount is one row of interface 9 and the answer of interface 4.
type CustomerAccount struct {
	Customer   Customer   `json:"customer"`
	Account    Account    `json:"account"`
	Department Department `json:"department"`
	Extra      Extra      `json:"-"`
}

// Page is one page of a paged answer, whichever of the known shapes the platform sent.
type Page[T any] struct {
	Number           int // as the server counts
	Size             int // as the server granted, which may be less than asked for
	TotalPages       int // 0 when not told
	NumberOfElements int // rows in Content
	TotalElements    int64
	HasNext          bool // decided from nextPage, last, the totals or a short page
	Content          []T

	first, previous *bool // nil when not told; they decide the page base
}

// Pages returns how many pages there are, as told or by the total and the size; 0 when neither is.
func (p *Page[T]) Pages() int {
	if p.TotalPages > 0 || p.Size <= 0 {
		return p.TotalPages
	}
	return int((p.TotalElements + int64(p.Size) - 1) / int64(p.Size))
}

// Extra holds the fields this version does not know, by name, unchanged. They come back in JSON.
type Extra map[string]json.RawMessage
