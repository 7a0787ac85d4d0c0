package ui

import (
	"context"
	"errors"

	"imagery/client"
	"imagery/internal/app"
	engine "imagery/internal/completeness"
	"imagery/ui/completeness"
)

// CheckBook implements completeness.Service. A check that was called off comes with what is known so far.
func (s *service) CheckBook(ctx context.Context, o engine.Options, resume bool) (completeness.Checked, error) {
	run, err := s.Check(ctx, o, resume)
	if run.Run == nil && errors.Is(err, context.Canceled) {
		if known, e := s.Partial(context.WithoutCancel(ctx), o); e == nil {
			run = known
		}
	}
	return completeness.Checked(run), err
}

// KeptBefore implements completeness.Service.
func (s *service) KeptBefore(ctx context.Context, scope client.SearchAccountsRequest, id int64) (completeness.Checked, error) {
	if id == 0 {
		run, err := s.RunOf(ctx, scope)
		return completeness.Checked(run), err
	}
	run, err := s.RunBefore(ctx, scope, id)
	return completeness.Checked(run), err
}

// ConfirmRun implements completeness.Service.
func (s *service) ConfirmRun(ctx context.Context, r completeness.Checked, o engine.ConfirmOptions) error {
	return s.Confirm(ctx, app.Checked(r), o)
}

// ExportRun implements completeness.Service.
func (s *service) ExportRun(ctx context.Context, r *engine.Run, x completeness.Export) ([]string, error) {
	var forms []app.ReportForm
	for _, f := range x.Forms {
		forms = append(forms, app.ReportForm(f))
	}
	return s.WriteReports(ctx, r, forms, x.Folder, app.ReportOptions{Unmasked: x.Unmasked, Since: x.Since, Lang: x.Lang})
}

// Obtained implements completeness.Service.
func (s *service) Obtained(r *engine.Run) (out []completeness.Fact) {
	for _, f := range s.App.Obtained(r, s.words.Load().Lang()) {
		out = append(out, completeness.Fact{Label: f.Label, Value: f.Value})
	}
	return out
}

// Doubts implements completeness.Service.
func (s *service) Doubts(r *engine.Run) []string { return s.App.Doubts(r, s.words.Load().Lang()) }
