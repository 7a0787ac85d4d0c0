package demo

import (
	"encoding/json"
	"slices"

	"imagery/assets"
)

// catalogue is assets/demo/catalogue.json: the codes the platform knows, and the rules that say which material an account needs.
type catalogue struct {
	BizTypes    []code     `json:"accountBizTypes"`
	CustTypes   []code     `json:"accountCustomerTypes"`
	IDTypes     []code     `json:"idTypes"`
	Departments []dept     `json:"departments"`
	Materials   []material `json:"materials"`
	Rules       []rule     `json:"rules"`

	bit map[string]int // material code → bit of a holdings mask
}

type code struct{ Code, Name string }

type dept struct{ DeptCode, DeptName, ParentDeptCode string }

type material struct {
	Code, Name, Category, Level string
}

func (m material) ofCustomer() bool { return m.Level == "customer" }

// rule says: an account of these types needs one of Any, if it holds one of IfAny and unless it holds one of UnlessAny.
type rule struct {
	ID           string
	Any          []string
	Biz, Cust    []string
	IfAny        []string
	UnlessAny    []string
	OpenedFrom   string
	ClientFilter struct{ AccountStatus string }
}

func loadCatalogue() (*catalogue, error) {
	raw, err := assets.FS.ReadFile("demo/catalogue.json")
	if err != nil {
		return nil, err
	}
	c := &catalogue{bit: map[string]int{}}
	if err := json.Unmarshal(raw, c); err != nil {
		return nil, err
	}
	for i, m := range c.Materials {
		c.bit[m.Code] = i
	}
	return c, nil
}

// applies reports whether the rule looks at accounts like a at all; conditions on other materials are not considered.
func (r rule) applies(a *account) bool {
	return slices.Contains(r.Biz, a.biz) && slices.Contains(r.Cust, a.cust) &&
		(r.OpenedFrom == "" || a.opened >= r.OpenedFrom) && (r.ClientFilter.AccountStatus == "" || a.status == r.ClientFilter.AccountStatus)
}

// mask returns the holdings mask of codes; unknown ones have no bit.
func (c *catalogue) mask(codes []string) (m uint64) {
	for _, s := range codes {
		if b, ok := c.bit[s]; ok {
			m |= 1 << b
		}
	}
	return m
}

// customerMask has the bits of all customer-level materials.
func (c *catalogue) customerMask() (m uint64) {
	for i, x := range c.Materials {
		if x.ofCustomer() {
			m |= 1 << i
		}
	}
	return m
}

// within returns the codes of a department and everything below it.
func (c *catalogue) within(root string) []string {
	out := []string{root}
	for i := 0; i < len(out); i++ {
		for _, d := range c.Departments {
			if d.ParentDeptCode == out[i] {
				out = append(out, d.DeptCode)
			}
		}
	}
	return out
}

func (c *catalogue) dept(deptCode string) dept {
	for _, d := range c.Departments {
		if d.DeptCode == deptCode {
			return d
		}
	}
	return dept{DeptCode: deptCode}
}

// leaves are the departments that accounts are opened in.
func (c *catalogue) leaves() []string {
	var out []string
	for _, d := range c.Departments {
		if len(c.within(d.DeptCode)) == 1 {
			out = append(out, d.DeptCode)
		}
	}
	return out
}
