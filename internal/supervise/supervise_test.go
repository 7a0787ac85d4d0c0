package supervise

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

const dump = "panic: 张三 130102199003071234 [recovered]\n\ngoroutine 1 gp=0x2c6cce0 m=0 [running]:\nimagery/ui.(*Model).Update(0x1, {0x2, 0x3})\n" +
	"\t/src/ui/router.go:12 +0x30\nlater 130102199003071234\ncreated by main.main in goroutine 1\n"

// ended is the state of a program that failed.
func ended(t *testing.T) *exec.Cmd {
	t.Helper()
	c := exec.Command("go", "no-such-command")
	if c.Run() == nil {
		t.Fatal("it did not fail")
	}
	return c
}

func TestACrashIsToldWithoutTheValuesInIt(t *testing.T) {
	var shown bytes.Buffer
	h := &held{to: &shown}
	for _, part := range []string{"before\n\x00", dump[:20], strings.ReplaceAll(dump[20:], "\n", "\r\n")} {
		if n, err := h.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	r := h.result(ended(t).ProcessState)
	h.flush(r.Why != "")
	if shown.String() != "before\n" {
		t.Errorf("shown: %q", shown.String())
	}
	want := "goroutine 1 gp=0x2c6cce0 m=0 [running]:\nimagery/ui.(*Model).Update(…)\n\t/src/ui/router.go:12 +0x30\ncreated by main.main in goroutine 1\n"
	if r.Why != "panic" || r.Code != failed || r.Crash != want {
		t.Errorf("%+v", r)
	}
}

func TestTheRuntimesOwnWordsAreKept(t *testing.T) {
	for head, want := range map[string]string{
		"panic: runtime error: index out of range [5] with length 3\n": "runtime error: index out of range [5] with length 3",
		"fatal error: all goroutines are asleep - deadlock!\n":         "fatal error: all goroutines are asleep - deadlock!",
		"SIGSEGV: segmentation violation\nPC=0x1\n":                    "SIGSEGV: segmentation violation",
		"Caught panic:\r\n\r\n密码 abc\r\n":                              "panic",
	} {
		if got := fault(head); got != want {
			t.Errorf("%q: %q", head, got)
		}
	}
}

func TestWhatIsSaidBehindTheScreenIsShownAfterIt(t *testing.T) {
	var shown bytes.Buffer
	h := &held{to: &shown}
	for _, part := range []string{"a", "b\x00c", "d", strings.Repeat("e", maxHeld)} {
		_, _ = h.Write([]byte(part))
	}
	if shown.String() != "ab" {
		t.Errorf("before: %q", shown.String())
	}
	r := h.result(ended(t).ProcessState)
	h.flush(r.Why != "")
	if got := shown.String(); r.Why != "" || r.Code == 0 || !strings.HasPrefix(got, "abcde") || len(got) != 2+maxHeld {
		t.Errorf("after: %d bytes, %+v", len(got), r)
	}
}
