//go:build unix

package worker

import "syscall"

// attributes keep signals of the terminal, meant for the program, from its workers.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
