package ui

import (
	"context"
	"log"
	"slices"
	"strings"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/ui/archive"
	"imagery/ui/internal/core"
)

// service is the program as screens see it: internal/app, with its errors and refusals in the user's words.
type service struct {
	*app.App
	env     *core.Env
	failure []string // the last one explained, in full
	logged  string   // cause of the last one logged
}

// Explain returns what happened, why, and what to do, in one line.
func (s *service) Explain(err error) string {
	what, why, todo := app.Explain(err, i18n.Load(s.env.Lang))
	var parts []string
	for _, p := range []string{what, why, todo} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	cause := client.SafeText(err.Error(), 1000)
	s.failure = append(slices.Clone(parts), "", cause)
	if s.logged != cause {
		s.logged = cause
		log.Print(cause)
	}
	return strings.Join(parts, s.env.T("main.sentence_gap"))
}

// WhyNotWrite returns why nothing can be archived, discarded or added here; empty when it can.
func (s *service) WhyNotWrite() string {
	if s.Session().ReadOnly {
		return s.env.T("main.read_only")
	}
	return ""
}

// EmpCode is the employee who discards, as the profile names him.
func (s *service) EmpCode() string { return s.Session().Profile.EmpCode }

// SystemCode is the platform's code for this program.
func (s *service) SystemCode() string { return s.Session().Profile.SystemCode }

// ProfileName is the profile signed in to.
func (s *service) ProfileName() string { return client.Text(s.Session().Profile.Name).String() }

// Base64Limit is the size in bytes above which a file goes up first.
func (s *service) Base64Limit() int64 { return s.Session().Profile.Base64Max() }

// ArchiveToAccount implements archive.Service.
func (s *service) ArchiveToAccount(ctx context.Context, r client.ArchiveToAccountRequest, progress func(sent, total int64)) (*client.ServiceAccess, error) {
	return s.App.ArchiveToAccount(ctx, r, progress)
}

// ArchiveToCustomer implements archive.Service.
func (s *service) ArchiveToCustomer(ctx context.Context, r client.ArchiveToCustomerRequest, lookup client.ListMaterialsRequest, progress func(sent, total int64)) (*client.ServiceAccess, error) {
	return s.App.ArchiveToCustomer(ctx, r, lookup, progress)
}

// Inspect implements archive.Service.
func (s *service) Inspect(ctx context.Context, path string) (archive.LocalFile, error) {
	f, err := s.App.Inspect(ctx, path)
	if err != nil {
		return archive.LocalFile{}, err
	}
	return archive.LocalFile{Path: f.Path, Name: f.Name, Size: f.Size, Type: f.Type, OtherType: f.OtherType}, nil
}
