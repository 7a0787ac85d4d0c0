// Package e2e holds tests of the whole program, as its users start it, and no code.
package e2e
