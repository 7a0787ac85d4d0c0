package review

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"strings"

	"imagery/client"
)

// Stratify names the stratum of an account.
type Stratify func(client.CustomerAccount) string

// The strata that interface 9 tells by itself.
var (
	ByDepartment   Stratify = department
	ByBizType      Stratify = func(a client.CustomerAccount) string { return a.Account.AccountBizType.Raw() }
	ByCustomerType Stratify = func(a client.CustomerAccount) string { return a.Account.AccountCustomerType.Raw() }
)

// department is the account's, or with platforms that leave it out there the one beside it.
func department(a client.CustomerAccount) string {
	return cmp.Or(a.Account.DeptCode, a.Department.DeptCode).Raw()
}

// The strata of ByStanding.
const (
	StandsMissing   = "missing"   // required materials were missing in the last check of completeness
	StandsComplete  = "complete"  // none were
	StandsUnchecked = "unchecked" // the account was not in it
)

// ByStanding tells accounts apart by what the last check of completeness said of them: standing returns, by accountId, how many required
// materials were missing.
func ByStanding(standing func(accountID client.Text) (missing int, known bool)) Stratify {
	return func(a client.CustomerAccount) string {
		switch missing, known := standing(a.Account.AccountID); {
		case !known:
			return StandsUnchecked
		case missing > 0:
			return StandsMissing
		}
		return StandsComplete
	}
}

// ErrMoved is returned for a population that changed while its pages were read: accounts may be missing.
var ErrMoved = errors.New("the accounts changed while they were read")

// Members collects the population of a run from the pages of interface 9; by may be nil. An account that moved to the next page meanwhile comes
// twice and is taken once; whether none was missed shows in the total that the last page states. Errors: ErrMoved, the pages'.
func Members(pages iter.Seq2[*client.Page[client.CustomerAccount], error], by Stratify) ([]Member, error) {
	var out []Member
	seen := map[string]bool{}
	var total int64
	for page, err := range pages {
		if err != nil {
			return nil, err
		}
		total = page.TotalElements
		for _, a := range page.Content {
			m := member(a)
			if seen[m.ID] {
				continue
			}
			seen[m.ID] = true
			if by != nil {
				m.Stratum = by(a)
			}
			out = append(out, m)
		}
	}
	if total > 0 && total != int64(len(out)) {
		return nil, fmt.Errorf("review: %d of %d: %w", len(out), total, ErrMoved)
	}
	return out, nil
}

// member takes over what a review needs of an account. Names are for eyes, so they are made safe here.
func member(a client.CustomerAccount) Member {
	name := a.Customer.CustomerName
	if name == "" {
		name = a.Account.AccountName
	}
	m := Member{
		ID: a.Account.AccountID.Raw(), AccountNo: a.Account.AccountNo.Raw(), BizType: a.Account.AccountBizType.Raw(),
		CustomerType: a.Account.AccountCustomerType.Raw(), Department: department(a), Name: client.SafeText(strings.TrimSpace(name.Raw()), 200),
	}
	if m.ID == "" {
		m.ID = m.AccountNo + "/" + m.BizType
	}
	return m
}
