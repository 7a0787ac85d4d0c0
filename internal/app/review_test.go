package app

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/codes"
	"imagery/internal/config"
	"imagery/internal/review"
	"imagery/internal/secret"
)

// ring is a keyring in memory.
type ring map[string]client.Secret

func (r ring) Load(profile, username string) (client.Secret, error) {
	if s, ok := r[profile+"\n"+username]; ok {
		return s, nil
	}
	return client.Secret{}, secret.ErrNone
}

func (r ring) Store(profile, username string, password client.Secret) error {
	r[profile+"\n"+username] = password
	return nil
}

func (r ring) Delete(profile, username string) error {
	delete(r, profile+"\n"+username)
	return nil
}

func TestChangesOfSettingsAreOnRecordBeforeTheyAreMade(t *testing.T) {
	a := start(t, &platform{}, func(p *config.Profile) { p.Insecure = true })
	keys := ring{}
	a.opts.Store, a.opts.Keyring = memory{}, keys
	p := a.Profiles()[0]
	p.Name, p.ReadOnly = "second", true
	yes := client.NewSecret("pw")
	for _, err := range []error{
		a.SaveProfile("", p), a.ImportCodes(t.Context(), "second", codes.Names{codes.Materials: {"1": "x"}}),
		a.Remember("second", "u", yes, true), a.Remember("second", "u", yes, true), a.Remember("second", "u", yes, false), a.Remember("second", "u", yes, false),
		a.RemoveProfile("second"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	if err := a.opts.Journal.Entries(func(e audit.Entry) bool {
		switch d := e.Detail; {
		case e.Act == audit.SignIn && e.Phase == audit.Begun:
			got = append(got, "sign-in insecure="+d["insecure"])
		case e.Act == audit.Configure:
			got = append(got, e.Profile+" "+d["what"]+" insecure="+d["insecure"]+" readOnly="+d["readOnly"]+" kept="+d["kept"]+" removed="+d["removed"]+" n="+d[string(codes.Materials)])
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"sign-in insecure=true",
		"second profile insecure=true readOnly=true kept= removed= n=", "second codes insecure= readOnly= kept= removed= n=1",
		"second password insecure= readOnly= kept=true removed= n=", "second password insecure= readOnly= kept=false removed= n=",
		"second profile insecure= readOnly= kept= removed=true n=",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}

	a.opts.Journal = audit.Open(filepath.Join(t.TempDir(), "audit.jsonl", "under", "a-file\x00"))
	for name, err := range map[string]error{"save": a.SaveProfile("", p), "codes": a.ImportCodes(t.Context(), "test", nil), "password": a.Remember("test", "u", yes, true)} {
		if !errors.Is(err, ErrJournal) {
			t.Errorf("%s without a journal: %v", name, err)
		}
	}
	if len(keys) != 0 || len(a.Profiles()) != 1 {
		t.Error("something was changed without a line in the journal")
	}
}

// A profile's name is all that a password is kept under: the next profile of that name may be another server.
func TestPasswordsAndRulesGoWithTheirProfile(t *testing.T) {
	a := start(t, &platform{}, nil)
	keys := ring{}
	a.opts.Store, a.opts.Keyring, a.opts.RulesFolder = memory{}, keys, t.TempDir()
	p := a.Profiles()[0]
	p.Name, p.Username = "one", "own"
	yes := client.NewSecret("pw")
	own := a.rulesPath(config.Profile{Name: "one"})
	err := errors.Join(a.SaveProfile("", p), keys.Store("one", "own", yes), a.Remember("one", "other", yes, true), os.WriteFile(own, nil, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	p.Name = "two"
	if err := a.SaveProfile("one", p); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 2 || keys["two\nown"].IsZero() || keys["two\nother"].IsZero() {
		t.Errorf("after renaming: %v", slices.Collect(maps.Keys(keys)))
	}
	if err := a.RemoveProfile("two"); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 0 {
		t.Errorf("after removing: %v", slices.Collect(maps.Keys(keys)))
	}
	if left, err := os.ReadDir(a.opts.RulesFolder); err != nil || len(left) != 0 {
		t.Error(left, err)
	}
}

// away is a keyring that does not answer.
type away struct{ ring }

func (away) Load(string, string) (client.Secret, error) { return client.Secret{}, secret.ErrNoKeyring }

func TestAPasswordThatStaysBehindItsProfileIsTold(t *testing.T) {
	a := start(t, &platform{}, nil)
	a.opts.Store, a.opts.Keyring = memory{}, ring{}
	p := a.Profiles()[0]
	for name, kept := range map[string]bool{"one": true, "two": false} {
		a.opts.Keyring = ring{}
		p.Name, p.Username = name, "own"
		if err := errors.Join(a.SaveProfile("", p), a.Remember(name, "own", client.NewSecret("pw"), kept)); err != nil {
			t.Fatal(err)
		}
		a.opts.Keyring = away{}
		if err := a.RemoveProfile(name); errors.Is(err, ErrPasswordLeft) != kept {
			t.Errorf("removing %s: %v", name, err)
		}
		if _, there := a.Profile(name); there {
			t.Errorf("%s is still there", name)
		}
	}
}

// absent is where there is no keyring.
type absent struct{ away }

func (absent) Store(string, string, client.Secret) error { return secret.ErrNoKeyring }

func TestAPasswordThatCouldNotBeKeptIsNotSaidToStayBehind(t *testing.T) {
	a := start(t, &platform{}, nil)
	a.opts.Store, a.opts.Keyring = memory{}, absent{}
	p := a.Profiles()[0]
	p.Name = "one"
	if err := errors.Join(a.SaveProfile("", p), a.Remember("one", "u", client.NewSecret("pw"), true)); !errors.Is(err, secret.ErrNoKeyring) {
		t.Fatal(err)
	}
	if err := errors.Join(a.ForgetPassword("one", "u"), a.RemoveProfile("one")); err != nil {
		t.Error(err)
	}
}

func TestForgettingAPasswordThatASilentKeyringHasIsNoSuccess(t *testing.T) {
	a := start(t, &platform{}, nil)
	a.opts.Keyring = ring{}
	name := a.Profiles()[0].Name
	if err := a.Remember(name, "u", client.NewSecret("pw"), true); err != nil {
		t.Fatal(err)
	}
	a.opts.Keyring = away{}
	if err := a.ForgetPassword(name, "u"); !errors.Is(err, ErrPasswordLeft) {
		t.Error(err)
	}
}

func TestRemovingAProfileCanBeTriedAgain(t *testing.T) {
	a := start(t, &platform{}, nil)
	a.opts.Store, a.opts.RulesFolder = memory{}, t.TempDir()
	p := a.Profiles()[0]
	p.Name = "one"
	inTheWay := filepath.Join(a.rulesPath(p), "something")
	if err := errors.Join(a.SaveProfile("", p), os.MkdirAll(inTheWay, 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := a.RemoveProfile("one"); err == nil || a.profileAt("one") < 0 {
		t.Errorf("what is kept under its name could not be removed: %v, at %d", err, a.profileAt("one"))
	}
	if err := errors.Join(os.Remove(inTheWay), a.RemoveProfile("one")); err != nil || a.profileAt("one") >= 0 {
		t.Errorf("the second time: %v, at %d", err, a.profileAt("one"))
	}
}

func TestASpotCheckOfAnotherProfileIsRefused(t *testing.T) {
	a := start(t, &platform{}, nil)
	path := filepath.Join(t.TempDir(), "review.db")
	a.opts.Reviews = func(ctx context.Context) (*review.Book, error) { return review.Open(ctx, path) }
	b, err := review.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	list, err := ReadChecklist("")
	if err != nil {
		t.Fatal(err)
	}
	s := review.Selection{Profile: "elsewhere", By: "x", Members: []review.Member{{ID: "a"}, {ID: "b"}}, Question: review.Question{Confidence: 0.95, Size: 1}, Checklist: list}
	r, err := b.Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.NextReview(t.Context(), a.NewSitting(), r.ID); !errors.Is(err, ErrOtherProfile) {
		t.Errorf("next: %v", err)
	}
	if _, err := a.SignReview(t.Context(), r.ID, ""); !errors.Is(err, ErrOtherProfile) {
		t.Errorf("sign-off: %v", err)
	}
	if runs, err := a.Reviews(t.Context()); err != nil || len(runs) != 0 {
		t.Errorf("%v, %v", runs, err)
	}
	a.opts.Reviews = nil
	if _, err := New(Options{}).Reviews(t.Context()); !errors.Is(err, ErrNotSignedIn) {
		t.Errorf("not signed in: %v", err)
	}
}

func TestAChecklistThatWindowsWroteIsRead(t *testing.T) {
	text := "version = 1\n[[check]]\nid = \"clear\"\nzh = \"清晰\"\nen = \"clear\"\n"
	path := filepath.Join(t.TempDir(), "checks.toml")
	if err := os.WriteFile(path, []byte("\ufeff"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := ReadChecklist(path); err != nil || len(list.Checks) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestADatabaseThatCannotBeOpenedIsTriedAgain(t *testing.T) {
	a := start(t, &platform{}, nil)
	broken := true
	a.opts.Reviews = func(ctx context.Context) (*review.Book, error) {
		if broken {
			return nil, errors.New("away")
		}
		return review.Open(ctx, filepath.Join(t.TempDir(), "review.db"))
	}
	if _, err := a.Reviews(t.Context()); !errors.Is(err, ErrReviewStore) {
		t.Errorf("%v", err)
	}
	broken = false
	if _, err := a.Reviews(t.Context()); err != nil {
		t.Error(err)
	}
}
