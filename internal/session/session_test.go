package session

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"imagery/client"
)

// platform grants tokens of one hour, with or without "Bearer ".
type platform struct {
	mu       sync.Mutex
	signIns  int
	password string
	prefix   string // of tokens as granted
	wants    string // in front of tokens on calls
	current  string
	ends     time.Time
	down     bool
	visible  int // 401s seen
}

func (p *platform) SignIn(ctx context.Context, _ string, password client.Secret) (*client.Grant, error) {
	select {
	case <-time.After(50 * time.Millisecond):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.signIns++
	if p.down {
		return nil, errors.New("connection refused")
	}
	if password.Reveal() != p.password {
		return nil, &client.Error{Op: client.OpSignIn, Status: 401, Message: "Invalid Credentials"}
	}
	p.current, p.ends = fmt.Sprint("t", p.signIns), time.Now().Add(time.Hour)
	return &client.Grant{Token: client.NewSecret(p.prefix + p.current), Expires: p.ends}, nil
}

// call does what client.Client does with an Authorizer.
func (p *platform) call(ctx context.Context, s *Session) error {
	v, err := s.Authorization(ctx)
	for range 3 {
		if err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
		p.mu.Lock()
		ok := v.Reveal() == p.wants+p.current && time.Now().Before(p.ends)
		if !ok {
			p.visible++
		}
		p.mu.Unlock()
		if ok {
			s.Accepted(v)
			return nil
		}
		v, err = s.Refused(ctx, v)
	}
	return client.ErrUnauthorized
}

func TestEightHoursOfFiftyWorkersSignInNineTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{password: "pw"}
		s := New(p, "u", client.NewSecret("pw"))
		end := time.Now().Add(8 * time.Hour)
		var wg sync.WaitGroup
		for w := range 50 {
			wg.Go(func() {
				for time.Now().Before(end) {
					if err := p.call(t.Context(), s); err != nil {
						t.Error(err)
						return
					}
					time.Sleep(time.Duration(w+1) * 700 * time.Millisecond)
				}
			})
		}
		wg.Wait()
		if p.signIns > 9 || p.visible > 0 {
			t.Errorf("%d sign-ins, %d answers 401; want at most 9 and none", p.signIns, p.visible)
		}
	})
}

func TestBearerIsLearntOnceAndKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{password: "pw", wants: "Bearer "}
		s := New(p, "u", client.NewSecret("pw"))
		for range 3 {
			if err := p.call(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			time.Sleep(59 * time.Minute) // past the renewal
		}
		if p.signIns != 3 || p.visible != 1 {
			t.Errorf("%d sign-ins, %d answers 401; want 3 and 1", p.signIns, p.visible)
		}
	})
}

func TestTokenWithItsTypeGoesOutVerbatim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{password: "pw", prefix: "Bearer ", wants: "Bearer "}
		s := New(p, "u", client.NewSecret("pw"))
		if err := p.call(t.Context(), s); err != nil || p.visible != 0 {
			t.Errorf("%v, %d answers 401", err, p.visible)
		}
	})
}

func TestRefusedPasswordStopsEveryAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{password: "pw"}
		s := New(p, "u", client.NewSecret("wrong"))
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				for range 5 {
					if err := p.call(t.Context(), s); !errors.Is(err, client.ErrSignInRefused) {
						t.Errorf("got %v", err)
					}
				}
			})
		}
		wg.Wait()
		if p.signIns != 1 {
			t.Errorf("%d attempts with a refused password, want 1", p.signIns)
		}
		if err := s.SignInWith(t.Context(), client.NewSecret("also wrong")); !errors.Is(err, client.ErrSignInRefused) {
			t.Errorf("another wrong one: %v", err)
		}
		if err := s.SignInWith(t.Context(), client.NewSecret("pw")); err != nil {
			t.Fatal(err)
		}
		if err := p.call(t.Context(), s); err != nil {
			t.Errorf("after a new password: %v", err)
		}
	})
}

func TestTokenEndedEarlyIsRenewedOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{password: "pw"}
		s := New(p, "u", client.NewSecret("pw"))
		if err := p.call(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		p.mu.Lock()
		p.current = "revoked" // the platform forgot the token
		p.mu.Unlock()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := p.call(t.Context(), s); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if p.signIns != 2 {
			t.Errorf("%d sign-ins, want 2", p.signIns)
		}
	})
}

func TestNothingIsSentOnceThePasswordWasRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{password: "pw"}
		s := New(p, "u", client.NewSecret("pw"))
		if err := p.call(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		p.mu.Lock()
		p.current, p.password = "revoked", "changed"
		p.mu.Unlock()
		for range 3 {
			if err := p.call(t.Context(), s); !errors.Is(err, client.ErrSignInRefused) {
				t.Errorf("got %v", err)
			}
		}
		if p.signIns != 2 || p.visible != 1 {
			t.Errorf("%d sign-ins, %d answers 401; want 2 and 1", p.signIns, p.visible)
		}
	})
}

func TestOldTokenServesWhileRenewalFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{password: "pw"}
		s := New(p, "u", client.NewSecret("pw"))
		if err := p.call(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		time.Sleep(59 * time.Minute)
		p.down = true
		if err := p.call(t.Context(), s); err != nil {
			t.Errorf("one minute before the end: %v", err)
		}
		time.Sleep(2 * time.Minute)
		if err := p.call(t.Context(), s); err == nil {
			t.Error("an ended token was used")
		}
	})
}

func TestOneImpatientCallerDoesNotEndTheSignInOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{password: "pw"}
		s := New(p, "u", client.NewSecret("pw"))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		var first, second error
		var wg sync.WaitGroup
		wg.Go(func() { first = s.SignIn(ctx) })
		time.Sleep(time.Millisecond)
		wg.Go(func() { second = s.SignIn(t.Context()) })
		wg.Wait()
		if !errors.Is(first, context.DeadlineExceeded) || second != nil || p.signIns != 1 {
			t.Errorf("%v, %v, %d sign-ins", first, second, p.signIns)
		}
	})
}

// granter grants one token without looking at the password.
type granter struct{}

func (granter) SignIn(context.Context, string, client.Secret) (*client.Grant, error) {
	return &client.Grant{Token: client.NewSecret("canary-token"), Expires: time.Now().Add(time.Hour)}, nil
}

func TestNoPrintFormOfASessionShowsItsSecrets(t *testing.T) {
	s := New(granter{}, "u", client.NewSecret("canary-password"))
	if err := s.SignInWith(t.Context(), client.NewSecret("canary-password")); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"%v", "%+v", "%#v"} {
		if out := fmt.Sprintf(f, s); strings.Contains(out, "canary") {
			t.Errorf("%s shows a secret: %s", f, out)
		}
	}
}

// instant grants tokens without any delay, so that a sign-in ends while others are still making up their minds.
type instant struct{ signIns atomic.Int64 }

func (p *instant) SignIn(context.Context, string, client.Secret) (*client.Grant, error) {
	return &client.Grant{Token: client.NewSecret(fmt.Sprint("t", p.signIns.Add(1))), Expires: time.Now().Add(time.Hour)}, nil
}

func TestASignInThatEndsWhileOthersDecideIsNotFollowedByASecond(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(16)) // more threads than cores: any line may be where one is held up
	p := &instant{}
	together := func(ask func()) {
		var wg sync.WaitGroup
		start := make(chan struct{})
		for range 64 {
			wg.Go(func() { <-start; ask() })
		}
		close(start)
		wg.Wait()
	}
	const rounds = 2000
	for range rounds {
		s := New(p, "u", client.NewSecret("pw"))
		together(func() { _, _ = s.Authorization(t.Context()) })
		old := s.value
		s.Accepted(old)
		together(func() { _, _ = s.Refused(t.Context(), old) })
	}
	if n := p.signIns.Load(); n != 2*rounds {
		t.Errorf("%d sign-ins, want %d", n, 2*rounds)
	}
}
