package review

import (
	"slices"
	"testing"
	"time"

	"imagery/internal/codes"
	engine "imagery/internal/review"
	"imagery/internal/sampling"
	"imagery/ui/internal/core"
)

func TestPartsOfAPopulationAreCalledByTheirNames(t *testing.T) {
	env, book := core.NewEnv(t.Context()), codes.New()
	env.Now = func() time.Time { return time.Now().In(time.FixedZone("", 8*60*60)) }
	for by, want := range map[string][]string{"biz-type": {"  层 经纪：抽 3 / 30 户"}, "completeness": {"  层 0：抽 3 / 30 户"}, "": {"  层 0：抽 3 / 30 户"}} {
		r := engine.Run{Filters: map[string]string{"stratifiedBy": by}, Plan: sampling.StratifiedPlan{Shares: []sampling.Share{{Stratum: sampling.Stratum{Name: "0", Size: 30}, Sample: 3}, {}}}}
		if got := shares(env, book, r); !slices.Equal(got, want) {
			t.Errorf("%s: %q", by, got)
		}
	}
	r := engine.Run{Filters: map[string]string{"stratifiedBy": "completeness"}, Plan: sampling.StratifiedPlan{Shares: []sampling.Share{{Stratum: sampling.Stratum{Name: engine.StandsMissing, Size: 30}, Sample: 3}}}}
	if got := shares(env, book, r); got[0] != "  层 有缺失：抽 3 / 30 户" {
		t.Error(got)
	}
	for _, c := range [][3]string{{"deptCodes", "1101", "  营业部=1101"}, {"stratifiedBy", "dept", "  分层=营业部"}, {"checkedAt", "2026-11-26T22:57:47Z", "  检查于=2026-11-27 06:57"}, {"other", "x", "  other=x"}} {
		if got := searched(env, c[0], c[1]); got != c[2] {
			t.Errorf("%q", got)
		}
	}
}
