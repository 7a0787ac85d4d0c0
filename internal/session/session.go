// Package session keeps a login alive: it signs in once for everybody who waits, renews the token ahead of its end, learns whether
// the platform wants "Bearer ", stops at a refused password, and decides which server keys are trusted.
package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"imagery/client"
)

const (
	renewAhead    = 2 * time.Minute // before a token ends; a tenth of its life if that is less
	signInTimeout = 30 * time.Second
	bearer        = "Bearer "
)

// ErrNoPassword is returned when a token has ended and no password is held to renew it.
var ErrNoPassword = errors.New("session: ended and no password is held")

// SignIner exchanges a password for a token. *client.Client is one.
type SignIner interface {
	SignIn(ctx context.Context, username string, password client.Secret) (*client.Grant, error)
}

// Session is one user's login on one platform. It implements client.Authorizer and is safe for concurrent use.
type Session struct {
	platform SignIner
	// SignedIn is told after every attempt, with its error; nil: nobody is. Set it before first use.
	SignedIn func(error)

	username string

	mu        sync.Mutex
	flight    *flight // the sign-in under way; nil: none
	password  client.Secret
	token     client.Secret // as the platform sent it
	value     client.Secret // as it goes out: the token, perhaps with "Bearer " in front
	proven    bool          // the platform took value
	wantsType bool          // the platform took a bare token only with "Bearer "
	renewAt   time.Time
	expires   time.Time
	refused   error // the password was refused: nothing is tried until another comes
}

// New returns a session that has not signed in yet.
func New(platform SignIner, username string, password client.Secret) *Session {
	return &Session{platform: platform, username: username, password: password}
}

// Status is what a session can tell of itself.
type Status struct {
	Username string
	Expires  time.Time // of the token, by the local clock
	SignedIn bool      // a token is held that has not ended, or can be renewed
}

// Status returns where the session stands.
func (s *Session) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	renewable := s.refused == nil && !s.password.IsZero()
	return Status{s.username, s.expires, !s.token.IsZero() && s.refused == nil && (renewable || time.Now().Before(s.expires))}
}

// SignInWith signs in with another password and keeps it if the platform takes it: refused calls go on from there. If not, the session
// stays as it was.
func (s *Session) SignInWith(ctx context.Context, password client.Secret) error {
	asked := time.Now()
	grant, err := s.platform.SignIn(ctx, s.username, password)
	if err == nil {
		s.mu.Lock()
		s.password, s.refused = password, nil
		s.take(grant, asked)
		s.mu.Unlock()
	}
	if s.SignedIn != nil {
		s.SignedIn(err)
	}
	return err
}

// flight is a sign-in under way. err is there once done is closed.
type flight struct {
	done chan struct{}
	err  error
}

// SignIn fetches a new token now. Everybody who asks meanwhile waits for the same answer; ctx ends only the own wait.
func (s *Session) SignIn(ctx context.Context) error {
	s.mu.Lock()
	if err := s.refused; err != nil {
		s.mu.Unlock()
		return err
	}
	f := s.join(ctx)
	s.mu.Unlock()
	return f.wait(ctx)
}

// join returns the sign-in under way, or starts one. The caller holds mu from where it found a token to be wanted: a flight that lands in
// between would be followed by a needless second one.
func (s *Session) join(ctx context.Context) *flight {
	if s.flight == nil {
		s.flight = &flight{done: make(chan struct{})}
		// Others wait for this too, so that one caller's impatience must not end it.
		go s.fly(context.WithoutCancel(ctx), s.flight, s.password)
	}
	return s.flight
}

func (f *flight) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fly signs in and tells everybody who waits.
func (s *Session) fly(ctx context.Context, f *flight, password client.Secret) {
	ctx, cancel := context.WithTimeout(ctx, signInTimeout)
	defer cancel()
	defer close(f.done)
	defer func() {
		if p := recover(); p != nil {
			f.err = fmt.Errorf("session: signing in: %v", p)
			s.land(f, nil, time.Time{}, password)
		}
	}()
	asked := time.Now()
	var grant *client.Grant
	if f.err = ErrNoPassword; !password.IsZero() {
		grant, f.err = s.platform.SignIn(ctx, s.username, password)
	}
	s.land(f, grant, asked, password)
	if s.SignedIn != nil && !password.IsZero() {
		s.SignedIn(f.err)
	}
}

// land notes what a flight brought in the same moment in which it ends: whoever looks afterwards finds its token, or starts the next.
func (s *Session) land(f *flight, grant *client.Grant, asked time.Time, password client.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight == f {
		s.flight = nil
	}
	switch {
	case f.err == nil:
		s.take(grant, asked)
	case errors.Is(f.err, client.ErrSignInRefused) && s.password.Equal(password): // not replaced while the answer was on its way
		s.refused = f.err
	}
}

// take keeps a token. The caller holds mu.
func (s *Session) take(g *client.Grant, asked time.Time) {
	s.token, s.value, s.proven = g.Token, g.Token, false
	if s.wantsType && bare(g.Token) {
		s.value, s.proven = client.NewSecret(bearer+g.Token.Reveal()), true
	}
	s.expires = g.Expires
	s.renewAt = g.Expires.Add(-min(renewAhead, g.Expires.Sub(asked)/10))
}

func bare(token client.Secret) bool { return !strings.Contains(token.Reveal(), " ") }

// Authorization implements client.Authorizer. A renewal that fails for want of a network is no error while the old token lasts.
func (s *Session) Authorization(ctx context.Context) (client.Secret, error) {
	s.mu.Lock()
	value, now := s.value, time.Now()
	ended := !now.Before(s.expires)
	switch {
	case s.refused != nil:
		defer s.mu.Unlock()
		return client.Secret{}, s.refused
	case !value.IsZero() && now.Before(s.renewAt):
		defer s.mu.Unlock()
		return value, nil
	}
	f := s.join(ctx)
	s.mu.Unlock()
	err := f.wait(ctx)
	if err != nil && (value.IsZero() || ended || errors.Is(err, client.ErrSignInRefused) || ctx.Err() != nil) {
		return client.Secret{}, fmt.Errorf("signing in: %w", err)
	}
	return s.current(), nil
}

// current returns what goes out now.
func (s *Session) current() client.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.value
}

// Accepted implements client.Authorizer.
func (s *Session) Accepted(value client.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.value.Equal(value) {
		s.proven = true
		s.wantsType = s.wantsType || !s.token.Equal(value)
	}
}

// Refused implements client.Authorizer: another worker's newer token, else "Bearer " in front of a bare token that never worked,
// else a new sign-in.
func (s *Session) Refused(ctx context.Context, value client.Secret) (client.Secret, error) {
	s.mu.Lock()
	switch {
	case !s.value.Equal(value) && !s.value.IsZero():
		defer s.mu.Unlock()
		return s.value, nil
	case !s.proven && bare(s.token) && s.token.Equal(value):
		defer s.mu.Unlock()
		s.value = client.NewSecret(bearer + value.Reveal())
		return s.value, nil
	case s.refused != nil:
		defer s.mu.Unlock()
		return client.Secret{}, fmt.Errorf("signing in again: %w", s.refused)
	}
	f := s.join(ctx)
	s.mu.Unlock()
	if err := f.wait(ctx); err != nil {
		return client.Secret{}, fmt.Errorf("signing in again: %w", err)
	}
	return s.current(), nil
}
