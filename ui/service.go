package ui

import (
	"context"
	"strings"
	"sync/atomic"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/transfer"
	"imagery/ui/archive"
)

// service is the program as screens see it: internal/app, with its errors and refusals in the user's words.
type service struct {
	*app.App
	words atomic.Pointer[i18n.Catalogue] // commands speak too, beside a switch of the language
}

// setLang makes lang the language of everything that the service says.
func (s *service) setLang(lang string) { s.words.Store(i18n.Load(lang)) }

// T translates as core.Env.T does, from any goroutine.
func (s *service) T(key i18n.Key, pairs ...any) string { return s.words.Load().T(key, pairs...) }

// Explain returns what happened, why, and what to do, in one line. Views call it: it changes nothing.
func (s *service) Explain(err error) string {
	parts, gap := s.explain(err), s.T("main.sentence_gap")
	for i := range parts { // some end as sentences do already
		parts[i] = strings.TrimSuffix(parts[i], strings.TrimSpace(gap))
	}
	return strings.Join(parts, gap)
}

// explain is Explain in parts, without those that nothing is known for.
func (s *service) explain(err error) (parts []string) {
	what, why, todo := app.Explain(err, s.words.Load())
	for _, p := range []string{what, why, todo} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// WhyNotWrite returns why nothing can be archived, discarded or added here; empty when it can.
func (s *service) WhyNotWrite() string {
	if s.Session().ReadOnly {
		return s.T("main.read_only")
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

// ExportPlan implements batch.Service.
func (s *service) ExportPlan(ctx context.Context, plan []transfer.Planned) (string, error) {
	return s.App.ExportPlan(ctx, plan, s.words.Load())
}

// ExportTask implements tasks.Reporter.
func (s *service) ExportTask(ctx context.Context, taskID string) ([]string, error) {
	return s.App.ExportTask(ctx, taskID, s.words.Load())
}
