package app

import (
	"context"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/codes"
	"imagery/internal/completeness/runs"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/internal/picture"
	"imagery/internal/picture/worker"
	"imagery/internal/postman"
	"imagery/internal/preview"
	"imagery/internal/review"
	"imagery/internal/rules"
	"imagery/internal/sampling"
	"imagery/internal/secret"
	"imagery/internal/session"
	"imagery/internal/store"
	"imagery/internal/transfer"
)

// cause is a kind of error and the messages that explain it: error.KEY, error.KEY_why and error.KEY_todo, the last two optional.
type cause struct {
	is  error
	key string
}

// causes are in the order in which they are asked, the most telling first.
var causes = []cause{
	{ErrReadOnly, "read_only"},
	{ErrNotSignedIn, "not_signed_in"},
	{ErrNoProfile, "no_profile"},
	{ErrProfileExists, "profile_exists"},
	{ErrProfileFixed, "profile_fixed"},
	{config.ErrName, "profile_name"},
	{postman.ErrNotACollection, "not_a_collection"},
	{ErrJournal, "journal"},
	{config.ErrBroken, "config"},
	{config.ErrChanged, "config_changed"},
	{config.ErrNoHome, "no_home"},
	{codes.ErrNoColumns, "codes_columns"},
	{codes.ErrNoTable, "codes_table"},
	{codes.ErrNoCodes, "codes_none"},
	{codes.ErrTooLarge, "codes_large"},
	{codes.ErrNotACode, "codes_code"},
	{codes.ErrNotCSV, "codes_csv"},
	{store.ErrNewer, "store_newer"},
	{ErrNoRules, "no_rules"},
	{ErrRulesChanged, "rules_changed"},
	{ErrRulesNowhere, "rules_nowhere"},
	{ErrNoAccount, "no_account"},
	{runs.ErrNone, "no_run"},
	{ErrNoReviews, "no_reviews"},
	{review.ErrPassword, "review_address"},
	{review.ErrNewer, "store_newer"},
	{ErrReviewStore, "review_store"},
	{ErrOtherProfile, "review_profile"},
	{ErrNotChecked, "not_checked"},
	{ErrStrata, "strata"},
	{review.ErrNothing, "review_nothing"},
	{review.ErrNoItem, "review_no_item"},
	{review.ErrNoRun, "review_none"},
	{review.ErrState, "review_state"},
	{review.ErrClaim, "review_claim"},
	{review.ErrUndo, "review_undo"},
	{review.ErrCompared, "review_compared"},
	{review.ErrOpen, "review_open"},
	{review.ErrInvalid, "review_invalid"},
	{review.ErrJournal, "journal"},
	{review.ErrMoved, "review_moved"},
	{review.ErrNotPack, "review_not_pack"},
	{sampling.ErrImpossible, "sample_impossible"},
	{sampling.ErrConflict, "sample_range"},
	{sampling.ErrRange, "sample_range"},
	{sampling.ErrEmpty, "sample_empty"},
	{audit.ErrDamaged, "journal_damaged"},
	{ErrNotLooked, "not_looked"},
	{ErrNotArchived, "not_archived"},
	{ErrDangerous, "dangerous"},
	{ErrOtherType, "other_type"},
	{ErrFolder, "is_folder"},
	{ErrNoFolder, "no_folder"},
	{transfer.ErrMapping, "mapping"},
	{transfer.ErrRowFields, "row_fields"},
	{transfer.ErrRowRead, "row_read"},
	{transfer.ErrRowSize, "row_size"},
	{transfer.ErrRowType, "row_type"},
	{transfer.ErrRowCode, "row_code"},
	{transfer.ErrRowAccount, "row_account"},
	{transfer.ErrRowDuplicate, "row_duplicate"},
	{transfer.ErrRowChanged, "row_changed"},
	{transfer.ErrRowQueued, "row_queued"},
	{context.Canceled, "canceled"},
	{client.ErrOutcomeUnknown, "unknown_outcome"},
	{client.ErrSignInRefused, "password"},
	{session.ErrNoPassword, "session_ended"},
	{secret.ErrNone, "no_password"},
	{session.ErrProxy, "https_proxy"},
	{ErrPasswordLeft, "password_left"},
	{secret.ErrNoKeyring, "no_keyring"},
	{client.ErrUnauthorized, "unauthorized"},
	{client.ErrForbidden, "forbidden"},
	{client.ErrNotFound, "not_found"},
	{client.ErrRedirect, "redirect"},
	{client.ErrNoEndpoint, "no_endpoint"},
	{client.ErrNotAFile, "not_a_file"},
	{client.ErrTruncated, "truncated"},
	{client.ErrEmptyFile, "empty_file"},
	{transfer.ErrSize, "size"},
	{transfer.ErrStalled, "stalled"},
	{transfer.ErrBrokenOff, "broken_off"},
	{transfer.ErrListCut, "list_cut"},
	{transfer.ErrNoSession, "no_session"},
	{transfer.ErrNoTask, "no_task"},
	{transfer.ErrNoneUnknown, "none_unknown"},
	{transfer.ErrNoneLeft, "none_left"},
	{transfer.ErrUnsent, "unsent"},
	{transfer.ErrNotManifest, "not_manifest"},
	{transfer.ErrElsewhere, "task_elsewhere"},
	{client.ErrTooLarge, "too_large"},
	{client.ErrMalformed, "malformed"},
	{picture.ErrTooLarge, "picture_large"},
	{picture.ErrDamaged, "picture_damaged"},
	{picture.ErrTimeout, "picture_timeout"},
	{picture.ErrCrashed, "picture_crashed"},
	{picture.ErrPage, "picture_page"},
	{picture.ErrUnsupported, "picture_unsupported"},
	{worker.ErrClosed, "pictures_closed"},
	{preview.ErrNoViewer, "no_viewer"},
	{preview.ErrGone, "gallery_gone"},
}

// local are the ways in which this machine's files fail. They are asked last: a connection may be refused with the same numbers.
var local = []cause{
	{fs.ErrNotExist, "no_file"},
	{fs.ErrExist, "exists"},
	{fs.ErrPermission, "permission"},
	{syscall.ENOSPC, "disk_full"},
	{syscall.EISDIR, "is_folder"},
	{syscall.ENOTDIR, "not_folder"},
}

// Explain turns an error into words for the user: what happened, why, and what to do; the last two may be empty. Foreign strings in
// them are sanitised. English causes stand only where nothing better is known; err.Error() has them for whoever asks for details.
func Explain(err error, cat *i18n.Catalogue) (what, why, todo string) {
	if err == nil {
		return "", "", ""
	}
	return explain(err, classify(err), cat)
}

// Line is what Explain says of an error, but for what to do, on one line.
func Line(err error, cat *i18n.Catalogue) string {
	what, why, _ := Explain(err, cat)
	if why == "" {
		return what
	}
	return what + cat.T("main.sentence_gap") + why
}

func explain(err error, key string, cat *i18n.Catalogue) (what, why, todo string) {
	pairs := facts(err, key, cat)
	var problems rules.Problems
	if errors.As(err, &problems) && len(problems) > 0 {
		key, pairs = "rules", []any{"n", len(problems), "first", RuleProblem(problems[0], cat)}
	}
	say := func(suffix string) string {
		k := i18n.Key("error." + key + suffix)
		s, ok := cat.Lookup(k)
		if !ok || suffix != "" && emptied(s, pairs) {
			return ""
		}
		return strings.TrimSpace(cat.T(k, pairs...))
	}
	return say(""), say("_why"), say("_todo")
}

// RuleProblem says in words what is wrong in a rules file, and where.
func RuleProblem(p rules.Problem, cat *i18n.Catalogue) string {
	what := cat.T(i18n.Key("check.problem."+string(p.Kind)), "key", p.Key, "got", client.SafeText(p.Got, 200))
	switch {
	case p.Line == 0:
		return what
	case p.Rule == "":
		return cat.T("check.problem_line", "line", p.Line, "what", what)
	}
	return cat.T("check.problem_rule", "line", p.Line, "rule", client.SafeText(p.Rule, 60), "what", what)
}

// emptied reports whether a message has a placeholder that nothing is known for. Such a sentence is left out.
func emptied(message string, pairs []any) bool {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" && strings.Contains(message, "{"+pairs[i].(string)+"}") {
			return true
		}
	}
	return false
}

// origin is the package that sentinel errors begin with; it tells users nothing.
var origin = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(app|audit|client|codes|completeness|config|demo|picture|postman|preview|review|rules|runs|sampling|secret|session|store|transfer|worker): `)
})

// classify finds the message of an error.
func classify(err error) string { return classifyBut(err, "") }

// unknown tells a write that was answered, by a failure or in a way that makes no sense, from one that was not.
func unknown(err error, without string) string {
	switch {
	case errors.As(err, new(*client.Error)):
		return "unknown_status"
	case errors.Is(err, client.ErrMalformed) && without != "unknown_answer":
		return "unknown_answer"
	case errors.Is(err, client.ErrMalformed):
		return "malformed"
	}
	return "unknown_outcome"
}

// classifyBut is classify without one of the causes: what an error is besides.
func classifyBut(err error, without string) string {
	var answer *client.Error
	var problem config.Problem
	if errors.As(err, &problem) {
		if strings.HasSuffix(problem.Key, ".name") {
			return "profile_name"
		}
		return "setting"
	}
	if errors.As(err, new(*session.KeyError)) {
		return "key_changed"
	}
	if errors.As(err, new(*transfer.NotUnknownError)) {
		return "not_unknown"
	}
	for _, c := range causes {
		if c.key == without || !errors.Is(err, c.is) {
			continue
		}
		if c.key == "unknown_outcome" {
			return unknown(err, without)
		}
		return c.key
	}
	if errors.As(err, new(*ChecklistError)) {
		return "checklist"
	}
	known := errors.As(err, &answer)
	switch {
	case errors.As(err, new(*client.InvalidError)):
		return "invalid"
	case known && answer.Status >= 500:
		return "server"
	case known:
		return "answer"
	}
	if key := network(err); key != "" {
		return key
	}
	if fault := store.FaultOf(err); fault != "" {
		return "db_" + string(fault)
	}
	for _, c := range local {
		if errors.Is(err, c.is) {
			return c.key
		}
	}
	if errors.As(err, new(*fs.PathError)) {
		return "file"
	}
	return "other"
}
