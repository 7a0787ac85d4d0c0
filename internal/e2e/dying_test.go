package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// processes returns the ids of the supervisor and of the program whose command line begins so.
func processes(t *testing.T, command string) []string {
	t.Helper()
	out, err := exec.Command("pgrep", "-f", "^"+command).Output()
	if err != nil {
		t.Skip("no pgrep on this machine")
	}
	pids := strings.Fields(string(out))
	if len(pids) != 2 {
		t.Fatalf("%d processes, not a supervisor and the program", len(pids))
	}
	return pids
}

// However the program ends, the terminal is as it was: its line settings, the screen, the cursor, the mouse.
func TestTheTerminalIsPutRightHoweverTheProgramDies(t *testing.T) {
	dir := t.TempDir()
	program := build(t, dir)
	x := open(t, dir, "100", "30", "true")
	const supervisor, child = 0, 1
	const leftToItself = "KILL of the supervisor" // when the shell may be faster than the program
	for _, way := range []struct {
		signal string
		to     int
		exit   string
	}{
		{"KILL", child, "137"},
		{"ABRT", child, "1"},
		{"SEGV", child, "1"},
		{"QUIT", child, "1"},
		{"BUS", child, "1"},
		{"TERM", child, "130"},
		{"INT", child, "130"},
		{"HUP", child, "130"},
		{"KILL", supervisor, "137"},
		{"TERM", supervisor, "130"},
		{"INT", supervisor, "130"},
		{"HUP", supervisor, "130"},
		{"QUIT", supervisor, "1"},
	} {
		name := way.signal + map[int]string{supervisor: " of the supervisor", child: " of the program"}[way.to]
		x.tmux("respawn-window", "-k", "-t", "main", "stty -a >"+dir+"/before; "+program+" --url http://127.0.0.1:9 --username demo; echo LEFT $?; sleep 1; stty -a >"+dir+"/after; echo TOLD; sleep 60")
		x.until("密码")
		if err := exec.Command("kill", "-"+way.signal, processes(t, program+" --url")[way.to]).Run(); err != nil {
			t.Fatal(err)
		}
		x.until("TOLD")
		if screen := x.screen(); !strings.Contains(screen, "LEFT "+way.exit) && name != leftToItself {
			t.Errorf("%s: not LEFT %s:\n%s", name, way.exit, screen)
		}
		if out, err := exec.Command("cmp", dir+"/before", dir+"/after").CombinedOutput(); err != nil {
			t.Errorf("%s: the terminal's settings differ: %s", name, out)
		}
		if modes := x.tmux("display-message", "-p", "-t", "main", "#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{keypad_cursor_flag}"); modes != "0 0 1 0\n" {
			t.Errorf("%s: alternate screen, mouse, cursor, keypad: %s", name, modes)
		}
	}
}
