package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/codes"
	"imagery/internal/config"
)

func (p *program) codes() *cobra.Command {
	list := &cobra.Command{Use: "list [TABLE]", Short: p.T("codes.list"), Args: p.atMost(1)}
	list.RunE = func(cmd *cobra.Command, args []string) error {
		tables := codes.Tables
		if len(args) == 1 {
			t, err := p.codeTable(args[0])
			if err != nil {
				return err
			}
			tables = []codes.Table{t}
		}
		a, prof, err := p.forCodes()
		if err != nil {
			return err
		}
		book, err := a.CodesOf(cmd.Context(), prof.Name)
		if err != nil {
			return err
		}
		return p.printCodes(book, tables)
	}
	var named string
	imp := &cobra.Command{Use: "import FILE", Short: p.T("codes.import"), Long: p.T("codes.import_long"), Args: p.exactly(1)}
	imp.Flags().StringVar(&named, "table", "", p.T("codes.flag_table"))
	imp.RunE = func(cmd *cobra.Command, args []string) error {
		var t codes.Table
		if named != "" {
			var err error
			if t, err = p.codeTable(named); err != nil {
				return err
			}
		}
		a, prof, err := p.forCodes()
		if err != nil {
			return err
		}
		in, err := p.openFile(args[0])
		if err != nil {
			return err
		}
		defer in.Close()
		n, dropped, err := codes.ReadCSV(in, t)
		if err == nil {
			err = a.ImportCodes(cmd.Context(), prof.Name, n)
		}
		if err != nil {
			return err
		}
		return p.printImported(prof, n, dropped)
	}
	return p.group("codes", p.T("codes.group"), list, imp)
}

// codeTable is a table by its name in any case.
func (p *program) codeTable(name string) (codes.Table, error) {
	t := codes.Table(strings.ToUpper(name))
	if slices.Contains(codes.Tables, t) {
		return t, nil
	}
	var all []string
	for _, t := range codes.Tables {
		all = append(all, string(t))
	}
	return "", usage{p.T("codes.bad_table", "name", client.SafeText(name, 60), "tables", strings.Join(all, " "))}
}

// forCodes returns the use cases for the chosen profile, not signed in.
func (p *program) forCodes() (*app.App, config.Profile, error) {
	prof, err := p.chosen()
	if err != nil {
		return nil, prof, err
	}
	return p.newApp([]config.Profile{prof}), prof, nil
}

// openFile opens a file, or with "-" standard input.
func (p *program) openFile(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(p.in), nil
	}
	return os.Open(app.Home(name))
}

func (p *program) printCodes(book *codes.Book, tables []codes.Table) error {
	var rows [][]string
	for _, t := range tables {
		for _, c := range book.List(t) {
			rows = append(rows, []string{string(t), c.Code, c.Name})
		}
	}
	if !p.flags.json {
		for _, r := range rows {
			r[1] = client.Text(r[1]).String()
		}
		return p.listing([]string{p.T("codes.col_table"), p.T("codes.col_code"), p.T("codes.col_name")}, rows, p.T("codes.none"))
	}
	for _, r := range rows {
		if err := p.line(map[string]string{"table": r[0], "code": r[1], "name": r[2]}); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) printImported(prof config.Profile, n codes.Names, dropped []codes.Dropped) error {
	var counts []string
	inJSON := map[string]int{}
	for _, t := range codes.Tables {
		if len(n[t]) > 0 {
			counts = append(counts, fmt.Sprintf("%s %d", t, len(n[t])))
			inJSON[string(t)] = len(n[t])
		}
	}
	if p.flags.json {
		return p.line(map[string]any{"profile": prof.Name, "imported": inJSON, "dropped": inLines(dropped)})
	}
	if len(dropped) > 0 {
		p.note(p.T("codes.dropped", "n", len(dropped)))
	}
	for i, d := range dropped {
		if i == maxDropped {
			p.note("  …")
			break
		}
		p.note("  " + p.T("codes.dropped_row", "line", d.Line, "table", cmp.Or(d.Table, "-"), "code", cmp.Or(d.Code, "-")))
	}
	p.note(p.T("codes.imported", "n", n.Count(), "profile", client.SafeText(prof.Name, 60), "tables", strings.Join(counts, ", ")))
	return nil
}

// maxDropped is how many rows that were left out are named one by one to people.
const maxDropped = 20

func inLines(dropped []codes.Dropped) []map[string]any {
	out := []map[string]any{}
	for _, d := range dropped {
		out = append(out, map[string]any{"line": d.Line, "table": d.Table, "code": d.Code})
	}
	return out
}
