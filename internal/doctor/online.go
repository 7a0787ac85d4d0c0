package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/session"
)

// Options is what the examination of a platform needs.
type Options struct {
	Profile   config.Profile
	Username  string
	Password  client.Secret
	Transport http.RoundTripper       // nil: session.Transport with the profile's trust
	Journal   func(audit.Entry) error // an entry without profile and user, before each act
	Progress  func(op client.Op)      // nil: nobody is told
}

// exam is one examination. It cannot write: its client has no addresses of interfaces 2 to 6.
type exam struct {
	*Report
	o      Options
	rec    *recorder
	cl     *client.Client
	signer *signer
	loc    *time.Location
	zone   zone

	accounts  []client.CustomerAccount
	fileID    string
	fileDate  any       // the raw createTime of the file
	candidate candidate // at its customer's level only
	past      candidate // in a superseded version only
	pastless  bool      // the platform does not tell of superseded versions
}

// maxSkew is how far a clock may be off without a word.
const maxSkew = time.Minute

// Online signs in and asks the reading interfaces. The error is that of a sign-in that failed, or the first of an interface; the report is
// whole in both cases.
func (r *Report) Online(ctx context.Context, o Options) error {
	e, err := r.exam(o)
	if err != nil {
		return err
	}
	defer e.cl.HTTP.CloseIdleConnections()
	r.inspect(ctx, o.Profile)
	err = e.signIn(ctx)
	if err != nil {
		return err
	}
	for _, ask := range []struct {
		op client.Op
		do func(context.Context) (Facts, error)
	}{
		{client.OpSearchAccounts, e.search},
		{client.OpListMaterials, e.materials},
		{client.OpFetchFile, e.file},
	} {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if o.Progress != nil {
			o.Progress(ask.op)
		}
		learnt, problem := ask.do(withOp(ctx, ask.op))
		e.done(ask.op, learnt, problem)
		if !errors.Is(problem, errNothing) {
			err = cmp.Or(err, problem)
		}
	}
	e.conclude(withOp(ctx, client.OpSearchAccounts))
	slices.SortFunc(r.Interfaces, func(a, b Interface) int { return int(a.Op - b.Op) })
	return err
}

func (r *Report) exam(o Options) (*exam, error) {
	p := o.Profile
	loc, err := p.Location()
	if err != nil {
		return nil, err
	}
	transport := o.Transport
	if transport == nil {
		trust := session.Trust{Key: p.TrustedKey, Insecure: p.Insecure}
		if u, err := url.Parse(p.URL); err == nil {
			trust.Host = u.Host
		}
		transport = session.Transport(trust)
	}
	reading := client.Endpoints{}
	for op, ep := range p.Endpoints {
		if !op.Writes() {
			reading[op] = ep
		}
	}
	e := &exam{Report: r, o: o, rec: &recorder{next: transport}, loc: loc}
	e.cl = &client.Client{BaseURL: p.URL, Endpoints: reading, HTTP: &http.Client{Transport: e.rec}, Location: loc, Charset: session.ToUTF8}
	e.signer = &signer{cl: e.cl}
	return e, nil
}

// signer remembers what a sign-in granted.
type signer struct {
	cl    *client.Client
	grant *client.Grant
}

// SignIn implements session.SignIner.
func (s *signer) SignIn(ctx context.Context, username string, password client.Secret) (*client.Grant, error) {
	g, err := s.cl.SignIn(withOp(ctx, client.OpSignIn), username, password)
	if err == nil {
		s.grant = g
	}
	return g, err
}

func (e *exam) signIn(ctx context.Context) error {
	if err := e.note(audit.SignIn, nil); err != nil {
		return err
	}
	s := session.New(e.signer, e.o.Username, client.Secret{})
	s.SignedIn = func(err error) {
		result := audit.OK
		if err != nil {
			result = audit.Failed
		}
		_ = e.o.Journal(audit.Entry{Act: audit.SignIn, Phase: audit.Ended, Result: result})
	}
	e.cl.Auth = s
	err := s.SignInWith(ctx, e.o.Password)
	if err != nil {
		e.done(client.OpSignIn, Facts{}, err)
		return err
	}
	g := e.signer.grant
	token, skew := g.Token.Reveal(), int(g.Skew.Seconds())
	if skew == -1 {
		skew = 0 // the header is cut to whole seconds
	}
	learnt := Facts{
		{"tookMs", e.took(client.OpSignIn)},
		{"clockSkewSeconds", skew},
		{"tokenMinutes", int(time.Until(g.Expires).Round(time.Minute).Minutes())},
		{"tokenIsJWT", strings.Count(token, ".") == 2},
		{"tokenWithBearer", strings.HasPrefix(token, "Bearer ")},
	}
	if g.Skew.Abs() > maxSkew {
		e.warn("clock_skew", "seconds", skew)
	}
	e.done(client.OpSignIn, learnt, nil)
	return nil
}

// note writes the line that stands before an act.
func (e *exam) note(act audit.Act, detail map[string]string) error {
	return e.o.Journal(audit.Entry{Act: act, Phase: audit.Begun, Detail: detail})
}

func (e *exam) took(op client.Op) int {
	calls := e.rec.of(op)
	if len(calls) == 0 {
		return 0
	}
	return int(calls[0].took.Milliseconds())
}

// done adds an interface to the report.
func (e *exam) done(op client.Op, learnt Facts, err error) {
	i := Interface{Op: op, Sent: e.rec.sentTo(op, e.o.Profile.Endpoints[op]), Learnt: learnt}
	if c := e.rec.last(op); c != nil {
		i.Status = c.status
	}
	switch {
	case errors.Is(err, errNothing):
		i.Error = "not_tried"
	case err != nil:
		i.Error = kind(err)
		i.Learnt.some("malformedAt", malformedAt(err))
		e.failed(op, i)
	}
	e.Interfaces = append(e.Interfaces, i)
}

// failed warns of an interface, unless something before says it better.
func (e *exam) failed(op client.Op, i Interface) {
	switch {
	case i.Error == "refused":
		e.warn("sign_in_refused", "status", i.Status)
	case op == client.OpSignIn && e.warned("tls_unreachable", "tls_untrusted", "tls_changed", "tls_expired"):
	case i.Error == "no_endpoint" && e.warned("no_endpoints"):
	default:
		e.warn("failed", "op", int(op), "kind", e.word(i.Error), "status", i.Status)
	}
}

// member is the path of an answer's member as the contract names them: no number but of a list's element.
var member = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z]{1,40}(\[\d{1,6}\])?(\.[A-Za-z]{1,40}(\[\d{1,6}\])?){0,6}$`)
})

// malformedAt says where an answer stopped making sense.
func malformedAt(err error) string {
	var bad *client.MalformedError
	switch {
	case !errors.As(err, &bad):
		return ""
	case member().MatchString(bad.Field):
		return fmt.Sprintf("%s, byte %d", bad.Field, bad.Offset)
	}
	return fmt.Sprintf("byte %d", bad.Offset)
}

// conclude adds to interface 9 what all of them told together.
func (e *exam) conclude(ctx context.Context) {
	at := slices.IndexFunc(e.Interfaces, func(i Interface) bool { return i.Op == client.OpSearchAccounts })
	if at < 0 || e.Interfaces[at].Error != "" {
		return
	}
	i := &e.Interfaces[at]
	i.Learnt.add("countsCustomerLevel", e.countsCustomerLevel(ctx))
	i.Learnt.add("countsHistory", e.countsHistory(ctx))
	i.Sent = e.rec.sentTo(i.Op, e.o.Profile.Endpoints[i.Op])
	switch {
	case e.zone.by == "":
		i.Learnt.add("timeZone", "unknown")
		return
	case !e.zone.fits:
		e.warn("time_zone", "found", e.zone.String(), "profile", e.loc.String())
	}
	i.Learnt.add("timeZone", e.zone.String())
	i.Learnt.add("timeZoneBy", e.zone.by)
}

// zoned keeps the first conclusion on the time zone; they come the surest first.
func (e *exam) zoned(z zone, ok bool) {
	if ok && e.zone.by == "" {
		e.zone = z
	}
}

// dated adds the shapes of dates, and warns of those that are not read as they are meant.
func (e *exam) dated(learnt *Facts, d dates) {
	shapes := d.shapes()
	learnt.add("dates", shapes)
	for field, shape := range shapes {
		bad := slices.ContainsFunc(strings.Split(shape, ", "), func(s string) bool {
			return slices.Contains(misread, s) || strings.HasPrefix(s, "other")
		})
		if bad {
			e.warn("date_misread", "field", field, "shape", shape)
		}
	}
}

func number(n int) string { return strconv.Itoa(n) }
