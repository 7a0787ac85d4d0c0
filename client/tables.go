package client

import "encoding/json"

var serviceAccessFields = fields[ServiceAccess]{
	"id":             textField(func(t *ServiceAccess) *Text { return &t.ID }),
	"title":          textField(func(t *ServiceAccess) *Text { return &t.Title }),
	"businessId":     textField(func(t *ServiceAccess) *Text { return &t.BusinessID }),
	"accountId":      textField(func(t *ServiceAccess) *Text { return &t.AccountID }),
	"customerId":     textField(func(t *ServiceAccess) *Text { return &t.CustomerID }),
	"accountBizType": textField(func(t *ServiceAccess) *Text { return &t.AccountBizType }),
	"serviceId":      textField(func(t *ServiceAccess) *Text { return &t.ServiceID }),
	"materialCodes":  textField(func(t *ServiceAccess) *Text { return &t.MaterialCodes }),
	"extras":         textField(func(t *ServiceAccess) *Text { return &t.Extras }),
	"materialCount":  intField(func(t *ServiceAccess) *int64 { return &t.MaterialCount }),
	"createTime":     timeField(func(t *ServiceAccess) *Time { return &t.CreateTime }),
	"discarded":      boolField(func(t *ServiceAccess) *bool { return &t.Discarded }),
	"discardedTime":  timeField(func(t *ServiceAccess) *Time { return &t.DiscardedTime }),
	"postBusinessId": textField(func(t *ServiceAccess) *Text { return &t.PostBusinessID }),
	"postMsg":        textField(func(t *ServiceAccess) *Text { return &t.PostMsg }),
}

var fileFields = fields[File]{
	"id":                         textField(func(t *File) *Text { return &t.ID }),
	"fileSize":                   intField(func(t *File) *int64 { return &t.FileSize }),
	"fileExtName":                textField(func(t *File) *Text { return &t.FileExtName }),
	"fileContentType":            textField(func(t *File) *Text { return &t.FileContentType }),
	"fileOriginalName":           textField(func(t *File) *Text { return &t.FileOriginalName }),
	"fileChunkKey":               textField(func(t *File) *Text { return &t.FileChunkKey }),
	"empCode":                    textField(func(t *File) *Text { return &t.EmpCode }),
	"imageSourceFileChunkKeys":   textField(func(t *File) *Text { return &t.ImageSourceFileChunkKeys }),
	"compressSourceFileChunkKey": textField(func(t *File) *Text { return &t.CompressSourceFileChunkKey }),
	"isTemp":                     boolField(func(t *File) *bool { return &t.IsTemp }),
	"tempExpireTime":             timeField(func(t *File) *Time { return &t.TempExpireTime }),
	"createTime":                 timeField(func(t *File) *Time { return &t.CreateTime }),
	"updateTime":                 timeField(func(t *File) *Time { return &t.UpdateTime }),
	"temp":                       boolField(func(t *File) *bool { return &t.IsTemp }),
}

var materialFields = fields[MaterialInfo]{
	"id":                 textField(func(t *MaterialInfo) *Text { return &t.ID }),
	"accountId":          textField(func(t *MaterialInfo) *Text { return &t.AccountID }),
	"accountNo":          textField(func(t *MaterialInfo) *Text { return &t.AccountNo }),
	"accountBizType":     textField(func(t *MaterialInfo) *Text { return &t.AccountBizType }),
	"accountDeptCode":    textField(func(t *MaterialInfo) *Text { return &t.AccountDeptCode }),
	"materialCode":       textField(func(t *MaterialInfo) *Text { return &t.MaterialCode }),
	"materialName":       textField(func(t *MaterialInfo) *Text { return &t.MaterialName }),
	"bizCode":            textField(func(t *MaterialInfo) *Text { return &t.BizCode }),
	"bizName":            textField(func(t *MaterialInfo) *Text { return &t.BizName }),
	"submitterEmpCode":   textField(func(t *MaterialInfo) *Text { return &t.SubmitterEmpCode }),
	"submitterEmpName":   textField(func(t *MaterialInfo) *Text { return &t.SubmitterEmpName }),
	"serviceAccessId":    textField(func(t *MaterialInfo) *Text { return &t.ServiceAccessID }),
	"serviceName":        textField(func(t *MaterialInfo) *Text { return &t.ServiceName }),
	"serviceAccessTitle": textField(func(t *MaterialInfo) *Text { return &t.ServiceAccessTitle }),
	"processInstanceId":  textField(func(t *MaterialInfo) *Text { return &t.ProcessInstanceID }),
	"processName":        textField(func(t *MaterialInfo) *Text { return &t.ProcessName }),
	"createTime":         timeField(func(t *MaterialInfo) *Time { return &t.CreateTime }),
	"customerId":         textField(func(t *MaterialInfo) *Text { return &t.CustomerID }),
	"hisCreateTime":      timeField(func(t *MaterialInfo) *Time { return &t.HisCreateTime }),
	"fileIds":            func(d decoder, t *MaterialInfo, v value) (err error) { t.FileIDs, err = texts(d, v); return err },
	"files":              func(d decoder, t *MaterialInfo, v value) (err error) { t.Files, err = list(d, v, readFile); return err },
	"sourceType":         sourceType,
}

var customerFields = fields[Customer]{
	"customerId":         textField(func(t *Customer) *Text { return &t.CustomerID }),
	"customerType":       textField(func(t *Customer) *Text { return &t.CustomerType }),
	"customerName":       textField(func(t *Customer) *Text { return &t.CustomerName }),
	"customerFullName":   textField(func(t *Customer) *Text { return &t.CustomerFullName }),
	"deptCode":           textField(func(t *Customer) *Text { return &t.DeptCode }),
	"oriDeptCode":        textField(func(t *Customer) *Text { return &t.OriDeptCode }),
	"idType":             textField(func(t *Customer) *Text { return &t.IDType }),
	"idNo":               idField(func(t *Customer) *IDNumber { return &t.IDNo }),
	"extraCode":          textField(func(t *Customer) *Text { return &t.ExtraCode }),
	"raxRegNo":           textField(func(t *Customer) *Text { return &t.RaxRegNo }),
	"licenseNo":          textField(func(t *Customer) *Text { return &t.LicenseNo }),
	"entityType":         textField(func(t *Customer) *Text { return &t.EntityType }),
	"createDate":         textField(func(t *Customer) *Text { return &t.CreateDate }),
	"createTime":         textField(func(t *Customer) *Text { return &t.CreateTime }),
	"srcType":            textField(func(t *Customer) *Text { return &t.SrcType }),
	"originalCustomerId": textField(func(t *Customer) *Text { return &t.OriginalCustomerID }),
	"amlRiskCode":        textField(func(t *Customer) *Text { return &t.AmlRiskCode }),
	"amlRiskCodeName":    textField(func(t *Customer) *Text { return &t.AmlRiskCodeName }),
	"taxRegNo":           textField(func(t *Customer) *Text { return &t.RaxRegNo }),
	"idNos":              idNumbers,
}

var accountFields = fields[Account]{
	"customerId":          textField(func(t *Account) *Text { return &t.CustomerID }),
	"accountId":           textField(func(t *Account) *Text { return &t.AccountID }),
	"accountNo":           textField(func(t *Account) *Text { return &t.AccountNo }),
	"accountBizType":      textField(func(t *Account) *Text { return &t.AccountBizType }),
	"accountStatus":       textField(func(t *Account) *Text { return &t.AccountStatus }),
	"accountName":         textField(func(t *Account) *Text { return &t.AccountName }),
	"accountFullName":     textField(func(t *Account) *Text { return &t.AccountFullName }),
	"accountCustomerType": textField(func(t *Account) *Text { return &t.AccountCustomerType }),
	"deptCode":            textField(func(t *Account) *Text { return &t.DeptCode }),
	"openAcctDate":        dateField(func(t *Account) *Date { return &t.OpenAcctDate }),
	"writeoffDate":        dateField(func(t *Account) *Date { return &t.WriteoffDate }),
	"srcType":             textField(func(t *Account) *Text { return &t.SrcType }),
	"accountCategory":     rawField(func(t *Account) *json.RawMessage { return &t.AccountCategory }),
	"accountLabelList":    rawField(func(t *Account) *json.RawMessage { return &t.AccountLabelList }),
}

var departmentFields = fields[Department]{
	"deptCode":       textField(func(t *Department) *Text { return &t.DeptCode }),
	"deptName":       textField(func(t *Department) *Text { return &t.DeptName }),
	"parentDeptCode": textField(func(t *Department) *Text { return &t.ParentDeptCode }),
}

var customerAccountFields = fields[CustomerAccount]{
	"customer": func(d decoder, t *CustomerAccount, v value) error {
		return record(d, v, &t.Customer, customerFields, &t.Customer.Extra)
	},
	"account": func(d decoder, t *CustomerAccount, v value) error {
		return record(d, v, &t.Account, accountFields, &t.Account.Extra)
	},
	"department": func(d decoder, t *CustomerAccount, v value) error {
		return record(d, v, &t.Department, departmentFields, &t.Department.Extra)
	},
}

func readServiceAccess(d decoder, v value, t *ServiceAccess) error {
	return record(d, v, t, serviceAccessFields, &t.Extra)
}

func readFile(d decoder, v value, t *File) error { return record(d, v, t, fileFields, &t.Extra) }

func readMaterial(d decoder, v value, t *MaterialInfo) error {
	return record(d, v, t, materialFields, &t.Extra)
}

func readCustomerAccount(d decoder, v value, t *CustomerAccount) error {
	return record(d, v, t, customerAccountFields, &t.Extra)
}

// sourceType takes the code or name out of an object; strings and numbers are taken as they are.
func sourceType(_ decoder, t *MaterialInfo, v value) error {
	t.SourceType = v.text()
	if v.kind() != '{' {
		return nil
	}
	rank := len(enumKeys)
	return v.members(func(key []byte, m value) error {
		for i, k := range enumKeys[:rank] {
			if string(key) == k {
				rank, t.SourceType = i, m.text()
				break
			}
		}
		return nil
	})
}

// enumKeys are the members that can stand for an enum object, best first.
var enumKeys = []string{"code", "value", "name", "key", "desc"}

// idNumbers reads the opaque elements of idNos, each as a document number so that none prints unmasked.
func idNumbers(d decoder, t *Customer, v value) error {
	all, err := texts(d, v)
	for _, n := range all {
		t.IDNos = append(t.IDNos, NewIDNumber(n.Raw()))
	}
	return err
}
