package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// account is one account with its customer, as generated or added.
type account struct {
	seq      int64 // order of interface 9, from 1
	customer int64 // its customer's number, from 1; several accounts may share one
	no       string
	biz      string // accountBizType
	cust     string // accountCustomerType
	status   string // 1 valid, 0 closed
	dept     string
	opened   string // yyyy-MM-dd
	closed   string // yyyy-MM-dd, empty unless status is 0
	name     string
	idType   string
	idNo     string
	extra    string // extraCode
	risk     int    // index into risks
	own      uint64 // account-level materials generated, as a mask of catalogue bits
	shared   uint64 // customer-level materials generated
}

func (a *account) id() string         { return fmt.Sprintf("A%09d", a.seq) }
func (a *account) customerID() string { return fmt.Sprintf("C%09d", a.customer) }

// MissingShare is the share of required materials that a generated account lacks, on average.
const MissingShare = 0.06

// source makes a generator whose stream depends on the seed and on what it is for only.
func source(seed uint64, what uint64, n int64) *rand.Rand {
	return rand.New(rand.NewPCG(seed^what*0x9e3779b97f4a7c15, uint64(n)*0xbf58476d1ce4e5b9+what))
}

// Streams of the generator.
const (
	streamAccount uint64 = iota + 1
	streamHolding
	streamMaterial
)

// generator makes the accounts of a book one after another.
type generator struct {
	cat    *catalogue
	seed   uint64
	leaves []string
	last   account // the account before, whose customer the next one may share
}

var (
	firstDay = time.Date(2015, 1, 5, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
)

// next returns account seq. Accounts have to be asked for in order.
func (g *generator) next(seq int64) account {
	r := source(g.seed, streamAccount, seq)
	a := account{seq: seq, no: fmt.Sprintf("88%08d", seq), status: "1", dept: g.leaves[r.IntN(len(g.leaves))]}
	a.biz = pick(r, "0", 70, "3", 10, "2", 9, "1", 7, "4", 4)
	if g.last.seq > 0 && r.IntN(100) < 15 && g.last.biz != a.biz {
		l := g.last
		a.customer, a.cust, a.name, a.idType, a.idNo, a.dept, a.risk = l.customer, l.cust, l.name, l.idType, l.idNo, l.dept, l.risk
	} else {
		g.person(r, &a)
	}
	days := int(lastDay.Sub(firstDay).Hours() / 24)
	day := firstDay.AddDate(0, 0, int(float64(days)*(1-r.Float64()*r.Float64()))) // more of them recently
	a.opened = day.Format(time.DateOnly)
	if r.IntN(100) < 7 {
		a.status, a.closed = "0", day.AddDate(0, 0, r.IntN(int(lastDay.Sub(day).Hours()/24)+1)).Format(time.DateOnly)
	}
	if a.biz == "0" {
		a.extra = fmt.Sprintf("%06d", r.IntN(1_000_000))
	}
	g.hold(&a)
	g.last = a
	return a
}

// person makes a new customer. Document numbers start with 999999, a region that does not exist, so that they belong to nobody.
func (g *generator) person(r *rand.Rand, a *account) {
	a.customer = g.last.customer + 1
	a.risk = r.IntN(len(risks))
	switch a.cust = pick(r, "1", 82, "2", 10, "3", 6, "4", 2); a.cust {
	case "1":
		a.name = personName(r)
		a.idType = pick(r, "1", 94, "6", 3, "B", 2, "C", 1)
		birth := time.Date(1950+r.IntN(55), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC).Format("20060102")
		a.idNo = checked(fmt.Sprintf("999999%s%03d", birth, r.IntN(1000)))
		if a.idType != "1" {
			a.idNo = fmt.Sprintf("%c%08d", 'A'+rune(r.IntN(26)), r.IntN(100_000_000))
		}
	default:
		a.name = companyName(r, a.cust)
		a.idType, a.idNo = "9", fmt.Sprintf("91999999%010d", r.Int64N(10_000_000_000))
	}
}

// checked appends the check digit of an 18-digit identity number.
func checked(s string) string {
	sum, weights := 0, [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return s + "10X98765432"[sum%11:sum%11+1]
}

// pick chooses among values by their weights, given in pairs.
func pick(r *rand.Rand, pairs ...any) string {
	total := 0
	for i := 1; i < len(pairs); i += 2 {
		total += pairs[i].(int)
	}
	n := r.IntN(total)
	for i := 0; ; i += 2 {
		if n -= pairs[i+1].(int); n < 0 {
			return pairs[i].(string)
		}
	}
}

// hold decides what materials exist: for every rule that applies one of its alternatives, save for the missing share. Customer-level
// ones are decided by the customer's number, so that all accounts of a customer agree.
func (g *generator) hold(a *account) {
	own, shared := source(g.seed, streamHolding, a.seq), source(g.seed, streamHolding, -a.customer)
	var held uint64
	for _, r := range g.cat.Rules {
		from := own
		if g.cat.Materials[g.cat.bit[r.Any[0]]].ofCustomer() {
			from = shared
		}
		chosen, missing, optional := from.IntN(100), from.Float64() < MissingShare, from.IntN(100) < 12
		if !r.applies(a) || len(r.IfAny) > 0 && held&g.cat.mask(r.IfAny) == 0 && !optional {
			continue
		}
		if len(r.IfAny) > 0 && optional { // some hold what brings the rule into force
			held |= g.cat.mask(r.IfAny[:1])
		}
		if held&g.cat.mask(r.UnlessAny) != 0 || missing {
			continue
		}
		i := 0
		if chosen >= 85 {
			i = chosen % len(r.Any)
		}
		held |= g.cat.mask(r.Any[i : i+1])
	}
	held |= g.cat.mask([]string{"1107"}) & (uint64(shared.IntN(2)) * ^uint64(0))
	a.shared = held & g.cat.customerMask()
	a.own = held &^ g.cat.customerMask()
}
