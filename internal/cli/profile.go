package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/internal/session"
	"imagery/internal/text"
)

func (p *program) profile() *cobra.Command {
	list := &cobra.Command{Use: "list", Short: p.T("cli.profile_list"), Args: p.noArgs, RunE: func(*cobra.Command, []string) error {
		demo, err := p.demoProfile()
		if err != nil {
			return err
		}
		return p.printProfiles(append(p.file.List(), demo)...)
	}}
	show := &cobra.Command{Use: "show NAME", Short: p.T("cli.profile_show"), Args: p.exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		prof, err := p.named(args[0])
		if err != nil {
			return err
		}
		if p.flags.json {
			return p.printProfiles(prof)
		}
		return p.printProfile(prof)
	}}
	use := &cobra.Command{Use: "use NAME", Short: p.T("cli.profile_use"), Args: p.exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		prof, err := p.named(args[0])
		if err != nil {
			return err
		}
		p.file.Current = prof.Name
		if err := p.configuring(prof.Name, "current", nil); err != nil {
			return err
		}
		return p.saved(p.T("cli.profile_used", "name", prof.Name))
	}}
	remove := &cobra.Command{Use: "remove NAME", Short: p.T("cli.profile_remove"), Args: p.exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		if err := p.appFor(p.file.List(), true).RemoveProfile(args[0]); err != nil {
			return err
		}
		p.note(p.T("cli.profile_removed", "name", args[0]))
		return nil
	}}
	return p.group("profile", p.T("cli.profile"), list, show, use, remove, p.profileAdd(), p.profileImport())
}

// named returns a stored profile, or the demo's.
func (p *program) named(name string) (config.Profile, error) {
	if prof, ok := p.file.Profiles[name]; ok {
		return prof, nil
	}
	if name == config.DemoName {
		return p.demoProfile()
	}
	return config.Profile{}, &app.NoProfileError{Name: name}
}

// configuring puts a change of settings on record before it is made.
func (p *program) configuring(profile, what string, detail map[string]string) error {
	if err := app.Configuring(p.journal(), profile, "", what, detail); err != nil {
		return fmt.Errorf("%w: %w", app.ErrJournal, err)
	}
	return nil
}

// saved writes the configuration and tells what was done.
func (p *program) saved(message string) error {
	if err := p.save(); err != nil {
		return err
	}
	p.note(message)
	return nil
}

func (p *program) printProfiles(profiles ...config.Profile) error {
	current := p.settings.Get("profile")
	var rows [][]string
	for _, x := range profiles {
		if p.flags.json {
			if err := p.line(struct {
				config.Profile
				Current   bool `json:"current"`
				Endpoints int  `json:"endpoints"`
			}{x, x.Name == current, len(x.Endpoints)}); err != nil {
				return err
			}
			continue
		}
		mark := ""
		if x.Name == current {
			mark = "*"
		}
		rows = append(rows, []string{mark, x.Name, client.SafeText(x.URL, 100), client.SafeText(x.Username, 40), x.SystemCode, x.EmpCode, strconv.Itoa(len(x.Endpoints)) + "/9"})
	}
	if p.flags.json {
		return nil
	}
	return p.table([]string{p.T("cli.col.current"), p.T("cli.col.profile"), p.T("cli.col.url"), p.T("cli.col.user"), p.T("cli.flag.profile_system_code"), p.T("cli.flag.profile_emp_code"), p.T("cli.col.interface")}, rows)
}

// printProfile prints every value of a profile and where it comes from.
func (p *program) printProfile(prof config.Profile) error {
	from := config.FromFile
	if prof.Demo {
		from = config.FromDefault
	}
	var rows [][]string
	row := func(item, value, otherwise string, source config.Source) {
		if value == "" {
			value, source = otherwise, config.FromDefault
		}
		rows = append(rows, []string{item, client.SafeText(value, 200), p.T(sources[source])})
	}
	yes := map[bool]string{true: p.T("cli.yes"), false: ""}
	row(p.T("cli.col.profile"), prof.Name, "", from)
	row(p.T("cli.col.url"), prof.URL, "-", from)
	if u := p.settings["username"]; u.Value != "" {
		row(p.T("cli.col.user"), u.Value, "-", u.Source)
	} else {
		row(p.T("cli.col.user"), prof.Username, "-", from)
	}
	row(p.T("cli.flag.profile_system_code"), prof.SystemCode, "-", from)
	row(p.T("cli.flag.profile_emp_code"), prof.EmpCode, "-", from)
	row(p.T("cli.show.timezone"), prof.Timezone, "Asia/Shanghai", from)
	row(p.T("cli.show.page_base"), prof.PageBase, p.T("cli.show.page_base_learnt"), from)
	row(p.T("cli.show.pin"), session.Printed(prof.TrustedKey), p.T("cli.show.no_pin"), from)
	row(p.T("cli.show.insecure"), yes[prof.Insecure], p.T("cli.no"), from)
	row(p.T("cli.show.read_only"), yes[prof.ReadOnly], p.T("cli.no"), from)
	row(p.T("cli.show.base64"), text.Bytes(prof.Base64Max()), "", map[bool]config.Source{true: from, false: config.FromDefault}[prof.Base64Limit > 0])
	row(p.T("cli.show.concurrency"), limit(prof.Concurrency), p.T("cli.show.no_concurrency"), from)
	row(p.T("cli.show.rate"), limit(prof.Rate), p.T("cli.show.no_rate"), from)
	row(p.T("cli.show.downloads"), prof.Downloads, config.DownloadFolder(), from)
	row(p.T("cli.col.interface"), strconv.Itoa(len(prof.Endpoints))+"/9", "", from)
	return p.table([]string{p.T("cli.col.key"), p.T("cli.col.value"), p.T("cli.show.source")}, rows)
}

// limit is a limit in figures, empty where there is none.
func limit(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

var sources = map[config.Source]i18n.Key{
	config.FromFlag: i18n.Key("cli.show.from_flag"), config.FromEnv: i18n.Key("cli.show.from_env"), config.FromFile: i18n.Key("cli.show.from_file"),
	config.FromDefault: i18n.Key("cli.show.from_default"),
}

func (p *program) profileAdd() *cobra.Command {
	var prof config.Profile
	var collection, environment string
	var yes bool
	c := &cobra.Command{Use: "add NAME --url URL", Short: p.T("cli.profile_add"), Args: p.exactly(1)}
	f := c.Flags()
	f.StringVar(&collection, "collection", "", p.T("cli.flag.collection"))
	f.StringVar(&environment, "environment", "", p.T("cli.flag.environment"))
	f.StringVar(&prof.SystemCode, "system-code", "", p.T("cli.flag.profile_system_code"))
	f.StringVar(&prof.EmpCode, "emp-code", "", p.T("cli.flag.profile_emp_code"))
	f.BoolVarP(&yes, "yes", "y", false, p.T("cli.flag.yes_doubt"))
	f.BoolVar(&prof.ReadOnly, "read-only", false, p.T("cli.flag.read_only"))
	f.StringVar(&prof.Timezone, "timezone", "", p.T("cli.flag.timezone"))
	f.Int64Var(&prof.Concurrency, "concurrency", 0, p.T("cli.flag.concurrency"))
	f.Int64Var(&prof.Rate, "rate", 0, p.T("cli.flag.rate"))
	c.RunE = func(cmd *cobra.Command, args []string) error {
		// --url and --username are global; here they belong to the new profile.
		prof.Name, prof.URL, prof.Username = args[0], p.settings.Get("url"), p.settings.Get("username")
		if err := p.need(cmd, "url"); err != nil {
			return err
		}
		if err := config.CheckName(prof.Name); err != nil {
			return err
		}
		if prof.Name == config.DemoName {
			return usage{p.T("cli.profile_reserved", "name", prof.Name)}
		}
		if _, there := p.file.Profiles[prof.Name]; there {
			return usage{p.T("cli.profile_exists", "name", prof.Name)}
		}
		if problems := prof.Check(); len(problems) > 0 {
			return usage{p.T("cli.profile_bad", "detail", app.SettingProblem(problems[0], p.cat))}
		}
		if collection != "" {
			res, err := p.readCollection(collection, environment)
			if err == nil {
				err = p.settled(res, yes)
			}
			if err != nil {
				return err
			}
			prof.Endpoints = res.Endpoints
		}
		if err := p.configuring(prof.Name, "profile", app.ProfileDetail("", prof)); err != nil {
			return err
		}
		p.file.Put(prof)
		if p.file.Current == "" {
			p.file.Current = prof.Name
		}
		if err := p.saved(p.T("cli.profile_saved", "name", prof.Name)); err != nil {
			return err
		}
		if len(prof.Endpoints) == 0 {
			p.note(p.T("cli.profile_no_endpoints", "name", prof.Name))
		}
		return nil
	}
	return c
}

func (p *program) profileImport() *cobra.Command {
	var environment string
	var yes bool
	c := &cobra.Command{Use: "import FILE", Short: p.T("cli.profile_import"), Args: p.exactly(1)}
	c.Flags().StringVar(&environment, "environment", "", p.T("cli.flag.environment"))
	c.Flags().BoolVarP(&yes, "yes", "y", false, p.T("cli.flag.yes_doubt"))
	c.RunE = func(cmd *cobra.Command, args []string) error {
		res, err := p.readCollection(args[0], environment)
		if err != nil {
			return err
		}
		// Storing needs the flag itself: the profile that happens to be the default must not change unasked.
		if !cmd.Flags().Changed("profile") {
			p.note(p.T("cli.import_none"))
			return nil
		}
		prof, ok := p.file.Profiles[p.settings.Get("profile")]
		if !ok {
			return &app.NoProfileError{Name: p.settings.Get("profile")}
		}
		if err := p.settled(res, yes); err != nil {
			return err
		}
		prof.Endpoints = res.Endpoints
		if err := p.configuring(prof.Name, "profile", app.ProfileDetail(prof.Name, prof)); err != nil {
			return err
		}
		p.file.Put(prof)
		return p.saved(p.T("cli.profile_saved", "name", prof.Name))
	}
	return c
}
