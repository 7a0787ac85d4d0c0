// Package secret gets passwords from the user: typed without echo, piped in, from the environment, or out of the system's keyring where
// the user asked for that. They are in no file of ours.
package secret

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"imagery/client"
)

// EnvName is the environment variable that can hold the password.
const EnvName = "IMAGERY_PASSWORD"

// ErrNone is returned when there is no password and asking is not possible.
var ErrNone = errors.New("secret: no password given")

// maxPassword is in bytes; API keys are long, but not endless.
const maxPassword = 64 << 10

// FromReader returns the first line of r, without its line end and otherwise as it is.
func FromReader(r io.Reader) (client.Secret, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return client.Secret{}, fmt.Errorf("reading the password: %w", err)
	}
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	if line == "" {
		return client.Secret{}, ErrNone
	}
	return client.NewSecret(line), nil
}

// FromEnv takes the password out of the environment, so that no child process inherits it; zero if there is none.
func FromEnv() client.Secret {
	s := os.Getenv(EnvName)
	if s == "" {
		return client.Secret{}
	}
	_ = os.Unsetenv(EnvName)
	return client.NewSecret(s)
}

// Ask prints prompt to out and reads a password from in without echo. in must be a terminal, else ErrNone.
func Ask(in *os.File, out io.Writer, prompt string) (client.Secret, error) {
	if !term.IsTerminal(int(in.Fd())) {
		return client.Secret{}, ErrNone
	}
	if _, err := io.WriteString(out, prompt); err != nil {
		return client.Secret{}, err
	}
	b, err := term.ReadPassword(int(in.Fd()))
	_, _ = io.WriteString(out, "\n")
	if err != nil {
		return client.Secret{}, fmt.Errorf("reading the password: %w", err)
	}
	if len(b) == 0 {
		return client.Secret{}, ErrNone
	}
	return client.NewSecret(string(b)), nil
}
