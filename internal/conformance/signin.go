package conformance

import (
	"context"
	"errors"
	"testing"
	"time"

	"imagery/client"
)

// signIn: a wrong password is refused, the right one yields a token that lasts, and nothing is told without one. The wrong password is
// tried once and before the right one, so that no account is locked.
func (s *suite) signIn(t *testing.T) {
	_, err := s.c.SignIn(within(t), s.Username, client.NewSecret(s.Password+" is wrong"))
	if !errors.Is(err, client.ErrSignInRefused) {
		t.Errorf("a wrong password: %v", err)
	}
	g, err := s.c.SignIn(within(t), s.Username, client.NewSecret(s.Password))
	must(t, err)
	if left := time.Until(g.Expires); left < time.Minute {
		t.Errorf("the token lasts %v", left)
	}
	first := client.SearchAccountsRequest{PageNumber: 1, PageSize: 1}
	if _, err := s.stranger().SearchAccounts(within(t), first); !errors.Is(err, client.ErrUnauthorized) && !errors.Is(err, client.ErrForbidden) {
		t.Errorf("without a token: %v", err)
	}
	made := s.stranger()
	auth := &madeUp{}
	made.Auth = auth
	if _, err := made.SearchAccounts(within(t), first); !errors.Is(err, client.ErrUnauthorized) || !auth.refused {
		t.Errorf("with a token of our own making: %v; want 401, by which clients know that theirs has ended", err)
	}
}

// madeUp is an authorizer with a token that no platform gave.
type madeUp struct{ refused bool }

// Authorization implements client.Authorizer.
func (*madeUp) Authorization(context.Context) (client.Secret, error) {
	return client.NewSecret("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjb25mb3JtYW5jZSJ9.AAAA"), nil
}

// Accepted implements client.Authorizer.
func (*madeUp) Accepted(client.Secret) {}

// Refused implements client.Authorizer.
func (m *madeUp) Refused(context.Context, client.Secret) (client.Secret, error) {
	m.refused = true
	return client.Secret{}, client.ErrUnauthorized
}
