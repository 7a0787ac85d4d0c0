// Package archtest holds the tests of the source itself, and no code: who may import whom, how long things may get, and what a command of the
// terminal interface may not do. They parse the files and compile nothing, so they see those of every operating system.
package archtest
