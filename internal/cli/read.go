package cli

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/config"
	"imagery/internal/text"
)

func (p *program) login() *cobra.Command {
	var remember, forget bool
	c := &cobra.Command{Use: "login", Short: p.T("cli.login"), Long: p.T("cli.login_long"), Args: p.noArgs}
	c.Flags().BoolVar(&remember, "remember", false, p.T("cli.flag.remember"))
	c.Flags().BoolVar(&forget, "forget", false, p.T("cli.flag.forget"))
	c.MarkFlagsMutuallyExclusive("remember", "forget")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if forget {
			return p.forget()
		}
		a, err := p.signedIn(cmd.Context())
		if err != nil {
			return err
		}
		s := a.Session()
		if remember {
			if err := a.Remember(s.Profile.Name, s.Username, p.used, true); err != nil {
				return err
			}
			p.note(p.T("cli.remembered", "username", client.SafeText(s.Username, 60)))
		}
		if p.flags.json {
			return p.line(map[string]any{"profile": s.Profile.Name, "url": s.Profile.URL, "username": s.Username, "expires": s.Expires.Format(time.RFC3339)})
		}
		p.note(p.T("cli.logged_in", "username", client.SafeText(s.Username, 60), "url", client.SafeText(s.Profile.URL, 100), "expires", s.Expires.In(config.Zone()).Format(time.TimeOnly)))
		return nil
	}
	return c
}

// forget deletes the password that is kept for the profile's user.
func (p *program) forget() error {
	prof, err := p.chosen()
	if err != nil {
		return err
	}
	username := cmp.Or(p.settings.Get("username"), prof.Username)
	if err := p.newApp([]config.Profile{prof}).ForgetPassword(prof.Name, username); err != nil {
		return err
	}
	p.note(p.T("cli.forgotten", "username", client.SafeText(username, 60)))
	return nil
}

// search holds the filter flags of interface 9.
type search struct {
	has, lacks, depts, biz, customer []string
	from, to                         string
	page, size                       int
	all                              bool
}

func (s *search) register(p *program, f *pflag.FlagSet) {
	f.StringSliceVar(&s.has, "has", nil, p.T("cli.flag.has"))
	f.StringSliceVar(&s.lacks, "lacks", nil, p.T("cli.flag.lacks"))
	f.StringVar(&s.from, "opened-from", "", p.T("cli.flag.opened_from"))
	f.StringVar(&s.to, "opened-to", "", p.T("cli.flag.opened_to"))
	f.StringSliceVar(&s.depts, "dept", nil, p.T("cli.flag.dept"))
	f.StringSliceVar(&s.customer, "customer-type", nil, p.T("cli.flag.account_customer_types"))
}

func (s *search) request(p *program) (client.SearchAccountsRequest, error) {
	r := client.SearchAccountsRequest{
		MaterialCodes: s.has, ExcludedMaterialCodes: s.lacks, DeptCodes: s.depts, AccountBizTypes: s.biz, AccountCustomerTypes: s.customer,
		PageNumber: s.page, PageSize: s.size,
	}
	var err error
	if r.OpenedFrom, err = p.date("opened-from", s.from); err != nil {
		return r, err
	}
	if r.OpenedTo, err = p.date("opened-to", s.to); err != nil {
		return r, err
	}
	switch {
	case s.page < 1:
		return r, usage{p.T("cli.bad_page", "n", s.page)}
	case s.size < 1:
		return r, usage{p.T("cli.at_least", "flag", "--page-size", "least", 1, "value", s.size)}
	case !r.OpenedFrom.IsZero() && !r.OpenedTo.IsZero() && r.OpenedFrom.Compare(r.OpenedTo) > 0:
		return r, usage{p.T("cli.bad_range")}
	}
	return r, nil
}

func (p *program) date(flag, s string) (client.Date, error) {
	if s == "" {
		return client.Date{}, nil
	}
	d, err := client.ParseDate(s)
	if err != nil {
		return d, usage{p.T("cli.bad_date", "flag", "--"+flag, "value", s)}
	}
	return d, nil
}

func (p *program) accounts() *cobra.Command {
	var s search
	c := &cobra.Command{Use: "accounts", Short: p.T("cli.accounts"), Long: p.T("cli.accounts_long"), Example: "  imagery accounts --lacks 1103 --opened-from 2026-01-01 --dept 1101\n  imagery accounts --all --json > accounts.jsonl", Args: p.noArgs}
	s.register(p, c.Flags())
	c.Flags().StringSliceVar(&s.biz, "biz-type", nil, p.T("cli.flag.biz_types"))
	c.Flags().IntVar(&s.page, "page", 1, p.T("cli.flag.page"))
	c.Flags().IntVar(&s.size, "page-size", 50, p.T("cli.flag.page_size"))
	c.Flags().BoolVar(&s.all, "all", false, p.T("cli.flag.all"))
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		r, err := s.request(p)
		if err != nil {
			return err
		}
		if s.all && cmd.Flags().Changed("page") {
			return usage{p.T("cli.page_or_all")}
		}
		return p.searchAccounts(cmd.Context(), r, s.all)
	}
	return c
}

func (p *program) searchAccounts(ctx context.Context, r client.SearchAccountsRequest, all bool) error {
	a, err := p.signedIn(ctx)
	if err != nil {
		return err
	}
	if !all {
		page, err := a.SearchAccounts(ctx, r)
		if err != nil {
			return err
		}
		if len(page.Content) == 0 {
			p.emptyPage(r.PageNumber, page.TotalElements)
			return nil
		}
		if err := p.printAccounts(a.Codes(), page.Content); err != nil {
			return err
		}
		pages := "?"
		if n := page.Pages(); n > 0 {
			pages = strconv.Itoa(n)
		}
		switch {
		case page.HasNext: // whoever takes one page for all of them is to know
			p.note(p.T("cli.page_more", "page", r.PageNumber, "pages", pages, "total", text.Count(page.TotalElements)))
		case terminal(p.out) && !p.flags.json:
			p.note(p.T("cli.page_of", "page", r.PageNumber, "pages", pages, "total", text.Count(page.TotalElements)))
		}
		return nil
	}
	found := 0
	for page, err := range a.AccountPages(ctx, r) {
		if err != nil {
			return err
		}
		found += len(page.Content)
		if err := p.printAccounts(a.Codes(), page.Content); err != nil {
			return err
		}
	}
	if found == 0 {
		p.emptyPage(1, 0)
	}
	return nil
}

// emptyPage tells people why there are no rows: there is no such page, or nothing was found.
func (p *program) emptyPage(number int, total int64) {
	switch {
	case total > 0:
		p.note(p.T("cli.page_past", "page", number, "total", text.Count(total)))
	case p.flags.json:
	case number > 1:
		p.note(p.T("cli.page_empty", "page", number))
	default:
		p.note(p.T("cli.no_accounts"))
	}
}

func (p *program) printAccounts(book *codes.Book, found []client.CustomerAccount) error {
	if p.flags.json {
		for _, a := range found {
			if err := p.line(a); err != nil {
				return err
			}
		}
		return nil
	}
	if len(found) == 0 {
		return nil
	}
	var rows [][]string
	for _, a := range found {
		dept := a.Department.DeptName.String()
		if dept == "" {
			dept = a.Account.DeptCode.String()
		}
		name := a.Customer.CustomerName
		if name == "" {
			name = a.Account.AccountName
		}
		rows = append(rows, []string{
			a.Account.AccountNo.String(), name.String(), book.Name(codes.BizTypes, a.Account.AccountBizType), book.Name(codes.Statuses, a.Account.AccountStatus),
			book.Name(codes.AccountCustomerTypes, a.Account.AccountCustomerType), dept, a.Account.OpenAcctDate.String(), a.Account.AccountID.String(),
		})
	}
	return p.table([]string{p.T("cli.col.account"), p.T("cli.col.customer"), p.T("cli.col.biz"), p.T("cli.col.status"), p.T("cli.col.customer_type"), p.T("cli.col.dept"), p.T("cli.col.opened"), "ID"}, rows)
}

// one holds the flags that name one account's materials.
type one struct {
	biz               string
	customer, history bool
	codes             []string
}

func (o *one) register(p *program, f *pflag.FlagSet) {
	f.BoolVar(&o.customer, "customer", false, p.T("cli.flag.customer"))
	f.BoolVar(&o.history, "history", false, p.T("cli.flag.history"))
	f.StringSliceVar(&o.codes, "code", nil, p.T("cli.flag.code"))
}

func (o *one) request(account string) client.ListMaterialsRequest {
	return client.ListMaterialsRequest{AccountNo: account, AccountBizType: o.biz, WithCustomer: o.customer, WithHis: o.history, MaterialCodes: o.codes}
}

func (p *program) materials() *cobra.Command {
	var o one
	c := &cobra.Command{Use: "materials ACCOUNT_NO --biz-type C", Short: p.T("cli.materials"), Args: p.exactly(1)}
	c.Flags().StringVar(&o.biz, "biz-type", "", p.T("cli.flag.biz_type"))
	o.register(p, c.Flags())
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := p.need(cmd, "biz-type"); err != nil {
			return err
		}
		a, err := p.signedIn(cmd.Context())
		if err != nil {
			return err
		}
		found, err := a.ListMaterials(cmd.Context(), o.request(args[0]))
		if err != nil {
			return err
		}
		return p.printMaterials(found)
	}
	return c
}

func (p *program) printMaterials(found []client.MaterialInfo) error {
	if p.flags.json {
		for _, m := range found {
			if err := p.line(m); err != nil {
				return err
			}
		}
		return nil
	}
	var rows [][]string
	for _, m := range found {
		files := m.Files
		if len(files) == 0 {
			for _, id := range m.FileIDs {
				files = append(files, client.File{ID: id})
			}
		}
		if len(files) == 0 {
			files = []client.File{{}}
		}
		for _, f := range files {
			rows = append(rows, []string{
				m.MaterialCode.String(), m.MaterialName.String(), f.ID.String(), f.FileOriginalName.String(), size(f.FileSize), m.SourceType.String(),
				m.SubmitterEmpName.String(), moment(m.CreateTime), m.ServiceAccessID.String(), m.ServiceAccessTitle.String(),
			})
		}
	}
	return p.listing([]string{
		p.T("cli.col.code"), p.T("cli.col.material"), p.T("cli.col.file"), p.T("cli.col.name"), p.T("cli.col.size"), p.T("cli.col.source"), p.T("cli.col.submitter"),
		p.T("cli.col.time"), p.T("cli.col.archive"), p.T("cli.col.title"),
	}, rows, p.T("cli.no_materials"))
}

func size(n int64) string {
	if n <= 0 {
		return ""
	}
	return text.Bytes(n)
}
