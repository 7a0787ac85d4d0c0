// Package codes remembers the names behind the platform's codes: imported from its database, learnt from what it returned, and on the
// demo's profile from the demo's catalogue.
package codes

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"imagery/assets"
	"imagery/client"
)

// Table is one kind of code.
type Table string

// The tables. The first three carry the names the platform's own database gives them.
const (
	BizTypes             Table = "ACCT_BIZ_TYP"  // accountBizType; 0 is brokerage everywhere
	AccountCustomerTypes Table = "ACCT_CUST_TYP" // accountCustomerType
	IDTypes              Table = "ID_TYP"        // idType
	CustomerTypes        Table = "CUST_TYP"      // customerType: 0 natural person, 1 not
	Statuses             Table = "ACCT_STATUS"   // accountStatus: 0 closed, 1 valid
	Departments          Table = "DEPT"          // deptCode
	Materials            Table = "MATERIAL"      // materialCode
)

// Tables lists all tables.
var Tables = []Table{BizTypes, AccountCustomerTypes, IDTypes, CustomerTypes, Statuses, Departments, Materials}

// Code is one entry of a table.
type Code struct {
	Code string `json:"code"`
	Name string `json:"name"` // empty when only the code was met
}

// Book holds the tables of one platform. It is safe for concurrent use.
type Book struct {
	mu       sync.RWMutex
	tables   Names // built in and learnt
	imported Names // go before those
	changed  bool  // since Learnt was last asked
	demo     bool  // the tables are the demo's own
}

// New returns a book with what the contract fixes for every company.
func New() *Book {
	b := &Book{tables: Names{}, imported: Names{}}
	b.put(BizTypes, "0", "经纪")
	b.put(CustomerTypes, "0", "自然人")
	b.put(CustomerTypes, "1", "非自然人")
	b.put(Statuses, "0", "销户")
	b.put(Statuses, "1", "有效")
	b.changed = false
	return b
}

// Demo returns a book with the demo's catalogue.
func Demo() (*Book, error) {
	raw, err := assets.FS.ReadFile("demo/catalogue.json")
	if err != nil {
		return nil, err
	}
	var c struct {
		BizTypes    []Code `json:"accountBizTypes"`
		Customers   []Code `json:"accountCustomerTypes"`
		IDTypes     []Code `json:"idTypes"`
		Materials   []Code `json:"materials"`
		Departments []struct{ DeptCode, DeptName string }
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, err
	}
	b := New()
	for t, list := range map[Table][]Code{BizTypes: c.BizTypes, AccountCustomerTypes: c.Customers, IDTypes: c.IDTypes, Materials: c.Materials} {
		for _, e := range list {
			b.put(t, e.Code, e.Name)
		}
	}
	for _, d := range c.Departments {
		b.put(Departments, d.DeptCode, d.DeptName)
	}
	b.changed, b.demo = false, true
	return b, nil
}

// put is for tables nobody else sees yet, and for callers that hold the lock.
func (b *Book) put(t Table, code, name string) {
	if have, there := b.tables[t][code]; code != "" && (!there || name != "" && name != have) {
		b.tables.put(t, code, name)
		b.changed = true
	}
}

// Name returns the name of a code, or the code itself, both safe for a terminal.
func (b *Book) Name(t Table, code client.Text) string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if n := b.name(t, code.Raw()); n != "" {
		return client.Text(n).String()
	}
	return code.String()
}

// name is the imported one, else the other. The caller holds the lock.
func (b *Book) name(t Table, code string) string {
	if n := b.imported[t][code]; n != "" {
		return n
	}
	return b.tables[t][code]
}

// List returns a table's entries in the order of their codes; names are safe for a terminal.
func (b *Book) List(t Table) []Code {
	b.mu.RLock()
	defer b.mu.RUnlock()
	all := maps.Clone(b.tables[t])
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b.imported[t])
	out := make([]Code, 0, len(all))
	for code := range all {
		out = append(out, Code{code, client.Text(b.name(t, code)).String()})
	}
	slices.SortFunc(out, func(x, y Code) int {
		return cmp.Or(cmp.Compare(len(x.Code), len(y.Code)), strings.Compare(x.Code, y.Code))
	})
	return out
}

// Complete reports whether a table is known to have all of the platform's codes: it was imported, or is the demo's. What was only met is
// some of them.
func (b *Book) Complete(t Table) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.demo || len(b.imported[t]) > 0
}

// LearnAccounts takes in the codes and department names of found accounts.
func (b *Book) LearnAccounts(found []client.CustomerAccount) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range found {
		b.put(Departments, a.Department.DeptCode.Raw(), a.Department.DeptName.Raw())
		b.put(BizTypes, a.Account.AccountBizType.Raw(), "")
		b.put(AccountCustomerTypes, a.Account.AccountCustomerType.Raw(), "")
		b.put(IDTypes, a.Customer.IDType.Raw(), "")
	}
}

// LearnMaterials takes in the codes and names of found materials.
func (b *Book) LearnMaterials(found []client.MaterialInfo) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range found {
		b.put(Materials, m.MaterialCode.Raw(), m.MaterialName.Raw())
		b.put(BizTypes, m.AccountBizType.Raw(), "")
	}
}
