package cli

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/postman"
)

// readCollection reads a Postman collection, and with environment not empty that file for its variables, and prints what was understood
// of it, a row for each interface.
func (p *program) readCollection(name, environment string) (*postman.Result, error) {
	f, err := os.Open(app.Home(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var env []io.Reader
	if environment != "" {
		e, err := os.Open(app.Home(environment))
		if err != nil {
			return nil, err
		}
		defer e.Close()
		env = append(env, e)
	}
	res, err := postman.Parse(f, env...)
	if errors.Is(err, postman.ErrNotACollection) {
		return nil, usage{p.T("cli.not_collection", "detail", client.SafeText(name, 200))}
	}
	if err != nil {
		return nil, err
	}
	return res, p.printMapping(res)
}

// settled reports as an error a collection that is in doubt and that the user does not want stored as it is.
func (p *program) settled(res *postman.Result, yes bool) error {
	switch {
	case !res.InDoubt() || yes:
		return nil
	case !p.interactive():
		return usage{p.T("cli.import_doubt")}
	case p.confirm(p.T("cli.import_confirm")):
		return nil
	}
	p.note(p.T("cli.nothing_done"))
	return silent(exitFailed)
}

func (p *program) printMapping(res *postman.Result) error {
	var rows [][]string
	var missing []string
	for _, r := range res.Rows {
		said, inJSON := []string{}, []map[string]any{}
		for _, d := range r.Doubts {
			said = append(said, p.doubt(d))
			inJSON = append(inJSON, map[string]any{"kind": d.Kind, "detail": d.Detail})
		}
		if !r.Found {
			missing = append(missing, strconv.Itoa(int(r.Op)))
		}
		if p.flags.json {
			if err := p.line(map[string]any{"interface": int(r.Op), "found": r.Found, "request": r.Request, "method": r.Method, "path": r.Path, "doubts": inJSON}); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{strconv.Itoa(int(r.Op)), r.Request.String(), client.SafeText(r.Method, 10), client.SafeText(r.Path, 120), strings.Join(said, "; ")})
	}
	if len(missing) > 0 {
		p.note(p.T("cli.import_missing", "ops", strings.Join(missing, ", ")))
	}
	if p.flags.json {
		return nil
	}
	return p.table([]string{p.T("cli.col.interface"), p.T("cli.col.request"), p.T("cli.col.method"), p.T("cli.col.path"), p.T("cli.col.doubt")}, rows)
}

// doubts are the messages of what the user has to look at.
var doubts = map[postman.Kind]i18n.Key{
	postman.Missing:       i18n.Key("cli.doubt.missing"),
	postman.TwoCandidates: i18n.Key("cli.doubt.two_candidates"),
	postman.OtherNumber:   i18n.Key("cli.doubt.other_number"),
	postman.ByFields:      i18n.Key("cli.doubt.by_fields"),
	postman.ByName:        i18n.Key("cli.doubt.by_name"),
	postman.OtherName:     i18n.Key("cli.doubt.other_name"),
	postman.NoSystemCode:  i18n.Key("cli.doubt.no_system_code"),
	postman.BadBody:       i18n.Key("cli.doubt.bad_body"),
	postman.Undefined:     i18n.Key("cli.doubt.undefined"),
	postman.NoAddress:     i18n.Key("cli.doubt.no_address"),
	postman.UnknownField:  i18n.Key("cli.doubt.unknown_field"),
}

func (p *program) doubt(d postman.Doubt) string {
	key, ok := doubts[d.Kind]
	if !ok {
		return string(d.Kind) + " " + d.Detail.String()
	}
	return p.T(key, "detail", d.Detail.String())
}
