package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/app"
	engine "imagery/internal/rules"
	"imagery/ui/completeness"
	"imagery/ui/rules"
)

// RuleBook implements rules.Service.
func (s *service) RuleBook(ctx context.Context) (rules.Book, error) {
	b, err := s.App.RuleBook(ctx)
	return rules.Book(b), err
}

// SaveRuleBook implements rules.Service.
func (s *service) SaveRuleBook(ctx context.Context, was rules.Book, f *engine.File) (rules.Book, error) {
	b, err := s.SaveRules(ctx, app.RuleBook(was), f)
	return rules.Book(b), err
}

// ExampleFile implements rules.Service.
func (s *service) ExampleFile() (*engine.File, error) {
	text, err := app.ExampleRules()
	if err != nil {
		return nil, err
	}
	return engine.ParseFile(text)
}

// RuleProblem implements rules.Service.
func (s *service) RuleProblem(p engine.Problem) string { return app.RuleProblem(p, s.words.Load()) }

// showRule goes back to the matrix and leaves the accounts in it that violate a rule.
func (m *Model) showRule(id string) tea.Cmd {
	return tea.Batch(m.pop(), m.top().Update(completeness.ShowRuleMsg{Rule: id}))
}
