package journal

import (
	"strings"
	"testing"

	"imagery/internal/audit"
	"imagery/ui/internal/core"
)

func TestALineSaysWhatOfItsActCounts(t *testing.T) {
	m := &Model{env: core.NewEnv(t.Context())}
	for _, c := range []struct {
		e    audit.Entry
		want string
	}{
		{audit.Entry{Act: audit.Download, Detail: map[string]string{"files": "4", "failed": "1", "state": "failed"}}, "失败=1  文件数=4  状态=失败"},
		{audit.Entry{Act: audit.SignOff, Detail: map[string]string{"failed": "1"}}, "不通过=1"},
		{audit.Entry{Act: audit.List, Detail: map[string]string{"accountBizType": "0", "accountNo": "880012345"}}, "账号=880012345  业务类型=0"},
	} {
		if got := strings.Join(m.details(c.e), "  "); got != c.want {
			t.Errorf("%s: %s, want %s", c.e.Act, got, c.want)
		}
	}
}
