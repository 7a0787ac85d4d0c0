package doctor

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"imagery/client"
	"imagery/internal/audit"
)

const (
	firstRows = 20   // asked for to find out the page base
	manyRows  = 1000 // asked for to find out the cap
	tries     = 12   // accounts whose materials are listed
	maxPages  = 5    // of one day's accounts in one department
	manyDay   = 200  // rows a page when looking for one account
)

// errNothing is an interface that there was nothing to ask.
var errNothing = errors.New("doctor: nothing to ask for")

// search is interface 9: page base, cap, shapes.
func (e *exam) search(ctx context.Context) (Facts, error) {
	first, err := e.page(ctx, client.SearchAccountsRequest{PageNumber: 1, PageSize: firstRows})
	if err != nil {
		return Facts{}, err
	}
	one := e.rec.last(client.OpSearchAccounts)
	learnt := Facts{{"tookMs", e.took(client.OpSearchAccounts)}, {"authorization", map[bool]string{true: "bearer", false: "verbatim"}[one.bearer]}}
	e.base(&learnt)
	many, err := e.page(ctx, client.SearchAccountsRequest{PageNumber: 1, PageSize: manyRows})
	seen := e.rec.last(client.OpSearchAccounts)
	if err != nil {
		many, seen = first, one
		learnt.add("pageSizeCap", "refused")
	} else {
		learnt.add("pageSizeCap", pageCap(many))
	}
	e.accounts = many.Content
	raw := seen.value()
	inner, envelope := unwrap(raw, isPage)
	learnt.add("envelope", envelope)
	learnt.add("pageShape", pageShape(inner))
	rows := list(inner, "content")
	d := accountDates(rows)
	e.dated(&learnt, d)
	e.zoned(byMidnight(append(d["openAcctDate"], d["writeoffDate"]...), e.loc))
	if envelope != "none" {
		e.zoned(byClock(seen.time("Date"), clockOf(raw), "envelope", e.loc))
	}
	if len(e.accounts) == 0 {
		e.warn("no_accounts")
	}
	return learnt, nil
}

// page asks interface 9 for a page, after the journal.
func (e *exam) page(ctx context.Context, s client.SearchAccountsRequest) (*client.Page[client.CustomerAccount], error) {
	detail := map[string]string{"page": number(s.PageNumber), "by": "doctor"}
	for key, codes := range map[string][]string{"materialCodes": s.MaterialCodes, "excludedMaterialCodes": s.ExcludedMaterialCodes, "deptCodes": s.DeptCodes} {
		if len(codes) > 0 {
			detail[key] = strings.Join(codes, ",")
		}
	}
	if err := e.note(audit.Search, detail); err != nil {
		return nil, err
	}
	return e.cl.SearchAccounts(ctx, s)
}

func (e *exam) base(learnt *Facts) {
	found := "unknown"
	switch e.cl.LearntPageBase() {
	case client.PageBaseZero:
		found = "0"
	case client.PageBaseOne:
		found = "1"
	}
	learnt.add("pageBase", found)
	if want := e.o.Profile.PageBase; want != "" && found != "unknown" && want != found {
		e.warn("page_base", "found", found, "profile", want)
	}
}

// pageCap is what an answer to manyRows tells of the most rows a page is given: a number, or "none".
func pageCap(p *client.Page[client.CustomerAccount]) any {
	rows := len(p.Content)
	switch {
	case p.Size > 0 && p.Size < manyRows:
		return p.Size
	case p.HasNext && rows < manyRows:
		return rows
	case p.Size >= manyRows || rows >= manyRows:
		return "none"
	}
	return "unknown"
}

// candidate is an account that holds a code in one way only: at its customer's level, or in a superseded version.
type candidate struct {
	account client.Account
	code    string
}

// materials is interface 7: it looks for a file, and for a code that an account has at its customer's level only.
func (e *exam) materials(ctx context.Context) (Facts, error) {
	if len(e.accounts) == 0 {
		return Facts{}, errNothing
	}
	var rows []any
	envelope, customer, past, asked := "unknown", 0, 0, 0
	for _, a := range e.accounts[:min(tries, len(e.accounts))] {
		if e.fileID != "" && e.candidate.code != "" && e.past.code != "" {
			break
		}
		ms, err := e.listed(ctx, a.Account, false)
		if err != nil {
			return Facts{}, err
		}
		asked++
		c := e.rec.last(client.OpListMaterials)
		raw := c.value()
		inner, name := unwrap(raw, isList)
		l, ok := inner.([]any)
		if ok {
			envelope, rows = name, append(rows, l...)
			e.zoned(byClock(c.time("Date"), clockOf(raw), "envelope", e.loc))
		}
		customer += e.sift(a.Account, ms, l)
		past += e.siftPast(ctx, a.Account, ms)
	}
	learnt := Facts{
		{"tookMs", e.took(client.OpListMaterials)}, {"envelope", envelope}, {"accountsAsked", asked}, {"rows", len(rows)}, {"customerLevelRows", customer}, {"historyRows", past},
	}
	d := materialDates(rows)
	e.dated(&learnt, d)
	e.zoned(byOffset(d["createTime"], e.loc))
	return learnt, nil
}

func (e *exam) listed(ctx context.Context, a client.Account, history bool) ([]client.MaterialInfo, error) {
	no, biz := a.AccountNo.Raw(), a.AccountBizType.Raw()
	if err := e.note(audit.List, map[string]string{"accountNo": no, "accountBizType": biz, "by": "doctor"}); err != nil {
		return nil, err
	}
	return e.cl.ListMaterials(ctx, client.ListMaterialsRequest{AccountNo: no, AccountBizType: biz, WithCustomer: true, WithHis: history})
}

// sift takes a file and a candidate from an account's materials, whose raw rows are at hand too. It returns how many are the customer's.
func (e *exam) sift(a client.Account, ms []client.MaterialInfo, raw []any) (customer int) {
	own := map[client.Text]bool{}
	for i, m := range ms {
		if e.fileID == "" && len(m.FileIDs) > 0 && client.ValidFileID(m.FileIDs[0].Raw()) {
			e.fileID, e.fileDate = m.FileIDs[0].Raw(), nil
			if i < len(raw) {
				e.fileDate = created(raw[i], e.fileID)
			}
		}
		own[m.MaterialCode] = own[m.MaterialCode] || !ofCustomer(m)
	}
	for _, m := range ms {
		if !ofCustomer(m) {
			continue
		}
		customer++
		if !own[m.MaterialCode] && e.candidate.code == "" && !a.OpenAcctDate.IsZero() && a.AccountID != "" {
			e.candidate = candidate{a, m.MaterialCode.Raw()}
		}
	}
	return customer
}

// siftPast takes a candidate from an account's superseded versions, as long as there is none; now are the current ones. It returns how many
// rows the history adds. A platform that refuses to tell leaves that open.
func (e *exam) siftPast(ctx context.Context, a client.Account, now []client.MaterialInfo) int {
	if e.past.code != "" || e.pastless {
		return 0
	}
	all, err := e.listed(ctx, a, true)
	if err != nil {
		e.pastless = true
		return 0
	}
	for _, m := range all {
		held := slices.ContainsFunc(now, func(n client.MaterialInfo) bool { return n.MaterialCode == m.MaterialCode })
		if !held && !ofCustomer(m) && m.MaterialCode != "" && !a.OpenAcctDate.IsZero() && a.AccountID != "" {
			e.past = candidate{a, m.MaterialCode.Raw()}
			break
		}
	}
	return max(0, len(all)-len(now))
}

func ofCustomer(m client.MaterialInfo) bool { return m.CustomerID != "" && m.AccountID == "" }

// created finds the raw createTime of a file in a material's raw row.
func created(row any, id string) any {
	for _, f := range list(row, "files") {
		if m, ok := f.(map[string]any); ok && m["id"] == id {
			return m["createTime"]
		}
	}
	return nil
}

// file is interface 8. Of the file only the beginning is read.
func (e *exam) file(ctx context.Context) (Facts, error) {
	if e.fileID == "" {
		if len(e.accounts) > 0 {
			e.warn("no_file")
		}
		return Facts{}, errNothing
	}
	if err := e.note(audit.View, map[string]string{"fileId": e.fileID, "by": "doctor"}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f, err := e.cl.FetchFile(ctx, e.fileID)
	if err != nil {
		return Facts{}, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Facts{}, err
	}
	c := e.rec.last(client.OpFetchFile)
	found := plain(http.DetectContentType(head[:n]))
	learnt := Facts{
		{"tookMs", int(c.took.Milliseconds())},
		{"declaredType", client.SafeText(f.ContentType, 60)},
		{"foundType", found},
		{"sizeTold", f.Size >= 0},
		{"nameIn", nameIn(c.header.Get("Content-Disposition"))},
		{"ranges", strings.Contains(c.header.Get("Accept-Ranges"), "bytes")},
	}
	if strings.HasPrefix(found, "image/") && strings.HasPrefix(f.ContentType, "image/") && found != strings.Replace(f.ContentType, "jpg", "jpeg", 1) {
		e.warn("file_type", "declared", client.SafeText(f.ContentType, 60), "found", found)
	}
	e.zoned(byClock(c.time("Last-Modified"), e.fileDate, "lastModified", e.loc))
	return learnt, nil
}

func plain(contentType string) string {
	mt, _, _ := mime.ParseMediaType(contentType)
	return mt
}

// nameIn says how a file's name is told, not what it is.
func nameIn(disposition string) string {
	lower := strings.ToLower(disposition)
	_, name, named := strings.Cut(lower, "filename=")
	switch {
	case strings.Contains(lower, "filename*"):
		return "filename*"
	case !named:
		return "none"
	case !utf8.ValidString(disposition):
		return "gbk"
	case strings.Contains(name, "%"):
		return "percent"
	}
	return "plain"
}

// countsCustomerLevel finds out whether interface 9 counts an account as having what only its customer has.
func (e *exam) countsCustomerLevel(ctx context.Context) string {
	out := e.counts(ctx, e.candidate)
	if out == "no" {
		e.warn("customer_level")
	}
	return out
}

// countsHistory finds out whether interface 9 counts an account as having what is superseded, with nothing in its place.
func (e *exam) countsHistory(ctx context.Context) string {
	out := e.counts(ctx, e.past)
	if out == "yes" {
		e.warn("history_counted")
	}
	return out
}

// counts finds out whether interface 9 counts what a candidate holds: "yes", "no" or "unknown".
func (e *exam) counts(ctx context.Context, c candidate) string {
	if c.code == "" {
		return "unknown"
	}
	day := client.SearchAccountsRequest{OpenedFrom: c.account.OpenAcctDate, OpenedTo: c.account.OpenAcctDate, DeptCodes: texts(c.account.DeptCode), PageSize: manyDay}
	with, without := day, day
	with.MaterialCodes, without.ExcludedMaterialCodes = []string{c.code}, []string{c.code}
	there, sure := e.finds(ctx, c, day)
	if !there || !sure {
		return "unknown"
	}
	has, sure1 := e.finds(ctx, c, with)
	lacks, sure2 := e.finds(ctx, c, without)
	switch {
	case !sure1 || !sure2:
		return "unknown"
	case has == lacks:
		e.warn("filter_ignored")
		return "unknown"
	case has:
		return "yes"
	}
	return "no"
}

func texts(t client.Text) []string {
	if t == "" {
		return nil
	}
	return []string{t.Raw()}
}

// finds reports whether a search finds a candidate; sure is false when it broke off before.
func (e *exam) finds(ctx context.Context, c candidate, s client.SearchAccountsRequest) (there, sure bool) {
	for s.PageNumber = 1; s.PageNumber <= maxPages; s.PageNumber++ {
		p, err := e.page(ctx, s)
		if err != nil {
			return false, false
		}
		if slices.ContainsFunc(p.Content, func(a client.CustomerAccount) bool { return a.Account.AccountID == c.account.AccountID }) {
			return true, true
		}
		if !p.HasNext || len(p.Content) == 0 {
			return false, true
		}
	}
	return false, false
}
