package graphics

import "bytes"

// Passthrough wraps terminal commands so that tmux, with allow-passthrough on,
// hands them to the terminal it runs in. Each command that ends in ST is
// wrapped on its own: tmux drops what is longer than about a megabyte.
func Passthrough(commands []byte) []byte {
	out := make([]byte, 0, len(commands)+len(commands)/64+64)
	for len(commands) > 0 {
		n := len(commands)
		if i := bytes.Index(commands, []byte("\x1b\\")); i >= 0 {
			n = i + 2
		}
		out = append(out, "\x1bPtmux;"...)
		out = appendDoubled(out, commands[:n])
		out = append(out, "\x1b\\"...)
		commands = commands[n:]
	}
	return out
}

// appendDoubled appends text with every ESC twice.
func appendDoubled(out, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '\x1b')
		if i < 0 {
			return append(out, text...)
		}
		out = append(out, text[:i]...)
		out = append(out, "\x1b\x1b"...)
		text = text[i+1:]
	}
}
